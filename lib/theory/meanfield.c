/* Mean-field theory of a wide random net: the variance q it settles at, and the factor chi by which the
 * square of a gradient changes per step there (theory.h). */
#include "theory.h"

#include <math.h>
#include <stdbool.h>

static const double SMALL = 1e-100, LARGE = 1e100; /* stand for q -> 0 and q -> infinity */
static const double MARGIN = 1e-12; /* a growth this close to 1 is taken for 1 */
static const double SCALE_LIMIT = 1e6; /* of the search for a critical scale */

struct field {
    const struct rnn_activation *activation;
    double scale, drive;
};

/* E[f(sqrt(q) z)^2], z ~ N(0, 1), by the trapezoidal rule in t, where z = sinh(t) / max(1, sqrt(q)): fine
 * where f turns and coarse in its tails, so that log(q) nodes serve any q. The integrand is analytic for |Im
 * t| < pi/4, hence the error e^(-pi^2 / 2 step) ~ 1e-17. Nodes come in pairs +-z without z = 0: the kink of a
 * ReLU cancels. */
static double mean_square(double (*f)(double), double q) {
    static const double step = 0.125, reach = 9; /* e^(-reach^2 / 2) ~ 1e-18 */
    const double deviation = sqrt(q), stretch = fmax(1, deviation);
    double sum = 0, weights = 0;
    for (double t = step / 2;; t += step) {
        const double e = rnn_exp(t), z = (e - 1 / e) / 2 / stretch;
        if (z >= reach)
            return sum / weights;
        const double weight = (e + 1 / e) / 2 * rnn_exp(-z * z / 2);
        const double up = f(deviation * z), down = f(-deviation * z);
        sum += weight * (up * up + down * down);
        weights += 2 * weight;
    }
}

static double next_q(struct field field, double q) {
    return field.scale * field.scale * mean_square(field.activation->value, q) + field.drive;
}

static bool grows(struct field field, double q) {
    return next_q(field, q) > q;
}

/* Where `below` turns from true to false, by bisection of log(low..high) down to the last bits. */
static double boundary(bool (*below)(struct field, double), struct field field, double low, double high) {
    for (;;) {
        const double middle = sqrt(low) * sqrt(high);
        if (middle <= low || middle >= high)
            return high;
        if (below(field, middle))
            low = middle;
        else
            high = middle;
    }
}

/* The stable fixed point. For the four activations next_q is concave, so there is at most one above zero. */
static double stable_q(struct field field) {
    if (next_q(field, LARGE) >= (1 - MARGIN) * LARGE)
        return INFINITY;
    if (next_q(field, SMALL) <= (1 + MARGIN) * SMALL)
        return 0;
    return boundary(grows, field, SMALL, LARGE);
}

static struct rnn_theory solve(struct field field) {
    const double q = stable_q(field), near = fmin(fmax(q, SMALL), LARGE);
    const double chi = field.scale * field.scale * mean_square(field.activation->derivative, near);
    return (struct rnn_theory){ .q = q, .chi = chi, .r = sqrt(chi) };
}

static bool contracts(struct field field, double scale) {
    field.scale = scale;
    return solve(field).chi < 1;
}

static bool valid(double scale, double drive) {
    return isfinite(scale) && scale > 0 && isfinite(drive) && drive >= 0;
}

enum rnn_status rnn_theory_fixed_point(struct rnn_theory *theory, const struct rnn_activation *activation,
                                       double scale, double drive) {
    if (!valid(scale, drive))
        return RNN_BAD_LAW;
    *theory = solve((struct field){ activation, scale, drive });
    return RNN_OK;
}

/* If q = 0 is a fixed point it loses stability just where chi = 1, and chi - 1 is only quadratic beyond: the
 * exact statement 1 / sqrt(E[phi'(0+-)^2]) then keeps the digits that a search would lose. */
enum rnn_status rnn_theory_critical_scale(double *scale, const struct rnn_activation *activation,
                                          double drive) {
    if (!valid(1, drive))
        return RNN_BAD_LAW;
    const struct field field = { activation, SCALE_LIMIT, drive };
    double found = INFINITY;
    if (drive == 0 && activation->value(0) == 0)
        found = 1 / sqrt(mean_square(activation->derivative, SMALL));
    else if (!contracts(field, SCALE_LIMIT))
        found = boundary(contracts, field, SMALL, SCALE_LIMIT);
    if (found > SCALE_LIMIT)
        return RNN_NO_CONVERGENCE;
    *scale = found;
    return RNN_OK;
}
