/* What decides whether the gradient vanishes or explodes: the weights, the derivative, or both?
 *
 * Theory: r = sqrt(chi); chi = 1 at the critical scale (tanh 1.409 at drive 0.1, relu sqrt 2, linear 1,
 * sigmoid about 10). And ln r is the rate of the same W without activation, plus 1/2 ln E[phi'^2]. */
#include "measure.h"
#include "sweep.h"
#include "theory.h"

#include <math.h>

static const struct sweep_axis axes[] = {
    { "activation", "sigmoid,tanh,relu,linear" },
    { "init", "gaussian" },
    { "scale", "0.25:2.5:0.25" },
    { "length", "80" },
    { "hidden", "128" },
    { "batch", "16" },
    { "weights", "tied" },
    { "inputs", "64" },
    { "drive", "0.1" },
    { "first", "0" },
    { "last", "20" },
    { "seed", "1:10" },
    { 0 },
};

enum { SLOPE, ERROR, R, HALF, THEORY, CRITICAL, CROSSING, RADIUS, SINGULAR, W, PHI, FLAT, DEAD, COLUMNS };
static const struct sweep_column columns[] = {
    { "slope", "slope of ln||dL/dh_t|| against lag, per step, over the lags first..last", 0 },
    { "slope_error", "its standard error from the residuals of the fit", 0 },
    { "r", "factor per step, exp(slope)", 0 },
    { "half_life", "ln 2 / |slope|, steps", 0 },
    { "theory_r", "mean field, sqrt(chi); empty for identity", 0 },
    { "theory_critical", "scale at which chi = 1; empty for identity, or if none is below 1e6", 0 },
    { "crossing", "scale at which this draw of W has r = 1; empty if none is found", 0 },
    { "spectral_radius", "largest |eigenvalue| of W, by LAPACK; empty if untied", 0 },
    { "singular_value", "largest singular value of W, by LAPACK; empty if untied", 0 },
    { "part_weights", "slope of the linear net with the same W, per step", 0 },
    { "part_derivative", "1/2 ln of the mean of phi'^2 over units, sequences and the steps of the fit", 0 },
    { "saturated", "share of units with |phi'| below 1 % of its maximum", 0 },
    { "dead", "share of units with phi' = 0 throughout", 0 },
    { 0 },
};

/* Doubles of work: a matrix and its eigenvalues, or its singular values. */
static double work_size(const struct sweep_point *point) {
    const double H = (double)sweep_count(point, "hidden");
    return H * (H + 2);
}

/* What there is to see of W itself. */
static enum rnn_status look_at_weights(double *row, const struct rnn *net, const struct sweep_point *point) {
    struct rnn_spectrum spectrum = { SWEEP_NONE, SWEEP_NONE };
    enum rnn_status status = RNN_OK;
    if (net->spec.weights == RNN_TIED) {
        double *work = sweep_work(point);
        status = work ? rnn_spectrum_measure(&spectrum, net->p.W_hh, net->spec.hidden, work) : RNN_NO_MEMORY;
    }
    row[RADIUS] = spectrum.radius;
    row[SINGULAR] = spectrum.largest;
    return status;
}

/* What the cell's own net shows: the fit, the derivative's part, the spectrum. */
static enum rnn_status measure(double *row, struct rnn *net, const struct sweep_point *point) {
    const size_t first = sweep_count(point, "first"), last = sweep_count(point, "last"), T = net->spec.length;
    struct rnn_decay decay = { 0 };
    struct rnn_slopes slopes = { 0 };
    enum rnn_status status = rnn_decay_fit(&decay, net, first, last);
    if (status == RNN_OK)
        status = rnn_slopes_measure(&slopes, net, T - last + 1, T - first);
    row[SLOPE] = decay.slope;
    row[ERROR] = decay.error;
    row[R] = decay.r;
    row[HALF] = decay.half_life;
    row[PHI] = 0.5 * rnn_log(slopes.mean_square_derivative);
    row[FLAT] = slopes.saturated;
    row[DEAD] = slopes.dead;
    return status == RNN_OK ? look_at_weights(row, net, point) : status;
}

static enum rnn_status predict(double *row, const struct rnn_spec *spec) {
    struct rnn_theory theory;
    row[THEORY] = row[CRITICAL] = SWEEP_NONE;
    if (spec->init == RNN_IDENTITY)
        return RNN_OK;
    enum rnn_status status = rnn_theory_fixed_point(&theory, spec->activation, spec->scale, spec->drive);
    row[THEORY] = theory.r;
    if (status == RNN_OK)
        status = rnn_theory_critical_scale(&row[CRITICAL], spec->activation, spec->drive);
    return status == RNN_NO_CONVERGENCE ? RNN_OK : status; /* there is none */
}

/* SWEEP_NONE where this draw has no crossing within reach. */
static double crossing(struct rnn *net, const struct sweep_point *point, double theory) {
    double scale;
    const double guess = isnan(theory) ? 1 : theory;
    const enum rnn_status status =
        rnn_crossing(&scale, net, sweep_count(point, "seed"), sweep_count(point, "first"),
                     sweep_count(point, "last"), guess);
    return status == RNN_OK ? scale : SWEEP_NONE;
}

static enum rnn_status run(const struct sweep_point *point, struct sweep_sink *sink) {
    struct rnn *net;
    struct rnn_decay weights;
    double row[COLUMNS] = { 0 };
    const struct rnn_spec spec = sweep_net_spec(point);
    enum rnn_status status = sweep_net(&net, point, &spec);
    if (status == RNN_OK)
        status = predict(row, &spec);
    if (status != RNN_OK)
        return status;
    status = sweep_measure(net, point);
    if (status != RNN_OK)
        return sweep_stopped(sink, status, net);
    status = measure(row, net, point);
    if (status == RNN_OK)
        status = rnn_decay_of_weights(&weights, net, sweep_count(point, "seed"), sweep_count(point, "first"),
                                      sweep_count(point, "last"));
    if (status != RNN_OK)
        return status;
    row[W] = weights.slope;
    row[CROSSING] = crossing(net, point, row[CRITICAL]);
    sweep_row(sink, row);
    return RNN_OK;
}

const struct sweep_spec experiment = {
    .name = "critical",
    .question =
        "What decides whether the gradient vanishes or explodes: the weights, the derivative, or both?",
    .theory =
        "both: ln r is the rate of the linear net with the same W plus 1/2 ln E[phi'^2]; r = 1 at scale "
        "1.409 (tanh, drive 0.1), sqrt 2 (relu), 1 (linear), about 10 (sigmoid)",
    .axes = axes,
    .columns = columns,
    .plot = { .x = "scale", .y = "r", .by = "activation", .theory = "theory_r", .guide = { 1, "r = 1" } },
    .run = run,
    .valid = sweep_lags_valid,
    .net = sweep_net_spec,
    .work = work_size,
};
