/* Clipping a gradient by norm and by value, at any size of its numbers. */
#include "cell.h"

#include <math.h>

/* x *= 2^-exponent, exactly; in two halves, since 2^-exponent itself may overflow. */
static void shrink(double *x, size_t count, int exponent) {
    k_scale(x, ldexp(1, -(exponent / 2)), count);
    k_scale(x, ldexp(1, -(exponent - exponent / 2)), count);
}

/* ||x|| = n 2^*exponent: returns n, in 1..2 sqrt(count), or 0. */
static double scaled_norm(int *exponent, const double *x, size_t count) {
    double largest = 0, squares = 0;
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(x[i]));
    *exponent = largest > 0 && isfinite(largest) ? ilogb(largest) : 0;
    const double half = ldexp(1, -(*exponent / 2)), rest = ldexp(1, -(*exponent - *exponent / 2));
    for (size_t i = 0; i < count; i++)
        squares += (x[i] * half * rest) * (x[i] * half * rest);
    return sqrt(squares);
}

double rnn_log_norm(const double *x, size_t count) {
    int exponent;
    const double squares = k_sum_squares(x, count);
    if (rnn_is_safe(squares))
        return 0.5 * log(squares);
    const double norm = scaled_norm(&exponent, x, count);
    return log(norm) + exponent * M_LN2;
}

static bool is_threshold(double threshold) {
    return threshold > 0 && isfinite(threshold);
}

enum rnn_status rnn_clip_norm(double *log_norm, double *gradient, size_t count, int *exponent,
                              double threshold) {
    int power;
    const double norm = scaled_norm(&power, gradient, count); /* times 2^total */
    const int total = power + (exponent ? *exponent : 0);
    if (!is_threshold(threshold))
        return RNN_BAD_LAW;
    if (!isfinite(norm))
        return RNN_DIVERGED;
    if (log_norm)
        *log_norm = log(norm) + total * M_LN2;
    if (norm <= ldexp(threshold, -total))
        return RNN_OK;
    shrink(gradient, count, power);
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
        shrink(gradient, count, -power);
        *exponent = 0;
    }
    const double limit = power < 0 ? ldexp(threshold, -power) : threshold;
    for (size_t i = 0; i < count; i++)
        gradient[i] = fmin(fmax(gradient[i], -limit), limit);
    return RNN_OK;
}
