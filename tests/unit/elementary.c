/* The largest errors of the elementary functions, against MPFR. */
#include "kernels/elementary.h"
#include "exact.h"
#include "unit.h"

#include <stdio.h>

enum { ARGUMENTS = 1000000 };
static mpfr_t exact, work;

static void begin(void) {
    mpfr_inits2(PRECISION, exact, work, (mpfr_ptr)NULL);
}

static void end(void) {
    mpfr_clears(exact, work, (mpfr_ptr)NULL);
    mpfr_free_cache();
}

/* A uniform as rnn_uniform draws them: every other one near a multiple of 1/8. */
static double uniform(size_t i, uint64_t *seed) {
    const uint64_t word = next_word(seed), near = word >> (12 + i % 48);
    const double u = ((double)(i % 2 ? near >> 4 : word >> 12) + 0.5) * 0x1p-52,
                 eighth = (double)(word % 9) / 8;
    return i % 2 ? fabs(eighth - u) : u;
}

START_TEST(log_of_a_uniform_is_within_one_unit_in_the_last_place) {
    double worst = 0;
    uint64_t seed = 1;
    begin();
    for (size_t i = 0; i < ARGUMENTS; i++) {
        const double u = uniform(i, &seed);
        mpfr_set_d(exact, u, MPFR_RNDN);
        mpfr_log(exact, exact, MPFR_RNDN);
        worst = fmax(worst, ulps(log_of(splat(u))[0], exact, work));
    }
    end();
    printf("log of a uniform: %d arguments, at most %.3f ulp\n", ARGUMENTS, worst);
    ck_assert_double_gt(worst, 0.5); /* nothing rounds perfectly: less would be a blind test */
    ck_assert_double_le(worst, 1);
}
END_TEST

/* |measured - function(2 pi u)| */
static double error_on_circle(double measured, double u, int function(mpfr_t, const mpfr_t, mpfr_rnd_t)) {
    mpfr_const_pi(exact, MPFR_RNDN);
    mpfr_mul_d(exact, exact, 2 * u, MPFR_RNDN);
    function(exact, exact, MPFR_RNDN);
    mpfr_sub_d(work, exact, measured, MPFR_RNDN);
    return fabs(mpfr_get_d(work, MPFR_RNDU));
}

START_TEST(cosine_and_sine_of_a_uniform_turn_are_within_2e_16) {
    double cosine = 0, sine = 0;
    uint64_t seed = 1;
    begin();
    for (size_t i = 0; i < ARGUMENTS / 2; i++) {
        const double u = uniform(i, &seed);
        const struct circle circle = circle_of(splat(u));
        cosine = fmax(cosine, error_on_circle(circle.cosine[0], u, mpfr_cos));
        sine = fmax(sine, error_on_circle(circle.sine[0], u, mpfr_sin));
    }
    end();
    printf("cos and sin of a turn: %d arguments, at most %.3g and %.3g\n", ARGUMENTS / 2, cosine, sine);
    ck_assert_double_gt(fmin(cosine, sine), 0x1p-54);
    ck_assert_double_le(fmax(cosine, sine), 2e-16);
}
END_TEST

UNIT_MAIN("elementary", log_of_a_uniform_is_within_one_unit_in_the_last_place,
          cosine_and_sine_of_a_uniform_turn_are_within_2e_16)
