/* Does a gate keep the gradient alive at initialisation, and for how long?
 *
 * Theory: along the cell state of an LSTM, and past W_hh in a GRU, the gradient is multiplied by the gate
 * that keeps, once a step (Hochreiter and Schmidhuber 1997; Gers et al. 2000). Where everything else is
 * small, r is that gate, sigmoid(forget bias): below 1, so a gated net vanishes too, at a rate one sets. */
#include "measure.h"
#include "sweep.h"

#include <math.h>

static const struct sweep_axis axes[] = {
    { "architecture", "elman,lstm,gru" },
    { "init", "gaussian" },
    { "scale", "0.1,1,2" },
    { "forget", "-2:4:1" },
    { "length", "200" },
    { "hidden", "128" },
    { "batch", "16" },
    { "inputs", "64" },
    { "drive", "0.1" },
    { "first", "10" },
    { "last", "40" },
    { "seed", "1:8" },
    { 0 },
};

enum { SLOPE, ERROR, R, HALF_LIFE, CELL_SLOPE, CELL_R, KEEP, THEORY_KEEP, COLUMNS };
static const struct sweep_column columns[] = {
    { "slope", "slope of ln||dL/dh_t|| against lag, per step, over the lags first..last", 0 },
    { "slope_error", "its standard error from the residuals of the fit", 0 },
    { "r", "factor per step, exp(slope)", 0 },
    { "half_life", "ln 2 / |slope|, steps", 0 },
    { "cell_slope", "slope of ln||dL/dc_t||, per step; empty but for lstm", 0 },
    { "cell_r", "factor per step of dL/dc_t, exp(cell_slope); empty but for lstm", 0 },
    { "forget_mean",
      "mean of ln of the gate that keeps over units, sequences and the steps of the fit; empty for elman",
      0 },
    { "theory_keep", "sigmoid(forget): that gate where nothing but its bias moves it; empty for elman", 0 },
    { 0 },
};

static double finite_or_none(double value) {
    return isfinite(value) ? value : SWEEP_NONE;
}

/* What only a gated net has. */
static enum rnn_status measure_gates(double *row, const struct rnn *net, size_t first, size_t last) {
    const size_t T = net->spec.length;
    struct rnn_decay cell;
    enum rnn_status status = rnn_keep_measure(&row[KEEP], net, T - last + 1, T - first);
    row[KEEP] = finite_or_none(row[KEEP]);
    row[THEORY_KEEP] = rnn_sigmoid.value(net->spec.forget);
    if (status != RNN_OK || !net->log_dc)
        return status;
    status = rnn_decay_fit_log(&cell, net->log_dc, T, first, last);
    row[CELL_SLOPE] = cell.slope;
    row[CELL_R] = cell.r;
    return status;
}

static enum rnn_status measure(double *row, const struct rnn *net, size_t first, size_t last) {
    struct rnn_decay decay;
    enum rnn_status status = rnn_decay_fit(&decay, net, first, last);
    if (status != RNN_OK)
        return status;
    row[SLOPE] = decay.slope;
    row[ERROR] = decay.error;
    row[R] = decay.r;
    row[HALF_LIFE] = finite_or_none(decay.half_life);
    row[CELL_SLOPE] = row[CELL_R] = row[KEEP] = row[THEORY_KEEP] = SWEEP_NONE;
    return net->spec.cell == &rnn_elman ? RNN_OK : measure_gates(row, net, first, last);
}

static enum rnn_status run(const struct sweep_point *point, struct sweep_sink *sink) {
    struct rnn *net;
    double row[COLUMNS];
    const struct rnn_spec spec = sweep_net_spec(point);
    enum rnn_status status = sweep_net(&net, point, &spec);
    if (status != RNN_OK)
        return status;
    status = sweep_measure(net, point);
    if (status == RNN_OK)
        status = measure(row, net, sweep_count(point, "first"), sweep_count(point, "last"));
    if (status == RNN_OK)
        sweep_row(sink, row);
    return sweep_stopped(sink, status, net);
}

const struct sweep_spec experiment = {
    .name = "gates",
    .question = "Does a gate keep the gradient alive at initialisation, and for how long?",
    .theory = "where everything else is small, r is the gate that keeps, sigmoid(forget bias): below 1, so "
              "gated nets "
              "vanish too, at a rate one sets",
    .axes = axes,
    .columns = columns,
    .plot = { "forget", "r", "architecture" },
    .run = run,
    .valid = sweep_lags_valid,
    .net = sweep_net_spec,
};
