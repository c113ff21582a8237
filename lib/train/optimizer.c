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

/* ---- a step -------------------------------------------------------------------------------------------- */

enum { LARGE = 400 }; /* numbers up to 2^LARGE have squares, and sums of these, in double */

/* Its kernel, on numbers of which the true ones are 2^exponent times. */
static void step(double *theta, double *v, double *s, const double *g, size_t count, int exponent,
                 const struct rnn_optimizer *o, const struct rnn_moments *m) {
    const double epsilon = ldexp(o->epsilon, -exponent);
    switch (o->rule) {
    case RNN_SGD:
        k_sgd(theta, v, g, count, ldexp(o->rate, exponent), o->momentum);
        break;
    case RNN_RMSPROP:
        k_rmsprop(theta, v, s, g, count, o->rate, o->momentum, o->decay, epsilon);
        break;
    case RNN_ADAM:
        k_adam(theta, v, s, g, count, o->rate / (1 - m->momentum_power), o->momentum, o->decay,
               sqrt(1 / (1 - m->decay_power)), epsilon);
        break;
    }
}

/* The exponent of the largest of what a component's moments are to be made of; 0 where that is of ordinary size. */
static int exponent_of(double g, int exponent, double v, double s, int old) {
    const double part[] = { g, v, s };
    const int apart[] = { exponent, old, old };
    int largest = 0;
    for (int i = 0; i < 3; i++)
        if (part[i] != 0 && isfinite(part[i]) && ilogb(part[i]) + apart[i] > largest)
            largest = ilogb(part[i]) + apart[i];
    return largest > LARGE ? largest : 0;
}

/* Each component on an exponent of its own: what has exploded takes no digit from the others. */
static void step_apart(double *theta, const double *gradient, size_t count, int exponent,
                       const struct rnn_optimizer *o, struct rnn_moments *m) {
    const bool scaled = o->rule != RNN_RMSPROP; /* v, which is a step there */
    m->exploded = false;
    for (size_t i = 0; i < count; i++) {
        double *v = &m->v[i], *s = &m->s[i];
        if (scaled && o->momentum == 0) /* nothing is kept of it */
            *v = 0;
        if (o->decay == 0)
            *s = 0;
        const int old = m->exponent[i],
                  new = exponent_of(gradient[i], exponent, scaled ? *v : 0, sqrt(*s), old);
        const double g = ldexp(gradient[i], exponent - new);
        if (scaled)
            *v = ldexp(*v, old - new);
        *s = ldexp(*s, 2 * (old - new));
        m->exponent[i] = new;
        m->exploded |= new != 0;
        step(&theta[i], v, s, &g, 1, new, o, m);
    }
}

bool rnn_step(double *theta, double *gradient, size_t count, int *exponent, const struct rnn_optimizer *o,
              struct rnn_moments *m) {
    if (*exponent != 0 && exponent_of(rnn_largest_magnitude(gradient, count), *exponent, 0, 0, 0) == 0) {
        rnn_scale_by_power(gradient, *exponent, count);
        *exponent = 0;
    }
    m->momentum_power *= o->momentum;
    m->decay_power *= o->decay;
    if (m->exploded || *exponent != 0 || !rnn_is_safe(1 + k_sum_squares(gradient, count)))
        step_apart(theta, gradient, count, *exponent, o, m);
    else
        step(theta, m->v, m->s, gradient, count, 0, o, m);
    return k_finite(theta, count);
}
