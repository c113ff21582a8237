/* Numbers of any size: powers of two taken out exactly. */
#include "net/net.h"
#include "unit.h"

#include <math.h>
#include <string.h>

enum { N = 5 };
static const double sample[N] = { 2.385, -0.713, 0.0917, -3.119, 1.477 };

START_TEST(a_power_of_two_is_exact_even_where_it_is_no_double) {
    static const int powers[] = { 0, 1, -1, 700, -700, 1500, -1501, 2040 };
    for (size_t i = 0; i < sizeof powers / sizeof *powers; i++) {
        double x[N];
        for (size_t j = 0; j < N; j++)
            x[j] = ldexp(sample[j], -powers[i] / 2); /* so that neither end leaves double */
        rnn_scale_by_power(x, powers[i], N);
        for (size_t j = 0; j < N; j++)
            ck_assert_double_eq(x[j], ldexp(sample[j], powers[i] - powers[i] / 2));
    }
}
END_TEST

/* y is brought along, and the larger of the two decides. */
START_TEST(two_vectors_are_brought_near_one_together) {
    static const int powers[][2] = { { -600, -900 }, { 900, 600 }, { -900, -600 }, { 3, 3 } };
    for (size_t i = 0; i < sizeof powers / sizeof *powers; i++) {
        double x[N], y[N];
        int exponent = 40;
        for (size_t j = 0; j < N; j++) {
            x[j] = ldexp(sample[j], powers[i][0]);
            y[j] = ldexp(sample[j], powers[i][1]);
        }
        ck_assert_int_eq(rnn_rescale(x, y, N, &exponent), RNN_OK);
        ck_assert_int_eq(exponent,
                         40 + 1 + (int)fmax(powers[i][0], powers[i][1])); /* 3.119 is 2^1 and more */
        for (size_t j = 0; j < N; j++) {
            ck_assert_double_eq(x[j], ldexp(sample[j], powers[i][0] - exponent + 40));
            ck_assert_double_eq(y[j], ldexp(sample[j], powers[i][1] - exponent + 40));
        }
    }
}
END_TEST

START_TEST(what_has_no_size_is_left_alone) {
    static const double wrong[] = { NAN, INFINITY, -INFINITY };
    double x[N] = { 0 }, y[N] = { 0 };
    int exponent = 7;
    ck_assert_int_eq(rnn_rescale(x, NULL, N, &exponent), RNN_ZERO);
    ck_assert_int_eq(rnn_rescale(x, y, N, &exponent), RNN_ZERO);
    for (int i = 0; i < 3; i++) {
        memcpy(x, sample, sizeof x);
        memcpy(y, sample, sizeof y);
        y[3] = wrong[i];
        ck_assert_int_eq(rnn_rescale(x, y, N, &exponent), RNN_DIVERGED);
        ck_assert_int_eq(rnn_rescale(y, NULL, N, &exponent), RNN_DIVERGED);
        ck_assert_mem_eq(x, sample, sizeof x);
    }
    ck_assert_int_eq(exponent, 7);
}
END_TEST

START_TEST(no_power_is_too_large) {
    double up[] = { 0, 0x1p-1074, -1, 0x1p-1074 }, down[] = { 0, 0x1p1000, -0x1p-900, 0x1p1000 };
    rnn_scale_by_power(up, 2050, 3);
    rnn_scale_by_power(up + 3, 2147483647, 1);
    ck_assert_double_eq(up[0], 0);
    ck_assert_double_eq(up[1], 0x1p976);
    ck_assert_double_eq(up[2], -INFINITY);
    ck_assert_double_eq(up[3], INFINITY);
    rnn_scale_by_power(down, -2060, 3);
    rnn_scale_by_power(down + 3, -2147483647, 1);
    ck_assert_double_eq(down[0], 0);
    ck_assert_double_eq(down[1], 0x1p-1060);
    ck_assert_double_eq(down[2], 0);
    ck_assert_double_eq(down[3], 0);
}
END_TEST

UNIT_MAIN("rescale", a_power_of_two_is_exact_even_where_it_is_no_double,
          two_vectors_are_brought_near_one_together, what_has_no_size_is_left_alone, no_power_is_too_large)
