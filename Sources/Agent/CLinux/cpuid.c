#include "reeve_cpuid.h"

#if defined(__x86_64__) || defined(__i386__)
#include <cpuid.h>

int reeve_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]) {
    /* Basic leaves start at 0, a hypervisor's at 40000000H, extended ones at 80000000H; the first of each range tells
       the last (Intel SDM volume 2, CPUID; Linux, Documentation/virt/kvm/x86/cpuid.rst). */
    const uint32_t range = leaf & 0xC0000000u;
    uint32_t highest, features, ignored;
    if (range == 0x40000000u) {
        __cpuid(1, ignored, ignored, features, ignored);
        const uint32_t hypervisor_present = 1u << 31;
        if ((features & hypervisor_present) == 0) return -1;
    }
    __cpuid(range, highest, ignored, ignored, ignored);
    if (highest < range || highest < leaf) return -1;
    __cpuid_count(leaf, subleaf, registers[0], registers[1], registers[2], registers[3]);
    return 0;
}

#else

int reeve_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]) {
    (void)leaf;
    (void)subleaf;
    (void)registers;
    return -1;
}

#endif
