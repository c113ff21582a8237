/* Mean-field predictions: printed values of the literature's formula, closed forms for relu and linear, and
 * an independent quadrature (Gauss-Legendre panels in long double) that must agree to 1e-10. */
#include "theory.h"
#include "unit.h"

#include <math.h>

/* ---- the reference ------------------------------------------------------------------------------- */

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

/* E[f(sqrt(q) z)^2], z ~ N(0, 1): five-point Gauss-Legendre on 800 panels of either half of |z| <= 12 */
static long double mean_square(long double (*f)(long double), long double q) {
    static const long double node[] = { 0, 0.538469310105683091036314420700209L,
                                        0.906179845938663992797626878299393L };
    static const long double weight[] = { 0.568888888888888888888888888888889L,
                                          0.478628670499366468041291514835638L,
                                          0.236926885056189087514264040719917L };
    enum { PANELS = 800 };
    const long double half = 6.0L / PANELS, norm = half / sqrtl(2 * acosl(-1));
    long double sum = 0;
    for (int panel = 0; panel < 2 * PANELS; panel++)
        for (int i = -2; i <= 2; i++) {
            const int j = i < 0 ? -i : i;
            const long double z = -12 + half * (2 * panel + 1 + (i < 0 ? -node[j] : node[j]));
            const long double y = f(sqrtl(q) * z);
            sum += weight[j] * norm * expl(-z * z / 2) * y * y;
        }
    return sum;
}

static struct rnn_theory solve(const struct rnn_activation *activation, double scale, double drive) {
    struct rnn_theory theory = { NAN, NAN, NAN };
    ck_assert_int_eq(rnn_theory_fixed_point(&theory, activation, scale, drive), RNN_OK);
    ck_assert_double_eq(theory.r, sqrt(theory.chi));
    return theory;
}

static const double allowed = 1e-10;

/* q is a root to `allowed`: the map rises above the diagonal just below q and falls under it just above. */
static void assert_root(const struct reference *reference, double scale, double drive, double q) {
    for (int side = -1; side <= 1; side += 2) {
        const long double beside = q + side * allowed;
        if (beside <= 0)
            continue;
        const long double excess = scale * scale * mean_square(reference->value, beside) + drive - beside;
        ck_assert_msg(side * excess < 0, "%s scale %g drive %g: q %.17g, side %d, excess %Lg",
                      reference->activation->name, scale, drive, q, side, excess);
    }
}

static void assert_reference(const struct reference *reference, double scale, double drive) {
    const struct rnn_theory theory = solve(reference->activation, scale, drive);
    ck_assert(isfinite(theory.q));
    assert_root(reference, scale, drive, theory.q);
    const long double chi = scale * scale * mean_square(reference->slope, theory.q);
    ck_assert_double_eq_tol(theory.chi, (double)chi, allowed);
}

/* ---- fixed points -------------------------------------------------------------------------------- */

START_TEST(driven_fixed_points_agree_with_an_independent_quadrature) {
    static const double scales[] = { 0.123, 0.713, 1, 1.385 }, drives[] = { 1e-3, 0.1, 1, 2.385 };
    for (int k = 0; k < REFERENCES; k++)
        for (int s = 0; s < 4; s++)
            for (int d = 0; d < 4; d++)
                if (k < 3 || scales[s] < 1) /* linear grows without bound from scale 1 on */
                    assert_reference(&references[k], scales[s], drives[d]);
}
END_TEST

START_TEST(bounded_activations_agree_at_large_scales) {
    static const double scales[] = { 1.856, 2.385, 5.5, 10.15 }, drives[] = { 0, 0.1, 7.13 };
    for (int k = 0; k < 2; k++)
        for (int s = 0; s < 4; s++)
            for (int d = 0; d < 3; d++)
                assert_reference(&references[k], scales[s], drives[d]);
}
END_TEST

/* Just above scale 1, q = (scale^2 - 1) / 2 to first order */
START_TEST(the_nonzero_root_just_above_the_transition_is_found) {
    static const double excess[] = { 0.05, 1e-3, 1e-5, 1e-7 };
    for (int i = 0; i < 4; i++) {
        const double scale = 1 + excess[i];
        const struct rnn_theory theory = solve(&rnn_tanh, scale, 0);
        ck_assert_double_eq_tol(theory.q / excess[i], 1, 4 * excess[i]);
        assert_root(&references[1], scale, 0, theory.q);
    }
}
END_TEST

START_TEST(relu_and_linear_follow_their_closed_forms) {
    static const double share[] = { 0.5, 1 }; /* of E[phi^2] and E[phi'^2] in q and 1 */
    static const double scales[] = { 0.123, 0.713, 0.999, 1.385 }, drives[] = { 0, 0.1, 2.385 };
    for (int k = 0; k < 2; k++)
        for (int s = 0; s < 4; s++)
            for (int d = 0; d < 3; d++) {
                const double chi = share[k] * scales[s] * scales[s];
                const struct rnn_theory theory = solve(k ? &rnn_linear : &rnn_relu, scales[s], drives[d]);
                ck_assert_double_eq_tol(theory.chi, chi, 1e-14);
                if (chi < 1)
                    ck_assert_double_eq_tol(theory.q * (1 - chi), drives[d], allowed);
                else
                    ck_assert_double_infinite(theory.q);
            }
}
END_TEST

