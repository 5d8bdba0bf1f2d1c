#ifndef REEVE_BARE_PREADS_H
#define REEVE_BARE_PREADS_H

#include <stddef.h>
#include <stdint.h>

/// One read of `size` bytes, at most 8, at `offset` of the file `path`, made at every `period`-th tick.
struct bare_pread {
    const char *path;
    int64_t offset;
    uint32_t size;
    uint32_t period;
};

/// Opens every file once and makes the reads that are due at each tick, one tick every `interval` nanoseconds of the
/// monotonic clock, until the process is ended. Reads of one file must stand together. Returns -1 when a file cannot be
/// opened or read.
int bare_preads_run(const struct bare_pread *reads, size_t count, int64_t interval);

/// The processor time that the process `pid` and its threads have used so far, in nanoseconds; negative when there is no
/// such process.
int64_t bare_process_time(int pid);

#endif
