/* What happens inside a run?
 *
 * Theory: at update 0 the gradient is what mean field says of the scale. Then training moves W: to carry a signal from far
 * back it has to bring r up towards 1, and where it overshoots, what vanished explodes (Pascanu, Mikolov, Bengio 2013,
 * section 3.3, saw a norm go from .27 to 776 on the way to a solution). A run here never stops early. */
#include "measure.h"
#include "sweep.h"

#include <math.h>
#include <string.h>

static const struct sweep_axis axes[] = {
    { "task", "order" },
    { "kind", "tanh" },
    { "scale", "0.95" },
    { "length", "30" },
    { "hidden", "50" },
    { "batch", "20" },
    { "optimizer", "sgd" },
    { "rate", "0.1" },
    { "clip", "norm" },
    { "threshold", "1" },
    { "updates", "1500" },
    { "seed", "1:16" },
    { 0 },
};

enum { UPDATE, LAG, STATE, PAST, NORM, AFTER, LOSS, CHANCE, RADIUS, TOP, SLOPE, RATIO, FLAT, DEAD, COLUMNS };
static const struct sweep_column columns[] = {
    { "update", "updates made before", .key = true },
    { "lag", "steps k = T - t between h_t and the loss", .key = true },
    { "log10_norm", "log10 of ||dL/dh_t||, Frobenius over batch and units; empty for a zero", 0 },
    { "log10_beyond", "log10 of the share of this lag and all beyond it in dL/dW_hh", 0 },
    { "log10_gradient", "log10 of ||g||, all parameters, before the clip", 0 },
    { "log10_clipped", "the same after the clip", 0 },
    { "loss", "of the batch, in the task's unit", 0 },
    { "chance", "loss of the best guess that knows nothing", 0 },
    { "radius", "spectral radius of W_hh (LAPACK)", 0 },
    { "singular", "largest singular value of W_hh (LAPACK)", 0 },
    { "slope", "of ln||dL/dh_t|| per step back, fitted to all lags; empty where a norm is zero", 0 },
    { "log10_ratio", "log10 of ||change of theta|| over ||theta||, of this update", 0 },
    { "saturated", "share of units with |phi'(a)| below 1 % of its largest", 0 },
    { "dead", "share of units whose phi'(a) is 0 in every sequence and step", 0 },
    { 0 },
};

enum { EVERY = 50 }; /* updates between two looks */

static double lapack_work(const struct rnn_spec *spec) {
    const double H = (double)spec->hidden;
    return H * (H + 2);
}

/* For the parts of a gradient, LAPACK and a copy of theta; and the training beside. */
static double work_size(const struct sweep_point *point) {
    const struct rnn_spec spec = sweep_learner_spec(point);
    const double H = (double)spec.hidden,
                 theta = H * (H + (double)spec.inputs + 1) + (double)spec.outputs * (H + 1);
    return rnn_lag_work(&spec) + lapack_work(&spec) + theta + sweep_training_work(point);
}

/* What W_hh, the units and the gradient of this update are. */
static enum rnn_status look(double *row, struct rnn_lags *lags, const struct rnn *net, double *work) {
    const size_t T = net->spec.length;
    struct rnn_spectrum spectrum = { 0 };
    struct rnn_decay decay = { .slope = SWEEP_NONE };
    struct rnn_slopes slopes = { 0 };
    enum rnn_status status = rnn_lag_parts(lags, net, NULL, work);
    if (status == RNN_OK)
        status = rnn_spectrum_measure(&spectrum, net->p.W_hh, net->spec.hidden,
                                      work + (size_t)rnn_lag_work(&net->spec));
    if (status == RNN_OK)
        status = rnn_slopes_measure(&slopes, net, 1, T);
    rnn_decay_fit(&decay, net, 0, T - 1); /* leaves it where a norm is zero */
    row[RADIUS] = spectrum.radius;
    row[TOP] = spectrum.largest;
    row[SLOPE] = decay.slope;
    row[FLAT] = slopes.saturated;
    row[DEAD] = slopes.dead;
    row[LOSS] = net->loss;
    return status;
}

static void write_lags(double *row, struct sweep_sink *sink, const struct rnn *net,
                       const struct rnn_lags *lags) {
    const size_t T = net->spec.length;
    for (size_t t = T; t >= 1; t--) {
        row[LAG] = (double)(T - t);
        row[STATE] = sweep_log10(net->log_dh[t - 1]);
        row[PAST] = sweep_log10(lags->log_past[t - 1] - lags->log_past[T - 1]);
        sweep_row(sink, row);
    }
}

/* One update that is looked at: before the clip, and what it did to theta. */
static enum rnn_status step(struct rnn_training *training, const struct sweep_point *point,
                            struct sweep_sink *sink) {
    const struct rnn *net = training->net;
    double row[COLUMNS] = { [UPDATE] = (double)training->updates }, *work = sweep_work(point);
    struct rnn_lags lags;
    enum rnn_status status = work ? look(row, &lags, net, work) : RNN_NO_MEMORY;
    if (status != RNN_OK)
        return status;
    double *theta = work + (size_t)(rnn_lag_work(&net->spec) + lapack_work(&net->spec));
    memcpy(theta, net->theta, net->parameters * sizeof *theta);
    status = rnn_training_update(training);
    for (size_t i = 0; i < net->parameters; i++)
        theta[i] -= net->theta[i];
    row[CHANCE] = rnn_chance_loss(training->spec.problem.task, net->spec.reads);
    row[NORM] = sweep_log10(training->log_norm);
    row[AFTER] = training->clipped ? rnn_log10(training->spec.threshold) : row[NORM];
    row[RATIO] =
        sweep_log10(rnn_log_norm(theta, net->parameters) - rnn_log_norm(net->theta, net->parameters));
    write_lags(row, sink, net, &lags);
    return status;
}

static enum rnn_status run(const struct sweep_point *point, struct sweep_sink *sink) {
    struct rnn_training *training;
    enum rnn_status status = sweep_training(&training, point);
    while (status == RNN_OK && sweep_training_goes_on(training, point, NULL, 0)) {
        status = rnn_training_measure(training);
        if (status == RNN_OK)
            status = training->updates % EVERY ? rnn_training_update(training) : step(training, point, sink);
    }
    return status;
}

static bool valid(const struct sweep_point *point, char *reason, size_t size) {
    if (sweep_learner_spec(point).cell == &rnn_elman)
        return sweep_training_valid(point, reason, size);
    return sweep_invalid(reason, size, "--kind %s: must be one without gates", sweep_name(point, "kind"));
}

const struct sweep_spec experiment = {
    .name = "course",
    .question = "What happens inside a run?",
    .theory = "to learn what lies far back, r has to come up towards 1 in training, and may overshoot "
              "(Pascanu, Mikolov, Bengio 2013, section 3.3)",
    .axes = axes,
    .columns = columns,
    .plot = { .x = "update", .y = "log10_gradient", .beside = "loss" },
    .everything = true,
    .run = run,
    .valid = valid,
    .net = sweep_learner_spec,
    .work = work_size,
};
