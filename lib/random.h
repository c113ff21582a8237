/* Random numbers and matrices. Randomness is an argument: a stream says which numbers, and nothing keeps a
 * state. */
/* clang-format off */
#ifndef RNN_RANDOM_H
#define RNN_RANDOM_H

#include "elementary.h"

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Counter-based streams (Philox4x64-10, Salmon et al. 2011): number i of a stream depends on (seed, purpose,
 * index, i) alone, and is the same on every machine. Weights and data never disturb each other, and nothing
 * depends on order or threads. A longer request begins with the numbers of a shorter one. */
enum rnn_purpose {
    RNN_FOR_W_HH = 1, /* index: the step t of an untied W_t, else 0 */
    RNN_FOR_W_XH,
    RNN_FOR_W_HY,
    RNN_FOR_START,    /* index: 0 for h_0, 1 for c_0 */
    RNN_FOR_INPUT,    /* index: t */
    RNN_FOR_LOSS,
    RNN_FOR_TASK,
    RNN_FOR_TANGENT,  /* a perturbation of a state */
    RNN_FOR_NOISE,    /* of an observed state; index: t */
    RNN_FOR_BATCH,    /* to train on; index of this and the next three: which batch (train.h) */
    RNN_FOR_BATCH_NOISE,
    RNN_FOR_TEST,
    RNN_FOR_TEST_NOISE,
    RNN_FOR_LENGTH,   /* of the sequences of a batch */
    RNN_FOR_THEORY,   /* the sites of rnn_theory_wide; index: how many draws before */
};
struct rnn_stream {
    uint64_t seed;
    uint32_t purpose, index;
};

/* out[i] uniform in the open interval (0, 1), an odd multiple of 2^-53. */
void rnn_uniform(double *out, size_t count, struct rnn_stream stream);

/* out[i] ~ N(0, deviation^2), Box-Muller on those uniforms. */
void rnn_gaussian(double *out, size_t count, double deviation, struct rnn_stream stream);

enum rnn_init {
    RNN_GAUSSIAN = 1, /* W_ij ~ N(0, scale^2 / n) */
    RNN_ORTHOGONAL,   /* scale * Q, Q Haar-distributed by Householder reflections (Stewart 1980) */
    RNN_IDENTITY,     /* scale * I (Le, Jaitly, Hinton 2015 with scale 1) */
};

/* Fills W (n, n); `work` holds n doubles. Changing `scale` scales the same draw. */
void rnn_draw_matrix(double *W, size_t n, enum rnn_init init, double scale, double *work,
                     struct rnn_stream stream);

#ifdef __cplusplus
}
#endif
#endif
