/* The fit on logs whose answer is known beforehand. What a pass measures is in crossing.c. */
#include "measure.h"
#include "unit.h"

#include <math.h>

enum { T = 50 };

/* A net that consists of its log: ln ||dL/dh_t|| at lag k = T - t is log_dh[T - 1 - k]. */
static struct rnn net_of(double *log_dh) {
    return (struct rnn){ .spec = { .length = T }, .log_dh = log_dh };
}

static void fill_line(double *log_dh, double intercept, double slope) {
    for (int k = 0; k < T; k++)
        log_dh[T - 1 - k] = intercept + slope * k;
}

START_TEST(an_exact_decay_is_recovered) {
    static const double slopes[] = { -0.713, 0.2385, -300.7 }; /* the last: e^-14734, far below a double */
    double log_dh[T];
    struct rnn net = net_of(log_dh);
    for (int i = 0; i < 3; i++) {
        struct rnn_decay decay;
        fill_line(log_dh, -2.385, slopes[i]);
        ck_assert_int_eq(rnn_decay_fit(&decay, &net, 3, T - 1), RNN_OK);
        ck_assert_double_eq_tol(decay.slope / slopes[i], 1, 1e-14);
        ck_assert_double_eq_tol(decay.r, exp(slopes[i]), 1e-14);
        ck_assert_double_eq_tol(decay.half_life, log(2) / fabs(slopes[i]), 1e-13);
        ck_assert_double_lt(decay.error, 1e-13);
    }
}
END_TEST

START_TEST(only_the_lags_asked_for_count) {
    double log_dh[T];
    struct rnn net = net_of(log_dh);
    struct rnn_decay decay;
    fill_line(log_dh, 0.385, -0.713);
    for (int k = 0; k < T; k++)
        if (k < 7 || k > 9)
            log_dh[T - 1 - k] = NAN;
    ck_assert_int_eq(rnn_decay_fit(&decay, &net, 7, 9), RNN_OK);
    ck_assert_double_eq_tol(decay.slope, -0.713, 1e-14);
}
END_TEST

/* y = 0, 1, 1, 4 at k = 0..3: slope 6/5, residual sum of squares 9 - 36/5, error sqrt(1.8 / 2 / 5) */
START_TEST(the_standard_error_is_that_of_the_textbook) {
    double log_dh[T] = { 0 };
    struct rnn net = net_of(log_dh);
    struct rnn_decay decay;
    log_dh[T - 2] = log_dh[T - 3] = 1;
    log_dh[T - 4] = 4;
    ck_assert_int_eq(rnn_decay_fit(&decay, &net, 0, 3), RNN_OK);
    ck_assert_double_eq_tol(decay.slope, 1.2, 1e-15);
    ck_assert_double_eq_tol(decay.error, sqrt(0.18), 1e-15);
}
END_TEST

START_TEST(lags_outside_the_run_or_fewer_than_three_are_refused) {
    static const size_t ranges[][2] = { { 0, T },        { 7, 8 },
                                        { 7, 7 },        { 9, 7 },
                                        { 0, 1 },        { SIZE_MAX, 20 },
                                        { 0, SIZE_MAX }, { SIZE_MAX - 2, SIZE_MAX } };
    double log_dh[T] = { 0 };
    struct rnn net = net_of(log_dh);
    struct rnn_decay decay = { .slope = 2.385 };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        ck_assert_int_eq(rnn_decay_fit(&decay, &net, ranges[i][0], ranges[i][1]), RNN_BAD_RANGE);
    ck_assert_double_eq(decay.slope, 2.385);
    ck_assert_int_eq(rnn_decay_fit(&decay, &net, T - 3, T - 1), RNN_OK);
}
END_TEST

START_TEST(a_zero_gradient_has_no_slope) {
    double log_dh[T];
    struct rnn net = net_of(log_dh);
    struct rnn_decay decay = { .slope = 2.385 };
    fill_line(log_dh, 0.385, -0.713);
    log_dh[T - 1 - 20] = -INFINITY;
    ck_assert_int_eq(rnn_decay_fit(&decay, &net, 0, 20), RNN_ZERO);
    ck_assert_double_eq(decay.slope, 2.385);
    ck_assert_int_eq(rnn_decay_fit(&decay, &net, 0, 19), RNN_OK);
}
END_TEST

UNIT_MAIN("decay", an_exact_decay_is_recovered, only_the_lags_asked_for_count,
          the_standard_error_is_that_of_the_textbook, lags_outside_the_run_or_fewer_than_three_are_refused,
          a_zero_gradient_has_no_slope)
