/* Clipping a gradient by norm and by value, at any size of its numbers. */
#include "train.h"

#include "net/net.h"

#include <math.h>

static bool is_threshold(double threshold) {
    return threshold > 0 && isfinite(threshold);
}

/* ||x|| = n 2^*exponent: returns n. */
static double norm_of(int *exponent, const double *x, size_t count) {
    const double squares = k_sum_squares(x, count);
    *exponent = 0;
    return rnn_is_safe(squares) ? sqrt(squares) : rnn_scaled_norm(exponent, x, count);
}

enum rnn_status rnn_clip_norm(double *log_norm, double *gradient, size_t count, int *exponent,
                              double threshold) {
    int power;
    const double norm = norm_of(&power, gradient, count); /* times 2^total */
    const int total = power + (exponent ? *exponent : 0);
    if (!is_threshold(threshold))
        return RNN_BAD_LAW;
    if (!isfinite(norm))
        return RNN_DIVERGED;
    if (log_norm)
        *log_norm = rnn_log(norm) + total * M_LN2;
    if (norm <= ldexp(threshold, -total))
        return RNN_OK;
    rnn_scale_by_power(gradient, -power, count);
    k_scale(gradient, threshold / norm, count);
    if (exponent)
        *exponent = 0;
    return RNN_OK;
}

enum rnn_status rnn_clip_value(double *gradient, size_t count, int *exponent, double threshold) {
    if (!is_threshold(threshold))
        return RNN_BAD_LAW;
    if (!k_finite(gradient, count))
        return RNN_DIVERGED;
    const int power = exponent ? *exponent : 0;
    if (power > 0) { /* what overflows here lies above any threshold */
        rnn_scale_by_power(gradient, power, count);
        *exponent = 0;
    }
    const double limit = power < 0 ? ldexp(threshold, -power) : threshold;
    for (size_t i = 0; i < count; i++)
        gradient[i] = fmin(fmax(gradient[i], -limit), limit);
    return RNN_OK;
}
