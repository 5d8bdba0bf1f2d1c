#include "CLinux.h"

#include <sys/sysmacros.h>

unsigned int reeve_device_major(const struct stat *status) { return major(status->st_rdev); }
