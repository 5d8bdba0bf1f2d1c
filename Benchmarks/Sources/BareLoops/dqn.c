#include "BareLoops.h"

#include <cblas.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

struct bare_dqn {
    int sizes[BARE_LAYERS + 1], batch, slots, parameters, stored, t;
    int weights[BARE_LAYERS], bias[BARE_LAYERS];
    float *online, *target, *gradient, *m, *v;
    float *single[BARE_LAYERS], *active[BARE_LAYERS], *aim[BARE_LAYERS], *delta[BARE_LAYERS];
    float *observations, *nexts, *rewards;
    float *batch_observations, *batch_nexts, *batch_rewards;
    int *actions, *batch_actions;
    uint64_t random;
};

static uint64_t draw(struct bare_dqn *d) {
    d->random ^= d->random << 13;
    d->random ^= d->random >> 7;
    d->random ^= d->random << 17;
    return d->random;
}

static float *floats(size_t count) {
    float *memory = aligned_alloc(64, (count * sizeof(float) + 63) / 64 * 64);
    memset(memory, 0, count * sizeof(float));
    return memory;
}

struct bare_dqn *bare_dqn_create(const int sizes[BARE_LAYERS + 1], int batch, int slots) {
    openblas_set_num_threads(1);
    struct bare_dqn *d = calloc(1, sizeof *d);
    memcpy(d->sizes, sizes, sizeof d->sizes);
    d->batch = batch;
    d->slots = slots;
    d->random = 88172645463325252ull;
    int offset = 0;
    for (int l = 0; l < BARE_LAYERS; l++) {
        d->weights[l] = offset;
        d->bias[l] = offset + sizes[l] * sizes[l + 1];
        offset = d->bias[l] + sizes[l + 1];
        d->single[l] = floats(sizes[l + 1]);
        d->active[l] = floats((size_t)batch * sizes[l + 1]);
        d->aim[l] = floats((size_t)batch * sizes[l + 1]);
        d->delta[l] = floats((size_t)batch * sizes[l + 1]);
    }
    d->parameters = offset;
    d->online = floats(offset);
    d->target = floats(offset);
    d->gradient = floats(offset);
    d->m = floats(offset);
    d->v = floats(offset);
    for (int l = 0; l < BARE_LAYERS; l++) {
        float bound = 1 / sqrtf((float)sizes[l]);
        for (int i = d->weights[l]; i < d->bias[l] + sizes[l + 1]; i++)
            d->online[i] = (2 * (float)((draw(d) >> 40) * 0x1p-24) - 1) * bound;
    }
    memcpy(d->target, d->online, offset * sizeof(float));
    d->observations = floats((size_t)slots * sizes[0]);
    d->nexts = floats((size_t)slots * sizes[0]);
    d->rewards = floats(slots);
    d->actions = calloc(slots, sizeof(int));
    d->batch_observations = floats((size_t)batch * sizes[0]);
    d->batch_nexts = floats((size_t)batch * sizes[0]);
    d->batch_rewards = floats(batch);
    d->batch_actions = calloc(batch, sizeof(int));
    return d;
}

void bare_dqn_free(struct bare_dqn *d) {
    for (int l = 0; l < BARE_LAYERS; l++) {
        free(d->single[l]);
        free(d->active[l]);
        free(d->aim[l]);
        free(d->delta[l]);
    }
    free(d->online); free(d->target); free(d->gradient); free(d->m); free(d->v);
    free(d->observations); free(d->nexts); free(d->rewards); free(d->actions);
    free(d->batch_observations); free(d->batch_nexts); free(d->batch_rewards); free(d->batch_actions);
    free(d);
}

void bare_dqn_store(
    struct bare_dqn *d, int slot, const float *observation, const float *next, int action, float reward) {
    memcpy(d->observations + (size_t)slot * d->sizes[0], observation, d->sizes[0] * sizeof(float));
    memcpy(d->nexts + (size_t)slot * d->sizes[0], next, d->sizes[0] * sizeof(float));
    d->actions[slot] = action;
    d->rewards[slot] = reward;
    if (slot >= d->stored) d->stored = slot + 1;
}

int bare_dqn_decide(struct bare_dqn *d, const float *observation) {
    const float *x = observation;
    for (int l = 0; l < BARE_LAYERS; l++) {
        int in = d->sizes[l], out = d->sizes[l + 1];
        float *y = d->single[l];
        memcpy(y, d->online + d->bias[l], out * sizeof(float));
        cblas_sgemv(CblasRowMajor, CblasNoTrans, out, in, 1, d->online + d->weights[l], in, x, 1, 1, y, 1);
        if (l < BARE_LAYERS - 1)
            for (int i = 0; i < out; i++) y[i] = y[i] < 0 ? 0 : y[i];
        x = y;
    }
    int best = 0;
    for (int a = 1; a < d->sizes[BARE_LAYERS]; a++)
        if (x[a] > x[best]) best = a;
    return best;
}

