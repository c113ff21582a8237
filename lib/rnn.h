/* evanesce: recurrent networks small enough to read, exact enough to measure.
 *
 * The network, at step t = 1..T, for each sequence of a batch:
 *
 *     a_t = W_hh h_{t-1} + W_xh x_t + b_h        h_t = phi(a_t)        y = W_hy h_T + b_y
 *
 * The measurement this library exists for: the loss L is read at the last step, and the total
 * derivative dL/dh_t is followed back through time. Lag k = T - t. Norms are Frobenius over (B, H).
 *
 * Glossary, the same letters everywhere:
 *     T length    B batch    H hidden units    I inputs    O outputs
 *     scale  sigma, standard deviation of W_hh times sqrt(H)     drive  s2, variance W_xh x_t adds to a_t
 *     r      factor of ||dL/dh_t|| per step back in time = exp(slope of ln||dL/dh_t|| against k)
 *     da = dL/da_t = dL/dh_t * phi'(a_t)                         gamma  the supremum of |phi'|
 *
 * Arrays are double, row-major and time-major: (T, B, H) is T contiguous (B, H) matrices. W (R, C) acts on
 * column vectors, so a row of h (one sequence) becomes W h. The library only computes: it never prints,
 * exits, reads a file or keeps a global; randomness is an argument. */
#ifndef RNN_H
#define RNN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- status ------------------------------------------------------------------------------------- */

enum rnn_status {
    RNN_OK = 0,
    RNN_DIVERGED, /* a state left the range of double at step `stopped_at`: a finding, not a failure */
    RNN_ZERO, /* dL/dh_t is exactly zero from step `stopped_at` down (every unit dead): a finding */
    RNN_NO_MEMORY, /* the allocation failed */
    RNN_BAD_SPEC, /* a field of the spec is not allowed: rnn_spec_fault says which */
    RNN_BAD_SIZE, /* inputs, outputs or length do not fit what is asked of the net */
    RNN_BAD_LAW, /* scale and threshold must be finite and > 0, drive, noise and ridge finite and >= 0; or a
                    measurement does not know this cell or norm */
    RNN_BAD_TARGET, /* a class label is outside 0..O-1, or the net has no read-out */
    RNN_BAD_RANGE, /* the lags asked for lie outside 0..T-1, were not kept or are fewer than three */
    RNN_NO_CONVERGENCE, /* LAPACK or a root search did not converge */
};

/* One sentence, lower case, no full stop; never NULL. */
const char *rnn_status_text(enum rnn_status status);

/* Whether this process rounds a * b + c once. Results of the two arithmetics differ in their last bits, and in
 * nothing else does the processor show. */
bool rnn_fused(void);

/* ---- random streams ------------------------------------------------------------------------------ */

/* Counter-based streams (Philox4x64-10, Salmon et al. 2011): number i of a stream depends on (seed, purpose,
 * index, i) alone, and is the same on every machine. Weights and data never disturb each other, and nothing
 * depends on order or threads. A longer request begins with the numbers of a shorter one. */
enum rnn_purpose {
    RNN_FOR_W_HH = 1, /* index: the step t of an untied W_t, else 0 */
    RNN_FOR_W_XH,
    RNN_FOR_W_HY,
    RNN_FOR_START, /* index: 0 for h_0, 1 for c_0 */
    RNN_FOR_INPUT, /* index: t */
    RNN_FOR_LOSS,
    RNN_FOR_TASK,
    RNN_FOR_TANGENT, /* a perturbation of a state */
    RNN_FOR_NOISE, /* of an observed state; index: t */
    RNN_FOR_BATCH, /* to train on; index of this and the next three: which batch (train.h) */
    RNN_FOR_BATCH_NOISE,
    RNN_FOR_TEST,
    RNN_FOR_TEST_NOISE,
    RNN_FOR_LENGTH, /* of the sequences of a batch */
    RNN_FOR_THEORY, /* the sites of rnn_theory_wide; index: how many draws before */
};
struct rnn_stream {
    uint64_t seed;
    uint32_t purpose, index;
};

