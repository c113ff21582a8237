/* Does the gradient fade on real language as it does on noise?
 *
 * Bytes of a text, one-hot, and beside them noise that adds the same variance, into the same net; the loss is
 * in both the cross-entropy of the byte after the window; one sequence of the batch is one window. Theory: the
 * input only enters through the variance it adds, so r = sqrt(chi) of both. */
#include "sweep.h"
#include "theory.h"
#include "train.h"

#include <math.h>
#include <string.h>

static const struct sweep_axis axes[] = {
    { "activation", "sigmoid,tanh,relu,linear" },
    { "init", "gaussian" },
    { "scale", "1" },
    { "length", "100" },
    { "hidden", "128" },
    { "batch", "64" },
    { "weights", "tied" },
    { "drive", "0.1" },
    { "source", "text,noise" },
    { "file", "memoria.txt" },
    { "seed", "1:10" },
    { 0 },
};

enum { LAG, NORM, THEORY, COLUMNS };
static const struct sweep_column columns[] = {
    { "lag", "steps k = T - t between h_t and the loss; of text, bytes", .key = true },
    { "log10_norm", "log10 of ||dL/dh_t||, Frobenius over windows and units", 0 },
    { "log10_theory", "mean field from the norm at lag 0: + k log10 sqrt(chi); empty for identity", 0 },
    { 0 },
};

static bool noise(const struct sweep_point *point) {
    return strcmp(sweep_name(point, "source"), "noise") == 0;
}

/* The spec of a net that reads bytes, or as many numbers of noise. A one-hot x_t has power 1, not 256, so
 * W_xh is drawn 256 times larger in variance to add `drive` to each a_t. */
static struct rnn_spec byte_net_spec(const struct sweep_point *point) {
    struct rnn_spec spec = sweep_net_spec(point);
    spec.drive *= noise(point) ? 1 : RNN_BYTES;
    spec.inputs = spec.outputs = RNN_BYTES;
    return spec;
}

static void write_lags(struct sweep_sink *sink, const struct rnn *net, double theory_per_step) {
    const size_t T = net->spec.length;
    for (size_t lag = 0; lag < T && isfinite(net->log_dh[T - 1 - lag]); lag++)
        sweep_row(sink, (double[COLUMNS]){ (double)lag, net->log_dh[T - 1 - lag] / M_LN10,
                                           net->log_dh[T - 1] / M_LN10 + (double)lag * theory_per_step });
}

static enum rnn_status run(const struct sweep_point *point, struct sweep_sink *sink) {
    struct rnn *net;
    struct rnn_theory theory;
    const struct sweep_text text = sweep_text(point, "file");
    const struct rnn_spec spec = byte_net_spec(point);
    enum rnn_status status = sweep_net(&net, point, &spec);
    if (status == RNN_OK)
        status = rnn_draw_text(net, text.bytes, text.size, sweep_count(point, "seed"));
    if (status == RNN_OK)
        status = rnn_theory_fixed_point(&theory, spec.activation, spec.scale, sweep_real(point, "drive"));
    if (status != RNN_OK)
        return status;
    if (noise(point))
        rnn_draw(net, sweep_count(point, "seed")); /* the bytes go, the labels stay */
    status = rnn_forward(net);
    if (status == RNN_OK)
        status = rnn_loss_softmax(net);
    if (status == RNN_OK)
        status = rnn_backward(net);
    if (status != RNN_DIVERGED) {
        write_lags(sink, net, spec.init == RNN_IDENTITY ? SWEEP_NONE : rnn_log10(theory.r));
        const enum rnn_status written = sweep_arrays(net, point);
        status = written == RNN_OK ? status : written;
    }
    return sweep_stopped(sink, status, net);
}

const struct sweep_spec experiment = {
    .name = "prose",
    .question = "Does the gradient fade on real language as it does on noise?",
    .theory = "yes: the input enters only through the variance it adds, so r = sqrt(chi) as for noise",
    .axes = axes,
    .columns = columns,
    .plot = { .x = "lag", .y = "log10_norm", .by = "activation", .theory = "log10_theory" },
    .run = run,
    .valid = sweep_text_valid,
    .net = byte_net_spec,
};
