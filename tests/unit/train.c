/* A training from end to end. */
#include "train.h"
#include "unit.h"

#include <math.h>
#include <string.h>

static struct rnn_training_spec order_spec(size_t length) {
    return (struct rnn_training_spec){ .problem = { .task = &rnn_task_order },
                                       .optimizer = rnn_adam(2e-3),
                                       .clip = RNN_CLIP_NORM,
                                       .threshold = 1,
                                       .shortest = length,
                                       .longest = length,
                                       .seed = 2385 };
}

static struct rnn_spec net_spec(const struct rnn_training_spec *how) {
    return (struct rnn_spec){ .cell = &rnn_elman,
                              .activation = &rnn_tanh,
                              .init = RNN_GAUSSIAN,
                              .weights = RNN_TIED,
                              .record = RNN_GRADIENTS,
                              .norm = RNN_NO_NORM,
                              .scale = 1,
                              .drive = 1,
                              .length = how->longest,
                              .segment = how->longest,
                              .reads = 1,
                              .hidden = 50,
                              .batch = 20,
                              .inputs = how->problem.task->inputs,
                              .outputs = how->problem.task->outputs };
}

START_TEST(a_net_learns_temporal_order) {
    struct rnn *net = NULL;
    struct rnn_training *training = NULL;
    struct rnn_score score;
    const struct rnn_training_spec how = order_spec(20);
    const struct rnn_spec spec = net_spec(&how);
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 1);
    ck_assert_int_eq(rnn_training_create(&training, net, &how), RNN_OK);
    ck_assert_int_eq(rnn_training_test(&score, training, 20, 500), RNN_OK);
    ck_assert_double_gt(score.error, 0.6); /* chance is 3/4 */
    while (training->updates < 1500) {
        ck_assert_int_eq(rnn_training_measure(training), RNN_OK);
        ck_assert_int_eq(rnn_training_update(training), RNN_OK);
    }
    ck_assert_int_eq(rnn_training_test(&score, training, 20, 1000), RNN_OK);
    ck_assert_double_lt(score.error, 0.05);
    rnn_training_free(&training);
    rnn_free(&net);
}
END_TEST

UNIT_MAIN("train", a_net_learns_temporal_order)
