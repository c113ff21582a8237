/* How much of an update comes from far back?
 *
 * dL/dW = sum_t da_t h_{t-1}^T: one part a lag, each a derivative times a state (C12, C13). Theory: where the
 * state is stationary a part's norm changes by r = sqrt(chi) per lag, and in a wide net the parts are nearly
 * orthogonal, so share k of the total is r^k sqrt((1 - r^2) / (1 - r^2T)): the total does not vanish. Untied
 * weights without drive are a deep feed-forward net, each part the whole gradient of a layer: there a layer
 * has nothing else, unless its state makes up for it (Glorot & Bengio 2010). */
#include "measure.h"
#include "sweep.h"
#include "theory.h"

#include <math.h>

static const struct sweep_axis axes[] = {
    { "activation", "tanh" },
    { "init", "gaussian" },
    { "scale", "0.5,0.9,1.4,2" },
    { "length", "20,50,100" },
    { "hidden", "128" },
    { "batch", "16" },
    { "weights", "tied" },
    { "inputs", "64" },
    { "drive", "0.1" },
    { "seed", "1:10" },
    { 0 },
};

enum { LAG, STATE, PART, SHARE, BEYOND, THEORY, TOTAL, IDENTITY, COLUMNS };
static const struct sweep_column columns[] = {
    { "lag", "steps k = T - t between h_t and the loss; of a deep net, layers above layer t", .key = true },
    { "log10_dh", "log10 of ||dL/dh_t||, Frobenius over batch and units", 0 },
    { "log10_part", "log10 of ||da_t h_{t-1}^T||, what step t brings to dL/dW", 0 },
    { "log10_share", "log10 of the same over ||dL/dW||", 0 },
    { "log10_beyond", "log10 of the share of this lag and all beyond it, summed as matrices", 0 },
    { "log10_theory", "share by mean field; empty for identity and where there is no stationary state", 0 },
    { "log10_total", "log10 of ||dL/dW||, of all layers if untied", 0 },
    { "identity", "||sum of the parts - dL/dW|| over ||dL/dW||; empty if untied", 0 },
    { 0 },
};

static double work_size(const struct sweep_point *point) {
    const struct rnn_spec spec = sweep_net_spec(point);
    return rnn_lag_work(&spec);
}

/* ln of the share of lag k, k ln r plus what is returned; SWEEP_NONE where theory has none. */
static double share_at_zero(const struct rnn_theory *theory, const struct rnn_spec *spec) {
    const double square = 2 * rnn_log(theory->r), T = (double)spec->length;
    if (spec->init == RNN_IDENTITY || !(theory->q > 0) || isinf(theory->q))
        return SWEEP_NONE;
    return 0.5 * (square == 0 ? -rnn_log(T) : rnn_log(rnn_expm1(square) / rnn_expm1(T * square)));
}

/* How far the parts, taken one by one, are from the gradient that rnn_backward sums in blocks. */
static double identity_error(const struct rnn *net, const struct rnn_lags *lags) {
    double squares = 0, whole = 0;
    if (!lags->past)
        return SWEEP_NONE;
    for (size_t i = 0; i < net->spec.hidden * net->spec.hidden; i++) {
        const double sum = ldexp(lags->past[i], lags->exponent - net->gradient_exponent);
        squares += (sum - net->d.W_hh[i]) * (sum - net->d.W_hh[i]);
        whole += net->d.W_hh[i] * net->d.W_hh[i];
    }
    return sqrt(squares / whole);
}

/* One row a lag, down to the first part that is exactly zero, as that of h_0 = 0 is. */
static void write_lags(struct sweep_sink *sink, const struct rnn *net, const struct rnn_lags *lags,
                       const struct rnn_theory *theory) {
    const size_t T = net->spec.length;
    const double total = lags->log_past[T - 1], start = share_at_zero(theory, &net->spec);
    const double identity = identity_error(net, lags);
    for (size_t t = T; t >= 1 && isfinite(lags->log_part[t - 1]); t--) {
        const double lag = (double)(T - t);
        sweep_row(sink,
                  (double[COLUMNS]){ lag, net->log_dh[t - 1] / M_LN10, lags->log_part[t - 1] / M_LN10,
                                     (lags->log_part[t - 1] - total) / M_LN10,
                                     (lags->log_past[t - 1] - total) / M_LN10,
                                     (start + lag * rnn_log(theory->r)) / M_LN10, total / M_LN10, identity });
    }
}

static enum rnn_status run(const struct sweep_point *point, struct sweep_sink *sink) {
    struct rnn *net;
    struct rnn_theory theory;
    struct rnn_lags lags;
    const struct rnn_spec spec = sweep_net_spec(point);
    double *work = sweep_work(point);
    enum rnn_status status = work ? sweep_net(&net, point, &spec) : RNN_NO_MEMORY;
    if (status == RNN_OK)
        status = rnn_theory_fixed_point(&theory, spec.activation, spec.scale, spec.drive);
    if (status != RNN_OK)
        return status;
    const enum rnn_status found = sweep_measure(net, point);
    if (found == RNN_OK || found == RNN_ZERO) {
        status = rnn_lag_parts(&lags, net, NULL, work);
        if (status != RNN_OK)
            return status;
        write_lags(sink, net, &lags, &theory);
    }
    return sweep_stopped(sink, found, net);
}

const struct sweep_spec experiment = {
    .name = "updates",
    .question = "How much of an update comes from far back?",
    .theory =
        "dL/dW is a sum of one part a lag; the share of lag k is r^k sqrt((1 - r^2) / (1 - r^2T)), so what "
        "vanishes is the far part and not the update; a layer of a deep net has no other part",
    .axes = axes,
    .columns = columns,
    .plot = { .x = "lag",
              .y = "log10_share",
              .by = "scale",
              .theory = "log10_theory",
              .held = { "length", "100" } },
    .everything = true,
    .run = run,
    .net = sweep_net_spec,
    .work = work_size,
};
