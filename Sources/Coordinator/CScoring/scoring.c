#include "CScoring.h"

#include <string.h>

typedef float lanes __attribute__((vector_size(4 * REEVE_LANES)));
typedef int flags __attribute__((vector_size(4 * REEVE_LANES)));

/* The functions below are written once and inlined twice, into a form for any processor and into one for AVX2. Vectors
 * go by pointer, since how they are passed by value depends on the processor compiled for. */
#define INLINED static inline __attribute__((always_inline))

INLINED void select_lanes(lanes *to, const flags *where, const lanes *from) {
    *to = (lanes)((*where & (flags)*from) | (~*where & (flags)*to));
}

/* A quotient of two polynomials of fourth degree in x^2, fitted by us to the least largest error over 0 ... 8; beyond
 * 8 the exact value differs from 1 by 2.3e-7. The comparisons are false for a NaN, which so passes through. */
INLINED void bend_lanes(lanes *y) {
    const lanes limit = {8, 8, 8, 8, 8, 8, 8, 8};
    const lanes low = -limit;
    lanes x = *y;
    flags beyond = x > limit;
    select_lanes(&x, &beyond, &limit);
    beyond = x < low;
    select_lanes(&x, &beyond, &low);
    const lanes u = x * x;
    const lanes above = (((1.5060829e-8f * u + 2.1772637e-5f) * u + 3.5641228e-3f) * u + 0.13438164f) * u + 0.99999994f;
    const lanes below = (((8.4532917e-7f * u + 3.3991225e-4f) * u + 2.6135892e-2f) * u + 0.46771485f) * u + 1.0f;
    *y = x * above / below;
}

INLINED void bend_all(float *y, long count) {
    long index = 0;
    for (; index + REEVE_LANES <= count; index += REEVE_LANES) {
        lanes values;
        memcpy(&values, y + index, sizeof values);
        bend_lanes(&values);
        memcpy(y + index, &values, sizeof values);
    }
    if (index < count) {
        lanes values = {0};
        memcpy(&values, y + index, (unsigned long)(count - index) * sizeof *y);
        bend_lanes(&values);
        memcpy(y + index, &values, (unsigned long)(count - index) * sizeof *y);
    }
}

/* `count` units at once, so that each input is read once for all and no sum waits for another. */
INLINED void sum_units(const float *weights, const float *biases, const lanes *input, lanes *output, long inputs,
                       long count, int bends) {
    lanes sums[8];
    for (long unit = 0; unit < count; unit++) sums[unit] = (lanes){0} + biases[unit];
    for (long index = 0; index < inputs; index++)
        for (long unit = 0; unit < count; unit++) sums[unit] += weights[unit * inputs + index] * input[index];
    for (long unit = 0; unit < count; unit++) {
        if (bends) bend_lanes(&sums[unit]);
        output[unit] = sums[unit];
    }
}

INLINED void layer(const float *weights, const float *biases, const lanes *input, lanes *output, long inputs,
                   long units, int bends) {
    long unit = 0;
    for (; unit + 8 <= units; unit += 8)
        sum_units(weights + unit * inputs, biases + unit, input, output + unit, inputs, 8, bends);
    for (; unit < units; unit++)
        sum_units(weights + unit * inputs, biases + unit, input, output + unit, inputs, 1, bends);
}

#if defined(__x86_64__)

#define FOR_AVX2 __attribute__((target("avx2,fma")))

FOR_AVX2 static void bend_avx2(float *y, long count) { bend_all(y, count); }

FOR_AVX2 static void layer_avx2(const float *weights, const float *biases, const lanes *input, lanes *output,
                                long inputs, long units, int bends) {
    layer(weights, biases, input, output, inputs, units, bends);
}

static int has_avx2(void) { return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma"); }

#endif

void reeve_bend(float *y, long count) {
#if defined(__x86_64__)
    if (has_avx2()) return bend_avx2(y, count);
#endif
    bend_all(y, count);
}

void reeve_layer(const float *weights, const float *biases, const float *input, float *output, long inputs,
                 long units, int bends) {
#if defined(__x86_64__)
    if (has_avx2())
        return layer_avx2(weights, biases, (const lanes *)input, (lanes *)output, inputs, units, bends);
#endif
    layer(weights, biases, (const lanes *)input, (lanes *)output, inputs, units, bends);
}
