/* Does a derivative of one, for positive input, keep the gradient from vanishing?
 *
 * Theory: half of the units are off, so r = scale / sqrt 2 (mean field, as the other activations), and the
 * state grows at that rate above sqrt 2. With W = I and scale 1 (Le, Jaitly, Hinton 2015) a unit passes the
 * gradient on whole for as long as it stays on. */
#include "measure.h"
#include "sweep.h"
#include "theory.h"

#include <math.h>

static const struct sweep_axis axes[] = {
    { "activation", "relu,tanh" },
    { "init", "gaussian,identity" },
    { "scale", "0.25:2.5:0.25" },
    { "length", "100" },
    { "hidden", "128" },
    { "batch", "16" },
    { "inputs", "64" },
    { "drive", "0.1" },
    { "first", "0" },
    { "last", "20" },
    { "seed", "1:10" },
    { 0 },
};

enum { STEP, STATE, NORM, SLOPE, R, THEORY_R, ON, DEAD, COLUMNS };
static const struct sweep_column columns[] = {
    { "step", "t, at twenty steps from T / 20 to T", .key = true },
    { "log10_state", "log10 of ||h_t||, Frobenius over batch and units", 0 },
    { "log10_norm", "log10 of ||dL/dh_t||; empty if the state diverges later", 0 },
    { "slope", "of ln||dL/dh_t|| against lag, per step, lags first..last; in the last row of a cell", 0 },
    { "r", "factor per step, exp(slope); in the last row", 0 },
    { "theory_r", "mean field, sqrt(chi); in the last row, empty for identity", 0 },
    { "mean_square_derivative",
      "mean of phi'^2 over the steps of the fit, for relu the share of units on; last row", 0 },
    { "dead", "share of units off in every sequence and step of the fit; last row", 0 },
    { 0 },
};
enum { POINTS = 20 };

static double log10_state(const struct rnn *net, size_t t) {
    const double *h = rnn_state(net, t);
    const size_t count = net->spec.batch * net->spec.hidden;
    double largest = 0, squares = 0;
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(h[i]));
    if (largest == 0)
        return SWEEP_NONE;
    for (size_t i = 0; i < count; i++)
        squares += h[i] / largest * (h[i] / largest);
    return rnn_log10(largest) + 0.5 * rnn_log10(squares);
}

/* What the fit and the states of its steps say of the whole cell. */
static enum rnn_status measure(double *row, const struct rnn *net, const struct sweep_point *point) {
    const size_t first = sweep_count(point, "first"), last = sweep_count(point, "last"), T = net->spec.length;
    const struct rnn_spec *spec = &net->spec;
    struct rnn_decay decay = { 0 };
    struct rnn_slopes slopes = { 0 };
    struct rnn_theory theory = { 0 };
    enum rnn_status status = rnn_decay_fit(&decay, net, first, last);
    if (status == RNN_OK)
        status = rnn_slopes_measure(&slopes, net, T - last + 1, T - first);
    if (status == RNN_OK)
        status = rnn_theory_fixed_point(&theory, spec->activation, spec->scale, spec->drive);
    row[SLOPE] = decay.slope;
    row[R] = decay.r;
    row[THEORY_R] = spec->init == RNN_GAUSSIAN ? theory.r : SWEEP_NONE;
    row[ON] = slopes.mean_square_derivative;
    row[DEAD] = slopes.dead;
    return status;
}

/* One row every T / 20 steps, up to the last of finite state; the last carries what was measured over the
 * run. */
static enum rnn_status write_steps(struct sweep_sink *sink, const struct rnn *net,
                                   const struct sweep_point *point, enum rnn_status found) {
    const size_t T = net->spec.length, end = found == RNN_DIVERGED ? net->stopped_at - 1 : T;
    for (size_t i = 1; i <= POINTS; i++) {
        const size_t t = (T * i + POINTS - 1) / POINTS, before = (T * (i - 1) + POINTS - 1) / POINTS;
        double row[COLUMNS];
        for (int c = 0; c < COLUMNS; c++)
            row[c] = SWEEP_NONE;
        if (t > end || t == before) /* a short run has fewer points */
            continue;
        row[STEP] = (double)t;
        row[STATE] = log10_state(net, t);
        if (found != RNN_DIVERGED && isfinite(net->log_dh[t - 1]))
            row[NORM] = net->log_dh[t - 1] / M_LN10;
        const enum rnn_status status = t == T && found == RNN_OK ? measure(row, net, point) : RNN_OK;
        if (status != RNN_OK)
            return status;
        sweep_row(sink, row);
    }
    return sweep_stopped(sink, found, net);
}

static enum rnn_status run(const struct sweep_point *point, struct sweep_sink *sink) {
    struct rnn *net;
    const struct rnn_spec spec = sweep_net_spec(point);
    const enum rnn_status status = sweep_net(&net, point, &spec);
    return status == RNN_OK ? write_steps(sink, net, point, sweep_measure(net, point)) : status;
}

const struct sweep_spec experiment = {
    .name = "relu",
    .question = "Does a derivative of one, for positive input, keep the gradient from vanishing?",
    .theory = "r = scale / sqrt 2, for half of the units are off; with W = I and scale 1 a unit passes the "
              "gradient on whole while it is on (Le, Jaitly, Hinton 2015)",
    .axes = axes,
    .columns = columns,
    .plot = { .x = "scale", .y = "r", .by = "activation", .theory = "theory_r", .guide = { 1, "r = 1" } },
    .run = run,
    .valid = sweep_lags_valid,
    .net = sweep_net_spec,
};
