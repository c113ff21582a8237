/* Numbers of any size: scaling by exact powers of two, and the logarithm of a norm. */
#include "net.h"

#include <math.h>
#include <stdlib.h>

double rnn_largest_magnitude(const double *x, size_t count) {
    double largest = 0;
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(x[i]));
    return largest;
}

/* in two halves, since 2^exponent itself may overflow; beyond MOST nothing is left to overflow or underflow */
void rnn_scale_by_power(double *x, int exponent, size_t count) {
    enum { MOST = 2000 };
    for (int rounds = 0; rounds < 2 && abs(exponent) > MOST; rounds++) {
        const int part = exponent > 0 ? MOST : -MOST;
        rnn_scale_by_power(x, part, count);
        exponent -= part;
    }
    exponent = exponent > MOST ? MOST : exponent < -MOST ? -MOST : exponent;
    k_scale(x, ldexp(1, exponent / 2), count);
    k_scale(x, ldexp(1, exponent - exponent / 2), count);
}

/* y may be NULL */
static double largest_of_both(const double *x, const double *y, size_t count) {
    const double largest = rnn_largest_magnitude(x, count);
    return y ? fmax(largest, rnn_largest_magnitude(y, count)) : largest;
}

enum rnn_status rnn_rescale(double *x, double *y, size_t count, int *exponent) {
    const double largest = largest_of_both(x, y, count);
    if (!k_finite(x, count) || (y && !k_finite(y, count)))
        return RNN_DIVERGED;
    if (largest == 0)
        return RNN_ZERO;
    rnn_scale_by_power(x, -ilogb(largest), count);
    *exponent += ilogb(largest);
    if (y)
        rnn_scale_by_power(y, -ilogb(largest), count);
    return RNN_OK;
}

double rnn_scaled_norm(int *exponent, const double *x, size_t count) {
    const double largest = rnn_largest_magnitude(x, count);
    double squares = 0;
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
        return 0.5 * rnn_log(squares);
    const double norm = rnn_scaled_norm(&exponent, x, count);
    return rnn_log(norm) + exponent * M_LN2;
}
