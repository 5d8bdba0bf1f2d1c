#ifndef REEVE_CZEROMQ_SHIM_H
#define REEVE_CZEROMQ_SHIM_H

#include <stdint.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <zmq.h>

/// eventfd(2): a non-blocking, close-on-exec descriptor, or -1 with errno set.
static inline int reeve_eventfd(void) { return eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC); }

#endif
