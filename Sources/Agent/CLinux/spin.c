#define _GNU_SOURCE
#include "reeve_spin.h"

#include <errno.h>
#include <sched.h>
#include <time.h>

/* Machines have had a few thousand CPUs; the kernel refuses a set smaller than its own. */
enum { cpus_at_most = 16384 };

static uint64_t nanoseconds_now(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (uint64_t)now.tv_sec * 1000000000u + (uint64_t)now.tv_nsec;
}

int reeve_spin_on_cpu(unsigned int cpu, uint64_t nanoseconds) {
    if (cpu >= cpus_at_most) {
        errno = EINVAL;
        return -1;
    }
    const size_t size = CPU_ALLOC_SIZE(cpus_at_most);
    cpu_set_t *before = CPU_ALLOC(cpus_at_most);
    cpu_set_t *wanted = CPU_ALLOC(cpus_at_most);
    int result = -1;
    if (before && wanted && sched_getaffinity(0, size, before) == 0) {
        CPU_ZERO_S(size, wanted);
        CPU_SET_S(cpu, size, wanted);
        if (sched_setaffinity(0, size, wanted) == 0) {
            const uint64_t end = nanoseconds_now() + nanoseconds;
            while (nanoseconds_now() < end) {
            }
            result = sched_setaffinity(0, size, before);
        }
    }
    const int failure = errno;
    if (before) CPU_FREE(before);
    if (wanted) CPU_FREE(wanted);
    errno = failure;
    return result;
}
