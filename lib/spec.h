/* What a network is asked to be: its parts, the laws it is drawn from, its size. The letters are those of
 * rnn.h. */
/* clang-format off */
#ifndef RNN_SPEC_H
#define RNN_SPEC_H

#include "arithmetic.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* ---- status ------------------------------------------------------------------------------------------ */

enum rnn_status {
    RNN_OK = 0,
    RNN_DIVERGED,       /* a number left the range of double at step `stopped_at`: a finding, not a failure */
    RNN_ZERO,           /* dL/dh_t is exactly zero from step `stopped_at` down (every unit dead): a finding */
    RNN_NO_MEMORY,
    RNN_BAD_SPEC,       /* a field of a spec is not allowed: rnn_spec_fault says which */
    RNN_BAD_SIZE,       /* inputs, outputs or length do not fit what is asked of the net */
    RNN_BAD_LAW,        /* a number is not finite or not > 0, or this cell or norm is not known to the call */
    RNN_BAD_TARGET,     /* a class label is outside 0..O-1, or the net has no read-out */
    RNN_BAD_RANGE,      /* lags or steps are outside 1..T, were not kept, or are too few */
    RNN_NO_CONVERGENCE, /* of LAPACK or of a root search */
};

/* One sentence, lower case, no full stop; never NULL. */
const char *rnn_status_text(enum rnn_status status);

/* ---- random streams ---------------------------------------------------------------------------------- */

/* Counter-based streams (Philox4x64-10, Salmon et al. 2011): number i of a stream depends on (seed, purpose,
 * index, i) alone, and is the same on every machine. Weights and data never disturb each other, and nothing
 * depends on order or threads. A longer request begins with the numbers of a shorter one. */
enum rnn_purpose {
    RNN_FOR_W_HH = 1, /* index: G (t - 1) + g, of gate g of an untied W_t; of a tied one t is 1 */
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
    RNN_FOR_SAMPLE,   /* of a text that a net writes; index: which byte */
};
struct rnn_stream {
    uint64_t seed;
    uint32_t purpose, index;
};

/* out[i] uniform in the open interval (0, 1), an odd multiple of 2^-53. */
void rnn_uniform(double *out, size_t count, struct rnn_stream stream);

/* out[i] ~ N(0, deviation^2), Box-Muller on those uniforms. */
void rnn_gaussian(double *out, size_t count, double deviation, struct rnn_stream stream);

/* ---- what a network is made of ----------------------------------------------------------------------- */

/* `value` and `derivative` serve theory and figures; `forward` and `backward` are those of a pass, which
 * never keeps a: all four derivatives are functions of h = phi(a). */
struct rnn_activation {
    const char *name;
    double (*value)(double a);               /* phi(a) */
    double (*derivative)(double a);          /* phi'(a); relu'(0) = 0 */
    double gamma;                            /* 1/4, 1, 1, 1 */
    int (*forward)(double *h, size_t count); /* h = phi(h); whether all of them are finite */
    double (*backward)(double *da, const double *dh, const double *h, size_t count); /* gives sum dh^2 */
};
extern const struct rnn_activation rnn_sigmoid, rnn_tanh, rnn_relu, rnn_linear;

enum rnn_init {
    RNN_GAUSSIAN = 1, /* W_ij ~ N(0, scale^2 / n) */
    RNN_ORTHOGONAL,   /* scale * Q, Q Haar-distributed by Householder reflections (Stewart 1980) */
    RNN_IDENTITY,     /* scale * I (Le, Jaitly, Hinton 2015 with scale 1) */
};

/* Fills W (n, n); `work` holds n doubles. Changing `scale` scales the same draw. */
void rnn_draw_matrix(double *W, size_t n, enum rnn_init init, double scale, double *work,
                     struct rnn_stream stream);