/* out[i] ~ N(0, deviation^2), Box-Muller on the uniforms below. */
void rnn_gaussian(double *out, size_t count, double deviation, struct rnn_stream stream);

/* out[i] uniform in the open interval (0, 1), an odd multiple of 2^-53. */
void rnn_uniform(double *out, size_t count, struct rnn_stream stream);

/* ---- activations --------------------------------------------------------------------------------- */

/* `value` and `derivative` serve theory and figures; `forward` and `backward` are the kernels of a pass
 * (kernels.h). All four derivatives are functions of h = phi(a), so a pass never keeps a. */
struct rnn_activation {
    const char *name;
    double (*value)(double a); /* phi(a) */
    double (*derivative)(double a); /* phi'(a); relu'(0) = 0 */
    double gamma; /* sup |phi'|: 1/4, 1, 1, 1 */
    int (*forward)(double *h, size_t count); /* h = phi(h); whether all of them are finite */
    double (*backward)(double *da, const double *dh, const double *h, size_t count);
};
extern const struct rnn_activation rnn_sigmoid, rnn_tanh, rnn_relu, rnn_linear;

/* ---- initialisation ------------------------------------------------------------------------------ */

enum rnn_init {
    RNN_GAUSSIAN = 1, /* W_ij ~ N(0, scale^2 / n) */
    RNN_ORTHOGONAL, /* scale * Q, Q Haar-distributed by Householder reflections (Stewart 1980) */
    RNN_IDENTITY, /* scale * I (Le, Jaitly, Hinton 2015 with scale 1) */
};

/* Fills W (n, n). `work` holds n doubles. Changing `scale` scales the same draw. */
void rnn_draw_matrix(double *W, size_t n, enum rnn_init init, double scale, double *work,
                     struct rnn_stream stream);

/* ---- the network --------------------------------------------------------------------------------- */

/* What carries the state. Each has `gates` blocks of H rows in W_hh, W_xh and b_h, in the order given:
 *   elman  h_t = phi(a_t); Elman 1990
 *   lstm   i, f, g, o:  c_t = f c_{t-1} + i g,  h_t = o tanh(c_t); Hochreiter and Schmidhuber 1997, with the
 *          forget gate f of Gers, Schmidhuber and Cummins 2000
 *   gru    r, z, n:  n = tanh(W_xn x_t + b_n + r (W_hn h_{t-1})),  h_t = (1 - z) n + z h_{t-1}; Cho et al.
 *          2014, with the reset gate after the product, as in cuDNN and PyTorch
 * Gates are sigmoid of their a_t; the candidates g and n are tanh. */
struct rnn_cell;
extern const struct rnn_cell rnn_elman, rnn_lstm, rnn_gru;

enum rnn_weights {
    RNN_TIED = 1, /* one W_hh for every step: a recurrent network */
    RNN_UNTIED, /* a fresh W_hh[t] a step; without drive, a deep feed-forward network */
};

/* Batch normalisation of the elman cell: each unit, over the batch of one step,
 *     N(v) = (v - mean) / sqrt(variance + epsilon)      mean, biased variance: of that unit and step
 *     no norm    a_t = W_hh h_{t-1} + W_xh x_t + b_h
 *     input      a_t = W_hh h_{t-1} + gain_x N(W_xh x_t) + b_h                Laurent et al. 2016
 *     full       a_t = gain_h N(W_hh h_{t-1} + W_xh x_t) + b_h                Ioffe and Szegedy 2015
 *     separate   a_t = gain_h N(W_hh h_{t-1}) + gain_x N(W_xh x_t) + b_h      Cooijmans et al. 2017
 * b_h shifts what is normalised: within N it would go with the mean, and its gradient would be zero. */
enum rnn_norm {
    RNN_NO_NORM = 1,
    RNN_NORM_INPUT,
    RNN_NORM_FULL,
    RNN_NORM_SEPARATE,
};

