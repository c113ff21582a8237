/* Mean field of batch-normalised nets: an independent quadrature, closed forms, published values, and the
 * inequality behind "normalisation alone never lets a gradient vanish". */
#include "theory.h"
#include "unit.h"

#include <math.h>

static long double sigmoid(long double a) {
    return 1 / (1 + expl(-a));
}

static long double sigmoid_slope(long double a) {
    return sigmoid(a) * sigmoid(-a);
}

static long double tanh_slope(long double a) {
    const long double sech = 1 / coshl(a);
    return sech * sech;
}

static long double relu(long double a) {
    return a > 0 ? a : 0;
}

static long double relu_slope(long double a) {
    return a > 0;
}

static long double linear(long double a) {
    return a;
}

static long double linear_slope(long double a) {
    (void)a;
    return 1;
}

struct reference {
    const struct rnn_activation *activation;
    long double (*value)(long double), (*slope)(long double);
};
static const struct reference references[] = { { &rnn_sigmoid, sigmoid, sigmoid_slope },
                                               { &rnn_tanh, tanhl, tanh_slope },
                                               { &rnn_relu, relu, relu_slope },
                                               { &rnn_linear, linear, linear_slope } };
enum { REFERENCES = sizeof references / sizeof *references };

/* E[(f(deviation z) - centre)^power], z ~ N(0, 1): Simpson's rule on either half of |z| <= 12, so that a kink
 * at 0 is an end */
static long double mean_of(long double (*f)(long double), long double deviation, long double centre,
                           int power) {
    enum { PANELS = 4000 };
    const long double width = 12.0L / PANELS, norm = width / 6 / sqrtl(2 * acosl(-1));
    long double sum = 0;
    for (int side = -1; side <= 1; side += 2)
        for (int panel = 0; panel < PANELS; panel++)
            for (int i = 0; i <= 2; i++) {
                long double z = side * width * (panel + i / 2.0L);
                if (z == 0)
                    z = side * 1e-30L; /* the slope of a ReLU has its limit from this side */
                const long double y = f(deviation * z) - centre;
                sum += (i == 1 ? 4 : 1) * norm * expl(-z * z / 2) * (power == 2 ? y * y : y);
            }
    return sum;
}

static long double variance_of(const struct reference *reference, long double deviation) {
    const long double mean = mean_of(reference->value, deviation, 0, 1);
    return mean_of(reference->value, deviation, mean, 2);
}

static struct rnn_theory solve(const struct rnn_activation *activation, enum rnn_norm norm, double gamma,
                               double scale, double drive) {
    struct rnn_theory theory = { NAN, NAN, NAN };
    ck_assert_int_eq(rnn_theory_norm(&theory, activation, norm, gamma, scale, drive), RNN_OK);
    ck_assert_double_eq(theory.r, sqrt(theory.chi));
    return theory;
}

static const double gammas[] = { 0.0385, 0.1, 0.713, 1, 2.385, 5.13 }, drives[] = { 0, 0.1, 1.377 };
enum { GAMMAS = 6, DRIVES = 3 };

static void assert_reference(const struct reference *reference, double gamma, double drive) {
    const double scale = 1.213;
    const long double full = variance_of(reference, gamma) * scale * scale + drive;
    const long double expected =
        gamma * gamma * scale * scale * mean_of(reference->slope, gamma, 0, 2) / full;
    const struct rnn_theory theory = solve(reference->activation, RNN_NORM_FULL, gamma, scale, drive);
    ck_assert_double_eq_tol(theory.chi, (double)expected, 1e-10);
    ck_assert_double_eq_tol(theory.q, gamma * gamma, 1e-14 * theory.q);

    const long double q = (drive > 0 ? 2 : 1) * gamma * gamma;
    const long double alone =
        gamma * gamma * mean_of(reference->slope, sqrtl(q), 0, 2) / variance_of(reference, sqrtl(q));
    const struct rnn_theory separate = solve(reference->activation, RNN_NORM_SEPARATE, gamma, scale, drive);
    ck_assert_double_eq_tol(separate.chi, (double)alone, 1e-10);
    ck_assert_double_eq_tol(separate.q, (double)q, 1e-14 * separate.q);
}

START_TEST(chi_agrees_with_an_independent_quadrature) {
    for (int k = 0; k < REFERENCES; k++)
        for (int g = 0; g < GAMMAS; g++)
            for (int d = 0; d < DRIVES; d++)
                assert_reference(&references[k], gammas[g], drives[d]);
}
END_TEST

