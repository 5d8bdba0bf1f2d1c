#include "FuzzDriver.h"

#include <sanitizer/allocator_interface.h>

/* libFuzzer without its main function (https://llvm.org/docs/LibFuzzer.html, "Using libFuzzer as a library"). */
extern int LLVMFuzzerRunDriver(int *argc, char ***argv, int (*take)(const uint8_t *data, size_t size));

int reeve_fuzz(int argc, char **argv, int (*take)(const uint8_t *data, size_t size)) {
  return LLVMFuzzerRunDriver(&argc, &argv, take);
}

size_t reeve_heap_bytes(void) { return __sanitizer_get_current_allocated_bytes(); }
