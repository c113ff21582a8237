/* What theory expects of a network at initialisation, without running it. Pure functions. */
/* clang-format off */
#ifndef RNN_THEORY_H
#define RNN_THEORY_H

#include "spec.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- mean field -------------------------------------------------------------------------------------- */

/* A wide random elman net (Poole et al. 2016: the length map and chi_1; Schoenholz et al. 2017; Chen et al.
 * 2018), with z ~ N(0, 1):
 *
 *     q     variance of a_t where it settles     q   = sigma^2 E[phi(sqrt(q) z)^2] + s2
 *     chi   factor of ||dL/dh_t||^2 a step       chi = sigma^2 E[phi'(sqrt(q) z)^2]
 *     r     factor of ||dL/dh_t|| a step         r   = sqrt(chi)
 *
 * q is infinite where the state grows without bound. Error of chi, and of q over max(1, q), below 1e-10 away
 * from that transition. RNN_BAD_LAW: scale is not finite and > 0, or drive not finite and >= 0. */
struct rnn_theory {
    double q, chi, r;
};
enum rnn_status rnn_theory_fixed_point(struct rnn_theory *theory, const struct rnn_activation *activation,
                                       double scale, double drive);

/* The scale at which chi = 1. RNN_NO_CONVERGENCE: there is none below 1e6. RNN_BAD_LAW: drive. */
enum rnn_status rnn_theory_critical_scale(double *scale, const struct rnn_activation *activation,
                                          double drive);

/* The same for a normalised net with every gain at gamma, in the limit of a large batch, of inputs of many
 * dimensions and of epsilon -> 0. The batch then holds the variance q of a_t, and what W_hh h_{t-1} spreads
 * over the batch is sigma^2 Var phi(sqrt(q) z):
 *
 *     input       as without a norm, with s2 := gamma^2
 *     full        q = gamma^2      chi = gamma^2 sigma^2 E[phi'(sqrt(q) z)^2] / (sigma^2 Var phi + s2)
 *     separate    q = 2 gamma^2    chi = gamma^2 E[phi'(sqrt(q) z)^2] / Var phi, without sigma and s2
 *
 * Without drive there is no input to normalise: s2 := 0, and q = gamma^2 for `separate` too. Then chi >= 1
 * for `full` and `separate` whatever gamma and phi, and 1 if phi is linear, as Var f(z) <= E[f'(z)^2]
 * (Chernoff 1981); for relu it is pi / (pi - 1) (Yang et al. 2019). RNN_BAD_LAW: as above, or gamma is not
 * finite and > 0, or norm not a named one. */
enum rnn_status rnn_theory_norm(struct rnn_theory *theory, const struct rnn_activation *activation,
                                enum rnn_norm norm, double gamma, double scale, double drive);

/* The limit of infinitely many units, of any cell without a norm and gaussian W, tied or untied: dynamical
 * mean field (Sompolinsky, Crisanti, Sommers 1988; of gates Can, Krishnamurthy, Schwab 2020). W_hh h_{t-1} of
 * each gate and unit is then a gaussian process over time of its own, and so is what W_hh makes of a
 * perturbation of the states, independent of all else:
 *
 *     covariance of steps t and s    sigma^2 E[h_{t-1} h_{s-1}]        sigma^2 E[delta h_{t-1} delta h_{s-1}]
 *
 * Untied, fields of different steps are independent (Gilboa et al. 2019; of elman the chi above).
 * Expectations are means over `sites` units, step after step, so there is no W here, and no way back either:
 *
 *     log_dh[T-1-k] = 1/2 ln E[(dh_{from+k} / dh_from)^2], k = 0..T - 1 - from
 *
 * which is ln of ||dL/dh_{T-k}|| over ||dL/dh_T|| where the state is stationary, and ready for
 * rnn_decay_fit_log; entries below are left alone. x_t is taken to have many dimensions; hidden, batch,
 * inputs and segment do not matter. The error of a slope over L lags is about 1 / sqrt(L sites) where gates
 * move little, more in chaos. `work` holds rnn_theory_wide_work doubles. Time grows like sites length^2.
 * RNN_BAD_LAW: the spec has a fault or a norm, or init is not gaussian. RNN_BAD_RANGE: from >= T, or no
 * sites. RNN_DIVERGED, RNN_ZERO: a growth is not a number double holds; entries beyond it are undefined. */
enum rnn_status rnn_theory_wide(double *log_dh, const struct rnn_spec *spec, size_t from, size_t sites,
                                uint64_t seed, double *work);
double rnn_theory_wide_work(const struct rnn_spec *spec, size_t from, size_t sites); /* in double */

/* ---- the error cliff --------------------------------------------------------------------------------- */

/* One unit, one loss, the cliff of Pascanu, Mikolov, Bengio 2013:
 *
 *     x_t = w sigmoid(x_{t-1}) + b, x_0 = 0.5        E = (sigmoid(x_T) - 0.7)^2, T = steps
 *
 * with dE/dw and dE/db by forward accumulation of dx_t/dw, dx_t/db; finite for |w|, |b| <= 1e5, 50 steps. */
struct rnn_cliff {
    double error, dw, db;
};
struct rnn_cliff rnn_cliff(double w, double b, size_t steps);

#ifdef __cplusplus
}
#endif
#endif
