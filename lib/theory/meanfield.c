/* Mean-field theory of a wide random net: the variance q it settles at, and the factor chi by which the
 * square of a gradient changes per step there (theory.h). */
#include "theory.h"

#include <math.h>
#include <stdbool.h>

static const double SMALL = 1e-100, LARGE = 1e30; /* stand for q -> 0 and q -> infinity */
static const double MARGIN = 1e-12; /* a growth this close to 1 is taken for 1 */
static const double SCALE_LIMIT = 1e6; /* of a critical scale */

/* E[phi^2], its derivative by q, which is E[phi phi' z] / sqrt(q), and E[phi'^2], of phi(sqrt(q) z). */
struct moments {
    double square, growth, slope;
};

/* z ~ N(0, 1), by the trapezoidal rule in t, where z = sinh(t) / max(1, sqrt(q)): fine where phi turns and
 * coarse in its tails, so that log(q) nodes serve any q. The integrand is analytic for |Im t| < pi/4, hence
 * the error e^(-pi^2 / 2 step) ~ 1e-17. Nodes come in pairs +-z without z = 0: the kink of a ReLU cancels. */
static struct moments moments_at(double q, const struct rnn_activation *phi) {
    static const double step = 0.125, reach = 9; /* e^(-reach^2 / 2) ~ 1e-18 */
    const double deviation = sqrt(q), stretch = fmax(1, deviation);
    struct moments sum = { 0, 0, 0 };
    double weights = 0;
    for (double t = step / 2;; t += step) {
        const double e = rnn_exp(t), z = (e - 1 / e) / 2 / stretch, a = deviation * z;
        if (z >= reach)
            break;
        const double weight = (e + 1 / e) / 2 * rnn_exp(-z * z / 2);
        const double up = phi->value(a), down = phi->value(-a);
        const double right = phi->derivative(a), left = phi->derivative(-a);
        sum.square += weight * (up * up + down * down);
        sum.growth += weight * z * (up * right - down * left);
        sum.slope += weight * (right * right + left * left);
        weights += 2 * weight;
    }
    return (struct moments){ sum.square / weights, sum.growth / weights / deviation, sum.slope / weights };
}

struct field {
    const struct rnn_activation *activation;
    double scale, drive;
};

/* Where the tangent of q -> next q, at this q, meets the diagonal; infinite if it rises as fast. */
static double tangent(struct field field, double q) {
    const struct moments m = moments_at(q, field.activation);
    const double variance = field.scale * field.scale, pull = 1 - variance * m.growth;
    return pull > MARGIN ? fmax(q + (variance * m.square + field.drive - q) / pull, SMALL) : INFINITY;
}

static bool dies(struct field field) {
    const double square = moments_at(SMALL, field.activation).square;
    return field.scale * field.scale * square + field.drive <= (1 + MARGIN) * SMALL;
}

/* The stable fixed point, by Newton's method. For the four activations next q is concave in q: there is at
 * most one above zero, and a tangent meets the diagonal beyond it, so that q only falls from the first on. */
static double stable_q(struct field field) {
    const double start = fmax(1, field.scale * field.scale + field.drive);
    double last, q = start < 1e200 ? tangent(field, start) : INFINITY;
    if (isinf(q))
        q = tangent(field, LARGE);
    if (isinf(q) || dies(field))
        return isinf(q) ? q : 0;
    do {
        last = q;
        q = tangent(field, q);
    } while (q < last);
    return isinf(q) ? last : q;
}

static struct rnn_theory solve(struct field field) {
    const double q = stable_q(field), near = isinf(q) ? LARGE : fmax(q, SMALL);
    const double chi = field.scale * field.scale * moments_at(near, field.activation).slope;
    return (struct rnn_theory){ .q = q, .chi = chi, .r = sqrt(chi) };
}

/* chi = 1 at scale^2 = 1 / E[phi'^2], with which q is a fixed point where this is zero. */
static double excess(double q, const struct rnn_activation *activation, double drive) {
    const struct moments m = moments_at(q, activation);
    return m.square / m.slope + (drive - q);
}

/* That q, by regula falsi, an end's excess halved when the other has moved twice (Illinois rule). The
 * excess is positive at q = drive, and ever after where phi grows like its argument: then q is infinite. */
static double critical_q(const struct rnn_activation *activation, double drive) {
    if (excess(LARGE, activation, drive) > -MARGIN * LARGE)
        return LARGE;
    double low = fmax(drive, SMALL), high = fmax(drive, 1), above = excess(low, activation, drive), below;
    while ((below = excess(high, activation, drive)) > 0) {
        low = high, above = below;
        high *= 1000;
    }
    for (int moved = 0;;) {
        const double q = low + (high - low) * (above / (above - below));
        if (!(q > low && q < high))
            return q <= low ? low : high;
        const double at = excess(q, activation, drive);
        if (at > 0) {
            low = q, above = at;
            below /= moved > 0 ? 2 : 1;
        } else {
            high = q, below = at;
            above /= moved < 0 ? 2 : 1;
        }
        moved = at > 0 ? 1 : -1;
    }
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

/* Without drive and with phi(0) = 0, q is 0 up to the critical scale. */
enum rnn_status rnn_theory_critical_scale(double *scale, const struct rnn_activation *activation,
                                          double drive) {
    if (!valid(1, drive))
        return RNN_BAD_LAW;
    const bool still = drive == 0 && activation->value(0) == 0;
    const double q = still ? SMALL : critical_q(activation, drive);
    const double found = 1 / sqrt(moments_at(q, activation).slope);
    if (!(found <= SCALE_LIMIT))
        return RNN_NO_CONVERGENCE;
    *scale = found;
    return RNN_OK;
}