/* What the backward pass leaves behind; each keeps what the one before keeps. */
enum rnn_record {
    RNN_NORMS = 1, /* log_dh */
    RNN_GRADIENTS, /* and the gradient of every parameter */
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
    double scale; /* sigma */
    double drive; /* s2 >= 0: W_xh_ij ~ N(0, drive / I), which adds variance s2 to a_t when x ~ N(0, 1) */
    double start; /* deviation of h_0 ~ N(0, start^2), and of c_0, >= 0 */
    double forget; /* bias of the gate that keeps: f of the lstm, z of the gru; 0 is none; elman has no such
                      gate */
    size_t length, hidden, batch;
    size_t inputs; /* 0: no input at all, x is NULL */
    size_t outputs; /* 0: no read-out; else W_hy_ij ~ N(0, 1 / H) */
    size_t segment; /* steps whose states are kept at once: `length` keeps all; fewer (rnn_segment) keeps a
                       checkpoint a segment and recomputes the states going back, to the same bits; rounded up
                       to whole blocks of steps */
};

/* NULL if a net can be made of it; else the first field that stands in the way and what is allowed, as in
 * "scale: must be finite and > 0". */
const char *rnn_spec_fault(const struct rnn_spec *spec);

/* A segment that makes memory grow like sqrt(length): about sqrt(length) steps. */
size_t rnn_segment(size_t length, size_t batch);

/* Views into a flat vector, in the order they lie in, G the gates: W_hh (G H, H), or (T, G H, H) untied |
 * W_xh (G H, I) | b_h (G H) | gain_h (H) | gain_x (H) | W_hy (O, H) | b_y (O). A gain the norm does not have
 * takes no room. */
struct rnn_parameters {
    double *W_hh, *W_xh, *b_h, *gain_h, *gain_x, *W_hy, *b_y;
};

/* One allocation. All arrays belong to the net and are open: read them, write x and the parameters. */
struct rnn {
    struct rnn_spec spec;
    size_t parameters, gates; /* how many doubles theta holds; G */
    double *theta; /* all parameters, which `p` has one by one */
    struct rnn_parameters p;
    double *
        gradient; /* theirs, which `d` has one by one, all NULL unless record >= RNN_GRADIENTS; the true one is
                         2^gradient_exponent times it */
    struct rnn_parameters d;
    double *x; /* (T, B, I) */
    double *target; /* (B, O), for rnn_loss_squared */
    uint32_t *label; /* (B), for rnn_loss_softmax */
    double *h; /* (segment + 1, B, H) from step `from` on: see rnn_state */
    double *c; /* c_t of the lstm, kept as h is; NULL for a cell without c */
    size_t from; /* the first step kept */
    double *y; /* (B, O) */
    double loss;
    double *mean, *deviation; /* of the last forward pass in training, per normaliser: (N, T, H), N = 2 for
                                 `separate`, W_hh h first, else 1; deviation = sqrt(variance + epsilon) */
    bool frozen; /* see rnn_norm_freeze */

    double *log_dh; /* (T) [t-1] = ln ||dL/dh_t||, right at any length (see rnn_backward); -inf for a zero.
                       Between the two passes of a net in segments, checkpoints may wait in it. */
    double *dh; /* (T, B, H) with RNN_EVERYTHING: dL/dh_t = 2^exponent[t-1] dh[t-1]; else two rows of work */
    double *log_dc, *dc; /* the same of dL/dc_t, the total derivative, through h_t too; NULL without c */
    int *exponent; /* (T) with RNN_EVERYTHING, else NULL; of dh and of dc */
    double *da_h_of_step; /* (T, G, B, H) with RNN_EVERYTHING: dL/d(W_hh h_{t-1}), what W_hh sees, times
                             2^exponent[t-1]; else NULL */
    int gradient_exponent; /* 0 unless a gradient left the safe range */
    size_t stopped_at; /* the step named by RNN_DIVERGED and RNN_ZERO */

