/* Where does the derivative of an activation live, and where does it die?
 *
 * Theory: sup phi' is 1/4 (sigmoid), 1 (tanh), 1 (relu, linear). The tails of sigmoid' and tanh' fall like
 * e^-|a| and 4 e^-2|a|; relu' is 0 on one side and 1 on the other; linear' is 1 everywhere. */
#include "sweep.h"

#include <math.h>

static const struct sweep_axis axes[] = {
    { "activation", "sigmoid,tanh,relu,linear" },
    { "limit", "8" },
    { "step", "0.0625" },
    { 0 },
};

enum { INPUT, VALUE, DERIVATIVE, MAXIMUM, LEFT, RIGHT, SATURATION, COLUMNS };
static const struct sweep_column columns[] = {
    { "input", "pre-activation a", .key = true },
    { "value", "phi(a)", 0 },
    { "derivative", "phi'(a)", 0 },
    { "derivative_max", "largest phi' over the range", 0 },
    { "left_tail", "phi'(-limit)", 0 },
    { "right_tail", "phi'(limit)", 0 },
    { "saturation",
      "|a| beyond which phi' stays below 1 % of its maximum; empty if it does not on both sides", 0 },
    { 0 },
};

static double largest_derivative(const struct rnn_activation *activation, double limit, double step) {
    double largest =
        fmax(activation->derivative(0), activation->derivative(limit)); /* however wide a step is */
    for (double a = -limit; a <= limit; a += step)
        largest = fmax(largest, activation->derivative(a));
    return largest;
}

/* Bisection on |a|, where both tails fall through the level; SWEEP_NONE if one of them never does. */
static double saturation(const struct rnn_activation *activation) {
    const double level = 0.01 * activation->gamma;
    double low = 0, high = 64;
    if (activation->derivative(high) > level || activation->derivative(-high) > level)
        return SWEEP_NONE;
    for (int i = 0; i < 60; i++) {
        const double middle = (low + high) / 2;
        if (fmax(activation->derivative(middle), activation->derivative(-middle)) > level)
            low = middle;
        else
            high = middle;
    }
    return high;
}

static enum rnn_status run(const struct sweep_point *point, struct sweep_sink *sink) {
    const struct rnn_activation *activation = sweep_activation(point);
    const double limit = sweep_real(point, "limit"), step = sweep_real(point, "step");
    double row[COLUMNS] = {
        [MAXIMUM] = largest_derivative(activation, limit, step),
        [LEFT] = activation->derivative(-limit),
        [RIGHT] = activation->derivative(limit),
        [SATURATION] = saturation(activation),
    };
    const long steps = lround(floor(2 * limit / step * (1 + 1e-12)));
    for (long i = 0; i <= steps; i++) {
        row[INPUT] = -limit + (double)i * step;
        row[VALUE] = activation->value(row[INPUT]);
        row[DERIVATIVE] = activation->derivative(row[INPUT]);
        sweep_row(sink, row);
    }
    return RNN_OK;
}

static bool valid(const struct sweep_point *point, char *reason, size_t size) {
    static const double rows_max = 1e6;
    const double limit = sweep_real(point, "limit"), step = sweep_real(point, "step");
    if (step <= 2 * limit && 2 * limit / step < rows_max)
        return true;
    return sweep_invalid(
        reason, size, "--step %g: must leave at least 2 and fewer than %g inputs from -limit to --limit %g",
        step, rows_max, limit);
}

const struct sweep_spec experiment = {
    .name = "activations",
    .question = "Where does the derivative of an activation live, and where does it die?",
    .theory = "largest phi': sigmoid 1/4, tanh 1, relu 1, linear 1; tails e^-|a| and 4 e^-2|a|; relu keeps "
              "one side",
    .axes = axes,
    .columns = columns,
    .plot = { .x = "input", .y = "value", .by = "activation", .beside = "derivative" },
    .run = run,
    .valid = valid,
};