START_TEST(a_normalised_input_is_a_drive_of_gamma_squared) {
    for (int k = 0; k < REFERENCES; k++)
        for (int d = 0; d < DRIVES; d++) {
            struct rnn_theory plain;
            const double drive = drives[d] > 0 ? 0.713 * 0.713 : 0;
            ck_assert_int_eq(rnn_theory_fixed_point(&plain, references[k].activation, 0.9, drive), RNN_OK);
            const struct rnn_theory input =
                solve(references[k].activation, RNN_NORM_INPUT, 0.713, 0.9, drives[d]);
            ck_assert_double_eq(input.chi, plain.chi);
            ck_assert_double_eq(input.q, plain.q);
            ck_assert_int_eq(rnn_theory_fixed_point(&plain, references[k].activation, 0.9, drives[d]),
                             RNN_OK);
            ck_assert_double_eq(solve(references[k].activation, RNN_NO_NORM, NAN, 0.9, drives[d]).chi,
                                plain.chi);
        }
}
END_TEST

START_TEST(relu_and_linear_follow_their_closed_forms) {
    for (int g = 0; g < GAMMAS; g++)
        for (int n = 0; n < 2; n++) {
            const enum rnn_norm norm = n ? RNN_NORM_SEPARATE : RNN_NORM_FULL;
            const struct rnn_theory relu_theory = solve(&rnn_relu, norm, gammas[g], 0.713, 0);
            ck_assert_double_eq_tol(relu_theory.chi, M_PI / (M_PI - 1), 1e-13); /* Yang et al. 2019 */
            ck_assert_double_eq_tol(solve(&rnn_linear, norm, gammas[g], 0.713, 0).chi, 1, 1e-13);
        }
    ck_assert_double_eq_tol(solve(&rnn_linear, RNN_NORM_SEPARATE, 2.385, 0.713, 0.1).chi, 0.5, 1e-13);
    ck_assert_double_eq_tol(solve(&rnn_linear, RNN_NORM_FULL, 0.5, 2, 0.25).chi, 0.8, 1e-13);
}
END_TEST

START_TEST(without_input_no_normalised_net_vanishes) {
    for (int k = 0; k < REFERENCES; k++)
        for (double gamma = 1e-3; gamma < 1e3; gamma *= 1.377)
            for (int n = 0; n < 2; n++) {
                const enum rnn_norm norm = n ? RNN_NORM_SEPARATE : RNN_NORM_FULL;
                const struct rnn_theory theory = solve(references[k].activation, norm, gamma, 0.713, 0);
                ck_assert_double_ge(theory.chi, 1 - 1e-12);
            }
}
END_TEST

START_TEST(impossible_laws_are_refused_and_the_output_left_alone) {
    static const double wrong[] = { 0, -0.713, INFINITY, NAN };
    struct rnn_theory theory = { .q = 2.385 };
    for (int n = RNN_NORM_INPUT; n <= RNN_NORM_SEPARATE; n++)
        for (int i = 0; i < 4; i++) {
            const double drive = i ? wrong[i] : -1;
            ck_assert_int_eq(rnn_theory_norm(&theory, &rnn_tanh, n, wrong[i], 1, 0.1), RNN_BAD_LAW);
            ck_assert_int_eq(rnn_theory_norm(&theory, &rnn_tanh, n, 1, wrong[i], 0.1), RNN_BAD_LAW);
            ck_assert_int_eq(rnn_theory_norm(&theory, &rnn_tanh, n, 1, 1, drive), RNN_BAD_LAW);
        }
    ck_assert_int_eq(rnn_theory_norm(&theory, &rnn_tanh, RNN_NO_NORM, 1, 0, 0.1), RNN_BAD_LAW);
    ck_assert_int_eq(rnn_theory_norm(&theory, &rnn_tanh, 0, 1, 1, 0.1), RNN_BAD_LAW);
    ck_assert_int_eq(rnn_theory_norm(&theory, &rnn_tanh, RNN_NORM_SEPARATE + 1, 1, 1, 0.1), RNN_BAD_LAW);
    ck_assert_double_eq(theory.q, 2.385);
}
END_TEST

UNIT_MAIN("meanfield_norm", chi_agrees_with_an_independent_quadrature,
          a_normalised_input_is_a_drive_of_gamma_squared, relu_and_linear_follow_their_closed_forms,
          without_input_no_normalised_net_vanishes, impossible_laws_are_refused_and_the_output_left_alone)