    struct rnn_work *work; /* what only the passes use */
};

/* h_t for t = from..from + segment, and the storage of dL/dh_t for t = 1..T: (B, H). */
static inline double *rnn_state(const struct rnn *net, size_t t) {
    return net->h + (t - net->from) * net->spec.batch * net->spec.hidden;
}
static inline double *rnn_state_gradient(const struct rnn *net, size_t t) {
    const size_t row = net->spec.record == RNN_EVERYTHING ? t - 1 : t & 1;
    return net->dh + row * net->spec.batch * net->spec.hidden;
}

/* c_t and the storage of dL/dc_t, of a net that has them. */
static inline double *rnn_cell_state(const struct rnn *net, size_t t) {
    return net->c + (rnn_state(net, t) - net->h);
}
static inline double *rnn_cell_gradient(const struct rnn *net, size_t t) {
    return net->dc + (rnn_state_gradient(net, t) - net->dh);
}

/* Bytes rnn_create allocates; in double, so that no size overflows. NAN for an invalid spec. */
double rnn_bytes(const struct rnn_spec *spec);

/* Allocates a net for `spec`, or reuses *net when it is not NULL and large enough; sets *net, NULL on failure
 * (the old net is then freed). Parameters, x and h_0 are undefined until rnn_draw or the caller sets them.
 * RNN_BAD_SPEC, RNN_NO_MEMORY. */
enum rnn_status rnn_create(struct rnn **net, const struct rnn_spec *spec);

/* Draws the parameters of the spec's laws (biases 0 but for `forget`, gains gamma), h_0, c_0, and noise
 * x_t ~ N(0, I) from the seed's streams. A norm's statistics are 0 and 1 until a forward pass in training,
 * which is the mode a drawn net is in. */
void rnn_draw(struct rnn *net, uint64_t seed);

/* Frees and nulls; *net may be NULL. */
void rnn_free(struct rnn **net);

/* ---- tasks ---------------------------------------------------------------------------------------- */

/* One window of `text` a sequence: x_t is byte number t of the window, one-hot over 256 inputs, and the label
 * is the byte after it. Windows begin anywhere, drawn from RNN_FOR_TASK of the seed. RNN_BAD_SIZE unless
 * inputs = outputs = 256 and size > length. */
enum { RNN_BYTES = 256 };
enum rnn_status rnn_draw_text(struct rnn *net, const unsigned char *text, size_t size, uint64_t seed);

/* ---- forward, loss, backward --------------------------------------------------------------------- */

/* h_1..h_T from h_0, c_0, x and the parameters. RNN_DIVERGED with `stopped_at` when a state is not finite. */
enum rnn_status rnn_forward(struct rnn *net);

/* A norm's evaluation mode. Frozen, the net keeps the statistics of its last forward pass, step by step
 * (Cooijmans et al. 2017): forward uses them whatever the batch, so that a sequence no longer sees its
 * companions, and backward treats them as the constants they are. Thawed, it is in training again: statistics
 * are those of the batch, and backward goes through them. RNN_BAD_LAW: the net has no norm. */
enum rnn_status rnn_norm_freeze(struct rnn *net, bool frozen);

/* Each sets `loss` and dL/dh_T, and with RNN_GRADIENTS dW_hy and db_y. Mean over the batch:
 *   linear   L = 1/B sum_b <v_b, h_T,b>, v ~ N(0, 1) of the seed's stream RNN_FOR_LOSS: the loss that
 * measures squared  L = 1/B sum_b 1/2 ||y_b - target_b||^2, target (B, O) softmax  L = 1/B sum_b -ln
 * softmax(y_b)[label_b], the net's label in 0..O-1 (log-sum-exp, no overflow) RNN_BAD_TARGET: no read-out, or
 * a label out of range. */
enum rnn_status rnn_loss_linear(struct rnn *net, uint64_t seed);
enum rnn_status rnn_loss_squared(struct rnn *net);
enum rnn_status rnn_loss_softmax(struct rnn *net);