/* What carries the state. Each has G blocks of H rows in W_hh, W_xh and b_h, in the order given; gates are
 * sigmoid of their a_t, the candidates g and n tanh:
 *
 *     elman            h_t = phi(a_t)                                      Elman 1990
 *     lstm  i,f,g,o    c_t = f c_{t-1} + i g        h_t = o tanh(c_t)      Hochreiter and Schmidhuber 1997;
 *                                                                          f: Gers, Schmidhuber, Cummins 2000
 *     gru   r,z,n      n = tanh(W_xn x_t + b_n + r (W_hn h_{t-1}))         Cho et al. 2014, with r after the
 *                      h_t = (1 - z) n + z h_{t-1}                         product as in cuDNN and PyTorch */
struct rnn_cell;
extern const struct rnn_cell rnn_elman, rnn_lstm, rnn_gru;

enum rnn_weights {
    RNN_TIED = 1, /* one W_hh for every step: a recurrent network */
    RNN_UNTIED,   /* a fresh W_hh[t] a step; without drive, a deep feed-forward network */
};

/* Batch normalisation of the elman cell, N(v) = (v - mean) / sqrt(variance + epsilon), by the mean and biased
 * variance over the batch of each unit and step:
 *
 *     no norm     a_t = W_hh h_{t-1} + W_xh x_t + b_h
 *     input       a_t = W_hh h_{t-1} + gain_x N(W_xh x_t) + b_h                Laurent et al. 2016
 *     full        a_t = gain_h N(W_hh h_{t-1} + W_xh x_t) + b_h                Ioffe and Szegedy 2015
 *     separate    a_t = gain_h N(W_hh h_{t-1}) + gain_x N(W_xh x_t) + b_h      Cooijmans et al. 2017
 *
 * b_h shifts what is normalised: within N it would go with the mean, and its gradient would be zero. */
enum rnn_norm {
    RNN_NO_NORM = 1,
    RNN_NORM_INPUT,
    RNN_NORM_FULL,
    RNN_NORM_SEPARATE,
};

/* What the backward pass leaves behind; each keeps what the one before keeps. */
enum rnn_record {
    RNN_NORMS = 1,  /* log_dh */
    RNN_GRADIENTS,  /* and the gradient of every parameter */
    RNN_EVERYTHING, /* and dL/dh_t of every step, and what W_hh sees of it */
};

/* Every field is to be set; zero is an error except where a zero is named. */
struct rnn_spec {
    const struct rnn_cell *cell;
    const struct rnn_activation *activation; /* of the elman cell; the others bring their own */
    enum rnn_init init;
    enum rnn_weights weights;
    enum rnn_record record;
    enum rnn_norm norm;
    double gamma, epsilon; /* of a norm: what every gain begins with, and what is added to variances */
    double scale;          /* sigma */
    double drive;          /* s2 >= 0: W_xh_ij ~ N(0, drive / I), which adds s2 to Var a_t when x ~ N(0, 1) */
    double start;          /* deviation >= 0 of h_0 ~ N(0, start^2), and of c_0 */
    double forget;         /* bias of the gate that keeps, f of the lstm, z of the gru; 0 is none */
    size_t length, hidden, batch;
    size_t inputs;         /* 0: no input at all */
    size_t outputs;        /* 0: no read-out; else W_hy_ij ~ N(0, 1 / H) */
    size_t reads;          /* n: the loss is read at the last n steps; more than 1 needs all states kept */
    size_t truncation;     /* 0: none; k: what step t sends to dL/dh_{t-1} is left out where T - (t - 1) is a
                              multiple of k */
    size_t segment;        /* steps whose states are kept at once, rounded up to whole blocks: `length` keeps
                              all, with fewer the way back computes states again, to the same bits */
};

/* The first field that stands in the way of a net, and what is allowed, or NULL if there is none:
 * "scale: must be finite and > 0". */
const char *rnn_spec_fault(const struct rnn_spec *spec);

/* A segment that makes memory grow like sqrt(length): about sqrt(length) steps. */
size_t rnn_segment(size_t length, size_t batch);

#ifdef __cplusplus
}
#endif
#endif
