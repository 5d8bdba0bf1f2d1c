#define _GNU_SOURCE
#include "reeve_perf_event.h"

#include <linux/perf_event.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

int reeve_perf_event_open(uint32_t type, uint64_t config, uint64_t config1, uint64_t config2, int32_t cpu,
                          int32_t leader, uint32_t flags) {
    struct perf_event_attr attributes;
    memset(&attributes, 0, sizeof attributes);
    attributes.type = type;
    attributes.size = sizeof attributes;
    attributes.config = config;
    attributes.config1 = config1;
    attributes.config2 = config2;
    attributes.disabled = (flags & REEVE_PERF_DISABLED) != 0;
    attributes.pinned = (flags & REEVE_PERF_PINNED) != 0;
    attributes.read_format =
        PERF_FORMAT_GROUP | PERF_FORMAT_TOTAL_TIME_ENABLED | PERF_FORMAT_TOTAL_TIME_RUNNING;
    return (int)syscall(SYS_perf_event_open, &attributes, -1, cpu, leader, PERF_FLAG_FD_CLOEXEC);
}

int reeve_perf_event_enable(int32_t leader) {
    return ioctl(leader, PERF_EVENT_IOC_ENABLE, PERF_IOC_FLAG_GROUP);
}
