/* How a training ends, and what does not end it. */
#include "training.h"

#include <math.h>
#include <string.h>

static void is_lost(struct rnn_training *training, enum rnn_status status, enum rnn_cause cause,
                    size_t step) {
    ck_assert_int_eq(status, RNN_DIVERGED);
    ck_assert_int_eq(training->cause, cause);
    ck_assert_uint_eq(training->stopped_at, step);
}

START_TEST(a_state_that_is_not_finite_ends_a_training_and_its_tests) {
    struct rnn *net = NULL;
    struct rnn_score score;
    struct rnn_spec spec = net_spec(&good, 11);
    spec.activation = &rnn_linear;
    spec.init = RNN_IDENTITY;
    spec.scale = 1e60; /* h_t = 1e60 h_{t-1} + ..: beyond 1e308 at step 7 */
    struct rnn_training *training = training_of(&net, &good, &spec);
    is_lost(training, rnn_training_measure(training), RNN_LOST_STATE, 7);
    ck_assert_uint_eq(training->updates, 0);
    training->cause = RNN_GOES_ON;
    is_lost(training, rnn_training_test(&score, training, 20, 20), RNN_LOST_STATE, 7);
    end(&training, &net);
}
END_TEST

START_TEST(a_loss_that_is_not_finite_ends_it) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = net_spec(&good, 11);
    struct rnn_training *training = training_of(&net, &good, &spec);
    net->p.b_y[2] = INFINITY;
    is_lost(training, rnn_training_measure(training), RNN_LOST_LOSS, 0);
    end(&training, &net);
}
END_TEST

START_TEST(a_gradient_that_is_not_finite_ends_it) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = net_spec(&good, 11);
    struct rnn_training *training = training_of(&net, &good, &spec);
    for (enum rnn_clip clip = RNN_NO_CLIP; clip <= RNN_CLIP_VALUE; clip++) {
        training->spec.clip = clip;
        training->cause = RNN_GOES_ON;
        ck_assert_int_eq(rnn_training_measure(training), RNN_OK);
        net->d.W_xh[3] = NAN;
        is_lost(training, rnn_training_update(training), RNN_LOST_GRADIENT, 0);
        ck_assert_uint_eq(training->updates, 0);
    }
    memset(net->theta, 0, net->parameters * sizeof *net->theta); /* all states are 0, all slopes 1 */
    net->p.W_hh[0] = net->p.W_hh[1] = net->p.W_hh[11] = net->p.W_hh[12] = 1.5e308;
    net->p.W_hy[0] = net->p.W_hy[1] = 1;
    training->cause = RNN_GOES_ON;
    is_lost(training, rnn_training_measure(training), RNN_LOST_GRADIENT, 18); /* the second product */
    end(&training, &net);
}
END_TEST

START_TEST(a_parameter_that_is_not_finite_ends_it) {
    struct rnn *net = NULL;
    struct rnn_training_spec how = good;
    how.clip = RNN_NO_CLIP;
    how.optimizer = rnn_sgd(1e308);
    const struct rnn_spec spec = net_spec(&how, 11);
    struct rnn_training *training = training_of(&net, &how, &spec);
    net->p.W_hy[0] = 1e5;
    ck_assert_int_eq(rnn_training_measure(training), RNN_OK);
    is_lost(training, rnn_training_update(training), RNN_LOST_THETA, 0);
    ck_assert_uint_eq(training->updates, 1);
    end(&training, &net);
}
END_TEST

START_TEST(a_gradient_that_is_zero_far_back_does_not_end_it) {
    struct rnn *net = NULL;
    struct rnn_spec spec = net_spec(&good, 11);
    spec.truncation = 5;
    struct rnn_training *training = training_of(&net, &good, &spec);
    go_on(training, 3);
    ck_assert(isfinite(net->log_dh[15]) && isinf(net->log_dh[14]));
    rnn_training_free(&training);
    spec.activation = &rnn_relu;
    training = training_of(&net, &good, &spec);
    for (size_t i = 0; i < 11; i++)
        net->p.b_h[i] = -37;
    go_on(training, 3);
    for (size_t t = 0; t < 19; t++)
        ck_assert(isinf(net->log_dh[t]));
    end(&training, &net);
}
END_TEST

START_TEST(every_cause_has_a_word) {
    for (enum rnn_cause cause = RNN_GOES_ON; cause <= RNN_LOST_THETA; cause++)
        for (enum rnn_cause other = RNN_GOES_ON; other < cause; other++)
            ck_assert_str_ne(rnn_cause_text(cause), rnn_cause_text(other));
    ck_assert_str_eq(rnn_cause_text(RNN_LOST_THETA + 1), "unknown");
}
END_TEST

UNIT_MAIN("train_ends", a_state_that_is_not_finite_ends_a_training_and_its_tests,
          a_loss_that_is_not_finite_ends_it, a_gradient_that_is_not_finite_ends_it,
          a_parameter_that_is_not_finite_ends_it, a_gradient_that_is_zero_far_back_does_not_end_it,
          every_cause_has_a_word)
