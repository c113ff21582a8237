/* The largest errors of the elementary functions, against MPFR. */
#include "exact.h"
#include "kernels/functions.h"
#include "rnn.h"
#include "unit.h"

#include <stdio.h>
#include <string.h>

enum { ARGUMENTS = 250000 };
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
    for (size_t i = 0; i < ARGUMENTS; i++) {
        const double u = uniform(i, &seed);
        const struct circle circle = circle_of(splat(u));
        cosine = fmax(cosine, error_on_circle(circle.cosine[0], u, mpfr_cos));
        sine = fmax(sine, error_on_circle(circle.sine[0], u, mpfr_sin));
    }
    end();
    printf("cos and sin of a turn: %d arguments, at most %.3g and %.3g\n", ARGUMENTS, cosine, sine);
    ck_assert_double_gt(fmin(cosine, sine), 0x1p-54);
    ck_assert_double_le(fmax(cosine, sine), 2e-16);
}
END_TEST

/* ---- functions of one number ------------------------------------------------------------------------ */

/* 1 / (1 + exp(-a)) */
static int exact_sigmoid(mpfr_t value, const mpfr_t a, mpfr_rnd_t round) {
    mpfr_neg(value, a, round);
    mpfr_exp(value, value, round);
    mpfr_add_ui(value, value, 1, round);
    return mpfr_ui_div(value, 1, value, round);
}

static double sigmoid(double a) {
    return rnn_sigmoid.value(a);
}

static double hyperbolic_tangent(double a) {
    return rnn_tanh.value(a);
}

struct function {
    const char *name;
    double (*ours)(double);
    int (*theirs)(mpfr_t, const mpfr_t, mpfr_rnd_t);
    double low, high; /* arguments are any bits in here, uniform in here, */
    double near, width; /* and within this range of this one */
    double bound; /* in units in the last place */
};
static const struct function functions[] = {
    { "exp", rnn_exp, mpfr_exp, -746, 709.782712893384, 0, 1, 1 },
    { "expm1", rnn_expm1, mpfr_expm1, -50, 709.782712893384, 0, 1, 1.2 },
    { "log", rnn_log, mpfr_log, 0, 1.79e308, 1, 0.5, 1 },
    { "log1p", rnn_log1p, mpfr_log1p, -1, 1.79e308, 0, 0.99, 1 },
    { "log10", rnn_log10, mpfr_log10, 0, 1.79e308, 1, 0.5, 1 },
    { "asin", rnn_asin, mpfr_asin, -1, 1, 0, 0.6, 1 },
    { "sigmoid", sigmoid, exact_sigmoid, -746, 40, 0, 20, 2.5 },
    { "tanh", hyperbolic_tangent, mpfr_tanh, -20, 20, 0, 1.5, 2.5 },
};
enum { FUNCTIONS = sizeof functions / sizeof *functions };

static double argument(const struct function *f, size_t i, uint64_t *seed) {
    const uint64_t word = next_word(seed);
    const double unit = (double)(word >> 11) * 0x1p-53;
    double any;
    memcpy(&any, &word, sizeof any);
    if (i % 3 == 0 && any >= f->low && any <= f->high)
        return any;
    return i % 3 == 1 ? f->low + unit * (f->high - f->low) : f->near + f->width * (2 * unit - 1);
}

static void measure(const struct function *f) {
    double worst = 0, at = 0;
    uint64_t seed = 1;
    for (size_t i = 0; i < ARGUMENTS; i++) {
        const double x = argument(f, i, &seed);
        mpfr_set_d(exact, x, MPFR_RNDN);
        f->theirs(exact, exact, MPFR_RNDN);
        const double error = ulps(f->ours(x), exact, work);
        if (!(error <= worst))
            worst = error, at = x;
    }
    printf("%s: %d arguments, at most %.3f ulp, at %a\n", f->name, ARGUMENTS, worst, at);
    ck_assert_double_gt(worst, 0.5);
    ck_assert_double_le(worst, f->bound);
}

START_TEST(each_function_is_within_its_bound) {
    begin();
    for (size_t f = 0; f < FUNCTIONS; f++)
        measure(&functions[f]);
    end();
}
END_TEST

