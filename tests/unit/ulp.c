/* The largest error of tanh, sigmoid and exp in units in the last place, against MPFR: on every level, over random
 * bit patterns, the range where the functions bend, and the whole left tail of sigmoid. */
#include "exact.h"
#include "kernels/level.h"
#include "unit.h"

#include <math.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ARGUMENTS = 1200000, BLOCK = 1024 };

/* Units in the last place of the exact result; the plain level rounds a * b + c twice. */
static const double BOUND_FUSED = 2.5, BOUND_PLAIN = 3.5;

typedef void exact_function(mpfr_t value, const mpfr_t a);

static void exact_tanh(mpfr_t value, const mpfr_t a) {
    mpfr_tanh(value, a, MPFR_RNDN);
}

/* 1 / (1 + exp(-a)): no cancellation at either end, and MPFR's exponents do not overflow */
static void exact_sigmoid(mpfr_t value, const mpfr_t a) {
    mpfr_neg(value, a, MPFR_RNDN);
    mpfr_exp(value, value, MPFR_RNDN);
    mpfr_add_ui(value, value, 1, MPFR_RNDN);
    mpfr_ui_div(value, 1, value, MPFR_RNDN);
}

static void exact_exp(mpfr_t value, const mpfr_t a) {
    mpfr_exp(value, a, MPFR_RNDN);
}

/* Argument number i: a third any bits, a third uniform where the functions bend, half of it where tanh is
 * least exact, a third uniform in [-747, 41] */
static double argument(size_t i, uint64_t *seed) {
    const uint64_t bits = next_word(seed);
    const double unit = (double)(bits >> 11) * 0x1p-53;
    double any;
    memcpy(&any, &bits, sizeof any);
    if (i % 3 == 0)
        return isfinite(any) ? any : 0.713;
    if (i % 6 == 1)
        return 0.6 * unit - 0.3;
    return i % 6 == 4 ? 44 * unit - 22 : 788 * unit - 747;
}

static double of_sign(double x, bool negative) {
    return negative ? -fabs(x) : x;
}

struct worst {
    double ulps, argument;
};

static void compare_block(struct worst *worst, const double *a, const double *h, exact_function *exact,
                          mpfr_t work[3]) {
    for (size_t i = 0; i < BLOCK; i++) {
        mpfr_set_d(work[0], a[i], MPFR_RNDN);
        exact(work[1], work[0]);
        const double error = ulps(h[i], work[1], work[2]);
        if (!(error <= worst->ulps))
            *worst = (struct worst){ error, a[i] };
    }
}

static void measure(const char *name, k_forward_kernel *(*kernel_of)(const struct k_level *),
                    exact_function *exact, bool negative) {
    mpfr_t work[3];
    mpfr_inits2(PRECISION, work[0], work[1], work[2], (mpfr_ptr)NULL);
    double a[BLOCK], h[BLOCK];
    for (int level = 0; k_level(level); level++) {
        const struct k_level *k = k_level(level);
        struct worst worst = { 0 };
        uint64_t seed = 1;
        size_t tried = 0;
        for (; tried < ARGUMENTS; tried += BLOCK) {
            for (size_t i = 0; i < BLOCK; i++)
                a[i] = h[i] = of_sign(argument(tried + i, &seed), negative);
            kernel_of(k)(h, BLOCK);
            compare_block(&worst, a, h, exact, work);
        }
        printf("%s, %s: %zu arguments, at most %.3f ulp, at %a\n", name, k->name, tried, worst.ulps,
               worst.argument);
        ck_assert_double_gt(worst.ulps, 0.5); /* nothing rounds perfectly: less would be a blind test */
        ck_assert_double_le(worst.ulps, k->products->fused ? BOUND_FUSED : BOUND_PLAIN);
    }
    mpfr_clears(work[0], work[1], work[2], (mpfr_ptr)NULL);
    mpfr_free_cache();
}

static k_forward_kernel *tanh_kernel(const struct k_level *k) {
    return k->maps->tanh;
}

static k_forward_kernel *sigmoid_kernel(const struct k_level *k) {
    return k->maps->sigmoid;
}

static k_forward_kernel *exp_kernel(const struct k_level *k) {
    return k->maps->exp;
}

START_TEST(tanh_is_within_its_bound) {
    measure("tanh", tanh_kernel, exact_tanh, false);
}
END_TEST

START_TEST(sigmoid_is_within_its_bound_down_to_the_subnormals) {
    measure("sigmoid", sigmoid_kernel, exact_sigmoid, false);
}
END_TEST

START_TEST(exp_is_within_its_bound_down_to_the_subnormals) {
    measure("exp", exp_kernel, exact_exp, true);
}
END_TEST

/* Where the curves flatten, neighbouring arguments must not change their order. */
START_TEST(both_saturate_without_a_step_back_or_beyond_one) {
    double h[BLOCK];
    for (int level = 0; k_level(level); level++)
        for (int curve = 0; curve < 2; curve++) {
            const double first = curve ? 35 : 17, last = curve ? 41 : 21;
            for (size_t i = 0; i < BLOCK; i++)
                h[i] = first + (last - first) * (double)i / (BLOCK - 1);
            (curve ? k_level(level)->maps->sigmoid : k_level(level)->maps->tanh)(h, BLOCK);
            for (size_t i = 1; i < BLOCK; i++)
                ck_assert(h[i] >= h[i - 1] && h[i] <= 1);
            ck_assert_double_eq(h[BLOCK - 1], 1);
        }
}
END_TEST

UNIT_MAIN("ulp", tanh_is_within_its_bound, sigmoid_is_within_its_bound_down_to_the_subnormals,
          exp_is_within_its_bound_down_to_the_subnormals, both_saturate_without_a_step_back_or_beyond_one)
