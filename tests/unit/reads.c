/* Losses read at several steps, sizes of any range among them; and nets run at less than their length. */
#include "rnn.h"
#include "unit.h"

#include <math.h>
#include <string.h>

static struct rnn_spec spec_of(size_t length) {
    return (struct rnn_spec){ .cell = &rnn_elman,
                              .activation = &rnn_linear,
                              .init = RNN_GAUSSIAN,
                              .weights = RNN_TIED,
                              .record = RNN_EVERYTHING,
                              .norm = RNN_NO_NORM,
                              .gamma = 0.713,
                              .epsilon = 0.385,
                              .scale = 1.213,
                              .drive = 0.713,
                              .start = 0.877,
                              .forget = 0.613,
                              .length = length,
                              .segment = length,
                              .reads = 1,
                              .hidden = 3,
                              .batch = 4,
                              .inputs = 2,
                              .outputs = 2 };
}

static void pass(struct rnn *net) {
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    memset(net->target, 0, net->spec.reads * net->spec.batch * net->spec.outputs * sizeof *net->target);
    ck_assert_int_eq(rnn_loss_squared(net), RNN_OK);
    ck_assert_int_ne(rnn_backward(net), RNN_DIVERGED);
}

START_TEST(a_read_out_that_takes_no_part_has_no_gradient) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = spec_of(7);
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 713);
    pass(net);
    ck_assert(net->d.W_hy[3] != 0 && net->d.b_y[1] != 0);
    ck_assert_int_eq(rnn_loss_linear(net, 713), RNN_OK);
    for (size_t i = 0; i < 6 + 2; i++)
        ck_assert_double_eq(net->d.W_hy[i], 0);
    rnn_free(&net);
}
END_TEST

/* ---- the gradient of a mean is the mean of gradients ------------------------------------------------- */

enum { MOST = 400, STEP = 12, PARAMETERS = 9 + 6 + 3 + 6 + 2 };
static long double dh[MOST * STEP], whole[PARAMETERS];
static double loss;

/* Adds one loss read at step `last` alone, over n. */
static void add_single(struct rnn *net, size_t last, long double n) {
    ck_assert_int_eq(rnn_set_length(net, last), RNN_OK);
    pass(net);
    loss += net->loss / (double)n;
    for (size_t i = 0; i < last * STEP; i++)
        dh[i] += ldexpl(net->dh[i], net->exponent[i / STEP]) / n;
    for (size_t i = 0; i < PARAMETERS; i++)
        whole[i] += ldexpl(net->gradient[i], net->gradient_exponent) / n;
}

/* ||found 2^exponent - expected|| over ||expected||, or over 1e-300 where what is read out is subnormal. */
static double difference(const double *found, int exponent, const long double *expected, size_t count) {
    long double rest = 0, size = 0;
    for (size_t i = 0; i < count; i++) {
        const long double miss = ldexpl(found[i], exponent) - expected[i];
        rest += miss * miss;
        size += expected[i] * expected[i];
    }
    return (double)sqrtl(rest / (size + 1e-600L));
}

/* Without drive, h_t grows or shrinks like scale^t from h_0, and y_t with it: what the read-outs bring
 * spans as many orders, rising or falling on the way back. */
static void mean_of_gradients_is_right(size_t length, size_t reads, double scale) {
    struct rnn *net = NULL, *single = NULL;
    struct rnn_spec spec = spec_of(length);
    spec.scale = scale;
    spec.drive = 0;
    spec.reads = 1;
    ck_assert_int_eq(rnn_create(&single, &spec), RNN_OK);
    rnn_draw(single, 713);
    memset(single->x, 0, length * 8 * sizeof *single->x);
    spec.reads = reads;
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 713);
    memset(net->x, 0, length * 8 * sizeof *net->x);
    ck_assert_uint_eq(net->parameters, PARAMETERS);
    memset(dh, 0, sizeof dh);
    memset(whole, 0, sizeof whole);
    loss = 0;
    for (size_t last = length - reads + 1; last <= length; last++)
        add_single(single, last, (long double)reads);
    pass(net);
    ck_assert_double_lt(fabs(net->loss / loss - 1), 1e-13);
    ck_assert_double_lt(difference(net->gradient, net->gradient_exponent, whole, PARAMETERS), 1e-12);
    for (size_t t = 1; t <= length; t++) {
        const long double *expected = dh + (t - 1) * STEP;
        long double squares = 0;
        for (size_t i = 0; i < STEP; i++)
            squares += expected[i] * expected[i];
        ck_assert_double_lt(difference(rnn_state_gradient(net, t), net->exponent[t - 1], expected, STEP),
                            1e-12);
        const double log_dh = squares > 0 ? (double)(0.5L * logl(squares)) : -INFINITY;
        ck_assert(net->log_dh[t - 1] == log_dh || squares < 1e-600L ||
                  fabs(net->log_dh[t - 1] - log_dh) < 1e-11);
    }
    rnn_free(&net);
    rnn_free(&single);
}

