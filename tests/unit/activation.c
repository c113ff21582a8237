/* The four tables: against long double in the middle and in the tails, and against their kernels. */
#include "kernels/kernels.h"
#include "rnn.h"
#include "unit.h"

#include <float.h>
#include <math.h>

static const double points[] = { -700,   -345.6, -40,   -19.3, -2.385, -0.713, -1e-9, -3e-160,
                                 3e-160, 1e-9,   0.713, 2.385, 19.3,   40,     345.6, 700 };
enum { POINTS = sizeof points / sizeof *points };

/* Relative to the reference, or absolute below the smallest normal double */
static void assert_accurate(double measured, long double reference) {
    const double allowed = 4 * DBL_EPSILON * fabs((double)reference) + DBL_MIN;
    ck_assert_double_eq_tol(measured, (double)reference, allowed);
}

START_TEST(sigmoid_and_its_derivative_are_accurate_in_both_tails) {
    for (int i = 0; i < POINTS; i++) {
        const long double a = points[i], other = 1 / (1 + expl(a)), value = 1 / (1 + expl(-a));
        assert_accurate(rnn_sigmoid.value(points[i]), value);
        assert_accurate(rnn_sigmoid.derivative(points[i]), value * other);
    }
}
END_TEST

START_TEST(tanh_derivative_is_sech_squared_without_cancellation) {
    for (int i = 0; i < POINTS; i++) {
        const long double sech = 1 / coshl(points[i]);
        assert_accurate(rnn_tanh.value(points[i]), tanhl(points[i]));
        assert_accurate(rnn_tanh.derivative(points[i]), sech * sech);
    }
    ck_assert_double_gt(rnn_tanh.derivative(-40), 7e-35); /* where 1 - tanh^2 is 0 */
}
END_TEST

START_TEST(relu_and_linear_are_exact) {
    for (int i = 0; i < POINTS; i++) {
        ck_assert_double_eq(rnn_relu.value(points[i]), points[i] > 0 ? points[i] : 0);
        ck_assert_double_eq(rnn_relu.derivative(points[i]), points[i] > 0 ? 1 : 0);
        ck_assert_double_eq(rnn_linear.value(points[i]), points[i]);
        ck_assert_double_eq(rnn_linear.derivative(points[i]), 1);
    }
    ck_assert_double_eq(rnn_relu.derivative(0), 0);
}
END_TEST

static const struct rnn_activation *const all[] = { &rnn_sigmoid, &rnn_tanh, &rnn_relu, &rnn_linear };
enum { ALL = sizeof all / sizeof *all };

START_TEST(nothing_overflows_at_the_ends_of_double) {
    const double ends[] = { -INFINITY, -DBL_MAX, -745.2, 745.2, DBL_MAX, INFINITY };
    for (int k = 0; k < ALL; k++)
        for (int i = 0; i < 6; i++) {
            const double slope = all[k]->derivative(ends[i]);
            ck_assert(slope >= 0 && slope <= all[k]->gamma);
            ck_assert(!isnan(all[k]->value(ends[i])));
        }
    ck_assert_double_eq(rnn_sigmoid.value(-INFINITY), 0);
    ck_assert_double_eq(rnn_sigmoid.value(INFINITY), 1);
}
END_TEST

START_TEST(a_nan_is_not_hidden) {
    for (int k = 0; k < ALL; k++)
        ck_assert_double_nan(all[k]->value(NAN));
}
END_TEST

START_TEST(gamma_is_the_supremum_of_the_derivative) {
    for (int k = 0; k < ALL; k++) {
        double largest = 0;
        for (int i = -40000; i <= 40000; i++)
            largest = fmax(largest, fabs(all[k]->derivative(i / 4000.0)));
        ck_assert_double_eq(largest, all[k]->gamma);
    }
}
END_TEST

START_TEST(derivative_is_the_central_difference_of_value) {
    for (int k = 0; k < ALL; k++)
        for (double a = -5.31; a < 6; a += 0.713) {
            const double step = 1e-5, rise = all[k]->value(a + step) - all[k]->value(a - step);
            ck_assert_double_eq_tol(all[k]->derivative(a), rise / (2 * step), 1e-9);
        }
}
END_TEST

START_TEST(each_table_names_its_own_kernels) {
    ck_assert_str_eq(rnn_sigmoid.name, "sigmoid");
    ck_assert_str_eq(rnn_tanh.name, "tanh");
    ck_assert_str_eq(rnn_relu.name, "relu");
    ck_assert_str_eq(rnn_linear.name, "linear");
    ck_assert(rnn_sigmoid.forward == k_sigmoid && rnn_sigmoid.backward == k_sigmoid_back);
    ck_assert(rnn_tanh.forward == k_tanh && rnn_tanh.backward == k_tanh_back);
    ck_assert(rnn_relu.forward == k_relu && rnn_relu.backward == k_relu_back);
    ck_assert(rnn_linear.forward == k_linear && rnn_linear.backward == k_linear_back);
}
END_TEST

START_TEST(kernels_and_table_agree) {
    for (int k = 0; k < ALL; k++)
        for (double a = -5.31; a < 6; a += 0.713) {
            const double upstream = 1.7;
            double h = a, da;
            ck_assert_int_eq(all[k]->forward(&h, 1), 1);
            ck_assert_double_eq(all[k]->backward(&da, &upstream, &h, 1), upstream * upstream);
            ck_assert_double_eq_tol(h, all[k]->value(a), 1e-14);
            ck_assert_double_eq_tol(da, 1.7 * all[k]->derivative(a), 1e-14);
        }
}
END_TEST

UNIT_MAIN("activation", sigmoid_and_its_derivative_are_accurate_in_both_tails,
          tanh_derivative_is_sech_squared_without_cancellation, relu_and_linear_are_exact,
          nothing_overflows_at_the_ends_of_double, a_nan_is_not_hidden,
          gamma_is_the_supremum_of_the_derivative, derivative_is_the_central_difference_of_value,
          each_table_names_its_own_kernels, kernels_and_table_agree)
