/* Optimisers: flat over theta, right also where a gradient has left the range of double. */
#include "net/net.h"
#include "train.h"

#include <math.h>

struct rnn_optimizer rnn_sgd(double rate) {
    return (struct rnn_optimizer){ .rule = RNN_SGD, .rate = rate, .epsilon = 1e-8 };
}

struct rnn_optimizer rnn_rmsprop(double rate) {
    return (struct rnn_optimizer){ .rule = RNN_RMSPROP, .rate = rate, .decay = 0.99, .epsilon = 1e-8 };
}

struct rnn_optimizer rnn_adam(double rate) {
    return (struct rnn_optimizer){
        .rule = RNN_ADAM, .rate = rate, .momentum = 0.9, .decay = 0.999, .epsilon = 1e-8
    };
}

const char *rnn_optimizer_fault(const struct rnn_optimizer *o) {
    if (o->rule < RNN_SGD || o->rule > RNN_ADAM)
        return "optimizer: must be sgd, rmsprop or adam";
    if (!isfinite(o->rate) || o->rate <= 0)
        return "rate: must be finite and > 0";
    if (!(o->momentum >= 0 && o->momentum < 1))
        return "momentum: must be >= 0 and < 1";
    if (o->rule != RNN_SGD && !(o->decay >= 0 && o->decay < 1))
        return "decay: must be >= 0 and < 1";
    if (o->rule != RNN_SGD && !(isfinite(o->epsilon) && o->epsilon > 0))
        return "epsilon: must be finite and > 0";
    return NULL;
}

/* ---- one exponent for the gradient and the moments ----------------------------------------------------- */

/* Raises the exponent of the moments to that of a gradient whose squares would overflow on it, and brings the
 * gradient to it. */
static void align(double *gradient, size_t count, int *exponent, const struct rnn_optimizer *o,
                  struct rnn_moments *m) {
    const double largest = rnn_largest_magnitude(gradient, count);
    const int above = largest > 0 && isfinite(largest) ? ilogb(largest) + *exponent - m->exponent : 0;
    if (above > 400) {
        if (o->rule != RNN_RMSPROP)
            rnn_scale_by_power(m->v, -above, count);
        rnn_scale_by_power(m->s, -2 * above, count);
        m->exponent += above;
    }
    rnn_scale_by_power(gradient, *exponent - m->exponent, count);
    *exponent = m->exponent;
}

bool rnn_step(double *theta, double *gradient, size_t count, int *exponent, const struct rnn_optimizer *o,
              struct rnn_moments *m) {
    if (*exponent != m->exponent || !rnn_is_safe(1 + k_sum_squares(gradient, count)))
        align(gradient, count, exponent, o, m);
    const double epsilon = ldexp(o->epsilon, -m->exponent);
    m->momentum_power *= o->momentum;
    m->decay_power *= o->decay;
    switch (o->rule) {
    case RNN_SGD:
        k_sgd(theta, m->v, gradient, count, ldexp(o->rate, m->exponent), o->momentum);
        break;
    case RNN_RMSPROP:
        k_rmsprop(theta, m->v, m->s, gradient, count, o->rate, o->momentum, o->decay, epsilon);
        break;
    case RNN_ADAM:
        k_adam(theta, m->v, m->s, gradient, count, o->rate / (1 - m->momentum_power), o->momentum, o->decay,
               sqrt(1 / (1 - m->decay_power)), epsilon);
        break;
    }
    return k_finite(theta, count);
}
