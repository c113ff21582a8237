/* The measurement at initialisation on nets small enough to compute again in plain Python. */
#include "sweep.h"

#include <math.h>

static const struct sweep_axis axes[] = {
    { "architecture", "elman" },
    { "activation", "tanh,sigmoid" },
    { "init", "gaussian" },
    { "scale", "0.9" },
    { "forget", "0" },
    { "length", "5" },
    { "hidden", "4" },
    { "batch", "3" },
    { "weights", "tied" },
    { "norm", "none" },
    { "gamma", "0.7" },
    { "inputs", "2" },
    { "drive", "0.6" },
    { "seed", "7" },
    { 0 },
};

static const struct sweep_column columns[] = {
    { "lag", "steps before the loss", .key = true },
    { "log_norm", "ln ||dL/dh_t||", 0 },
    { "loss", "L", 0 },
    { 0 },
};

static enum rnn_status run(const struct sweep_point *point, struct sweep_sink *sink) {
    struct rnn *net;
    const struct rnn_spec spec = sweep_net_spec(point);
    enum rnn_status status = sweep_net(&net, point, &spec);
    if (status != RNN_OK)
        return status;
    status = sweep_measure(net, point);
    for (size_t lag = 0; lag < spec.length && status != RNN_DIVERGED; lag++) {
        const double norm = net->log_dh[spec.length - 1 - lag];
        sweep_row(sink, (double[]){ (double)lag, isfinite(norm) ? norm : SWEEP_NONE, net->loss });
    }
    return sweep_stopped(sink, status, net);
}

const struct sweep_spec experiment = {
    .name = "network",
    .question = "Are the arrays what the network computed?",
    .theory = "they are",
    .axes = axes,
    .columns = columns,
    .plot = { .x = "lag", .y = "log_norm", .by = "activation" },
    .run = run,
    .net = sweep_net_spec,
};