/* Back-propagation through time from dL/dh_T:
 *     da_t = dh_t * phi'(a_t)        dh_{t-1} = W_hh^T da_t
 *     dW_hh = sum_t da_t h_{t-1}^T   dW_xh = sum_t da_t x_t^T   db_h = sum_t da_t
 * With a norm, dL/d(W_hh h_{t-1}) and dL/d(W_xh x_t) take the place of da_t where it is not theirs. For a v
 * that enters a normaliser, x = N(v), means over the batch (Ioffe and Szegedy 2015, section 3):
 *     dv = gain / deviation (da_t - mean(da_t) - x mean(da_t x))      dgain = sum_t sum_b da_t x
 * Linear in dh and dc, so they are rescaled by exact powers of two whenever their norm leaves [2^-200, 2^200]
 * and the exponent is carried: the log norms neither overflow nor underflow, and no mantissa bit changes. Of
 * a gated cell, W_hh sees the gradient of its own product, and dh_{t-1} gains what is carried past W_hh. phi'
 * comes from h, so where a unit is so saturated that tanh rounds to 1 its derivative is 0, not 4e-17.
 * RNN_ZERO with `stopped_at` when dh_t, and dc_t, is exactly zero: log norms from there down are -inf.
 * RNN_DIVERGED when one step alone overflows (entries of W beyond 1e200): log norms above `stopped_at` stand.
 */
enum rnn_status rnn_backward(struct rnn *net);

/* ---- clipping ------------------------------------------------------------------------------------- */

/* ln ||x|| of any numbers, also where the squares overflow or underflow; -inf for zero. Of a net's gradient:
 * rnn_log_norm(net->gradient, net->parameters) + net->gradient_exponent * M_LN2. */
double rnn_log_norm(const double *x, size_t count);

/* Clipping acts on a whole gradient g, after the backward pass and before the step. The true g is
 * 2^*exponent times `gradient`: a net's gradient and &net->gradient_exponent, or NULL for numbers without
 * one. What a threshold has brought within double carries no exponent any more.
 * RNN_BAD_LAW: the threshold is not finite and > 0. RNN_DIVERGED: a component is not finite. Both leave g
 * alone.
 *
 * By norm: g *= threshold / ||g|| if ||g|| > threshold, else unchanged (Pascanu, Mikolov, Bengio 2013,
 * algorithm 1). One factor for all: the direction stays. *log_norm, unless NULL, is ln ||g|| before. */
enum rnn_status rnn_clip_norm(double *log_norm, double *gradient, size_t count, int *exponent,
                              double threshold);

/* By value: every component into -threshold..threshold. The direction turns. */
enum rnn_status rnn_clip_value(double *gradient, size_t count, int *exponent, double threshold);

/* ---- the error cliff ------------------------------------------------------------------------------ */

/* One unit, one loss, the cliff of Pascanu, Mikolov, Bengio 2013:
 *     x_t = w sigmoid(x_{t-1}) + b, x_0 = 0.5        E = (sigmoid(x_T) - 0.7)^2, T = steps
 * with dE/dw and dE/db by forward accumulation of dx_t/dw and dx_t/db. A pure function, finite for
 * |w|, |b| <= 1e5 and 50 steps. */
struct rnn_cliff {
    double error, dw, db;
};
struct rnn_cliff rnn_cliff(double w, double b, size_t steps);

/* ---- probes: what a gradient log holds ------------------------------------------------------------ */

/* Least squares of ln||dL/dh_t|| against lag k over first..last, T - 1 >= last >= first + 2, else
 * RNN_BAD_RANGE. RNN_ZERO if a norm there is zero: no slope, *decay is left alone. */
struct rnn_decay {
    double slope, error; /* per step, and its standard error from the residuals */
    double r; /* exp(slope) */
    double half_life; /* ln 2 / |slope| in steps: halving if slope < 0, doubling if > 0 */
};
enum rnn_status rnn_decay_fit(struct rnn_decay *decay, const struct rnn *net, size_t first, size_t last);

