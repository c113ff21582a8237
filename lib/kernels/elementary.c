/* Elementary functions, in one set of bits everywhere (arithmetic.h): sums and products in a fixed order,
 * and what IEEE 754 and C define exactly. Their errors against MPFR are held by a test. */
#include "arithmetic.h"
#include "functions.h"

#include <math.h>
#include <stdbool.h>
#include <stddef.h>

/* c[0] + c[1] z + ... + c[count - 1] z^(count - 1); terms of even and of odd degree are two chains, which
 * halves the wait. */
INLINE double polynomial(const double *c, size_t count, double z) {
    const double square = z * z;
    double sums[2] = { 0, 0 };
    for (size_t i = count; i-- > 0;)
        sums[i & 1] = c[i] + square * sums[i & 1];
    return sums[0] + z * sums[1];
}

/* ---- exponentials ------------------------------------------------------------------------------------- */

/* e^x = 2^k (1 + high + low): high is r = x - k ln 2, |r| < 0.35, rounded. */
struct exponential {
    int k;
    double high, low;
};

/* For |x| < 800. What is added to SHIFT is rounded to an integer; `near` is exact; the polynomial is
 * (e^r - 1 - r) / r^2 to 2^-62 of e^r. */
static struct exponential exp_parts(double x) {
    static const double PER_LN2 = 0x1.71547652b82fep+0, SHIFT = 0x1.8p52;
    static const double c[] = { 0x1p-1,
                                0x1.5555555555557p-3,
                                0x1.5555555555557p-5,
                                0x1.1111111110045p-7,
                                0x1.6c16c16c1569dp-10,
                                0x1.a01a01ac27466p-13,
                                0x1.a01a01ab9d95ap-16,
                                0x1.71de018a4f3f5p-19,
                                0x1.27e4cf9f09ac7p-22,
                                0x1.af4f19600e896p-26,
                                0x1.1f8710b95a077p-29 };
    const double k = x * PER_LN2 + SHIFT - SHIFT, near = x - k * LN2_HIGH, rest = k * LN2_LOW;
    const double r = near - rest, lost = near - r - rest;
    const double low = r * r * polynomial(c, sizeof c / sizeof *c, r) + lost;
    return (struct exponential){ (int)k, r, low };
}

/* 2^k, -1023 < k < 1024 */
static double power_of_two(int k) {
    return ((vec)(((ubits){ 0 } + (uint64_t)(k + 1023)) << 52))[0];
}

double rnn_exp(double x) {
    if (!(fabs(x) < 800))
        return x < 0 ? 0 : x * INFINITY; /* a NaN stays */
    const struct exponential e = exp_parts(x);
    const double sum = 1 + e.high, lost = 1 - sum + e.high;
    return (sum + (lost + e.low)) * power_of_two(e.k / 2) * power_of_two(e.k - e.k / 2);
}

double rnn_expm1(double x) {
    if (!(fabs(x) < 700))
        return rnn_exp(x) - 1;
    const struct exponential e = exp_parts(x);
    if (e.k == 0)
        return x == 0 ? x : e.high + e.low;
    const double power = power_of_two(e.k), whole = power - 1, part = power * e.high;
    const double sum = whole + part, lost = whole - sum + part;
    return sum + (lost + power * e.low);
}

/* ---- logarithms --------------------------------------------------------------------------------------- */

/* For x positive and finite. */
static struct logarithm log_parts_of_any(double x) {
    const bool subnormal = x < 0x1p-1022;
    struct logarithm l = log_parts(splat(subnormal ? x * 0x1p54 : x));
    l.k -= subnormal ? 54 : 0;
    return l;
}

static double log_elsewhere(double x) {
    return x == 0 ? -INFINITY : x > 0 ? x : NAN;
}

double rnn_log(double x) {
    return x > 0 && x < INFINITY ? log_sum(log_parts_of_any(x))[0] : log_elsewhere(x);
}

double rnn_log1p(double x) {
    if (!(x > -1 && x < INFINITY))
        return log_elsewhere(1 + x);
    if (x == 0)
        return x; /* -0 stays */
    if (x > -0.29 && x < 0.41)
        return log_sum(log_one_plus(splat(0), splat(x)))[0];
    const double sum = 1 + x, lost = x < 1 ? x - (sum - 1) : 1 - (sum - x);
    struct logarithm l = log_parts(splat(sum));
    l.low += lost / sum;
    return log_sum(l)[0];
}

/* k log10(2) + (high + low) / ln 10, where k LOG10_2_HIGH and high PER_LN10_HIGH are exact */
double rnn_log10(double x) {
    static const double LOG10_2_HIGH = 0x1.34413509f6p-2, LOG10_2_LOW = 0x1.9fef311f12b36p-42;
    static const double PER_LN10_HIGH = 0x1.bcb7bp-2, PER_LN10_LOW = 0x1.526e50e32a6abp-26;
    if (!(x > 0 && x < INFINITY))
        return log_elsewhere(x);
    const struct logarithm l = log_parts_of_any(x);
    const vec whole = l.k * LOG10_2_HIGH, part = l.high * PER_LN10_HIGH;
    const vec sum = whole + part, lost = whole - sum + part;
    const vec low = l.k * LOG10_2_LOW + (l.high + l.low) * PER_LN10_LOW + l.low * PER_LN10_HIGH;
    return (sum + (lost + low))[0];
}

/* ---- the rest ----------------------------------------------------------------------------------------- */

/* |x| <= 1/2: x + x^3 P(x^2), P to 2^-58 of asin(x) / x; beyond, pi/2 - 2 asin(s), s = sqrt((1 - |x|) / 2)
 * in two parts, as in fdlibm. */
double rnn_asin(double x) {
    static const double c[] = { 0x1.5555555555556p-3, 0x1.3333333332da2p-4, 0x1.6db6db6e48603p-5,
                                0x1.f1c71c11deeap-6,  0x1.6e8bb37521acap-6, 0x1.1c4d112ced71bp-6,
                                0x1.c9d30ac3ce817p-7, 0x1.78010220106f1p-7, 0x1.532a91490f896p-7,
                                0x1.5e2915df0d825p-8, 0x1.220541f4ab154p-6, -0x1.f58c57c57245p-7,
                                0x1.dc181d65cafaap-6 };
    static const double QUARTER_PI = 0x1.921fb54442d18p-1, HALF_PI_LOW = 0x1.1a62633145c07p-54;
    const double size = fabs(x), z = size <= 0.5 ? x * x : (1 - size) / 2;
    const double curve = z * polynomial(c, sizeof c / sizeof *c, z);
    if (size <= 0.5)
        return x + x * curve;
    const double s = sqrt(z), high = (double)(float)s, low = z > 0 ? (z - high * high) / (s + high) : 0;
    const double rest = 2 * s * curve - (HALF_PI_LOW - 2 * low);
    return copysign(QUARTER_PI - (rest - (QUARTER_PI - 2 * high)), x); /* NaN beyond 1, from sqrt */
}

double rnn_hypot(double x, double y) {
    const double largest = fmax(fabs(x), fabs(y));
    if (largest == 0 || !isfinite(x) || !isfinite(y))
        return fabs(x) + fabs(y);
    const int k = ilogb(largest);
    const double a = ldexp(x, -k), b = ldexp(y, -k);
    return ldexp(sqrt(a * a + b * b), k);
}

double rnn_power(double x, uint64_t n) {
    double power = 1;
    for (; n > 0; n >>= 1, x *= x)
        power *= n & 1 ? x : 1;
    return power;
}
