#ifndef REEVE_CSCORING_H
#define REEVE_CSCORING_H

/// The inner loops of the scoring network. In C because Swift compiles for the oldest processor of its family and has
/// no way to ask for more within one function: here AVX2 with fused multiplication is used where the processor has it.
/// The last bit of a result may depend on that choice, as with the matrix library.

/// Rows that are computed side by side, one to a lane.
#define REEVE_LANES 8

/// y = tanh(y) for `count` floats, within 5e-7; a NaN stays one.
void reeve_bend(float *y, long count);

/// One layer for eight rows: output[unit][lane] = biases[unit] + sum of weights[unit][index] * input[index][lane] over
/// `inputs` indices, for `units` units, with tanh over it where `bends` is not 0. Input and output do not overlap and
/// start at multiples of 32 bytes.
void reeve_layer(const float *weights, const float *biases, const float *input, float *output, long inputs,
                 long units, int bends);

#endif
