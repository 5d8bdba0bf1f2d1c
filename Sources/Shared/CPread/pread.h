#ifndef REEVE_PREAD_H
#define REEVE_PREAD_H

#include <stdint.h>
#include <sys/syscall.h>
#include <unistd.h>

#if __SIZEOF_LONG__ != 8
#error "an offset of 64 bits is passed as one argument only where a long has 64 bits"
#endif

/* pread(2) without glibc's point of cancellation: in a program with threads that costs two atomic exchanges per call, as
   much as a seventh of a register's reading, and no thread here is ever cancelled. The count of bytes read, or -1 with
   errno. */
static inline ssize_t reeve_pread(int descriptor, void *bytes, size_t count, int64_t offset) {
    return syscall(SYS_pread64, descriptor, bytes, count, offset);
}

#endif
