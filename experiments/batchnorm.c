/* Is batch normalisation a cure for the gradient that vanishes?
 *
 * Theory, for a large batch, r = sqrt(chi) with every gain at gamma:
 *     full       chi = gamma^2 sigma^2 E[phi'(gamma z)^2] / (sigma^2 Var phi(gamma z) + s2)
 *     separate   chi = gamma^2 E[phi'(v z)^2] / Var phi(v z), v^2 = 2 gamma^2, without sigma and s2
 * Without input chi >= 1, if W mixes the units: the normalised gradient cannot vanish there, it explodes
 * (Yang et al. 2019). With W = I it can (Cooijmans et al. 2017). A finite batch multiplies chi of a linear
 * net without input by (B - 2) / (B - 3), and that of others by about as much. */
#include "measure.h"
#include "sweep.h"
#include "theory.h"

#include <math.h>
#include <string.h>

static const struct sweep_axis axes[] = {
    { "activation", "sigmoid,tanh,relu,linear" },
    { "init", "gaussian" },
    { "norm", "none,input,full,separate" },
    { "scale", "1" },
    { "length", "80" },
    { "hidden", "128" },
    { "batch", "32" },
    { "weights", "tied" },
    { "inputs", "64" },
    { "drive", "0,0.1" },
    { "gamma", "0.1,0.2,0.5,1,2,4" },
    { "epsilon", "1e-5" },
    { "first", "0" },
    { "last", "20" },
    { "seed", "1:5" },
    { 0 },
};

enum { SLOPE, ERROR, R, THEORY_R, SATURATED, COLUMNS };
static const struct sweep_column columns[] = {
    { "slope", "slope of ln||dL/dh_t|| against lag, per step, over the lags first..last", 0 },
    { "slope_error", "its standard error from the residuals of the fit", 0 },
    { "r", "factor per step, exp(slope)", 0 },
    { "theory_r", "mean field of a large batch, sqrt(chi); empty for identity", 0 },
    { "saturated", "share of units with |phi'| below 1 % of its maximum", 0 },
    { 0 },
};

static enum rnn_status predict(double *r, const struct rnn_spec *spec) {
    struct rnn_theory theory;
    *r = SWEEP_NONE;
    if (spec->init == RNN_IDENTITY)
        return RNN_OK;
    const enum rnn_status status =
        rnn_theory_norm(&theory, spec->activation, spec->norm, spec->gamma, spec->scale, spec->drive);
    *r = theory.r;
    return status;
}

static enum rnn_status run(const struct sweep_point *point, struct sweep_sink *sink) {
    const size_t first = sweep_count(point, "first"), last = sweep_count(point, "last");
    const struct rnn_spec spec = sweep_net_spec(point);
    const size_t T = spec.length;
    struct rnn *net;
    struct rnn_decay decay;
    struct rnn_slopes slopes;
    double theory;
    enum rnn_status status = sweep_net(&net, point, &spec);
    if (status == RNN_OK)
        status = predict(&theory, &spec);
    if (status != RNN_OK)
        return status;
    status = sweep_measure(net, point);
    if (status == RNN_OK)
        status = rnn_decay_fit(&decay, net, first, last);
    if (status != RNN_OK)
        return sweep_stopped(sink, status, net);
    status = rnn_slopes_measure(&slopes, net, T - last + 1, T - first);
    sweep_row(sink, (double[COLUMNS]){ [SLOPE] = decay.slope,
                                       [ERROR] = decay.error,
                                       [R] = decay.r,
                                       [THEORY_R] = theory,
                                       [SATURATED] = slopes.saturated });
    return status;
}

/* One sequence has no variance over its batch. */
static bool valid(const struct sweep_point *point, char *reason, size_t size) {
    const char *norm = sweep_name(point, "norm");
    if (strcmp(norm, "none") != 0 && sweep_count(point, "batch") < 2)
        return sweep_invalid(reason, size, "--batch 1: must be at least 2 with --norm %s", norm);
    return sweep_lags_valid(point, reason, size);
}

const struct sweep_spec experiment = {
    .name = "batchnorm",
    .question = "Is batch normalisation a cure for the gradient that vanishes?",
    .theory =
        "no: it may vanish, hold or explode with gamma, the drive and what is normalised; without input "
        "it holds or explodes (Yang et al. 2019), but for W = I; each part normalised by itself, it does "
        "not depend on the initial scale (Cooijmans et al. 2017)",
    .axes = axes,
    .columns = columns,
    .plot = { .x = "gamma",
              .y = "r",
              .by = "norm",
              .theory = "theory_r",
              .held = { "activation", "tanh" },
              .guide = { 1, "r = 1" } },
    .run = run,
    .valid = valid,
    .net = sweep_net_spec,
};
