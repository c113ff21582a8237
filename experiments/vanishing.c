/* How does the gradient change on its way back from the loss?
 *
 * Theory: ||dL/dh_t|| changes by r = sqrt(chi) per step (Schoenholz 2017; Chen et al. 2018), and never by
 * more than gamma times the largest singular value of W (Pascanu, Mikolov, Bengio 2013). The powers of one
 * W grow in the long run by its spectral radius, which is far less (Gelfand 1941). */
#include "measure.h"
#include "sweep.h"
#include "theory.h"

#include <math.h>

static const struct sweep_axis axes[] = {
    { "activation", "sigmoid,tanh,relu,linear" },
    { "init", "gaussian" },
    { "scale", "0.5:2.5:0.25" },
    { "length", "100" },
    { "hidden", "128" },
    { "batch", "16" },
    { "weights", "tied" },
    { "inputs", "64" },
    { "drive", "0.1" },
    { "seed", "1:8" },
    { 0 },
};

enum { LAG, NORM, THEORY, BOUND, RADIUS, COLUMNS };
static const struct sweep_column columns[] = {
    { "lag", "steps k = T - t between h_t and the loss", .key = true },
    { "log10_norm", "log10 of ||dL/dh_t||, Frobenius over batch and units", 0 },
    { "log10_theory", "mean field, from the norm at lag 0: + k log10 sqrt(chi); empty for identity", 0 },
    { "log10_bound",
      "upper bound from the norm at lag 0: + sum of log10(gamma * largest singular value, by LAPACK)", 0 },
    { "log10_radius",
      "W alone, in the long run, from the norm at lag 0: + k log10(gamma * spectral radius, by LAPACK); "
      "empty if untied",
      0 },
    { 0 },
};

/* Doubles of work: a matrix and its eigenvalues, or its singular values. */
static double work_size(const struct sweep_point *point) {
    const double H = (double)sweep_count(point, "hidden");
    return H * (H + 2);
}

/* log10(gamma * spectral radius) of a tied W. */
static enum rnn_status radius_of_step(double *radius, const struct rnn *net, double *work) {
    *radius = SWEEP_NONE;
    if (net->spec.weights == RNN_UNTIED)
        return RNN_OK;
    const enum rnn_status status = rnn_spectral_radius(radius, net->p.W_hh, net->spec.hidden, work);
    *radius = rnn_log10(net->spec.activation->gamma * *radius);
    return status;
}

/* log10(gamma lambda_1) of the W that takes h_{t-1} to h_t; a tied W has one for all steps. */
static enum rnn_status bound_of_step(double *bound, const struct rnn *net, size_t t, double *work) {
    const size_t H = net->spec.hidden, step = net->spec.weights == RNN_UNTIED ? t - 1 : 0;
    double *values = work + H * H;
    const enum rnn_status status = rnn_singular_values(values, net->p.W_hh + step * H * H, H, work);
    *bound = rnn_log10(net->spec.activation->gamma * values[0]);
    return status;
}

/* One row a lag, from the loss back to the first step or to the first exact zero. */
static enum rnn_status write_lags(struct sweep_sink *sink, const struct rnn *net, double theory_per_step,
                                  double *work) {
    const double start = net->log_dh[net->spec.length - 1] / M_LN10;
    double bound = start, step_bound = 0, step_radius;
    enum rnn_status status = radius_of_step(&step_radius, net, work);
    if (status != RNN_OK)
        return status;
    for (size_t lag = 0; lag < net->spec.length; lag++) {
        const size_t t = net->spec.length - lag;
        if (lag && (lag == 1 || net->spec.weights == RNN_UNTIED)) {
            status = bound_of_step(&step_bound, net, t + 1, work);
            if (status != RNN_OK)
                return status;
        }
        bound += step_bound;
        if (isinf(net->log_dh[t - 1]))
            break;
        const double k = (double)lag; /* a rate that is empty leaves its column empty */
        sweep_row(sink, (double[COLUMNS]){ k, net->log_dh[t - 1] / M_LN10, start + k * theory_per_step, bound,
                                           start + k * step_radius });
    }
    return RNN_OK;
}

static enum rnn_status run(const struct sweep_point *point, struct sweep_sink *sink) {
    struct rnn *net;
    const struct rnn_spec spec = sweep_net_spec(point);
    struct rnn_theory theory;
    double *work = sweep_work(point);
    enum rnn_status status = work ? sweep_net(&net, point, &spec) : RNN_NO_MEMORY;
    if (status == RNN_OK)
        status = rnn_theory_fixed_point(&theory, spec.activation, spec.scale, spec.drive);
    if (status != RNN_OK)
        return status;
    const enum rnn_status found = sweep_measure(net, point);
    if (found == RNN_DIVERGED)
        return sweep_stopped(sink, found, net);
    const bool known = spec.init != RNN_IDENTITY;
    status = write_lags(sink, net, known ? rnn_log10(theory.r) : SWEEP_NONE, work);
    return status == RNN_OK ? sweep_stopped(sink, found, net) : status;
}

const struct sweep_spec experiment = {
    .name = "vanishing",
    .question = "How does the gradient change on its way back from the loss?",
    .theory =
        "by a factor r = sqrt(chi) a step (Schoenholz 2017; Chen et al. 2018), and never by more than gamma "
        "times the largest singular value of W (Pascanu et al. 2013)",
    .axes = axes,
    .columns = columns,
    .plot = { .x = "lag",
              .y = "log10_norm",
              .by = "activation",
              .theory = "log10_theory",
              .held = { "scale", "1" } },
    .run = run,
    .net = sweep_net_spec,
    .work = work_size,
};