START_TEST(the_gradient_of_a_mean_is_the_mean_of_the_gradients) {
    static const double scales[] = { 0.0613, 0.713, 1.477, 6.213 };
    for (int i = 0; i < 4; i++) {
        mean_of_gradients_is_right(40, 40, scales[i]);
        mean_of_gradients_is_right(90, 90, scales[i]);
        mean_of_gradients_is_right(90, 7, scales[i]);
    }
}
END_TEST

/* From some step on the states are zero, and with them all that the read-outs there bring. */
START_TEST(a_read_out_below_one_that_brings_nothing_is_heard) {
    mean_of_gradients_is_right(MOST, MOST, 0.0613);
}
END_TEST

/* The losses of the last step and of step 9 alone, with none between. Of a linear net with small weights,
 * and of an lstm that forgets, what comes from later to step 9 is beyond double, on an exponent of its
 * own. */
static void what_comes_from_later_is_nothing(const struct rnn_cell *cell, size_t length) {
    struct rnn *net = NULL, *single = NULL;
    struct rnn_spec spec = spec_of(length);
    spec.cell = cell;
    spec.scale = 0.00385;
    spec.forget = -5;
    spec.reads = length - 8;
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 713);
    pass(net);
    const size_t row = spec.batch * spec.outputs;
    memcpy(net->target + row, net->y + row, (spec.reads - 2) * row * sizeof *net->y);
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(rnn_loss_squared(net), RNN_OK);
    ck_assert_int_eq(rnn_backward(net), RNN_OK);
    ck_assert(isfinite(net->log_dh[9]) && net->log_dh[9] < -1030 * M_LN2);
    const double share = log((double)spec.reads);
    spec.length = spec.segment = 9;
    spec.reads = 1;
    ck_assert_int_eq(rnn_create(&single, &spec), RNN_OK);
    rnn_draw(single, 713);
    pass(single);
    for (size_t t = 1; t <= 9; t++)
        ck_assert_double_eq_tol(net->log_dh[t - 1], single->log_dh[t - 1] - share, 1e-10);
    for (size_t t = 1; net->c && t <= 9; t++)
        ck_assert_double_eq_tol(net->log_dc[t - 1], single->log_dc[t - 1] - share, 1e-10);
    rnn_free(&net);
    rnn_free(&single);
}

START_TEST(a_read_out_far_above_what_comes_from_later_is_added_without_overflow) {
    for (size_t length = 170; length < 210; length++) { /* some of them just after a rescaling */
        what_comes_from_later_is_nothing(&rnn_elman, length);
        what_comes_from_later_is_nothing(&rnn_lstm, length);
    }
}
END_TEST

/* All states are zero and every read-out brings the same, so each window between two cuts is like the
 * first; its gradient grows beyond double. */
START_TEST(truncation_begins_anew_after_any_growth) {
    struct rnn *net = NULL;
    struct rnn_spec spec = spec_of(1300);
    spec.scale = 6.213;
    spec.start = spec.drive = 0;
    spec.reads = 1300;
    spec.truncation = 600;
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 713);
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    for (size_t i = 0; i < 1300 * 8; i++)
        net->target[i] = 0.713;
    ck_assert_int_eq(rnn_loss_squared(net), RNN_OK);
    ck_assert_int_eq(rnn_backward(net), RNN_OK);
    ck_assert_double_gt(net->log_dh[700], 1030 * M_LN2);
    for (size_t t = 101; t <= 700; t++) {
        ck_assert_double_eq(net->log_dh[t - 1], net->log_dh[t + 599]);
        ck_assert_mem_eq(rnn_state_gradient(net, t), rnn_state_gradient(net, t + 600),
                         STEP * sizeof *net->dh);
    }
    rnn_free(&net);
}
END_TEST

