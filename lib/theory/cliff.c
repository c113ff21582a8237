/* The error cliff of Pascanu, Mikolov and Bengio 2013: one sigmoid unit, its error and exact slope. */
#include "theory.h"

struct rnn_cliff rnn_cliff(double w, double b, size_t steps) {
    double x = 0.5, x_w = 0, x_b = 0; /* the state, and its derivatives by w and b */
    for (size_t t = 0; t < steps; t++) {
        const double s = rnn_sigmoid.value(x), slope = w * rnn_sigmoid.derivative(x);
        x = w * s + b;
        x_w = s + slope * x_w;
        x_b = 1 + slope * x_b;
    }
    const double miss = rnn_sigmoid.value(x) - 0.7, outer = 2 * miss * rnn_sigmoid.derivative(x);
    return (struct rnn_cliff){ .error = miss * miss, .dw = outer * x_w, .db = outer * x_b };
}
