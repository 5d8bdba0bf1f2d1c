/// Bare C loops on cblas, the yardsticks of the benchmarks: the same products and the same arithmetic as the Swift code
/// with nothing around them. Row-major, single precision, weights [out][in].
#ifndef BARE_LOOPS_H
#define BARE_LOOPS_H

#include <stdint.h>

#define BARE_LAYERS 4

/// A DQN learner with fixed sizes: parameters, gradients, Adam's moments, activations and a replay of `slots`
/// transitions.
struct bare_dqn;

/// Allocates a learner over sizes[0] inputs, three hidden layers and sizes[4] outputs, filled from a fixed sequence.
struct bare_dqn *bare_dqn_create(const int sizes[BARE_LAYERS + 1], int batch, int slots);
void bare_dqn_free(struct bare_dqn *dqn);

/// Stores one transition in slot `slot`.
void bare_dqn_store(
    struct bare_dqn *dqn, int slot, const float *observation, const float *next, int action, float reward);

/// One observation through the network as a chain of sgemv, then argmax.
int bare_dqn_decide(struct bare_dqn *dqn, const float *observation);

/// One gradient step: sample, forward of both networks, Huber loss, backward, clip, Adam. Returns the loss.
float bare_dqn_step(struct bare_dqn *dqn);

#endif
