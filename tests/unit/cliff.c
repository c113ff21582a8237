/* The error cliff against a second implementation and a closed form. */
#include "theory.h"
#include "unit.h"

#include <complex.h>
#include <math.h>

typedef long double complex number;

static number error_at(number w, number b) {
    number x = 0.5L;
    for (int t = 0; t < 50; t++)
        x = w / (1 + cexpl(-x)) + b;
    const number miss = 1 / (1 + cexpl(-x)) - 0.7L;
    return miss * miss;
}

static double central(long double w, long double b, long double dw, long double db) {
    const long double far = creall(error_at(w + 2 * dw, b + 2 * db) - error_at(w - 2 * dw, b - 2 * db));
    const long double near = creall(error_at(w + dw, b + db) - error_at(w - dw, b - db));
    return (double)((8 * near - far) / (12 * (dw + db)));
}

/* Over the surface, off the ridge itself, where a difference would need a step below 1e-13. */
START_TEST(error_and_slopes_are_right) {
    const long double tiny = 1e-40L, step = 1e-6L;
    int compared = 0;
    for (long double w = 3.0119L; w < 7; w += 0.3713L)
        for (long double b = -3.9871L; b < -1; b += 0.2909L) {
            const struct rnn_cliff cliff = rnn_cliff((double)w, (double)b, 50);
            const long double v = (double)w, c = (double)b;
            const double dw = (double)(cimagl(error_at(v + tiny * I, c)) / tiny);
            const double db = (double)(cimagl(error_at(v, c + tiny * I)) / tiny);
            const double size = hypot(dw, db);
            ck_assert_double_eq_tol(cliff.error, (double)creall(error_at(v, c)), 1e-13);
            ck_assert_double_eq_tol(cliff.dw, dw, 1e-11 * (1 + size));
            ck_assert_double_eq_tol(cliff.db, db, 1e-11 * (1 + size));
            if (size > 1)
                continue;
            ck_assert_double_eq_tol(cliff.dw, central(v, c, step, 0), 1e-10);
            ck_assert_double_eq_tol(cliff.db, central(v, c, 0, step), 1e-10);
            compared++;
        }
    ck_assert_int_gt(compared, 100);
}
END_TEST

/* On b = 0.5 - w sigmoid(0.5) the state rests at 0.5, and dx_50/db = (m^50 - 1) / (m - 1), m = w
 * sigmoid'(0.5). A repelling m > 1 multiplies the rounding of b too, so the longest here is 1.2^50 = 1e4. */
START_TEST(at_rest_the_slope_is_a_geometric_series) {
    static const double multipliers[] = { 0.713, 0.95, 1.2 };
    const double s = 1 / (1 + exp(-0.5)), slope = s * (1 - s);
    for (int i = 0; i < 3; i++) {
        const double m = multipliers[i], w = m / slope, sum = (pow(m, 50) - 1) / (m - 1);
        const struct rnn_cliff cliff = rnn_cliff(w, 0.5 - w * s, 50);
        ck_assert_double_eq_tol(cliff.error, (s - 0.7) * (s - 0.7), 1e-10);
        ck_assert_double_eq_tol(cliff.db / (2 * (s - 0.7) * slope * sum), 1, 1e-9);
        ck_assert_double_eq_tol(cliff.dw / cliff.db, s, 1e-9);
    }
}
END_TEST

START_TEST(no_step_leaves_the_start) {
    const struct rnn_cliff cliff = rnn_cliff(5.119, -2.385, 0);
    ck_assert_double_eq_tol(cliff.error, pow(1 / (1 + exp(-0.5)) - 0.7, 2), 1e-16);
    ck_assert_double_eq(cliff.dw, 0);
    ck_assert_double_eq(cliff.db, 0);
}
END_TEST

START_TEST(the_slope_is_finite_far_away) {
    static const double far[] = { 1e5, -1e5 };
    for (int i = 0; i < 4; i++) {
        const struct rnn_cliff cliff = rnn_cliff(far[i / 2], far[i % 2], 50);
        ck_assert(isfinite(cliff.error) && isfinite(cliff.dw) && isfinite(cliff.db));
    }
}
END_TEST

UNIT_MAIN("cliff", error_and_slopes_are_right, at_rest_the_slope_is_a_geometric_series,
          no_step_leaves_the_start, the_slope_is_finite_far_away)