static void forward(const struct bare_dqn *d, const float *net, const float *x, float *const y[]) {
    for (int l = 0; l < BARE_LAYERS; l++) {
        int in = d->sizes[l], out = d->sizes[l + 1];
        cblas_sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, d->batch, out, in, 1, x, in, net + d->weights[l], in, 0, y[l],
            out);
        const float *restrict bias = net + d->bias[l];
        for (int r = 0; r < d->batch; r++) {
            float *restrict row = y[l] + r * out;
            if (l < BARE_LAYERS - 1)
                for (int i = 0; i < out; i++) {
                    float sum = row[i] + bias[i];
                    row[i] = sum < 0 ? 0 : sum;
                }
            else
                for (int i = 0; i < out; i++) row[i] += bias[i];
        }
        x = y[l];
    }
}

static float loss(struct bare_dqn *d) {
    int actions = d->sizes[BARE_LAYERS], last = BARE_LAYERS - 1;
    float total = 0;
    memset(d->delta[last], 0, (size_t)d->batch * actions * sizeof(float));
    for (int r = 0; r < d->batch; r++) {
        const float *next = d->aim[last] + r * actions;
        float best = next[0];
        for (int a = 1; a < actions; a++)
            if (next[a] > best) best = next[a];
        int taken = r * actions + d->batch_actions[r];
        float error = d->active[last][taken] - (d->batch_rewards[r] + 0.99f * best);
        total += fabsf(error) < 1 ? 0.5f * error * error : fabsf(error) - 0.5f;
        d->delta[last][taken] = (error > 1 ? 1 : error < -1 ? -1 : error) / d->batch;
    }
    return total / d->batch;
}

static void backward(struct bare_dqn *d) {
    for (int l = BARE_LAYERS - 1; l >= 0; l--) {
        int in = d->sizes[l], out = d->sizes[l + 1];
        const float *x = l ? d->active[l - 1] : d->batch_observations;
        cblas_sgemm(
            CblasRowMajor, CblasTrans, CblasNoTrans, out, in, d->batch, 1, d->delta[l], out, x, in, 0,
            d->gradient + d->weights[l], in);
        float *restrict sum = d->gradient + d->bias[l];
        memcpy(sum, d->delta[l], out * sizeof(float));
        for (int r = 1; r < d->batch; r++) {
            const float *restrict row = d->delta[l] + r * out;
            for (int i = 0; i < out; i++) sum[i] += row[i];
        }
        if (l) {
            float *restrict below = d->delta[l - 1];
            cblas_sgemm(
                CblasRowMajor, CblasNoTrans, CblasNoTrans, d->batch, in, out, 1, d->delta[l], out,
                d->online + d->weights[l], in, 0, below, in);
            for (int i = 0; i < d->batch * in; i++) below[i] = x[i] > 0 ? below[i] : 0;
        }
    }
}

static void adam(struct bare_dqn *d, float scale) {
    d->t++;
    double c1 = 1 - pow(0.9, d->t), root2 = sqrt(1 - pow(0.999, d->t));
    const float size = (float)(0.0025 * root2 / c1), floor = (float)(1e-8 * root2);
    const float share1 = (float)(1 - 0.9), keep2 = 0.999f, share2 = (float)(1 - 0.999);
    float *restrict p = d->online, *restrict m = d->m, *restrict v = d->v;
    const float *restrict gradient = d->gradient;
    for (int i = 0; i < d->parameters; i++) {
        float g = gradient[i] * scale;
        m[i] += share1 * (g - m[i]);
        v[i] = keep2 * v[i] + share2 * g * g;
        p[i] -= size * m[i] / (sqrtf(v[i]) + floor);
    }
}

float bare_dqn_step(struct bare_dqn *d) {
    int width = d->sizes[0];
    for (int r = 0; r < d->batch; r++) {
        int slot = (int)(draw(d) % (uint64_t)d->stored);
        memcpy(d->batch_observations + r * width, d->observations + (size_t)slot * width, width * sizeof(float));
        memcpy(d->batch_nexts + r * width, d->nexts + (size_t)slot * width, width * sizeof(float));
        d->batch_actions[r] = d->actions[slot];
        d->batch_rewards[r] = d->rewards[slot];
    }
    forward(d, d->target, d->batch_nexts, d->aim);
    forward(d, d->online, d->batch_observations, d->active);
    float value = loss(d);
    backward(d);
    float norm = sqrtf(cblas_sdot(d->parameters, d->gradient, 1, d->gradient, 1));
    float factor = 10 / (norm + 1e-6f);
    adam(d, factor > 1 ? 1 : factor);
    return value;
}
