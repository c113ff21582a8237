/* Clipping: the algebra, any size of number, and a real descent step. */
#include "train.h"
#include "unit.h"

#include <math.h>
#include <string.h>

enum { N = 5 };
static const double sample[N] = { 2.385, -0.713, 0.0917, -3.119, 1.477 };

static double norm_of(const double *x) {
    return exp(rnn_log_norm(x, N));
}

START_TEST(a_norm_is_right_where_squares_are_not) {
    static const double sizes[] = { 1, 1e300, 1e-300, 0x1p-1070 };
    for (int i = 0; i < 4; i++) {
        const double x[2] = { 3 * sizes[i], -4 * sizes[i] };
        ck_assert_double_eq_tol(rnn_log_norm(x, 2), log(5) + log(sizes[i]), 1e-12);
    }
    ck_assert_double_eq(rnn_log_norm((double[]){ 0, 0 }, 2), -INFINITY);
    ck_assert_double_eq(rnn_log_norm((double[]){ 1, -INFINITY }, 2), INFINITY);
    ck_assert(isnan(rnn_log_norm((double[]){ 1, NAN }, 2)));
}
END_TEST

START_TEST(a_gradient_within_the_threshold_is_left_alone) {
    double g[N], log_norm;
    memcpy(g, sample, sizeof g);
    ck_assert_int_eq(rnn_clip_norm(&log_norm, g, N, NULL, norm_of(sample) * (1 + 1e-14)), RNN_OK);
    ck_assert_mem_eq(g, sample, sizeof g);
    ck_assert_double_eq(log_norm, rnn_log_norm(sample, N));
    ck_assert_int_eq(rnn_clip_value(g, N, NULL, 3.119), RNN_OK);
    ck_assert_mem_eq(g, sample, sizeof g);
    ck_assert_int_eq(rnn_clip_norm(&log_norm, memset(g, 0, sizeof g), N, NULL, 0.713), RNN_OK);
    ck_assert_double_eq(log_norm, -INFINITY);
}
END_TEST

/* The same gradient in units of 2^power, part of which the exponent carries. */
static void norm_is_clipped(int power, int exponent, double threshold) {
    double g[N], log_norm;
    int carried = exponent;
    for (int i = 0; i < N; i++)
        g[i] = ldexp(sample[i], power - exponent);
    ck_assert_int_eq(rnn_clip_norm(&log_norm, g, N, &carried, threshold), RNN_OK);
    ck_assert_double_eq_tol(log_norm, rnn_log_norm(sample, N) + power * M_LN2, 1e-12);
    ck_assert_int_eq(carried, 0);
    double squares = 0;
    for (int i = 0; i < N; i++) {
        squares += g[i] / threshold * (g[i] / threshold);
        ck_assert_double_eq_tol(g[i] / g[0], sample[i] / sample[0], 1e-15);
    }
    ck_assert_double_eq_tol(squares, 1, 1e-15);
}

START_TEST(clipping_by_norm_keeps_the_direction_at_any_size) {
    static const int powers[][2] = { { 0, 0 },       { 1000, 0 },    { 40, 40 },
                                     { 3000, 2990 }, { 3000, 2000 }, { 3000, 4000 } };
    for (int i = 0; i < 6; i++) {
        norm_is_clipped(powers[i][0], powers[i][1], 0.713);
        norm_is_clipped(powers[i][0], powers[i][1], 1e-290);
    }
    norm_is_clipped(-1000, 0, 1e-307);
    norm_is_clipped(3000, 2100, 1e300);
}
END_TEST

START_TEST(a_tiny_gradient_keeps_its_exponent) {
    double g[N];
    int exponent = -5000;
    memcpy(g, sample, sizeof g);
    ck_assert_int_eq(rnn_clip_norm(NULL, g, N, &exponent, 1e-300), RNN_OK);
    ck_assert_int_eq(rnn_clip_value(g, N, &exponent, 1e-300), RNN_OK);
    ck_assert_mem_eq(g, sample, sizeof g);
    ck_assert_int_eq(exponent, -5000);
}
END_TEST

START_TEST(clipping_by_value_clamps_each_component) {
    static const double clamped[N] = { 1.3, -0.713, 0.0917, -1.3, 1.3 };
    double g[N];
    int exponent = 0;
    memcpy(g, sample, sizeof g);
    ck_assert_int_eq(rnn_clip_value(g, N, NULL, 1.3), RNN_OK);
    ck_assert_mem_eq(g, clamped, sizeof g);
    memcpy(g, sample, sizeof g);
    exponent = 2000; /* far beyond double: only the signs are left */
    ck_assert_int_eq(rnn_clip_value(g, N, &exponent, 1.3), RNN_OK);
    ck_assert_int_eq(exponent, 0);
    for (int i = 0; i < N; i++)
        ck_assert_double_eq(g[i], copysign(1.3, sample[i]));
    memcpy(g, sample, sizeof g);
    exponent = -3;
    ck_assert_int_eq(rnn_clip_value(g, N, &exponent, 1.3 / 8), RNN_OK);
    ck_assert_mem_eq(g, clamped, sizeof g);
    ck_assert_int_eq(exponent, -3);
}
END_TEST