/* A sigmoid far down its tail and tiny weights to the output: dL/da is beyond double, dL/dy is not. */
START_TEST(a_read_out_far_above_the_rest_of_a_gradient_stays_what_it_is) {
    struct rnn *net = NULL;
    struct rnn_spec spec = spec_of(7);
    spec.activation = &rnn_sigmoid;
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 713);
    for (size_t i = 0; i < spec.hidden; i++)
        net->p.b_h[i] = -600;
    for (size_t i = 0; i < spec.hidden * spec.outputs; i++)
        net->p.W_hy[i] *= 1e-290;
    for (size_t i = 0; i < spec.outputs; i++)
        net->p.b_y[i] = 0.377;
    pass(net);
    ck_assert_double_lt(net->log_dh[6] - 600, -1074 * M_LN2);
    ck_assert_int_eq(net->gradient_exponent, 0);
    for (size_t i = 0; i < spec.outputs; i++)
        ck_assert_double_eq_tol(net->d.b_y[i], 2 * 0.377, 1e-15);
    for (size_t i = 0; i < net->parameters; i++)
        ck_assert(fabs(net->gradient[i]) < 1);
    rnn_free(&net);
}
END_TEST

/* ---- lengths ------------------------------------------------------------------------------------------ */

static const struct {
    const struct rnn_cell *cell;
    enum rnn_norm norm;
    enum rnn_weights weights;
    enum rnn_record record;
    size_t segment, reads;
} kinds[] = {
    { &rnn_elman, RNN_NO_NORM, RNN_TIED, RNN_EVERYTHING, 200, 1 },
    { &rnn_elman, RNN_NO_NORM, RNN_TIED, RNN_GRADIENTS, 200, 200 },
    { &rnn_elman, RNN_NO_NORM, RNN_TIED, RNN_GRADIENTS, 1, 1 },
    { &rnn_elman, RNN_NO_NORM, RNN_UNTIED, RNN_EVERYTHING, 200, 3 },
    { &rnn_lstm, RNN_NO_NORM, RNN_TIED, RNN_GRADIENTS, 200, 200 },
    { &rnn_lstm, RNN_NO_NORM, RNN_TIED, RNN_NORMS, 1, 1 },
    { &rnn_gru, RNN_NO_NORM, RNN_TIED, RNN_EVERYTHING, 200, 5 },
    { &rnn_elman, RNN_NORM_SEPARATE, RNN_TIED, RNN_GRADIENTS, 200, 2 },
    { &rnn_elman, RNN_NORM_FULL, RNN_TIED, RNN_GRADIENTS, 1, 1 },
};
enum { KINDS = sizeof kinds / sizeof *kinds, LONGEST = 200 };

static struct rnn *net_of(int kind, size_t length) {
    struct rnn *net = NULL;
    struct rnn_spec spec = spec_of(length);
    spec.cell = kinds[kind].cell;
    spec.activation = &rnn_tanh;
    spec.norm = kinds[kind].norm;
    spec.weights = kinds[kind].weights;
    spec.record = kinds[kind].record;
    spec.segment = kinds[kind].segment;
    spec.reads = kinds[kind].reads < length ? kinds[kind].reads : length;
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 713);
    return net;
}

/* The same bits: all of `expected`, as far as its length and parameters go. */
static void are_same(const struct rnn *net, const struct rnn *expected) {
    const struct rnn_spec *s = &expected->spec;
    const size_t T = s->length, recurrent = (size_t)(expected->p.W_xh - expected->p.W_hh);
    ck_assert_uint_eq(net->spec.length, T);
    ck_assert_uint_eq(net->spec.reads, s->reads);
    ck_assert_double_eq(net->loss, expected->loss);
    ck_assert_mem_eq(net->log_dh, expected->log_dh, T * sizeof *net->log_dh);
    ck_assert_mem_eq(net->y, expected->y, s->reads * s->batch * s->outputs * sizeof *net->y);
    if (!net->gradient)
        return;
    ck_assert_mem_eq(net->d.W_hh, expected->d.W_hh, recurrent * sizeof *net->gradient);
    ck_assert_mem_eq(net->d.W_xh, expected->d.W_xh,
                     (expected->parameters - recurrent) * sizeof *net->gradient);
    for (const double *unused = net->d.W_hh + recurrent; unused < net->d.W_xh; unused++)
        ck_assert_double_eq(*unused, 0);
}

START_TEST(a_net_at_less_than_its_length_is_the_shorter_net) {
    static const size_t lengths[] = { LONGEST, 1, 7, 83, 130, LONGEST };
    for (int kind = 0; kind < KINDS; kind++) {
        struct rnn *net = net_of(kind, LONGEST);
        for (size_t i = 0; i < sizeof lengths / sizeof *lengths; i++) {
            struct rnn *shorter = net_of(kind, lengths[i]);
            ck_assert_int_eq(rnn_set_length(net, lengths[i]), RNN_OK);
            pass(net);
            pass(shorter);
            are_same(net, shorter);
            rnn_free(&shorter);
        }
        rnn_free(&net);
    }
}
END_TEST