/* The same of any log norm a step, such as log_dc: log_norm[t-1] for t = 1..length. */
enum rnn_status rnn_decay_fit_log(struct rnn_decay *decay, const double *log_norm, size_t length,
                                  size_t first, size_t last);

/* The decay at initialisation: forward, linear loss of `seed`, backward, fit. */
enum rnn_status rnn_decay_measure(struct rnn_decay *decay, struct rnn *net, uint64_t seed, size_t first,
                                  size_t last);

/* The decay of the linear net with the same W_hh: the weights' part of log r. A linear gradient does not see
 * the states, so this is a backward pass alone, of the net as it stands. RNN_BAD_LAW unless the cell is
 * elman.
 */
enum rnn_status rnn_decay_of_weights(struct rnn_decay *decay, struct rnn *net, uint64_t seed, size_t first,
                                     size_t last);

/* The scale at which this draw of W_hh has r = 1 over lags first..last: |slope| < 1e-6, or a change of sign
 * within 1e-6 of ln(scale), searched from `guess`. W_hh is left multiplied to the last scale tried.
 * RNN_NO_CONVERGENCE where there is none within a factor 100; or what stopped a pass. */
enum rnn_status rnn_crossing(double *scale, struct rnn *net, uint64_t seed, size_t first, size_t last,
                             double guess);

/* What each step brings to dL/dW_hh = sum_t da_t h_{t-1}^T, after rnn_backward (RNN_OK or RNN_ZERO) with
 * RNN_EVERYTHING; right at any length, -inf for a zero:
 *
 *     log_part[t-1]   ln ||da_t h_{t-1}^T||, the part of lag T - t alone
 *     log_past[t-1]   ln ||sum_{s <= t} da_s h_{s-1}^T||, of lag T - t and all beyond
 *     past            tied weights: 2^-exponent times the whole sum (G H, H); NULL for untied ones, each part of
 *                     which is the gradient of a W_hh of its own, with the norms added in squares
 *
 * They lie in `work`, rnn_lag_work doubles. `mask`, shaped like W_hh, multiplies every part entry by entry
 * before its norm is taken; NULL for none. RNN_BAD_RANGE unless record is RNN_EVERYTHING and all states are
 * kept (segment >= length). */
struct rnn_lags {
    double *log_part, *log_past, *past;
    int exponent;
};
enum rnn_status rnn_lag_parts(struct rnn_lags *lags, const struct rnn *net, const double *mask, double *work);
double rnn_lag_work(const struct rnn_spec *spec);

/* Largest |eigenvalue| of W (n, n) and its singular values in descending order (n), both by LAPACK on a copy.
 * `work` holds n * (n + 2) doubles for the radius, n * n for the singular values. RNN_NO_CONVERGENCE. */
enum rnn_status rnn_spectral_radius(double *radius, const double *W, size_t n, double *work);
enum rnn_status rnn_singular_values(double *values, const double *W, size_t n, double *work);

/* Over steps first..last of the last forward pass, all kept, else RNN_BAD_RANGE; of the elman cell, else
 * RNN_BAD_LAW:
 *   mean_square_derivative  mean of phi'(a)^2 over units, sequences and steps
 *   saturated               share of units with |phi'(a)| < 1 % of gamma
 *   dead                    share of units whose phi'(a) is 0 in every sequence and step */
struct rnn_slopes {
    double mean_square_derivative, saturated, dead;
};
enum rnn_status rnn_slopes_measure(struct rnn_slopes *slopes, const struct rnn *net, size_t first,
                                   size_t last);

/* The mean, over units, sequences and steps first..last of the last forward pass, of ln f_t of the lstm and
 * ln z_t of the gru: the rate at which the product of those gates shrinks, that is what of c_t, and of h_t in
 * the gru, is carried past W_hh. -inf if one is exactly zero. RNN_BAD_LAW: the cell has no such gate.
 * RNN_BAD_RANGE: not from + 1 <= first <= last <= T. */
