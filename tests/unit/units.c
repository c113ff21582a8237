/* What is said of units, on states whose answer is known beforehand. */
#include "measure.h"
#include "unit.h"

#include <math.h>
#include <string.h>

enum { STEPS = 6, B = 3, H = 133 }; /* more units than are looked at together, and no multiple of it */
static double h[(STEPS + 1) * B * H];

static struct rnn states_of(const struct rnn_activation *activation) {
    return (struct rnn){ .spec = { .cell = &rnn_elman,
                                   .activation = activation,
                                   .length = STEPS,
                                   .segment = STEPS,
                                   .reads = 1,
                                   .batch = B,
                                   .hidden = H },
                         .h = h };
}

/* Activations a spread over -6..6, h = phi(a); the reference is the table's derivative of a. */
static void assert_slopes(const struct rnn_activation *activation, size_t first, size_t last) {
    double squares = 0, saturated = 0;
    for (size_t i = 0; i < (STEPS + 1) * B * H; i++) {
        const double a = 6 * sin(2.385 * (double)i + 0.713), slope = activation->derivative(a);
        h[i] = activation->value(a);
        if (i >= first * B * H && i < (last + 1) * B * H) {
            squares += slope * slope;
            saturated += fabs(slope) < 0.01 * activation->gamma;
        }
    }
    const struct rnn net = states_of(activation);
    const double count = (double)((last - first + 1) * B * H);
    struct rnn_slopes slopes;
    ck_assert_int_eq(rnn_slopes_measure(&slopes, &net, first, last), RNN_OK);
    ck_assert_double_eq_tol(slopes.mean_square_derivative, squares / count, 1e-13);
    ck_assert_double_eq_tol(slopes.saturated, saturated / count, 1e-15);
}

START_TEST(slopes_are_those_of_the_derivative_table) {
    static const struct rnn_activation *const all[] = { &rnn_sigmoid, &rnn_tanh, &rnn_relu, &rnn_linear };
    for (int k = 0; k < 4; k++) {
        assert_slopes(all[k], 1, STEPS);
        assert_slopes(all[k], 2, 4);
        assert_slopes(all[k], STEPS, STEPS);
    }
}
END_TEST

START_TEST(a_segment_is_counted_from_its_own_first_step) {
    struct rnn_slopes whole, part;
    assert_slopes(&rnn_tanh, 3, STEPS);
    struct rnn net = states_of(&rnn_tanh);
    ck_assert_int_eq(rnn_slopes_measure(&whole, &net, 3, STEPS), RNN_OK);
    net.from = 2;
    net.h = h + net.from * B * H;
    net.spec.segment = 4;
    ck_assert_int_eq(rnn_slopes_measure(&part, &net, 3, STEPS), RNN_OK);
    ck_assert_mem_eq(&whole, &part, sizeof whole);
}
END_TEST

START_TEST(a_unit_is_dead_only_if_silent_in_every_sequence_and_step) {
    memset(h, 0, sizeof h);
    const struct rnn net = states_of(&rnn_relu);
    struct rnn_slopes slopes;
    ck_assert_int_eq(rnn_slopes_measure(&slopes, &net, 2, 4), RNN_OK);
    ck_assert_double_eq(slopes.dead, 1);
    h[(2 * B + 0) * H + 0] = h[(4 * B + 2) * H + 132] = h[(3 * B + 1) * H + 64] = 0.713; /* within */
    h[(1 * B + 2) * H + 70] = h[(5 * B + 0) * H + 71] = 0.713; /* outside */
    ck_assert_int_eq(rnn_slopes_measure(&slopes, &net, 2, 4), RNN_OK);
    ck_assert_double_eq_tol(slopes.dead, (H - 3.0) / H, 1e-15);
    ck_assert_double_eq_tol(slopes.mean_square_derivative, 3.0 / (3 * B * H), 1e-17);
}
END_TEST

START_TEST(steps_outside_the_run_are_refused) {
    static const size_t ranges[][2] = { { 0, 3 }, { 1, STEPS + 1 }, { 4, 3 }, { SIZE_MAX, SIZE_MAX } };
    const struct rnn net = states_of(&rnn_tanh);
    struct rnn_slopes slopes = { .dead = 2.385 };
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        ck_assert_int_eq(rnn_slopes_measure(&slopes, &net, ranges[i][0], ranges[i][1]), RNN_BAD_RANGE);
    struct rnn segmented = net; /* after a backward pass only the first segment is kept */
    segmented.spec.segment = 4;
    ck_assert_int_eq(rnn_slopes_measure(&slopes, &segmented, 2, 5), RNN_BAD_RANGE);
    ck_assert_double_eq(slopes.dead, 2.385);
    ck_assert_int_eq(rnn_slopes_measure(&slopes, &segmented, 2, 4), RNN_OK);
}
END_TEST

UNIT_MAIN("units", slopes_are_those_of_the_derivative_table, a_segment_is_counted_from_its_own_first_step,
          a_unit_is_dead_only_if_silent_in_every_sequence_and_step, steps_outside_the_run_are_refused)