START_TEST(growth_without_bound_is_infinite_from_the_transition_on) {
    for (int d = 0; d < 2; d++) {
        const double drive = 0.713 * d;
        ck_assert(solve(&rnn_relu, sqrt(2), drive).q == INFINITY);
        ck_assert(solve(&rnn_relu, 1.4142, drive).q < INFINITY);
        ck_assert(solve(&rnn_linear, 1, drive).q == INFINITY);
        ck_assert(solve(&rnn_linear, 0.9999, drive).q < INFINITY);
        ck_assert(solve(&rnn_tanh, 713, drive).q < INFINITY);
    }
    ck_assert_double_eq_tol(solve(&rnn_relu, 2.385, 0).r, 2.385 / sqrt(2), 1e-14);
    ck_assert_double_eq_tol(solve(&rnn_linear, 2.385, 0.713).r, 2.385, 1e-14);
}
END_TEST

START_TEST(without_drive_and_below_the_transition_the_state_dies) {
    static const double scales[] = { 0.123, 0.713, 0.999, 1 };
    for (int s = 0; s < 4; s++) {
        const struct rnn_theory theory = solve(&rnn_tanh, scales[s], 0);
        ck_assert_double_eq(theory.q, 0);
        ck_assert_double_eq_tol(theory.r, scales[s], 1e-15);
    }
    ck_assert_double_eq(solve(&rnn_relu, 1.385, 0).q, 0);
}
END_TEST

START_TEST(rates_are_the_printed_ones) {
    static const struct {
        const struct rnn_activation *activation;
        double scale, drive, r;
    } printed[] = {
        { &rnn_tanh, 0.5, 0.1, 0.4531 }, { &rnn_tanh, 1, 0.1, 0.8300 },  { &rnn_tanh, 1.5, 0.1, 1.0265 },
        { &rnn_tanh, 2, 0.1, 1.1504 },   { &rnn_sigmoid, 1, 0, 0.2361 }, { &rnn_sigmoid, 4, 0, 0.6316 },
    };
    for (size_t i = 0; i < sizeof printed / sizeof *printed; i++) {
        const double r = solve(printed[i].activation, printed[i].scale, printed[i].drive).r;
        ck_assert_double_eq_tol(r, printed[i].r, 5e-5);
    }
}
END_TEST

/* ---- critical scales ----------------------------------------------------------------------------- */

static double critical(const struct rnn_activation *activation, double drive) {
    double scale = NAN;
    ck_assert_int_eq(rnn_theory_critical_scale(&scale, activation, drive), RNN_OK);
    return scale;
}

START_TEST(critical_scales_are_the_printed_ones) {
    ck_assert_double_eq_tol(critical(&rnn_tanh, 0.1), 1.409, 5e-4);
    ck_assert_double_eq_tol(critical(&rnn_tanh, 1), 1.856, 5e-4);
    ck_assert_double_eq_tol(critical(&rnn_sigmoid, 0), 10.15, 5e-3);
}
END_TEST

START_TEST(exact_critical_scales_are_exact) {
    ck_assert_double_eq(critical(&rnn_tanh, 0), 1);
    static const double drives[] = { 0, 0.1, 2.385 };
    for (int d = 0; d < 3; d++) {
        ck_assert_double_eq_tol(critical(&rnn_relu, drives[d]), sqrt(2), 1e-15);
        ck_assert_double_eq_tol(critical(&rnn_linear, drives[d]), 1, 1e-15);
    }
}
END_TEST

START_TEST(chi_is_one_at_the_critical_scale) {
    static const double drives[] = { 0, 1e-3, 0.1, 1, 7.13 };
    for (int k = 0; k < 2; k++)
        for (int d = 0; d < 5; d++) {
            const double scale = critical(references[k].activation, drives[d]);
            const double q = solve(references[k].activation, scale, drives[d]).q;
            if (q > 0)
                assert_root(&references[k], scale, drives[d], q);
            const long double chi = scale * scale * mean_square(references[k].slope, q);
            ck_assert_double_eq_tol((double)chi, 1, allowed);
        }
}
END_TEST

/* Where phi is a step, int phi'^2 / sqrt(2 pi q) is E[phi'^2]: of tanh int phi'^2 = 4/3, of sigmoid 1/6. */
START_TEST(critical_scales_of_a_strong_drive_grow_like_its_fourth_root) {
    static const double drives[] = { 1e12, 1e15 };
    for (int k = 0; k < 2; k++)
        for (int d = 0; d < 2; d++) {
            const double expected = sqrt(sqrt(2 * acos(-1) * drives[d]) * (k ? 0.75 : 6));
            ck_assert_double_eq_tol(critical(references[k].activation, drives[d]) / expected, 1, 1e-5);
        }
}
END_TEST

