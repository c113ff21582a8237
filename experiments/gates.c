/* Does a gate keep the gradient alive at initialisation, and for how long?
 *
 * Theory: along the cell state of an LSTM, and past W_hh in a GRU, the gradient is multiplied by the gate
 * that keeps, once a step (Hochreiter and Schmidhuber 1997; Gers et al. 2000). Where everything else is
 * small, r is that gate, sigmoid(forget bias): below 1, so a gated net vanishes too, at a rate one sets. What
 * goes through W_hh adds to it: the limit of infinitely many units says how much (rnn_theory_wide). */
#include "measure.h"
#include "sweep.h"
#include "theory.h"

#include <math.h>

static const struct sweep_axis axes[] = {
    { "architecture", "elman,lstm,gru" },
    { "init", "gaussian" },
    { "scale", "0.1,1,2" },
    { "forget", "-2:4:1" },
    { "length", "200" },
    { "hidden", "128" },
    { "batch", "16" },
    { "weights", "tied" },
    { "inputs", "64" },
    { "drive", "0.1" },
    { "first", "10" },
    { "last", "40" },
    { "sites", "0" },
    { "seed", "1:8" },
    { 0 },
};

enum { SLOPE, ERROR, R, HALF_LIFE, CELL_SLOPE, CELL_R, KEEP, THEORY_KEEP, THEORY_SLOPE, COLUMNS };
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
    { "theory_slope",
      "slope in the limit of infinitely many units, by `sites` of them; empty without sites, or if W_hh is "
      "not gaussian",
      0 },
    { 0 },
};

/* SWEEP_NONE where there is none. */
static enum rnn_status predict(double *slope, const struct rnn_spec *spec, const struct sweep_point *point) {
    const size_t first = sweep_count(point, "first"), last = sweep_count(point, "last");
    const size_t sites = sweep_count(point, "sites"), T = spec->length, from = T - 1 - last;
    struct rnn_decay decay = { .slope = SWEEP_NONE };
    *slope = SWEEP_NONE;
    if (sites == 0 || spec->init != RNN_GAUSSIAN)
        return RNN_OK;
    double *log_dh = sweep_work(point);
    if (!log_dh)
        return RNN_NO_MEMORY;
    if (rnn_theory_wide(log_dh, spec, from, sites, sweep_count(point, "seed"), log_dh + T) == RNN_OK)
        rnn_decay_fit_log(&decay, log_dh, T, first, last);
    *slope = decay.slope;
    return RNN_OK;
}

static enum rnn_status run(const struct sweep_point *point, struct sweep_sink *sink) {
    const size_t first = sweep_count(point, "first"), last = sweep_count(point, "last");
    const struct rnn_spec spec = sweep_net_spec(point);
    const bool gated = spec.cell != &rnn_elman;
    struct rnn *net;
    struct rnn_decay decay, cell = { .slope = SWEEP_NONE, .r = SWEEP_NONE };
    double keep = SWEEP_NONE, wide;
    enum rnn_status status = sweep_net(&net, point, &spec);
    if (status != RNN_OK)
        return status;
    status = rnn_forward(net);
    if (status == RNN_OK && gated)
        status = rnn_keep_measure(&keep, net, spec.length - last + 1, spec.length - first);
    status = sweep_measure_back(net, point, status);
    if (status == RNN_OK)
        status = rnn_decay_fit(&decay, net, first, last);
    if (status == RNN_OK && net->log_dc)
        status = rnn_decay_fit_log(&cell, net->log_dc, spec.length, first, last);
    if (status == RNN_OK)
        status = predict(&wide, &spec, point);
    if (status == RNN_OK)
        sweep_row(sink, (double[COLUMNS]){
                            [SLOPE] = decay.slope,
                            [ERROR] = decay.error,
                            [R] = decay.r,
                            [HALF_LIFE] = decay.half_life,
                            [CELL_SLOPE] = cell.slope,
                            [CELL_R] = cell.r,
                            [KEEP] = keep,
                            [THEORY_KEEP] = gated ? rnn_sigmoid.value(spec.forget) : SWEEP_NONE,
                            [THEORY_SLOPE] = wide,
                        });
    return sweep_stopped(sink, status, net);
}

/* The log norms (T), and what the theory needs. */
static double work_size(const struct sweep_point *point) {
    const struct rnn_spec spec = sweep_net_spec(point);
    const size_t sites = sweep_count(point, "sites"), from = spec.length - 1 - sweep_count(point, "last");
    return sites ? (double)spec.length + rnn_theory_wide_work(&spec, from, sites) : 0;
}

const struct sweep_spec experiment = {
    .name = "gates",
    .question = "Does a gate keep the gradient alive at initialisation, and for how long?",
    .theory = "where everything else is small, r is the gate that keeps, sigmoid(forget bias): below 1, so "
              "gated nets vanish too, at a rate one sets; what goes through W adds to it, as the limit of "
              "infinitely many units has it (--sites)",
    .axes = axes,
    .columns = columns,
    .plot = { .x = "forget",
              .y = "r",
              .by = "architecture",
              .theory = "theory_keep",
              .guide = { 1, "r = 1" } },
    .run = run,
    .valid = sweep_lags_valid,
    .net = sweep_net_spec,
    .work = work_size,
};
