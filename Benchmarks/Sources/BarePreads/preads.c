#define _GNU_SOURCE
#include "BarePreads.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/// The bytes read, kept so that no read can be left out as unused.
static volatile uint64_t checksum;

static int read_due(const struct bare_pread *reads, const int *files, size_t count, uint64_t tick) {
    uint64_t sum = 0;
    for (size_t index = 0; index < count; index++) {
        if (tick % reads[index].period != 0) continue;
        uint64_t value = 0;
        ssize_t got = pread(files[index], &value, reads[index].size, reads[index].offset);
        if (got != (ssize_t)reads[index].size) return -1;
        sum += value;
    }
    checksum += sum;
    return 0;
}

int bare_preads_run(const struct bare_pread *reads, size_t count, int64_t interval) {
    int *files = calloc(count, sizeof *files);
    if (!files) return -1;
    for (size_t index = 0; index < count; index++) {
        int isSame = index > 0 && strcmp(reads[index].path, reads[index - 1].path) == 0;
        files[index] = isSame ? files[index - 1] : open(reads[index].path, O_RDWR | O_CLOEXEC);
        if (files[index] < 0) return -1;
    }
    struct timespec next;
    clock_gettime(CLOCK_MONOTONIC, &next);
    for (uint64_t tick = 0;; tick++) {
        if (read_due(reads, files, count, tick) != 0) return -1;
        next.tv_nsec += interval % 1000000000;
        next.tv_sec += interval / 1000000000 + next.tv_nsec / 1000000000;
        next.tv_nsec %= 1000000000;
        while (clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &next, NULL) != 0) {}
    }
}

int64_t bare_process_time(int pid) {
    clockid_t clock;
    struct timespec time;
    if (clock_getcpuclockid(pid, &clock) != 0 || clock_gettime(clock, &time) != 0) return -1;
    return (int64_t)time.tv_sec * 1000000000 + time.tv_nsec;
}
