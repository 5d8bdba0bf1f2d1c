#ifndef REEVE_CLINUX_H
#define REEVE_CLINUX_H

#include "reeve_cpuid.h"
#include "reeve_perf_event.h"
#include "reeve_spin.h"

/* Raises the soft limit of open files to the hard limit; 0 or -1 with errno. In C because glibc types the resource of
   getrlimit(2) as an enumeration in one dialect and as an int in another, and Swift sees neither alike. */
int reeve_raise_descriptor_limit(void);

#endif