enum rnn_status rnn_keep_measure(double *mean_log, const struct rnn *net, size_t first, size_t last);

/* log_growth[t - from] = ln ||delta h_t|| / ||delta h_from|| for t = from..T, T - from + 1 numbers, of an
 * infinitesimal perturbation of h_from, N(0, 1) from the seed's stream RNN_FOR_TANGENT, carried along the
 * last forward pass of an elman net: delta h_t = phi'(a_t) * (W_hh delta h_{t-1}) so by the same Jacobians as
 * dL/dh_t, not transposed; rescaled as in rnn_backward, hence right at any length. Leaves dL/dh alone.
 * RNN_BAD_LAW: another cell, or a norm. RNN_BAD_RANGE: h_from..h_T are not all kept, or from >= T. RNN_ZERO
 * with `stopped_at` where delta h_t is exactly zero: -inf from there on; RNN_DIVERGED where one step
 * overflows: inf from there on. */
enum rnn_status rnn_tangent(double *log_growth, struct rnn *net, size_t from, uint64_t seed, double *work);
double rnn_tangent_work(const struct rnn_spec *spec);

/* Lyapunov exponents (H), descending: the mean over steps first..last of the ln by which the product of the
 * Jacobians phi'(a_t) W_hh, along the first sequence of the last forward pass of an elman net, stretches each
 * direction; by QR at every step (Geist, Parlitz, Lauterborn 1990). The frame starts at the first step kept,
 * so the steps before `first` turn it towards its directions. -inf where a Jacobian is singular. RNN_BAD_LAW:
 * another cell, or a norm. RNN_BAD_RANGE: first > last, or a step not kept. RNN_NO_CONVERGENCE: not finite.
 */
enum rnn_status rnn_lyapunov(double *exponents, const struct rnn *net, size_t first, size_t last,
                             double *work);
double rnn_lyapunov_work(const struct rnn_spec *spec);

/* Short-term memory (Jaeger 2001): what a linear read-out of h_t knows of the scalar input x_{t-k}, out of
 * sample, for k = 0..lags-1. The state is observed as z = h_t + noise s g, g ~ N(0, 1) from the seed's stream
 * RNN_FOR_NOISE, s^2 the variance of the units around their means, averaged over units. Steps first..T of the
 * last forward pass, all sequences: the earlier half trains, for z and x less their means there, w_k = (Z +
 * lambda I)^-1 sum_t z x_{t-k},    Z = sum_t z z^T,    lambda = ridge * trace(Z) / H, and the later half,
 * `lags` steps further on so that no input is a target of both, tests: r2[k] = 1 - sum_t (x_{t-k} - w_k .
 * z)^2 / sum_t x_{t-k}^2      at most 1; < 0: worse than the mean; nan if x is constant In exact arithmetic
 * the sum of the true R2 is at most H (Jaeger 2001). Without noise, a signal is told down to
 * about sqrt(ridge) of the state. `work` holds rnn_memory_work doubles. */
struct rnn_memory {
    size_t first, lags;
    double noise, ridge; /* ridge: 1e-12 leaves the solution to rounding, 0 is allowed */
    uint64_t seed;
};
/* RNN_BAD_SIZE: inputs is not 1. RNN_BAD_LAW: noise or ridge. RNN_BAD_RANGE: no lags, first < lags, a step
 * that is not kept, or fewer than lags + 2 steps. RNN_NO_CONVERGENCE: Z + lambda I is not positive definite.
 */
enum rnn_status rnn_memory_measure(double *r2, const struct rnn *net, const struct rnn_memory *memory,
                                   double *work);
double rnn_memory_work(const struct rnn_spec *spec, size_t lags); /* in double, so that no size overflows */

/* ---- theory --------------------------------------------------------------------------------------- */

