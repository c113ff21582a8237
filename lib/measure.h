/* What a network is asked after its passes: rates, shares, spectra, memory.
 *
 * A measurement reads the net's open arrays and fills what it is given. Where it needs room, `work` holds so
 * many doubles as the function of the same name with _work says, undefined at first; those counts are double,
 * so that no size overflows. Steps and lags are 1..T and 0..T-1. RNN_BAD_RANGE is a step or lag beyond them
 * or not kept, RNN_BAD_LAW a cell or norm that the measurement does not know; nothing is written then. */
/* clang-format off */
#ifndef RNN_MEASURE_H
#define RNN_MEASURE_H

#include "rnn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- the rate of decay ------------------------------------------------------------------------------- */

/* Least squares of ln ||dL/dh_t|| against lag k = first..last, last >= first + 2. RNN_ZERO: a norm there is
 * zero, so there is no slope. */
struct rnn_decay {
    double slope, error; /* per step, and its standard error from the residuals */
    double r;            /* exp(slope) */
    double half_life;    /* ln 2 / |slope| steps: of halving if slope < 0, of doubling if > 0 */
};
enum rnn_status rnn_decay_fit(struct rnn_decay *decay, const struct rnn *net, size_t first, size_t last);

/* The same of any log norm a step, such as log_dc: log_norm[t-1] for t = 1..length. */
enum rnn_status rnn_decay_fit_log(struct rnn_decay *decay, const double *log_norm, size_t length,
                                  size_t first, size_t last);

/* The decay at initialisation: forward, linear loss of `seed`, backward, fit. */
enum rnn_status rnn_decay_measure(struct rnn_decay *decay, struct rnn *net, uint64_t seed, size_t first,
                                  size_t last);

/* The decay of the linear net with the same W_hh: the weights' part of ln r. A linear gradient does not see
 * the states, so this is a backward pass alone, of the net as it stands. RNN_BAD_LAW: not elman, a norm. RNN_BAD_RANGE
 * also of a net in segments. */
enum rnn_status rnn_decay_of_weights(struct rnn_decay *decay, struct rnn *net, uint64_t seed, size_t first,
                                     size_t last);

/* How the loss of the last step goes back alone, whatever the net reads and wherever it is cut: forward,
 * softmax, backward with n = 1 and truncation 0. The net then has n = 1, and in its first labels those of the
 * last read. RNN_BAD_TARGET, RNN_DIVERGED, RNN_ZERO: as these passes have them. */
enum rnn_status rnn_back_from_last(struct rnn *net);

/* The scale at which this draw of W_hh has r = 1 over lags first..last: |slope| < 1e-6, or a change of sign
 * within 1e-6 of ln(scale), searched from `guess`. W_hh is left multiplied to the last scale tried.
 * RNN_NO_CONVERGENCE where there is none within a factor 100; or what stopped a pass. */
enum rnn_status rnn_crossing(double *scale, struct rnn *net, uint64_t seed, size_t first, size_t last,
                             double guess);

/* ---- what comes from how far back -------------------------------------------------------------------- */

/* What each step brings to dL/dW_hh = sum_t da_t h_{t-1}^T, after rnn_backward (RNN_OK or RNN_ZERO) with
 * RNN_EVERYTHING and all states kept; right at any length, -inf for a zero:
 *
 *     log_part[t-1]    ln ||da_t h_{t-1}^T||, the part of lag T - t alone                                (T)
 *     log_past[t-1]    ln ||sum_{s <= t} da_s h_{s-1}^T||, of lag T - t and all beyond                   (T)
 *     past             the whole sum times 2^-exponent                                              (G H, H)
 *
 * Untied, each part is the gradient of a W_hh of its own: log_past adds squares, and past is NULL.
 *
 * They lie in `work`. `mask`, shaped like W_hh, multiplies every part entry by entry before its norm
 * is taken; NULL for none. */
struct rnn_lags {
    double *log_part, *log_past, *past;
    int exponent;
};
enum rnn_status rnn_lag_parts(struct rnn_lags *lags, const struct rnn *net, const double *mask, double *work);
double rnn_lag_work(const struct rnn_spec *spec);

/* ln of the root mean square over the batch of ||dL_b/dx_t||, L_b the loss of one sequence and L their mean,
 * after rnn_backward (RNN_OK) with RNN_EVERYTHING; of an elman net without norm, where
 *
 *     dL/dx_t = W_xh^T da_t        ||dL_b/dx_t|| = B ||dL/dx_t|| in sequence b
 *
 * -inf for a zero. RNN_BAD_RANGE also where there are no inputs. */
enum rnn_status rnn_input_gradient(double *log_norm, const struct rnn *net, size_t t);

/* How far a gradient g (count) has turned that became c, as by a clip. Each may lack a factor of its own:
 *
 *     cosine     <g, c> / (||g|| ||c||)
 *     angle      2 asin(||g / ||g|| - c / ||c|| || / 2), 0..pi, to about 1e-13: the arc cosine of a small
 *                one would be off by 1e-8
 *     changed    share of the entries that differ
 *
 * RNN_ZERO: one of them is zero. RNN_DIVERGED: a norm is not finite. Nothing is written then. */
struct rnn_turn {
    double cosine, angle, changed;
};
enum rnn_status rnn_turn_measure(struct rnn_turn *turn, const double *g, const double *c, size_t count);

/* ---- the units --------------------------------------------------------------------------------------- */

