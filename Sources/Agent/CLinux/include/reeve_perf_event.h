#ifndef REEVE_PERF_EVENT_H
#define REEVE_PERF_EVENT_H

#include <stdint.h>

/* Flags of reeve_perf_event_open. */
enum {
    /* The event waits for reeve_perf_event_enable, and the members of its group with it. */
    REEVE_PERF_DISABLED = 1,
    /* The event has its counter always or not at all: where it cannot have it, reads give end of file. */
    REEVE_PERF_PINNED = 2,
};

/* perf_event_open(2), which glibc does not wrap: counts an event of every process on one CPU, in user and kernel mode,
   without samples. `leader` is the descriptor of the group's first event, or -1. What is read from the leader is laid
   out by PERF_FORMAT_GROUP, PERF_FORMAT_TOTAL_TIME_ENABLED and PERF_FORMAT_TOTAL_TIME_RUNNING. Gives a descriptor
   that is closed on exec, or -1 with errno. */
int reeve_perf_event_open(uint32_t type, uint64_t config, uint64_t config1, uint64_t config2, int32_t cpu,
                          int32_t leader, uint32_t flags);

/* Sets a group going: PERF_EVENT_IOC_ENABLE with PERF_IOC_FLAG_GROUP. 0, or -1 with errno. */
int reeve_perf_event_enable(int32_t leader);

#endif
