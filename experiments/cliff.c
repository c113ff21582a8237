/* What does the error look like where a gradient explodes, and what does a step of descent do there?
 *
 * One unit, x_t = w sigmoid(x_{t-1}) + b from 0.5, error (sigmoid(x_T) - 0.7)^2 (Pascanu, Mikolov, Bengio
 * 2013). Theory: on b = 0.5 - w sigmoid(0.5) the start is a fixed point, and its slope m = w sigmoid'(0.5) is
 * multiplied T times: dx_T/db = (m^T - 1) / (m - 1). Where m > 1, w > 4.26, that line is a wall. */
#include "sweep.h"
#include "theory.h"

#include <math.h>

static const struct sweep_axis axes[] = {
    { "clip", "none" }, { "threshold", "0.1" }, { "rate", "1" },        { "updates", "0" },
    { "length", "50" }, { "w", "3:7:0.05" },    { "b", "-4:-1:0.025" }, { 0 },
};

enum { UPDATE, W_AT, B_AT, ERROR, NORM, THEORY, COLUMNS };
static const struct sweep_column columns[] = {
    { "update", "steps of descent done, theta -= rate * clipped gradient", .key = true },
    { "w_at", "w after them", 0 },
    { "b_at", "b after them", 0 },
    { "error", "E(w, b)", 0 },
    { "log10_norm", "log10 of ||(dE/dw, dE/db)|| before clipping; empty if it is zero", 0 },
    { "log10_theory", "the same on the line where 0.5 is a fixed point, at this w", 0 },
    { 0 },
};

/* dE/db times (sigmoid(0.5), 1), by the geometric series. */
static double norm_on_the_line(double w, uint64_t steps) {
    const double s = rnn_sigmoid.value(0.5), slope = rnn_sigmoid.derivative(0.5), m = w * slope;
    const double series = m == 1 ? (double)steps : (rnn_power(m, steps) - 1) / (m - 1);
    return fabs(2 * (s - 0.7) * slope * series) * rnn_hypot(s, 1);
}

static double log10_or_none(double value) {
    return value > 0 && isfinite(value) ? rnn_log10(value) : SWEEP_NONE;
}

static enum rnn_status run(const struct sweep_point *point, struct sweep_sink *sink) {
    const uint64_t updates = sweep_count(point, "updates"), steps = sweep_count(point, "length");
    const double rate = sweep_real(point, "rate");
    double w = sweep_real(point, "w"), b = sweep_real(point, "b");
    for (uint64_t i = 0; i <= updates; i++) {
        const struct rnn_cliff cliff = rnn_cliff(w, b, steps);
        double gradient[2] = { cliff.dw, cliff.db };
        const double norm = rnn_hypot(cliff.dw, cliff.db);
        if (!isfinite(norm))
            return RNN_DIVERGED;
        sweep_row(sink, (double[COLUMNS]){ (double)i, w, b, cliff.error, log10_or_none(norm),
                                           log10_or_none(norm_on_the_line(w, steps)) });
        const enum rnn_status status = sweep_clip(point, gradient, 2, NULL);
        if (status != RNN_OK)
            return status;
        w -= rate * gradient[0];
        b -= rate * gradient[1];
    }
    return RNN_OK;
}

/* The rows of a cell, which grow by doubling. */
static double work_size(const struct sweep_point *point) {
    return ((double)sweep_count(point, "updates") + 1) * 2 * COLUMNS;
}

const struct sweep_spec experiment = {
    .name = "cliff",
    .question =
        "What does the error look like where a gradient explodes, and what does a step of descent do there?",
    .theory =
        "a wall along b = 0.5 - w sigmoid(0.5) where w > 4.26; on it the gradient holds (w sigmoid'(0.5))^T "
        "(Pascanu, Mikolov, Bengio 2013)",
    .axes = axes,
    .columns = columns,
    .plot = { .x = "b", .y = "log10_norm", .by = "w" },
    .run = run,
    .work = work_size,
};
