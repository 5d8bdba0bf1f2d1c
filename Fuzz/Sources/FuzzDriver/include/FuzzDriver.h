#ifndef REEVE_FUZZ_DRIVER_H
#define REEVE_FUZZ_DRIVER_H

#include <stddef.h>
#include <stdint.h>

/// Gives `take` one input after the other, as the program's arguments tell libFuzzer, and returns its exit code.
int reeve_fuzz(int argc, char **argv, int (*take)(const uint8_t *data, size_t size));

/// The bytes that the program holds on its heap now, as AddressSanitizer counts them.
size_t reeve_heap_bytes(void);

#endif