START_TEST(a_threshold_that_is_not_positive_is_refused) {
    static const double thresholds[] = { 0, -0.0, -0.713, NAN, INFINITY };
    double g[N], log_norm = 2.385;
    memcpy(g, sample, sizeof g);
    for (int i = 0; i < 5; i++) {
        ck_assert_int_eq(rnn_clip_norm(&log_norm, g, N, NULL, thresholds[i]), RNN_BAD_LAW);
        ck_assert_int_eq(rnn_clip_value(g, N, NULL, thresholds[i]), RNN_BAD_LAW);
    }
    ck_assert_mem_eq(g, sample, sizeof g);
    ck_assert_double_eq(log_norm, 2.385);
}
END_TEST

START_TEST(a_gradient_that_is_not_finite_is_refused) {
    static const double wrong[] = { NAN, INFINITY };
    for (int i = 0; i < 2; i++) {
        double g[2] = { 2.385, wrong[i] };
        ck_assert_int_eq(rnn_clip_norm(NULL, g, 2, NULL, 0.713), RNN_DIVERGED);
        ck_assert_int_eq(rnn_clip_value(g, 2, NULL, 0.713), RNN_DIVERGED);
        ck_assert_double_eq(g[0], 2.385);
    }
}
END_TEST

/* ---- a real step ------------------------------------------------------------------------------------- */

enum way {
    RIGHT,
    BEFORE_BACKWARD, /* the backward pass overwrites what was clipped */
    TO_ONE, /* whatever the threshold */
    NEVER_PASSED_ON, /* a copy is clipped, the step takes the gradient */
    WAYS
};

static const double threshold = 0.713, rate = 0.05;

static void pull_back(struct rnn *net) {
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    rnn_loss_linear(net, 17);
    ck_assert_int_eq(rnn_backward(net), RNN_OK);
}

/* One step of descent, theta -= rate g, with g clipped in this way; `copy` holds the parameters' count. */
static void descend(struct rnn *net, enum way way, double *copy) {
    double *g = net->gradient;
    const size_t n = net->parameters;
    if (way == BEFORE_BACKWARD)
        ck_assert_int_eq(rnn_clip_norm(NULL, g, n, &net->gradient_exponent, threshold), RNN_OK);
    pull_back(net);
    if (way == NEVER_PASSED_ON)
        g = memcpy(copy, g, n * sizeof *g);
    if (way != BEFORE_BACKWARD)
        ck_assert_int_eq(rnn_clip_norm(NULL, g, n, &net->gradient_exponent, way == TO_ONE ? 1 : threshold),
                         RNN_OK);
    for (size_t i = 0; i < n; i++)
        net->theta[i] -= rate * net->gradient[i];
}

enum { PARAMETERS = 23 * 23 + 23 * 6 + 23 };

/* Whether the step is `rate * threshold` long, straight down the gradient of the old parameters. */
static bool step_is_clipped(struct rnn *net, enum way way) {
    double old[PARAMETERS], whole[PARAMETERS], copy[PARAMETERS], step[PARAMETERS], dot = 0;
    ck_assert_uint_eq(net->parameters, PARAMETERS);
    rnn_draw(net, 2385);
    pull_back(net);
    memcpy(old, net->theta, sizeof old);
    memcpy(whole, net->gradient, sizeof whole);
    const double log_norm = rnn_log_norm(whole, PARAMETERS);
    ck_assert_double_gt(log_norm, log(2)); /* there is something to clip */
    descend(net, way, copy);
    for (size_t i = 0; i < PARAMETERS; i++) {
        step[i] = net->theta[i] - old[i];
        dot -= step[i] * whole[i];
    }
    const double log_step = rnn_log_norm(step, PARAMETERS);
    return fabs(log_step - log(rate * threshold)) < 1e-12 && fabs(log(dot) - log_step - log_norm) < 1e-12;
}

START_TEST(a_step_after_the_backward_pass_is_clipped_and_three_classic_mistakes_are_not) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = { .cell = &rnn_elman,
                                   .activation = &rnn_tanh,
                                   .init = RNN_GAUSSIAN,
                                   .weights = RNN_TIED,
                                   .record = RNN_GRADIENTS,
                                   .norm = RNN_NO_NORM,
                                   .scale = 2.385,
                                   .drive = 0.1,
                                   .length = 60,
                                   .segment = 60,
                                   .reads = 1,
                                   .hidden = 23,
                                   .batch = 3,
                                   .inputs = 6 };
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    for (enum way way = RIGHT; way < WAYS; way++)
        ck_assert_int_eq(step_is_clipped(net, way), way == RIGHT);
    rnn_free(&net);
}
END_TEST

START_TEST(clipping_by_value_leaves_a_zero_where_the_rest_exploded) {
    static const double clipped[] = { 0.713, -0.713, 0, 0.713 };
    for (int exponent = 1000; exponent <= 5000; exponent += 500) {
        double g[] = { 1, -1, 0, 0.25 };
        int carried = exponent;
        ck_assert_int_eq(rnn_clip_value(g, 4, &carried, 0.713), RNN_OK);
        ck_assert_int_eq(carried, 0);
        ck_assert_mem_eq(g, clipped, sizeof g);
    }
}
END_TEST

UNIT_MAIN("clip", a_norm_is_right_where_squares_are_not, a_gradient_within_the_threshold_is_left_alone,
          clipping_by_norm_keeps_the_direction_at_any_size, a_tiny_gradient_keeps_its_exponent,
          clipping_by_value_clamps_each_component, a_threshold_that_is_not_positive_is_refused,
          a_gradient_that_is_not_finite_is_refused,
          a_step_after_the_backward_pass_is_clipped_and_three_classic_mistakes_are_not,
          clipping_by_value_leaves_a_zero_where_the_rest_exploded)