/* Beyond where a function is finite, at its ends, and at zeros of either sign, as C has it. */
START_TEST(special_arguments_have_the_values_of_the_c_standard) {
    static double (*const theirs[])(double) = { exp, expm1, log, log1p, log10, asin };
    static const double special[] = { 0,   0x1p-1074, 1e-310,   0x1p-60, 1,   710, 800,
                                      1e5, 0x1p1023,  INFINITY, NAN,     1.5, 746, 1000 };
    for (size_t f = 0; f < sizeof theirs / sizeof *theirs; f++)
        for (size_t i = 0; i < sizeof special / sizeof *special; i++)
            for (int sign = -1; sign <= 1; sign += 2) {
                const double x = sign * special[i], ours = functions[f].ours(x), libm = theirs[f](x);
                const double unit = nextafter(fabs(libm), INFINITY) - fabs(libm);
                ck_assert_msg(isnan(libm)    ? isnan(ours)
                              : ours == libm ? !signbit(ours) == !signbit(libm)
                                             : fabs(ours - libm) <= 1.2 * unit,
                              "%s(%g) = %g, not %g", functions[f].name, x, ours, libm);
            }
}
END_TEST

START_TEST(powers_of_ten_have_whole_logarithms) {
    double x = 1;
    for (int n = 0; n <= 22; n++, x *= 10) /* exact up to there */
        ck_assert_double_eq(rnn_log10(x), n);
}
END_TEST

/* ---- functions of two ------------------------------------------------------------------------------- */

START_TEST(the_hypotenuse_is_within_its_bound) {
    double worst = 0;
    uint64_t seed = 1;
    mpfr_t y;
    begin();
    mpfr_init2(y, PRECISION);
    for (size_t i = 0; i < ARGUMENTS; i++) {
        const double a = argument(&functions[2], 3 * i, &seed),
                     b = a * argument(&functions[2], 3 * i + 2, &seed);
        const double x = i & 1 ? a : -a / 8;
        if (b > 1.7e308)
            continue;
        mpfr_set_d(exact, x, MPFR_RNDN);
        mpfr_set_d(y, b, MPFR_RNDN);
        mpfr_hypot(exact, exact, y, MPFR_RNDN);
        if (mpfr_cmp_d(exact, 1.79e308) < 0)
            worst = fmax(worst, ulps(i & 2 ? rnn_hypot(x, b) : rnn_hypot(b, x), exact, work));
    }
    mpfr_clear(y);
    end();
    printf("hypot: at most %.3f ulp\n", worst);
    ck_assert_double_gt(worst, 0.5);
    ck_assert_double_le(worst, 1.2);
    ck_assert_double_eq(rnn_hypot(0, -0.0), 0);
    ck_assert_double_eq(rnn_hypot(-3, 4), 5);
    ck_assert_double_eq(rnn_hypot(0, -0x1p-1074), 0x1p-1074);
    ck_assert_double_eq(rnn_hypot(-INFINITY, 1), INFINITY);
    ck_assert_double_nan(rnn_hypot(NAN, 1));
}
END_TEST

START_TEST(a_power_is_within_as_many_units_as_its_exponent) {
    uint64_t seed = 1;
    begin();
    for (size_t i = 0; i < 10000; i++) {
        const double x = 4 * argument(&functions[5], 1, &seed);
        const uint64_t n = next_word(&seed) % 200;
        mpfr_set_d(exact, x, MPFR_RNDN);
        mpfr_pow_ui(exact, exact, n, MPFR_RNDN);
        ck_assert_double_le(ulps(rnn_power(x, n), exact, work), fmax(1, (double)n));
    }
    end();
    ck_assert_double_eq(rnn_power(0, 0), 1);
    ck_assert_double_eq(rnn_power(-3, 5), -243);
    ck_assert_double_eq(rnn_power(2, 1023), 0x1p1023);
    ck_assert_double_eq(rnn_power(0.5, UINT64_MAX), 0);
}
END_TEST

UNIT_MAIN("elementary", log_of_a_uniform_is_within_one_unit_in_the_last_place,
          cosine_and_sine_of_a_uniform_turn_are_within_2e_16, each_function_is_within_its_bound,
          special_arguments_have_the_values_of_the_c_standard, powers_of_ten_have_whole_logarithms,
          the_hypotenuse_is_within_its_bound, a_power_is_within_as_many_units_as_its_exponent)
