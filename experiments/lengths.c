/* What does a longer sequence cost, in parameters, memory and time?
 *
 * Theory: the recurrent net has G(H H + H I + H) + O H + O parameters whatever T is; a window of T inputs
 * needs H T I + H + O H + O. Memory and time of a pass grow in proportion to T, the states kept by
 * checkpoints only like sqrt(T) (Chen, Xu, Zhang, Guestrin 2016). One draw of W serves every length. */
#include "sweep.h"

#include <math.h>

static const struct sweep_axis axes[] = {
    { "activation", "tanh" },
    { "scale", "1" },
    { "length", "10,30,100,300,1000,3000,10000,30000,100000,300000,1000000" },
    { "hidden", "32" },
    { "batch", "1" },
    { "inputs", "4" },
    { "drive", "0.1" },
    { "seed", "1:3" },
    { 0 },
};

enum { PARAMETERS, WINDOW, KEPT, BYTES, SECONDS, STATE, NORM, COLUMNS };
static const struct sweep_column columns[] = {
    { "parameters", "numbers the recurrent net learns, with one output", 0 },
    { "window_parameters", "those of a net with the same hidden layer that sees all T inputs at once", 0 },
    { "megabytes_all", "10^6 bytes of the net if every state is kept for the backward pass", 0 },
    { "megabytes", "10^6 bytes of the net as it ran, with checkpoints", 0 },
    { "seconds", "processor time of forward, loss and backward; differs from run to run", 0 },
    { "log10_state", "log10 of ||h_T||", 0 },
    { "log10_norm", "log10 of ||dL/dh_1||, the far end", 0 },
    { 0 },
};

static struct rnn_spec long_net_spec(const struct sweep_point *point) {
    struct rnn_spec spec = sweep_net_spec(point);
    spec.outputs = 1;
    if (spec.record == RNN_NORMS) /* not under --arrays */
        spec.segment = rnn_segment(spec.length, spec.batch);
    return spec;
}

static double bytes_with_every_state(struct rnn_spec spec) {
    spec.segment = spec.length;
    return rnn_bytes(&spec);
}

/* Also where the squares leave the range of double: a linear net's state may reach 1e308. */
static double log10_norm(const double *x, size_t count) {
    double squares = 0;
    for (size_t i = 0; i < count; i++)
        squares += x[i] * x[i];
    return squares > 0 && isfinite(squares) ? 0.5 * rnn_log10(squares) : rnn_log_norm(x, count) / M_LN10;
}

static enum rnn_status run(const struct sweep_point *point, struct sweep_sink *sink) {
    struct rnn *net;
    const struct rnn_spec spec = long_net_spec(point);
    const double T = (double)spec.length, H = (double)spec.hidden, I = (double)spec.inputs;
    enum rnn_status status = sweep_net(&net, point, &spec);
    if (status != RNN_OK)
        return status;
    double row[COLUMNS] = { [PARAMETERS] = (double)net->parameters,
                            [WINDOW] = H * T * I + H + H + 1,
                            [KEPT] = bytes_with_every_state(spec) / 1e6,
                            [BYTES] = rnn_bytes(&spec) / 1e6 };
    const double started = sweep_seconds();
    status = rnn_forward(net);
    if (status == RNN_OK) {
        row[STATE] = log10_norm(rnn_state(net, spec.length), spec.batch * spec.hidden);
        status = rnn_loss_linear(net, sweep_count(point, "seed"));
    }
    if (status == RNN_OK)
        status = rnn_backward(net);
    row[SECONDS] = sweep_seconds() - started;
    row[NORM] = net->log_dh[0] / M_LN10;
    if (status != RNN_OK)
        return sweep_stopped(sink, status, net);
    sweep_row(sink, row);
    return sweep_arrays(net, point);
}

const struct sweep_spec experiment = {
    .name = "lengths",
    .question = "What does a longer sequence cost, in parameters, memory and time?",
    .theory =
        "the parameters of a recurrent net do not depend on T, those of a window over T inputs grow with "
        "it; bytes and time of a pass are in proportion to T",
    .axes = axes,
    .columns = columns,
    .plot = { .x = "length", .y = "megabytes", .by = "hidden" },
    .timed = true,
    .run = run,
    .net = long_net_spec,
};
