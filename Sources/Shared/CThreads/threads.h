#ifndef REEVE_THREADS_H
#define REEVE_THREADS_H

#include <pthread.h>

/// pthread_setname_np(3), a GNU extension that Swift's overlay leaves out; the name is at most 15 bytes.
int pthread_setname_np(pthread_t thread, const char *name);

#endif
