/* Elementary functions of vectors, in one set of bits for every level, compiler and processor: a fixed
 * order of operations that IEEE 754 defines exactly, and no product contracted into a sum, so what
 * includes this is built with -ffp-contract=off. The polynomials are Remez exchanges in 60 digits, errors
 * against MPFR are held by a test. */
#ifndef FUNCTIONS_H
#define FUNCTIONS_H

#include "vector.h"

/* ln 2, split so that an integer times LN2_HIGH is exact */
static const double LN2_HIGH = 0x1.62e42feep-1, LN2_LOW = 0x1.a39ef35793c76p-33;

/* ln x = k ln 2 + high + low, where high has no more than 21 bits: times a number of 32 bits it is exact. */
struct logarithm {
    vec k, high, low;
};

/* ln(2^k (1 + f)), 1 + f in sqrt(1/2)..sqrt(2). With s = f / (2 + f), as in Sun's fdlibm,
 *     ln(1 + f) = ln(1 + s) - ln(1 - s) = f - f^2 / 2 + s (f^2 / 2 + R(s^2))
 * where R leaves an error of 2^-59. */
INLINE struct logarithm log_one_plus(vec k, vec f) {
    const vec s = f / (2 + f), z = s * s, w = z * z, half_square = 0.5 * f * f;
    const vec odd = 0x1.5555555555592p-1 +
                    w * (0x1.24924941e2089p-2 + w * (0x1.74663d2e9133ap-3 + w * 0x1.2f041bbb0f13dp-3));
    const vec even = 0x1.999999997ff14p-2 + w * (0x1.c71c521367147p-3 + w * 0x1.39a1e09b92ac7p-3);
    const vec high = (vec)((bits)(f - half_square) & ~((bits){ 0 } + 0xffffffff));
    return (struct logarithm){ k, high, (f - high - half_square) + s * (half_square + (z * odd + w * even)) };
}

/* For x positive, finite and not subnormal. */
INLINE struct logarithm log_parts(vec x) {
    const bits least = (bits)splat(0x1.6a09e667f3bcdp-1), mantissa = (bits){ 0 } + 0xfffffffffffff;
    const bits moved = (bits)x - least + (bits)splat(1); /* k + 1023 above 52 bits */
    const vec k = (vec)((ubits)moved >> 52 | (ubits)splat(0x1p52)) - (0x1p52 + 1023);
    return log_one_plus(k, (vec)((moved & mantissa) + least) - 1);
}

/* k ln 2 + high + low */
INLINE vec log_sum(struct logarithm l) {
    const vec whole = l.k * LN2_HIGH, sum = whole + l.high, lost = whole - sum + l.high;
    return sum + (lost + (l.low + l.k * LN2_LOW));
}

INLINE vec log_of(vec x) {
    return log_sum(log_parts(x));
}

/* cos and sin of u turns within 2e-16, for u in 0..1 a multiple of 2^-53: so u less the nearest quarter is
 * exact. */
struct circle {
    vec cosine, sine;
};

INLINE struct circle circle_of(vec u) {
    static const double SHIFT = 0x1.8p50; /* the last place of the sum is a quarter */
    const vec shifted = u + SHIFT, r = u - (shifted - SHIFT), z = r * r, w = z * z;
    const bits quarter = (bits)shifted, odd = -(quarter & 1);
    const vec even_sine = -0x1.4abbce625be52p5 + w * (-0x1.32d2cce4fe916p6 + w * -0x1.e3027c19b467bp3);
    const vec odd_sine = 0x1.466bc6775a463p6 + w * (0x1.50783206ab3dap5 + w * 0x1.e4a9327454c47p1);
    const vec even_cosine =
        -0x1.3bd3cc9be45dep4 +
        w * (-0x1.55d3c7e3b7782p6 + w * (-0x1.a6d1d2d5fcbcdp4 + w * -0x1.ac077c3d39168p0));
    const vec odd_cosine = 0x1.03c1f081b5a23p6 + w * (0x1.e1f50664cca8cp5 + w * 0x1.f9b7a4a3edf25p2);
    const vec sine = r * (0x1.921fb54442d18p2 + z * (even_sine + z * odd_sine));
    const vec cosine = 1 + z * (even_cosine + z * odd_cosine);
    return (struct circle){
        .cosine = (vec)((bits)choose(odd, sine, cosine) ^ ((quarter + 1) & 2) << 62),
        .sine = (vec)((bits)choose(odd, cosine, sine) ^ (quarter & 2) << 62),
    };
}

#endif
