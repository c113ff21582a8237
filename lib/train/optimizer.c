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

/* ---- the rules ------------------------------------------------------------------------------------ */

static void sgd(double *theta, const double *g, size_t count, const struct rnn_optimizer *o, double *v,
                int exponent) {
    const double rate = ldexp(o->rate, exponent);
    for (size_t i = 0; i < count; i++) {
        v[i] = o->momentum * v[i] + g[i];
        theta[i] -= rate * v[i];
    }
}

static void rmsprop(double *theta, const double *g, size_t count, const struct rnn_optimizer *o, double *v,
                    double *s, double epsilon) {
    for (size_t i = 0; i < count; i++) {
        s[i] = o->decay * s[i] + (1 - o->decay) * (g[i] * g[i]);
        v[i] = o->momentum * v[i] + g[i] / (sqrt(s[i]) + epsilon);
        theta[i] -= o->rate * v[i];
    }
}

/* `rate` and `root` have the corrections of the first steps in them */
static void adam(double *theta, const double *g, size_t count, const struct rnn_optimizer *o, double *v,
                 double *s, double rate, double root, double epsilon) {
    for (size_t i = 0; i < count; i++) {
        v[i] = o->momentum * v[i] + (1 - o->momentum) * g[i];
        s[i] = o->decay * s[i] + (1 - o->decay) * (g[i] * g[i]);
        theta[i] -= rate * v[i] / (sqrt(s[i]) * root + epsilon);
    }
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
        sgd(theta, gradient, count, o, m->v, m->exponent);
        break;
    case RNN_RMSPROP:
        rmsprop(theta, gradient, count, o, m->v, m->s, epsilon);
        break;
    case RNN_ADAM:
        adam(theta, gradient, count, o, m->v, m->s, o->rate / (1 - m->momentum_power),
             sqrt(1 / (1 - m->decay_power)), epsilon);
        break;
    }
    return k_finite(theta, count);
}