START_TEST(frozen_statistics_stay_those_of_their_steps) {
    struct rnn *net = net_of(7, LONGEST);
    double y[16];
    pass(net);
    ck_assert_int_eq(rnn_norm_freeze(net, true), RNN_OK);
    ck_assert_int_eq(rnn_set_length(net, 83), RNN_OK);
    pass(net);
    memcpy(y, net->y, sizeof y);
    ck_assert_int_eq(rnn_norm_freeze(net, false), RNN_OK);
    pass(net); /* whose own, of the same batch and the same steps, are those */
    ck_assert_mem_eq(y, net->y, sizeof y);
    rnn_free(&net);
}
END_TEST

/* More rows than are read out at a time. */
START_TEST(a_softmax_of_many_rows_is_the_mean_of_each) {
    enum { LENGTH = 83, ROWS = LENGTH * 4 };
    struct rnn *net = NULL;
    struct rnn_spec spec = spec_of(LENGTH);
    spec.reads = LENGTH;
    spec.activation = &rnn_tanh;
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 713);
    for (size_t i = 0; i < ROWS; i++)
        net->label[i] = i % 3 == 0;
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(rnn_loss_softmax(net), RNN_OK);
    long double expected = 0, slope = 0;
    for (size_t i = 0; i < ROWS; i++) {
        const uint32_t label = net->label[i];
        const long double odds = expl((long double)net->y[2 * i + !label] - net->y[2 * i + label]);
        expected += log1pl(odds) / ROWS;
        slope += (label ? -odds : odds) / (1 + odds) / ROWS;
    }
    ck_assert_double_eq_tol(net->loss, (double)expected, 1e-14);
    ck_assert_double_eq_tol(net->d.b_y[1], (double)slope, 1e-14);
    rnn_free(&net);
}
END_TEST

START_TEST(a_length_that_there_is_no_room_for_is_refused) {
    struct rnn *net = net_of(0, 83);
    ck_assert_int_eq(rnn_set_length(net, 0), RNN_BAD_RANGE);
    ck_assert_int_eq(rnn_set_length(net, 84), RNN_BAD_RANGE);
    ck_assert_uint_eq(net->spec.length, 83);
    rnn_free(&net);
}
END_TEST

/* All units dead at one step, where the gradient has exploded: what is read below is heard as if nothing were above. */
START_TEST(what_is_read_below_a_dead_step_is_heard) {
    enum { LONG = 1500, DEAD = 200 };
    struct rnn *net = NULL;
    const struct rnn_spec spec = { .cell = &rnn_elman,
                                   .activation = &rnn_relu,
                                   .init = RNN_GAUSSIAN,
                                   .weights = RNN_TIED,
                                   .record = RNN_EVERYTHING,
                                   .norm = RNN_NO_NORM,
                                   .scale = 1,
                                   .length = LONG,
                                   .segment = LONG,
                                   .reads = LONG,
                                   .hidden = 1,
                                   .batch = 1,
                                   .inputs = 1,
                                   .outputs = 1 };
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 1);
    net->p.W_hh[0] = 4;
    net->p.W_xh[0] = net->p.W_hy[0] = net->h[0] = 1;
    net->p.b_h[0] = -3;
    net->p.b_y[0] = 0;
    memset(net->x, 0, LONG * sizeof *net->x);
    memset(net->target, 0, LONG * sizeof *net->target);
    net->x[DEAD - 1] = -100;
    net->x[DEAD] = 4;
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_double_eq(rnn_state(net, DEAD)[0], 0);
    ck_assert_double_eq(rnn_state(net, DEAD + 1)[0], 1);
    ck_assert_int_eq(rnn_loss_squared(net), RNN_OK);
    rnn_backward(net);
    ck_assert_double_gt(net->log_dh[DEAD], 1000);
    ck_assert_double_eq_tol(net->log_dh[DEAD - 2], log(2.0 / LONG), 1e-12); /* of its own read-out alone */
    rnn_free(&net);
}
END_TEST

UNIT_MAIN("reads", a_read_out_that_takes_no_part_has_no_gradient,
          the_gradient_of_a_mean_is_the_mean_of_the_gradients,
          a_read_out_below_one_that_brings_nothing_is_heard,
          a_read_out_far_above_what_comes_from_later_is_added_without_overflow,
          truncation_begins_anew_after_any_growth,
          a_read_out_far_above_the_rest_of_a_gradient_stays_what_it_is,
          a_net_at_less_than_its_length_is_the_shorter_net, frozen_statistics_stay_those_of_their_steps,
          a_softmax_of_many_rows_is_the_mean_of_each, a_length_that_there_is_no_room_for_is_refused,
          what_is_read_below_a_dead_step_is_heard)
