/* evanesce: recurrent networks small enough to read, exact enough to measure.
 *
 * The network, at step t = 1..T, for each sequence of a batch:
 *
 *     a_t = W_hh h_{t-1} + W_xh x_t + b_h        h_t = phi(a_t)        y = W_hy h_T + b_y
 *
 * The measurement this library exists for: the loss L is read at the last step, and the total derivative
 * dL/dh_t is followed back through time. Lag k = T - t. Norms are Frobenius over (B, H).
 *
 *     T length    B batch    H hidden units    I inputs    O outputs    G gates of the cell
 *     scale       sigma, the standard deviation of W_hh times sqrt(H)
 *     drive       s2, the variance that W_xh x_t adds to a_t
 *     da          dL/da_t = dL/dh_t * phi'(a_t)
 *     gamma       the supremum of |phi'|
 *     r           the factor of ||dL/dh_t|| a step back in time, exp(slope of ln ||dL/dh_t|| against k)
 *
 * Arrays are double, row-major and time-major: (T, B, H) is T contiguous (B, H) matrices. W (R, C) acts on
 * column vectors, so a row of h (one sequence) becomes W h. The library only computes: it never prints,
 * exits, reads a file or, but for the choice of a level (arithmetic.h), keeps a global. It is built without
 * -ffast-math whatever its user's flags are; a program linked with it rounds small numbers to zero, here too.
 *
 *     spec.h      what a network is asked to be        measure.h    what it is asked after its passes
 *     theory.h    what is expected of it               train.h      what it can learn, and how */
/* clang-format off */
#ifndef RNN_H
#define RNN_H

#include "spec.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the network ------------------------------------------------------------------------------------- */

/* Views into a flat vector, in the order they lie in; a gain that the norm does not have takes no room. */
struct rnn_parameters {
    double *W_hh;            /* (G H, H), or (T, G H, H) untied */
    double *W_xh, *b_h;      /* (G H, I), (G H) */
    double *gain_h, *gain_x; /* (H) */
    double *W_hy, *b_y;      /* (O, H), (O) */
};

/* One allocation. All arrays belong to the net and are open: read them, write x, h_0 and the parameters. */
struct rnn {
    struct rnn_spec spec;       /* spec.length is T, at first `longest`: see rnn_set_length */
    size_t longest, gates;      /* the length it was made for; G */
    size_t parameters;          /* how many doubles theta holds */
    double *theta;              /* all parameters, seen one by one through `p` */
    double *gradient;           /* theirs, through `d`; NULL unless record >= RNN_GRADIENTS */
    int gradient_exponent;      /* the true one is 2^gradient_exponent times it; 0 unless it explodes */
    struct rnn_parameters p, d;
    double *x;                  /* (T, B, I) */
    double *target;             /* (n, B, O), for rnn_loss_squared, of the n steps read */
    uint32_t *label;            /* (n, B), for rnn_loss_softmax */
    double *h, *c;              /* (segment + 1, B, H) from step `from` on, see rnn_state; c: of the lstm */
    size_t from;
    double *y, loss;            /* (n, B, O) */
    double *mean, *deviation;   /* (N, longest, H), of the last forward pass in training; deviation: the root
                                   in N(v); N = 2 for `separate`, that of W_hh h_{t-1} first, else 1 */
    bool frozen;                /* see rnn_norm_freeze */

    double *log_dh;             /* (T) [t-1] = ln ||dL/dh_t||, right at any length; -inf for a zero. Before
                                   the way back of a net in segments, checkpoints may wait in it */
    double *log_dc;             /* the same of dL/dc_t, or NULL: the total derivative, which, unlike the one
                                   PyTorch gives, counts the path through h_t */
    double *dh, *dc;            /* (T, B, H): dL/dh_t = 2^exponent[t-1] dh[t-1]; two rows of work unless
                                   record is RNN_EVERYTHING */
    double *da_h_of_step;       /* (T, G, B, H): dL/d(W_hh h_{t-1}), what W_hh sees; else NULL */
    int *exponent;              /* (T), of dh, dc and da_h_of_step; else NULL */
    size_t stopped_at;          /* the step of RNN_DIVERGED and RNN_ZERO */
    struct rnn_work *work;      /* what only the passes use */
};

/* (B, H): h_t and c_t for t = from..from + segment, and the storage of dL/dh_t and dL/dc_t for t = 1..T. */
static inline double *rnn_state(const struct rnn *net, size_t t) {
    return net->h + (t - net->from) * net->spec.batch * net->spec.hidden;
}
static inline double *rnn_cell_state(const struct rnn *net, size_t t) {
    return net->c + (rnn_state(net, t) - net->h);
}
static inline double *rnn_state_gradient(const struct rnn *net, size_t t) {
    const size_t row = net->spec.record == RNN_EVERYTHING ? t - 1 : t & 1;
    return net->dh + row * net->spec.batch * net->spec.hidden;
}
static inline double *rnn_cell_gradient(const struct rnn *net, size_t t) {
    return net->dc + (rnn_state_gradient(net, t) - net->dh);
}

