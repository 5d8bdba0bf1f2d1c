#ifndef REEVE_SPIN_H
#define REEVE_SPIN_H

#include <stdint.h>

/* Keeps `cpu` busy with this thread for so many nanoseconds, then lets the thread run where it could before. 0, or -1 with
   errno when the thread may not run there. In C because CPU sets of any size are macros. */
int reeve_spin_on_cpu(unsigned int cpu, uint64_t nanoseconds);

#endif
