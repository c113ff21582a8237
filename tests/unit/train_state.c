/* What a checkpoint of a training holds. */
#include "training.h"

#include <string.h>

enum { MOST = 1000 };
static const struct rnn_optimizer rules[] = { { RNN_SGD, 0.0713, 0.613, 0, 0 },
                                              { RNN_RMSPROP, 1e-3, 0.613, 0.99, 1e-8 },
                                              { RNN_ADAM, 2e-3, 0.9, 0.999, 1e-8 } };

START_TEST(a_checkpoint_goes_on_to_the_same_bits) {
    static double theta[MOST], state[5 * MOST];
    for (int i = 0; i < 3; i++) {
        struct rnn *net = NULL;
        struct rnn_score whole, half;
        struct rnn_training_spec how = good;
        how.shortest = 10;
        how.optimizer = rules[i];
        how.population = true;
        struct rnn_spec spec = net_spec(&how, 11);
        spec.norm = RNN_NORM_SEPARATE;
        size_t size;
        struct rnn_training *training = training_of(&net, &how, &spec);
        go_on(training, 13);
        ck_assert_int_eq(rnn_training_test(&whole, training, 20, 40), RNN_OK);
        const void *now = rnn_training_state(training, &size);
        ck_assert_uint_le(size, sizeof state);
        memcpy(state, now, size);
        go_on(training, 17);
        ck_assert_int_eq(rnn_training_test(&whole, training, 20, 40), RNN_OK);
        memcpy(theta, net->theta, net->parameters * sizeof *theta);
        end(&training, &net);

        training = training_of(&net, &how, &spec);
        go_on(training, 2);
        ck_assert_int_eq(rnn_training_restore(training, state, size), RNN_OK);
        ck_assert_uint_eq(training->updates, 13);
        go_on(training, 17);
        ck_assert_int_eq(rnn_training_test(&half, training, 20, 40), RNN_OK);
        ck_assert_mem_eq(theta, net->theta, net->parameters * sizeof *theta);
        ck_assert_double_eq(half.loss, whole.loss);
        ck_assert_int_eq(rnn_training_restore(training, state, size - 1), RNN_BAD_SIZE);
        end(&training, &net);
    }
}
END_TEST

START_TEST(a_state_depends_on_nothing_but_the_training) {
    struct rnn *net = NULL;
    static unsigned char first[30000];
    const struct rnn_spec spec = net_spec(&good, 11);
    for (int i = 0; i < 2; i++) {
        size_t size;
        struct rnn_training *training = training_of(&net, &good, &spec);
        go_on(training, 3);
        training->moments.exponent[3] = 713;
        training->moments.exploded = true;
        const void *state = rnn_training_state(training, &size);
        ck_assert_uint_le(size, sizeof first);
        if (i == 0)
            memcpy(first, state, size);
        ck_assert_mem_eq(first, state, size);
        training->moments.exponent[3] = 0;
        training->moments.exploded = false;
        ck_assert_int_eq(rnn_training_restore(training, first, size), RNN_OK);
        ck_assert_int_eq(training->moments.exponent[3], 713);
        ck_assert(training->moments.exploded);
        rnn_training_free(&training);
    }
    rnn_free(&net);
}
END_TEST

START_TEST(a_training_is_reused_and_begins_anew) {
    struct rnn *net = NULL;
    struct rnn_training_spec how = good;
    struct rnn_spec spec = net_spec(&how, 11);
    struct rnn_training *training = training_of(&net, &how, &spec), *old = training;
    go_on(training, 5);
    ck_assert_int_eq(rnn_set_length(net, 11), RNN_OK); /* of some test, say */
    ck_assert_int_eq(rnn_training_create(&training, net, &how), RNN_OK);
    ck_assert_ptr_eq(training, old);
    ck_assert_uint_eq(training->updates, 0);
    for (size_t i = 0; i < net->parameters; i++)
        ck_assert_double_eq(training->moments.v[i] + training->moments.s[i], 0);
    how.longest = 200; /* beyond the net */
    ck_assert_int_eq(rnn_training_create(&training, net, &how), RNN_BAD_SPEC);
    ck_assert_ptr_null(training);
    rnn_free(&net);
}
END_TEST

UNIT_MAIN("train_state", a_checkpoint_goes_on_to_the_same_bits, a_state_depends_on_nothing_but_the_training,
          a_training_is_reused_and_begins_anew)
