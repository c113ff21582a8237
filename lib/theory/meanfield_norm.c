/* Mean field of batch-normalised nets, for a large batch and inputs of many dimensions (theory.h). */
#include "theory.h"

#include <math.h>

/* Moments of phi(deviation z), z ~ N(0, 1). */
struct moments {
    double mean, variance, slope; /* slope: E[phi'^2] */
};

/* Trapezoidal rule in t on the half line z = exp(t - exp(-t)), where phi is split into its even and its odd
 * part: both are smooth there, even for a ReLU, and Var phi = E[odd^2] + Var even loses no digits where phi
 * is nearly constant. */
static struct moments moments_of(const struct rnn_activation *activation, double deviation) {
    static const double step = 0x1p-5, low = -4, high = 2.5; /* z from 1e-26 to 11 */
    struct moments m = { 0, 0, 0 };
    for (int pass = 0; pass < 2; pass++) { /* the second knows the mean */
        double even_sum = 0, variance = 0, slope = 0, weights = 0;
        for (double t = low; t < high; t += step) {
            const double z = rnn_exp(t - rnn_exp(-t)), weight = z * (1 + rnn_exp(-t)) * rnn_exp(-z * z / 2),
                         x = deviation * z;
            const double up = activation->value(x), down = activation->value(-x);
            const double odd = (up - down) / 2, even = (up + down) / 2 - m.mean;
            const double right = activation->derivative(x), left = activation->derivative(-x);
            even_sum += weight * even;
            variance += weight * (odd * odd + even * even);
            slope += weight * (right * right + left * left) / 2;
            weights += weight;
        }
        m = (struct moments){ m.mean + even_sum / weights, variance / weights, slope / weights };
    }
    return m;
}

enum rnn_status rnn_theory_norm(struct rnn_theory *theory, const struct rnn_activation *activation,
                                enum rnn_norm norm, double gamma, double scale, double drive) {
    if (norm == RNN_NO_NORM)
        return rnn_theory_fixed_point(theory, activation, scale, drive);
    const bool lawful = norm > RNN_NO_NORM && norm <= RNN_NORM_SEPARATE && isfinite(gamma) && gamma > 0;
    if (!lawful || !(isfinite(scale) && scale > 0 && isfinite(drive) && drive >= 0))
        return RNN_BAD_LAW;
    const double input = drive > 0 ? gamma * gamma : 0; /* variance of a normalised input */
    if (norm == RNN_NORM_INPUT)
        return rnn_theory_fixed_point(theory, activation, scale, input);
    const double q = norm == RNN_NORM_FULL ? gamma * gamma : gamma * gamma + input;
    const struct moments m = moments_of(activation, sqrt(q));
    const double beside = norm == RNN_NORM_FULL ? drive / (scale * scale) : 0;
    const double chi = gamma * gamma * m.slope / (m.variance + beside);
    *theory = (struct rnn_theory){ .q = q, .chi = chi, .r = sqrt(chi) };
    return RNN_OK;
}