/* Bytes rnn_create allocates; in double, so that no size overflows. NAN if the spec has a fault. */
double rnn_bytes(const struct rnn_spec *spec);

/* Allocates a net for `spec`, or reuses *net when that is not NULL and large enough. Parameters, x and h_0
 * are undefined until rnn_draw or the caller sets them. RNN_BAD_SPEC, RNN_NO_MEMORY: *net is NULL, the old
 * one freed. */
enum rnn_status rnn_create(struct rnn **net, const struct rnn_spec *spec);

/* Frees and nulls; *net may be NULL. */
void rnn_free(struct rnn **net);

/* Draws the parameters of the spec's laws (biases 0 but for `forget`, gains gamma), h_0, c_0, and noise
 * x_t ~ N(0, 1) from the seed's streams. A norm's statistics are 0 and 1 until a forward pass in training,
 * which is the mode a drawn net is in. */
void rnn_draw(struct rnn *net, uint64_t seed);

/* Makes the next passes those of a net of this length, which reads all its steps if it has fewer than n; an
 * untied one then uses its first W_hh. RNN_BAD_RANGE: not 1..longest. */
enum rnn_status rnn_set_length(struct rnn *net, size_t length);

/* ---- forward, loss, backward ------------------------------------------------------------------------- */

/* h_1..h_T from h_0, c_0, x and the parameters. RNN_DIVERGED with `stopped_at` when a state is not finite. */
enum rnn_status rnn_forward(struct rnn *net);

/* A norm's evaluation mode. Frozen, the net keeps the statistics of its last forward pass, step by step
 * (Cooijmans et al. 2017): forward uses them whatever the batch, so that a sequence no longer sees its
 * companions, and backward treats them as constants. RNN_BAD_LAW: the net has no norm. */
enum rnn_status rnn_norm_freeze(struct rnn *net, bool frozen);

/* Each sets `loss`, a mean over the batch and the n steps read, what these bring to dL/dh_t, and with
 * RNN_GRADIENTS dW_hy and db_y:
 *
 *     linear     L = mean <v, h>                   the loss that measures; v ~ N(0, 1) of the seed's stream
 *                                                  RNN_FOR_LOSS, index T - t
 *     squared    L = mean ||y - target||^2         without a half
 *     softmax    L = mean -ln softmax(y)[label]    log-sum-exp, so that nothing overflows
 *
 * RNN_BAD_TARGET: no read-out, or a label out of range. */
enum rnn_status rnn_loss_linear(struct rnn *net, uint64_t seed);
enum rnn_status rnn_loss_squared(struct rnn *net);
enum rnn_status rnn_loss_softmax(struct rnn *net);

/* Back-propagation through time:
 *
 *     da_t  = dh_t * phi'(a_t)             dh_{t-1} = W_hh^T da_t, and what its read-out brings
 *     dW_hh = sum_t da_t h_{t-1}^T         dW_xh    = sum_t da_t x_t^T         db_h = sum_t da_t
 *
 * Of a gated cell, W_hh sees the gradient of its own product, and dh_{t-1} gains what is carried past W_hh.
 * With a norm, so do W_hh and W_xh; for v that enters N, x = N(v) (Ioffe and Szegedy 2015, section 3):
 *
 *     dv = gain / deviation (da_t - mean(da_t) - x mean(da_t x))               dgain = sum_t sum_b da_t x
 *
 * dh and dc are rescaled by exact powers of two whenever their norm leaves [2^-200, 2^200], and the exponent
 * is carried: log norms neither overflow nor underflow, and no mantissa bit changes. The gradient has one
 * exponent: where it exploded beyond double, dW_hy and db_y share it, and may underflow.
 * phi' comes from h: near saturation its relative error is of the order of eps / phi', eps = 2^-53, and where
 * tanh rounds to 1 it is 0, not 4e-17.
 *
 * RNN_ZERO with `stopped_at` when dh_t, and dc_t, is exactly zero for good: log norms from there on are -inf.
 * RNN_DIVERGED when one step alone overflows (W beyond 1e200): log norms above `stopped_at` stand. RNN_BAD_RANGE: a
 * gated net, or one in segments, goes back once after each forward pass; none does after the test of a training. */
enum rnn_status rnn_backward(struct rnn *net);

/* ln ||x|| of any numbers, also where the squares overflow or underflow; -inf for zero. Of a net's gradient:
 * rnn_log_norm(net->gradient, net->parameters) + net->gradient_exponent * M_LN2. */
double rnn_log_norm(const double *x, size_t count);

#ifdef __cplusplus
}
#endif
#endif