/* At scale 1, q = sqrt(drive / 2) to first order: the slope of q -> next q is 1 but for 4 q. */
START_TEST(a_field_at_the_transition_is_held_by_the_weakest_drive) {
    static const double drives[] = { 1e-6, 1e-20, 1e-30, 1e-40 };
    for (int d = 0; d < 4; d++)
        ck_assert_double_eq_tol(solve(&rnn_tanh, 1, drives[d]).q, sqrt(drives[d] / 2),
                                fmax(drives[d], allowed));
}
END_TEST

/* ---- errors -------------------------------------------------------------------------------------- */

START_TEST(impossible_laws_are_refused_and_the_output_left_alone) {
    static const double scales[] = { 0, -0.713, INFINITY, NAN, 1, 1, 1 };
    static const double drives[] = { 0.1, 0.1, 0.1, 0.1, -0.713, INFINITY, NAN };
    for (int i = 0; i < 7; i++) {
        struct rnn_theory theory = { .q = 2.385 };
        ck_assert_int_eq(rnn_theory_fixed_point(&theory, &rnn_tanh, scales[i], drives[i]), RNN_BAD_LAW);
        ck_assert_double_eq(theory.q, 2.385);
        double scale = 2.385;
        const enum rnn_status expected = i < 4 ? RNN_OK : RNN_BAD_LAW;
        ck_assert_int_eq(rnn_theory_critical_scale(&scale, &rnn_tanh, drives[i]), expected);
        ck_assert(i < 4 || scale == 2.385);
    }
}
END_TEST

static double feeble(double a) {
    return 1e-7 * a;
}

static double feeble_slope(double a) {
    (void)a;
    return 1e-7;
}

START_TEST(a_critical_scale_beyond_1e6_is_not_found) {
    const struct rnn_activation beyond = { .name = "feeble", .value = feeble, .derivative = feeble_slope };
    double scale = 2.385;
    ck_assert_int_eq(rnn_theory_critical_scale(&scale, &beyond, 0), RNN_NO_CONVERGENCE);
    ck_assert_int_eq(rnn_theory_critical_scale(&scale, &beyond, 0.1), RNN_NO_CONVERGENCE);
    ck_assert_int_eq(rnn_theory_critical_scale(&scale, &rnn_tanh, 1e30), RNN_NO_CONVERGENCE);
    ck_assert_double_eq(scale, 2.385);
}
END_TEST

/* ---- cost ---------------------------------------------------------------------------------------- */

static const struct rnn_activation *counted;
static size_t asked;

static double counted_value(double a) {
    asked++;
    return counted->value(a);
}

static double counted_derivative(double a) {
    return counted->derivative(a);
}

/* A node asks for phi at z and -z. Bisection to the last bit, and within it another, took 220 000. */
START_TEST(a_fixed_point_and_a_critical_scale_take_few_values_of_phi) {
    const struct rnn_activation activation = { .value = counted_value, .derivative = counted_derivative };
    static const double scales[] = { 0.123, 0.999, 1.385, 10.15 }, drives[] = { 0, 1e-3, 0.1, 7.13 };
    for (int k = 0; k < REFERENCES; k++)
        for (int d = 0; d < 4; d++) {
            counted = references[k].activation;
            for (int s = 0; s < 4; s++) {
                asked = 0;
                solve(&activation, scales[s], drives[d]);
                ck_assert_uint_le(asked, 1500);
            }
            asked = 0;
            critical(&activation, drives[d]);
            ck_assert_uint_le(asked, 2000);
        }
}
END_TEST

START_TEST(no_law_takes_for_ever) {
    static const double huge[] = { 1e-300, 1e-30, 1e15, 1e30, 1e60, 1e160, 1e300 };
    for (int k = 0; k < REFERENCES; k++)
        for (int d = 0; d < 7; d++) {
            for (int s = 0; s < 7; s++)
                ck_assert(huge[d] - solve(references[k].activation, huge[s], huge[d]).q <=
                          allowed * fmax(1, huge[d]));
            double scale;
            const enum rnn_status status =
                rnn_theory_critical_scale(&scale, references[k].activation, huge[d]);
            ck_assert_int_eq(status, k < 2 && huge[d] > 1e15 ? RNN_NO_CONVERGENCE : RNN_OK);
        }
}
END_TEST

UNIT_MAIN("meanfield", driven_fixed_points_agree_with_an_independent_quadrature,
          bounded_activations_agree_at_large_scales, the_nonzero_root_just_above_the_transition_is_found,
          relu_and_linear_follow_their_closed_forms, growth_without_bound_is_infinite_from_the_transition_on,
          without_drive_and_below_the_transition_the_state_dies, rates_are_the_printed_ones,
          critical_scales_are_the_printed_ones, exact_critical_scales_are_exact,
          chi_is_one_at_the_critical_scale, critical_scales_of_a_strong_drive_grow_like_its_fourth_root,
          a_field_at_the_transition_is_held_by_the_weakest_drive,
          impossible_laws_are_refused_and_the_output_left_alone, a_critical_scale_beyond_1e6_is_not_found,
          a_fixed_point_and_a_critical_scale_take_few_values_of_phi, no_law_takes_for_ever)
