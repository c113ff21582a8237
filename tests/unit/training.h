/* What the tests of a training share: one that is good, its net, and updates. */
#ifndef TRAINING_H
#define TRAINING_H

#include "train.h"
#include "unit.h"

/* Temporal order at length 20. */
static const struct rnn_training_spec good = { .problem = { .task = &rnn_task_order },
                                               .optimizer = { RNN_ADAM, 2e-3, 0.9, 0.999, 1e-8 },
                                               .clip = RNN_CLIP_NORM,
                                               .threshold = 1,
                                               .shortest = 20,
                                               .longest = 20,
                                               .seed = 2385 };

/* A tanh net for the task, at its longest. */
static inline struct rnn_spec net_spec(const struct rnn_training_spec *how, size_t hidden) {
    return (struct rnn_spec){ .cell = &rnn_elman,
                              .activation = &rnn_tanh,
                              .init = RNN_GAUSSIAN,
                              .weights = RNN_TIED,
                              .record = RNN_GRADIENTS,
                              .norm = RNN_NO_NORM,
                              .gamma = 0.713,
                              .epsilon = 0.0385,
                              .scale = 1,
                              .drive = 1,
                              .length = how->longest,
                              .segment = how->longest,
                              .reads = 1,
                              .hidden = hidden,
                              .batch = 20,
                              .inputs = how->problem.task->inputs,
                              .outputs = how->problem.task->outputs };
}

/* Of a drawn net; reuses *net. */
static inline struct rnn_training *training_of(struct rnn **net, const struct rnn_training_spec *how,
                                               const struct rnn_spec *spec) {
    struct rnn_training *training = NULL;
    ck_assert_int_eq(rnn_create(net, spec), RNN_OK);
    rnn_draw(*net, 713);
    ck_assert_ptr_null(rnn_training_fault(how, spec));
    ck_assert_int_eq(rnn_training_create(&training, *net, how), RNN_OK);
    return training;
}

static inline void end(struct rnn_training **training, struct rnn **net) {
    rnn_training_free(training);
    rnn_free(net);
    ck_assert_ptr_null(*training);
}

static inline void go_on(struct rnn_training *training, size_t updates) {
    for (size_t i = 0; i < updates; i++) {
        ck_assert_int_eq(rnn_training_measure(training), RNN_OK);
        ck_assert_int_eq(rnn_training_update(training), RNN_OK);
    }
}

#endif
