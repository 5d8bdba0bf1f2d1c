#ifndef REEVE_CPUID_H
#define REEVE_CPUID_H

#include <stdint.h>

/* The CPUID instruction on the CPU that happens to run the caller: EAX, EBX, ECX and EDX in this order. 0, or -1 where
   the processor has no such leaf or, off x86, no CPUID at all. Leaves above the highest of their range are refused,
   because Intel processors answer them with what another leaf holds. */
int reeve_cpuid(uint32_t leaf, uint32_t subleaf, uint32_t registers[4]);

#endif
