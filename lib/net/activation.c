/* The four activations. `value` and `derivative` are written so that no tail overflows or cancels: both
 * tails of a sigmoid are a ratio of powers of exp(-|a|). */
#include "kernels/kernels.h"
#include "rnn.h"

#include <math.h>

static double sigmoid(double a) {
    const double e = rnn_exp(-fabs(a));
    return (a < 0 ? e : 1) / (1 + e);
}

static double sigmoid_derivative(double a) {
    const double e = rnn_exp(-fabs(a));
    return e / ((1 + e) * (1 + e));
}

/* e / (e + 2), e = expm1(2 |a|), or where e is large the same without an infinity */
static double hyperbolic_tangent(double a) {
    const double e = rnn_expm1(2 * fabs(a));
    return copysign(e < 2 ? e / (e + 2) : 1 - 2 / (e + 2), a);
}

/* tanh(a) = 2 sigmoid(2 a) - 1, and so sech^2(a), without the cancellation of 1 - tanh^2 */
static double tanh_derivative(double a) {
    return 4 * sigmoid_derivative(2 * a);
}

static double relu(double a) {
    return a > 0 || isnan(a) ? a : 0;
}

static double relu_derivative(double a) {
    return a > 0;
}

static double identity(double a) {
    return a;
}

static double one(double a) {
    (void)a;
    return 1;
}

const struct rnn_activation rnn_sigmoid = { "sigmoid", sigmoid,   sigmoid_derivative,
                                            0.25,      k_sigmoid, k_sigmoid_back };
const struct rnn_activation rnn_tanh = {
    "tanh", hyperbolic_tangent, tanh_derivative, 1, k_tanh, k_tanh_back
};
const struct rnn_activation rnn_relu = { "relu", relu, relu_derivative, 1, k_relu, k_relu_back };
const struct rnn_activation rnn_linear = { "linear", identity, one, 1, k_linear, k_linear_back };
