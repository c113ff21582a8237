/* Population statistics of a norm, and tests that use them. */
#include "train.h"
#include "unit.h"

#include <math.h>
#include <string.h>

enum { H = 5, B = 8, ROOM = 40, LONGEST = 20 };

static const struct rnn_training_spec how = { .problem = { .task = &rnn_task_order },
                                              .optimizer = { .rule = RNN_SGD, .rate = 0.0713 },
                                              .clip = RNN_NO_CLIP,
                                              .shortest = 12,
                                              .longest = LONGEST,
                                              .population = true,
                                              .seed = 2385 };

static struct rnn *net_of(enum rnn_norm norm) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = { .cell = &rnn_elman,
                                   .activation = &rnn_tanh,
                                   .init = RNN_GAUSSIAN,
                                   .weights = RNN_TIED,
                                   .record = RNN_GRADIENTS,
                                   .norm = norm,
                                   .gamma = 0.713,
                                   .epsilon = 0.0385,
                                   .scale = 1.213,
                                   .drive = 1,
                                   .length = ROOM,
                                   .segment = ROOM,
                                   .reads = 1,
                                   .hidden = H,
                                   .batch = B,
                                   .inputs = 6,
                                   .outputs = 4 };
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 713);
    return net;
}

/* Means of the batches' statistics, kept beside the library: of `n` normalisers, (n, ROOM, H). */
static double mean[2 * ROOM * H], variance[2 * ROOM * H];
static size_t seen[ROOM];

static void take_in(const struct rnn *net, size_t n) {
    for (size_t t = 0; t < net->spec.length; t++) {
        seen[t]++;
        const double weight = seen[t] < 10 ? 1 / (double)seen[t] : 0.1;
        for (size_t k = 0; k < n; k++)
            for (size_t i = (k * ROOM + t) * H; i < (k * ROOM + t + 1) * H; i++) {
                const double unbiased = (net->deviation[i] * net->deviation[i] - 0.0385) * B / (B - 1);
                mean[i] = (1 - weight) * mean[i] + weight * net->mean[i];
                variance[i] = (1 - weight) * variance[i] + weight * unbiased;
            }
    }
}

/* The net's statistics are those: a test has just used them. */
static void are_in_use(const struct rnn *net, size_t n) {
    for (size_t t = 0; t < ROOM; t++)
        for (size_t k = 0; k < n; k++)
            for (size_t i = 0; i < H; i++) {
                const size_t to = (k * ROOM + t) * H + i,
                             from = (k * ROOM + (t < LONGEST ? t : LONGEST - 1)) * H + i;
                ck_assert_double_eq_tol(net->mean[to], mean[from], 1e-13);
                ck_assert_double_eq_tol(net->deviation[to], sqrt(variance[from] + 0.0385), 1e-13);
            }
}

static void statistics_are_means_of_batches(enum rnn_norm norm, size_t n) {
    struct rnn *net = net_of(norm);
    struct rnn_training *training = NULL;
    struct rnn_score score;
    bool longest = false;
    memset(mean, 0, sizeof mean);
    memset(variance, 0, sizeof variance);
    memset(seen, 0, sizeof seen);
    ck_assert_int_eq(rnn_training_create(&training, net, &how), RNN_OK);
    for (int update = 0; update < 60; update++) {
        ck_assert_int_eq(rnn_training_measure(training), RNN_OK);
        longest |= net->spec.length == LONGEST;
        take_in(net, n);
        ck_assert_int_eq(rnn_training_update(training), RNN_OK);
        if (!longest || update % 10)
            continue;
        ck_assert_int_eq(rnn_training_test(&score, training, ROOM, 2 * B), RNN_OK);
        are_in_use(net, n);
        ck_assert(!net->frozen);
    }
    ck_assert(longest);
    rnn_training_free(&training);
    rnn_free(&net);
}

START_TEST(they_are_means_over_the_updates_step_by_step) {
    statistics_are_means_of_batches(RNN_NORM_INPUT, 1);
    statistics_are_means_of_batches(RNN_NORM_FULL, 1);
    statistics_are_means_of_batches(RNN_NORM_SEPARATE, 2);
}
END_TEST

/* Trained or tested, with the batch's own statistics or not: the next update is the same. */
START_TEST(tests_leave_the_training_alone) {
    double theta[2][H * H + 6 * H + H + 2 * H + 4 * H + 4];
    for (int tested = 0; tested < 2; tested++) {
        struct rnn *net = net_of(RNN_NORM_SEPARATE);
        struct rnn_training *training = NULL;
        struct rnn_score own, population;
        ck_assert_int_eq(rnn_training_create(&training, net, &how), RNN_OK);
        for (int update = 0; update < 20; update++) {
            ck_assert_int_eq(rnn_training_measure(training), RNN_OK);
            ck_assert_int_eq(rnn_training_update(training), RNN_OK);
            if (!tested)
                continue;
            training->spec.population = false;
            ck_assert_int_eq(rnn_training_test(&own, training, LONGEST, B), RNN_OK);
            training->spec.population = true;
            training->tested--; /* the same batch again */
            ck_assert_int_eq(rnn_training_test(&population, training, LONGEST, B), RNN_OK);
            ck_assert_double_ne(own.loss, population.loss);
        }
        ck_assert_uint_eq(net->parameters * sizeof(double), sizeof theta[tested]);
        memcpy(theta[tested], net->theta, sizeof theta[tested]);
        rnn_training_free(&training);
        rnn_free(&net);
    }
    ck_assert_mem_eq(theta[0], theta[1], sizeof theta[0]);
}
END_TEST

START_TEST(before_the_first_update_they_are_those_of_a_new_net) {
    struct rnn *net = net_of(RNN_NORM_SEPARATE);
    struct rnn_training *training = NULL;
    struct rnn_score score;
    ck_assert_int_eq(rnn_training_create(&training, net, &how), RNN_OK);
    net->frozen = true;
    ck_assert_int_eq(rnn_training_test(&score, training, LONGEST, B), RNN_OK);
    for (size_t i = 0; i < 2 * ROOM * H; i++)
        ck_assert(net->mean[i] == 0 && net->deviation[i] == 1);
    ck_assert(net->frozen);
    rnn_training_free(&training);
    rnn_free(&net);
}
END_TEST

UNIT_MAIN("population", they_are_means_over_the_updates_step_by_step, tests_leave_the_training_alone,
          before_the_first_update_they_are_those_of_a_new_net)