/* Mean field of a wide random net (Poole 2016: the length map and chi_1; Schoenholz 2017; Chen et al. 2018),
 * z ~ N(0, 1): q = sigma^2 E[phi(sqrt(q) z)^2] + s2      chi = sigma^2 E[phi'(sqrt(q) z)^2]      r =
 * sqrt(chi) q is infinite where the state grows without bound. Error of chi, and of q over max(1, q), below
 * 1e-10 away from that transition. RNN_BAD_LAW: scale not finite and > 0, drive not finite and >= 0. */
struct rnn_theory {
    double q, chi, r;
};
enum rnn_status rnn_theory_fixed_point(struct rnn_theory *theory, const struct rnn_activation *activation,
                                       double scale, double drive);

/* The same for a normalised net with every gain at gamma, in the limit of a large batch, of inputs of many
 * dimensions and of epsilon -> 0. The batch then holds the variance q of a_t, and what W_hh h_{t-1} spreads
 * over the batch is sigma^2 Var phi(sqrt(q) z):
 *     input      as without a norm, with s2 := gamma^2
 *     full       q = gamma^2        chi = gamma^2 sigma^2 E[phi'(sqrt(q) z)^2] / (sigma^2 Var phi + s2)
 *     separate   q = 2 gamma^2      chi = gamma^2 E[phi'(sqrt(q) z)^2] / Var phi, without sigma and s2
 * Without drive there is no input to normalise: s2 := 0, and q = gamma^2 for `separate` too. Then chi >= 1
 * for `full` and `separate` whatever gamma and phi, and 1 if phi is linear, as Var f(z) <= E[f'(z)^2]
 * (Chernoff 1981); for relu it is pi / (pi - 1) (Yang et al. 2019).
 * RNN_BAD_LAW: as above, or gamma not finite and > 0, or norm not a named one. */
enum rnn_status rnn_theory_norm(struct rnn_theory *theory, const struct rnn_activation *activation,
                                enum rnn_norm norm, double gamma, double scale, double drive);

/* The limit of infinitely many units, of any cell without a norm and gaussian W, tied or untied: dynamical
 * mean field (Sompolinsky, Crisanti, Sommers 1988; of gates Can, Krishnamurthy, Schwab 2020). W_hh h_{t-1} of
 * each gate and unit is then a gaussian process over time of its own, and so is what W_hh makes of a
 * perturbation of the states, independent of all else:
 *     covariance of steps t and s   sigma^2 E[h_{t-1} h_{s-1}]        sigma^2 E[delta h_{t-1} delta h_{s-1}]
 * Untied, fields of different steps are independent (Gilboa et al. 2019; of elman the chi above). Expectations
 * are means over `sites` units, step after step, so there is no W here, and no way back either:
 *     log_dh[T-1-k] = 1/2 ln E[(dh_{from+k} / dh_from)^2], k = 0..T - 1 - from
 * which is ln of ||dL/dh_{T-k}|| over ||dL/dh_T|| where the state is stationary, and ready for
 * rnn_decay_fit_log; entries below are left alone. x_t is taken to have many dimensions; hidden, batch, inputs
 * and segment do not matter. The error of a slope over L lags is about 1 / sqrt(L sites) where gates move
 * little, more in chaos. `work` holds rnn_theory_wide_work doubles. Time grows like sites length^2.
 * RNN_BAD_LAW: the spec is not valid, has a norm, or init is not gaussian. RNN_BAD_RANGE: from >= T, or no
 * sites. RNN_DIVERGED, RNN_ZERO: a growth is not a number double holds; entries beyond it are undefined. */
enum rnn_status rnn_theory_wide(double *log_dh, const struct rnn_spec *spec, size_t from, size_t sites,
                                uint64_t seed, double *work);
double rnn_theory_wide_work(const struct rnn_spec *spec, size_t from, size_t sites); /* in double */

/* The scale at which chi = 1. RNN_NO_CONVERGENCE if there is none below 1e6, RNN_BAD_LAW. */
enum rnn_status rnn_theory_critical_scale(double *scale, const struct rnn_activation *activation,
                                          double drive);

#endif
