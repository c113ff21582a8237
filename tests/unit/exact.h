/* What the tests of accuracy share: the distance from a number that MPFR knows, and arguments without a
 * pattern. */
#ifndef EXACT_H
#define EXACT_H

#include <math.h>
#include <mpfr.h>
#include <stdint.h>

enum { PRECISION = 128 };

/* The next of the 64-bit words without a pattern that follow from *seed. */
static inline uint64_t next_word(uint64_t *seed) {
    *seed = *seed * 6364136223846793005u + 1442695040888963407u;
    const uint64_t mixed = (*seed ^ *seed >> 29) * 0xbf58476d1ce4e5b9u;
    return mixed ^ mixed >> 32;
}

/* |measured - exact| in units of the last place a double near `exact` has */
static inline double ulps(double measured, const mpfr_t exact, mpfr_t work) {
    const long exponent = mpfr_zero_p(exact) ? -1074 : (long)mpfr_get_exp(exact) - 53;
    mpfr_sub_d(work, exact, measured, MPFR_RNDN);
    mpfr_mul_2si(work, work, -(exponent < -1074 ? -1074 : exponent), MPFR_RNDN);
    return fabs(mpfr_get_d(work, MPFR_RNDU));
}

#endif
