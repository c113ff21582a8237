/* How far a gradient has turned, against angles known beforehand and against another formula. */
#include "measure.h"
#include "unit.h"

#include <math.h>

enum { COUNT = 1000 };
static double g[COUNT], c[COUNT];

/* A plane in which g lies, and c at this angle to it. */
static void turn_by(double angle, double factor) {
    double across[COUNT], gg = 0, ga = 0, aa = 0;
    rnn_gaussian(g, COUNT, 2.385, (struct rnn_stream){ 1, RNN_FOR_TASK, 0 });
    rnn_gaussian(across, COUNT, 0.713, (struct rnn_stream){ 2, RNN_FOR_TASK, 0 });
    for (int i = 0; i < COUNT; i++) {
        gg += g[i] * g[i];
        ga += g[i] * across[i];
    }
    for (int i = 0; i < COUNT; i++) {
        across[i] -= ga / gg * g[i];
        aa += across[i] * across[i];
    }
    for (int i = 0; i < COUNT; i++)
        c[i] = factor * (cos(angle) * g[i] + sin(angle) * sqrt(gg / aa) * across[i]);
}

START_TEST(an_angle_is_found_whatever_its_size_and_the_factors) {
    static const double angles[] = { 1e-9, 1e-4, 0.0713, 0.713, 1.5, 2.385 };
    for (int i = 0; i < 6; i++) {
        struct rnn_turn turn;
        turn_by(angles[i], 1e100);
        ck_assert_int_eq(rnn_turn_measure(&turn, g, c, COUNT), RNN_OK);
        ck_assert_double_eq_tol(turn.angle, angles[i], 2e-15);
        ck_assert_double_eq_tol(turn.cosine, cos(angles[i]), 2e-15);
        ck_assert_double_eq(turn.changed, 1);
    }
}
END_TEST

/* W. Kahan: 2 atan(|x |y| - y |x|| / |x |y| + y |x||), in long double */
START_TEST(another_formula_gives_the_same_to_the_last_bits) {
    struct rnn_turn turn;
    long double gg = 0, cc = 0, minus = 0, plus = 0, gc = 0;
    turn_by(1.1, 0.377);
    for (int i = 0; i < COUNT; i++)
        c[i] = fmax(-0.385, fmin(0.385, g[i] - c[i]));
    for (int i = 0; i < COUNT; i++) {
        gg += (long double)g[i] * g[i];
        cc += (long double)c[i] * c[i];
        gc += (long double)g[i] * c[i];
    }
    for (int i = 0; i < COUNT; i++) {
        const long double x = g[i] * sqrtl(cc), y = c[i] * sqrtl(gg);
        minus += (x - y) * (x - y);
        plus += (x + y) * (x + y);
    }
    ck_assert_int_eq(rnn_turn_measure(&turn, g, c, COUNT), RNN_OK);
    ck_assert_double_eq_tol(turn.angle, (double)(2 * atan2l(sqrtl(minus), sqrtl(plus))), 1e-15);
    /* the logarithms of the norms, about 4, are known to 2^-52, and so is the sum */
    ck_assert_double_eq_tol(turn.cosine, (double)(gc / sqrtl(gg * cc)), 2e-15);
}
END_TEST

START_TEST(the_share_of_changed_entries_is_counted) {
    static const double before[] = { 2.385, -0.713, 0, 0.377, 1.385 }, after[] = { 1, -0.713, 0, 0.377, 1 };
    struct rnn_turn turn;
    ck_assert_int_eq(rnn_turn_measure(&turn, before, after, 5), RNN_OK);
    ck_assert_double_eq(turn.changed, 0.4);
    ck_assert_int_eq(rnn_turn_measure(&turn, before, before, 5), RNN_OK);
    ck_assert_double_eq(turn.changed, 0);
    ck_assert_double_eq(turn.angle, 0);
}
END_TEST

START_TEST(the_opposite_is_half_a_turn) {
    static const double before[] = { 3, 4 }, after[] = { -3, -4 };
    struct rnn_turn turn;
    ck_assert_int_eq(rnn_turn_measure(&turn, before, after, 2), RNN_OK);
    ck_assert_double_eq_tol(turn.angle, M_PI, 1e-15);
    ck_assert_double_eq_tol(turn.cosine, -1, 1e-15);
}
END_TEST

START_TEST(what_has_no_direction_is_refused) {
    static const double some[] = { 2.385, -0.713 }, none[] = { 0, 0 }, lost[] = { 2.385, NAN },
                        most[] = { 1.7e308, 1.7e308 };
    struct rnn_turn turn = { .angle = 0.377 };
    ck_assert_int_eq(rnn_turn_measure(&turn, some, none, 2), RNN_ZERO);
    ck_assert_int_eq(rnn_turn_measure(&turn, none, some, 2), RNN_ZERO);
    ck_assert_int_eq(rnn_turn_measure(&turn, some, lost, 2), RNN_DIVERGED);
    ck_assert_int_eq(rnn_turn_measure(&turn, lost, some, 2), RNN_DIVERGED);
    ck_assert_int_eq(rnn_turn_measure(&turn, most, some, 2), RNN_DIVERGED);
    ck_assert_double_eq(turn.angle, 0.377);
}
END_TEST

UNIT_MAIN("turn", an_angle_is_found_whatever_its_size_and_the_factors,
          another_formula_gives_the_same_to_the_last_bits, the_share_of_changed_entries_is_counted,
          the_opposite_is_half_a_turn, what_has_no_direction_is_refused)
