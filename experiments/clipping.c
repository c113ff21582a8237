/* What does clipping do to the size of a gradient, to its direction, and to what comes from far back?
 *
 * The gradient here is dL/dW_hh. Theory: by norm, one factor multiplies everything, so the direction and the
 * share of each lag stay. By value, every entry has a factor of its own, and in the limit of a small
 * threshold only the signs are left: cosine E|g| / sqrt(E g^2), which is sqrt(2 / pi) for gaussian entries. */
#include "measure.h"
#include "sweep.h"

#include <math.h>
#include <string.h>

static const struct sweep_axis axes[] = {
    { "activation", "tanh" }, { "init", "gaussian" },
    { "scale", "0.9,2" },     { "length", "40" },
    { "hidden", "128" },      { "batch", "16" },
    { "inputs", "64" },       { "drive", "0.1" },
    { "clip", "norm,value" }, { "threshold", "0.01,0.03,0.1,0.3,1,3,10,30,100,300,1000,10000" },
    { "seed", "1:10" },       { 0 },
};

enum { LAG, SHARE, CLIPPED_SHARE, NORM, CLIPPED_NORM, COSINE, TURN, CHANGED, COLUMNS };
static const struct sweep_column columns[] = {
    { "lag", "steps k = T - t between h_t and the loss", .key = true },
    { "log10_share", "log10 of the share of this lag: ||da_t h_{t-1}^T|| over ||g||", 0 },
    { "log10_clipped_share", "the same after clipping, each entry of the part clipped like that of the sum",
      0 },
    { "log10_norm", "log10 of ||g||, g = dL/dW_hh", 0 },
    { "log10_clipped_norm", "log10 of ||g|| after clipping", 0 },
    { "cosine", "of the angle between g before and after", 0 },
    { "turn", "the angle itself, in degrees", 0 },
    { "changed", "share of entries that clipping changed", 0 },
    { 0 },
};

/* Clips dL/dW_hh and measures it; leaves in `factor` (H, H) what each entry was multiplied by. */
static enum rnn_status clip(double *row, double *factor, struct rnn *net, const struct sweep_point *point) {
    const size_t count = net->spec.hidden * net->spec.hidden;
    double *g = net->d.W_hh;
    int exponent = net->gradient_exponent;
    struct rnn_turn turn = { 0 };
    memcpy(factor, g, count * sizeof *factor);
    row[NORM] = (rnn_log_norm(g, count) + exponent * M_LN2) / M_LN10;
    enum rnn_status status = sweep_clip(point, g, count, &exponent);
    row[CLIPPED_NORM] = (rnn_log_norm(g, count) + exponent * M_LN2) / M_LN10;
    if (status == RNN_OK)
        status = rnn_turn_measure(&turn, factor, g, count);
    row[COSINE] = turn.cosine;
    row[TURN] = turn.angle * 180 / M_PI;
    row[CHANGED] = turn.changed;
    for (size_t i = 0; i < count; i++)
        factor[i] = factor[i] == 0 ? 1 : g[i] / factor[i];
    return status;
}

/* log10 of the share of every step's part (T), seen through `factor` unless it is NULL. */
static enum rnn_status shares(double *share, const struct rnn *net, const double *factor, double *work) {
    const size_t T = net->spec.length;
    struct rnn_lags lags;
    const enum rnn_status status = rnn_lag_parts(&lags, net, factor, work);
    for (size_t t = 0; status == RNN_OK && t < T; t++)
        share[t] = (lags.log_part[t] - lags.log_past[T - 1]) / M_LN10;
    return status;
}

/* Doubles of work: a factor (H, H), two shares (T), and what taking the parts needs. */
static double work_size(const struct sweep_point *point) {
    const struct rnn_spec spec = sweep_net_spec(point);
    return (double)spec.hidden * (double)spec.hidden + 2 * (double)spec.length + rnn_lag_work(&spec);
}

static enum rnn_status measure(struct rnn *net, const struct sweep_point *point, struct sweep_sink *sink) {
    const size_t T = net->spec.length, count = net->spec.hidden * net->spec.hidden;
    double row[COLUMNS], *factor = sweep_work(point);
    if (!factor)
        return RNN_NO_MEMORY;
    double *before = factor + count, *after = before + T, *work = after + T;
    enum rnn_status status = clip(row, factor, net, point);
    if (status == RNN_OK)
        status = shares(before, net, NULL, work);
    if (status == RNN_OK)
        status = shares(after, net, factor, work);
    for (size_t t = T; status == RNN_OK && t >= 1 && isfinite(before[t - 1]); t--) { /* but for h_0 = 0 */
        row[LAG] = (double)(T - t);
        row[SHARE] = before[t - 1];
        row[CLIPPED_SHARE] = after[t - 1];
        sweep_row(sink, row);
    }
    return status;
}

static enum rnn_status run(const struct sweep_point *point, struct sweep_sink *sink) {
    struct rnn *net;
    const struct rnn_spec spec = sweep_net_spec(point);
    enum rnn_status status = sweep_net(&net, point, &spec);
    if (status == RNN_OK)
        status = sweep_measure(net, point);
    return status == RNN_OK ? measure(net, point, sink) : sweep_stopped(sink, status, net);
}

const struct sweep_spec experiment = {
    .name = "clipping",
    .question =
        "What does clipping do to the size of a gradient, to its direction, and to what comes from far "
        "back?",
    .theory =
        "by norm: at most the threshold, same direction, same share of each lag; by value: the direction "
        "turns, at most to that of the signs",
    .axes = axes,
    .columns = columns,
    .plot = { .x = "threshold", .y = "cosine", .by = "clip" },
    .everything = true,
    .run = run,
    .net = sweep_net_spec,
    .work = work_size,
};
