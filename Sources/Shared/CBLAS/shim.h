#include <cblas.h>

/// The square root as one machine instruction. Swift's own `squareRoot()` calls the C library, which may set errno for
/// negative numbers, and so keeps a loop from being turned into vector instructions.
static inline __attribute__((always_inline)) float reeve_square_root(float value) {
    return __builtin_elementwise_sqrt(value);
}
