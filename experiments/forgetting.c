/* How much of an input is left in the state k steps later, and does memory follow the gradient?
 *
 * Three measurements on one axis of lags: what a read-out of h_t knows of x_{t-k} (Jaeger 2001), how a
 * perturbation of a state has grown k steps later, and how dL/dh has changed k steps back; and what an output
 * owes to that input, dy_T/dx_{T-k}.
 *
 * Theory: the last two are the same product of Jacobians, forward and transposed, so they fade at one rate,
 * in the end that of the largest Lyapunov exponent. The capacity, the sum of R2 over lags, is at most H, and
 * an orthogonal linear net comes close to it (White, Lee, Sompolinsky 2004). */
#include "measure.h"
#include "sweep.h"

#include <inttypes.h>
#include <math.h>

static const struct sweep_axis axes[] = {
    { "activation", "tanh,linear" },
    { "init", "gaussian,orthogonal,identity" },
    { "scale", "0.85" },
    { "length", "1200" },
    { "hidden", "64" },
    { "batch", "16" },
    { "drive", "0.1" },
    { "noise", "0,0.01" },
    { "lags", "100" },
    { "seed", "1:10" },
    { 0 },
};

enum { LAG, R2, CAPACITY, FORWARD, BACKWARD, OUTPUT, LYAPUNOV, COLUMNS };
static const struct sweep_column columns[] = {
    { "lag", "steps k from the cause to the effect", .key = true },
    { "r2",
      "out-of-sample R2 of x_{t-k} read from h_t by LAPACK; 0 if the mean does better, empty if h is "
      "too large",
      0 },
    { "capacity", "sum of r2 over lags 0..k, by LAPACK", 0 },
    { "log10_forward", "log10 of ||delta h_{t+k}|| / ||delta h_t||, a random perturbation", 0 },
    { "log10_backward", "log10 of ||dL/dh_{T-k}|| / ||dL/dh_T||", 0 },
    { "log10_dy_dx", "log10 of |dy/dx_{T-k}|, y = <v, h_T>, v ~ N(0, 1); root mean square over the batch",
      0 },
    { "log10_lyapunov", "k times the largest Lyapunov exponent, by LAPACK, log10", 0 },
    { 0 },
};

static const double ridge = 1e-12; /* of the mean variance: rounding's own size in a sum of squares */

static struct rnn_spec scalar_net_spec(const struct sweep_point *point) {
    struct rnn_spec spec = sweep_net_spec(point);
    spec.inputs = 1;
    return spec;
}

/* Doubles of work: r2 (lags), log_growth (lags + 1), the exponents (hidden), and what one measurement needs. */
static double work_size(const struct sweep_point *point) {
    const struct rnn_spec spec = scalar_net_spec(point);
    const size_t lags = sweep_count(point, "lags");
    return 2 * (double)lags + 1 + (double)spec.hidden +
           fmax(rnn_memory_work(&spec, lags), fmax(rnn_tangent_work(&spec), rnn_lyapunov_work(&spec)));
}

/* Squares of a state that grows without end overflow long before it does: there is then nothing to read. */
static enum rnn_status recall(double *r2, const struct rnn *net, const struct sweep_point *point,
                              double *work) {
    const size_t lags = sweep_count(point, "lags");
    const struct rnn_memory memory = { .first = lags,
                                       .lags = lags,
                                       .noise = sweep_real(point, "noise"),
                                       .ridge = ridge,
                                       .seed = sweep_count(point, "seed") };
    const enum rnn_status status = rnn_memory_measure(r2, net, &memory, work);
    for (size_t k = 0; k < lags; k++)
        r2[k] = status == RNN_NO_CONVERGENCE || isnan(r2[k]) ? SWEEP_NONE : fmax(r2[k], 0);
    return status == RNN_NO_CONVERGENCE ? RNN_OK : status;
}

static void write_lags(struct sweep_sink *sink, const struct rnn *net, size_t lags, const double *r2,
                       const double *log_growth, double exponent) {
    const size_t T = net->spec.length;
    const double step = isfinite(exponent) ? exponent / M_LN10 : SWEEP_NONE;
    double capacity = 0;
    for (size_t k = 0; k < lags; k++) {
        double output = SWEEP_NONE; /* L is the mean of y over the batch */
        rnn_input_gradient(&output, net, T - k);
        capacity += r2[k];
        sweep_row(sink, (double[COLUMNS]){
                            [LAG] = (double)k,
                            [R2] = r2[k],
                            [CAPACITY] = capacity,
                            [FORWARD] = log_growth[k] / M_LN10,
                            [BACKWARD] = (net->log_dh[T - 1 - k] - net->log_dh[T - 1]) / M_LN10,
                            [OUTPUT] = output / M_LN10,
                            [LYAPUNOV] = (double)k * step,
                        });
    }
}

static enum rnn_status run(const struct sweep_point *point, struct sweep_sink *sink) {
    struct rnn *net;
    const struct rnn_spec spec = scalar_net_spec(point);
    const size_t lags = sweep_count(point, "lags");
    double *r2 = sweep_work(point);
    enum rnn_status status = r2 ? sweep_net(&net, point, &spec) : RNN_NO_MEMORY;
    if (status != RNN_OK)
        return status;
    double *log_growth = r2 + lags, *exponents = log_growth + lags + 1, *work = exponents + spec.hidden;
    status = sweep_measure(net, point);
    if (status == RNN_OK)
        status = rnn_tangent(log_growth, net, spec.length - lags, sweep_count(point, "seed"), work);
    if (status != RNN_OK)
        return sweep_stopped(sink, status, net);
    status = rnn_lyapunov(exponents, net, lags + 1, 2 * lags, work);
    if (status == RNN_OK)
        status = recall(r2, net, point, work);
    if (status == RNN_OK)
        write_lags(sink, net, lags, r2, log_growth, exponents[0]);
    return status;
}

static bool valid(const struct sweep_point *point, char *reason, size_t size) {
    const uint64_t lags = sweep_count(point, "lags"), length = sweep_count(point, "length");
    if (sweep_real(point, "drive") == 0)
        return sweep_invalid(reason, size, "--drive 0: must be > 0, there is no input to remember");
    if (length < 3 || lags > (length - 1) / 2)
        return sweep_invalid(reason, size,
                             "--lags %" PRIu64 ": must be at most (--length - 1) / 2 = %" PRIu64, lags,
                             (length - 1) / 2);
    return true;
}

const struct sweep_spec experiment = {
    .name = "forgetting",
    .question =
        "How much of an input is left in the state k steps later, and does memory follow the gradient?",
    .theory = "forward sensitivity and gradient fade at one rate, for they are one product of Jacobians; the "
              "capacity, the sum of R2 over lags, is at most H (Jaeger 2001)",
    .axes = axes,
    .columns = columns,
    .plot = { .x = "lag", .y = "r2", .by = "init" },
    .everything = true, /* for dL/da_t */
    .run = run,
    .valid = valid,
    .net = scalar_net_spec,
    .work = work_size,
};
