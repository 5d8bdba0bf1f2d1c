#ifndef REEVE_CLINUX_H
#define REEVE_CLINUX_H

#include <sys/stat.h>

/// The major number of the device that `status` describes (makedev(3) is a macro that Swift cannot import).
unsigned int reeve_device_major(const struct stat *status);

#endif