/* Over steps first..last of the last forward pass of an elman net:
 *
 *     mean_square_derivative    mean of phi'(a)^2 over units, sequences and steps
 *     saturated                 share of all of them with |phi'(a)| < 1 % of gamma
 *     dead                      share of units whose phi'(a) is 0 in every sequence and step */
struct rnn_slopes {
    double mean_square_derivative, saturated, dead;
};
enum rnn_status rnn_slopes_measure(struct rnn_slopes *slopes, const struct rnn *net, size_t first,
                                   size_t last);

/* The mean, over units, sequences and steps first..last of the last forward pass, of ln f_t of the lstm and
 * ln z_t of the gru: the rate at which the product of those gates shrinks, that is what of c_t, and of h_t in
 * the gru, is carried past W_hh. -inf if one is exactly zero. RNN_BAD_RANGE also after the test of a training, which
 * keeps no gates, and after the way back, which writes its gradients over them. */
enum rnn_status rnn_keep_measure(double *mean_log, const struct rnn *net, size_t first, size_t last);

/* ---- matrices and products of Jacobians -------------------------------------------------------------- */

/* Largest |eigenvalue| of W (n, n), and its singular values in descending order (n), by LAPACK. `work` holds
 * n (n + 2) doubles for the radius, n n for the values. RNN_NO_CONVERGENCE, also where W is not finite. */
enum rnn_status rnn_spectral_radius(double *radius, const double *W, size_t n, double *work);
enum rnn_status rnn_singular_values(double *values, const double *W, size_t n, double *work);

/* Both of one matrix: its radius and its largest singular value. `work` holds n (n + 2) doubles. */
struct rnn_spectrum {
    double radius, largest;
};
enum rnn_status rnn_spectrum_measure(struct rnn_spectrum *spectrum, const double *W, size_t n, double *work);

/* How an infinitesimal perturbation of h_from, N(0, 1) of the seed's stream RNN_FOR_TANGENT, grows along the
 * last forward pass of an elman net without norm, by the same Jacobians as dL/dh_t, not transposed:
 *
 *     delta h_t = phi'(a_t) * (W_hh delta h_{t-1})
 *     log_growth[t - from] = ln (||delta h_t|| / ||delta h_from||), t = from..T
 *
 * rescaled as in rnn_backward, hence right at any length. RNN_ZERO with `stopped_at` where delta h_t is
 * exactly zero: -inf from there on; RNN_DIVERGED where one step overflows: inf from there on. Leaves dL/dh
 * alone. */
enum rnn_status rnn_tangent(double *log_growth, struct rnn *net, size_t from, uint64_t seed, double *work);
double rnn_tangent_work(const struct rnn_spec *spec);

/* Lyapunov exponents (H), descending: the mean over steps first..last of the ln by which the product of the
 * Jacobians phi'(a_t) W_hh, along the first sequence of the last forward pass of an elman net without norm,
 * stretches each direction; by QR at every step (Geist, Parlitz, Lauterborn 1990). The frame starts at the
 * first step kept, so the steps before `first` turn it towards its directions. -inf where a Jacobian has
 * a row of zeros; what is singular but for rounding gives about -36. RNN_NO_CONVERGENCE: a product is not finite. */
enum rnn_status rnn_lyapunov(double *exponents, const struct rnn *net, size_t first, size_t last,
                             double *work);
double rnn_lyapunov_work(const struct rnn_spec *spec);

/* ---- short-term memory ------------------------------------------------------------------------------- */

/* What a linear read-out of h_t knows of the scalar input x_{t-k}, out of sample, for k = 0..lags-1 (Jaeger
 * 2001). The state is observed as z = h_t + noise s g, with g ~ N(0, 1) of the seed's stream RNN_FOR_NOISE
 * and s^2 the variance of the units around their means, averaged over units. Of steps first..T of the last
 * forward pass, all sequences, the earlier half trains, z and x less their means there, and the later half,
 * `lags` steps further on so that no input is a target of both, tests:
 *
 *     w_k   = (Z + lambda I)^-1 sum_t z x_{t-k}        Z = sum_t z z^T        lambda = ridge * trace(Z) / H
 *     r2[k] = 1 - sum_t (x_{t-k} - w_k . z)^2 / sum_t x_{t-k}^2
 *
 * r2 is at most 1, below 0 where the mean does better; it means nothing where x is constant. In exact arithmetic the sum
 * of the true R2 is at most H. Without noise, a signal is told down to about sqrt(ridge) of the state. */
struct rnn_memory {
    size_t first, lags;  /* first >= lags, and 2 steps beside the lags at least */
    double noise, ridge; /* finite, >= 0; a ridge of 1e-12 leaves the solution to rounding */
    uint64_t seed;
};

/* RNN_BAD_SIZE: inputs is not 1. RNN_BAD_LAW: noise or ridge. RNN_NO_CONVERGENCE: Z + lambda I is not
 * positive definite. */
enum rnn_status rnn_memory_measure(double *r2, const struct rnn *net, const struct rnn_memory *memory,
                                   double *work);
double rnn_memory_work(const struct rnn_spec *spec, size_t lags);

/* ---- texts -------------------------------------------------------------------------------------------- */

/* - sum_c p_c log2 p_c, p_c the share of byte c: 0..8 bits, of no bytes 0. So many bits a byte costs who
 * guesses it by how often it occurs in this very text, and looks at none before (Shannon 1951, F_1). */
double rnn_entropy(const unsigned char *bytes, size_t size);

#ifdef __cplusplus
}
#endif
#endif
