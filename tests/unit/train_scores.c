/* What a training scores on sequences it has not seen. */
#include "training.h"

#include "measure.h"

#include <math.h>
#include <string.h>

/* With theta = 0 the answer is b_y, whatever comes in. */
static struct rnn_score score_of(struct rnn_training_spec how, size_t reads, const double *b_y,
                                 size_t sequences) {
    struct rnn *net = NULL;
    struct rnn_score score;
    struct rnn_spec spec = net_spec(&how, 3);
    spec.reads = reads;
    struct rnn_training *training = training_of(&net, &how, &spec);
    memset(net->theta, 0, net->parameters * sizeof *net->theta);
    memcpy(net->p.b_y, b_y, spec.outputs * sizeof *b_y);
    ck_assert_int_eq(rnn_training_test(&score, training, how.longest, sequences), RNN_OK);
    ck_assert_uint_eq(score.sequences, sequences);
    end(&training, &net);
    return score;
}

/* The first 30 sequences of a task's tests, in two batches of 20. */
static double target[40];
static uint32_t label[40 * 40];
static void first_tests(const struct rnn_problem *problem, size_t length, size_t reads) {
    static double x[20 * 256 * 40], draws[20 * 50];
    for (uint32_t i = 0; i < 2; i++) {
        const struct rnn_batch batch = { length, 20, reads, x, target + 20 * i, label + 20 * reads * i,
                                         NULL,   0 };
        rnn_problem_fill(&batch, problem, (struct rnn_stream){ good.seed, RNN_FOR_TEST, i }, draws);
    }
}

START_TEST(an_error_is_the_share_of_wrong_classes) {
    const double b_y[] = { 0.1, 0.3, 0.2, 0.3 }; /* of equal answers the first counts */
    double wrong = 0;
    const struct rnn_score score = score_of(good, 1, b_y, 30);
    first_tests(&good.problem, 20, 1);
    for (int i = 0; i < 30; i++)
        wrong += label[i] != 1;
    ck_assert_double_eq_tol(score.error, wrong / 30, 1e-15);
    ck_assert_double_eq_tol(score.loss, log(4), 0.1);
}
END_TEST

START_TEST(an_error_of_adding_is_the_mean_square) {
    struct rnn_training_spec how = good;
    how.problem.task = &rnn_task_adding;
    const double b_y = 1.0917;
    double squares[2] = { 0 };
    const struct rnn_score score = score_of(how, 1, &b_y, 30);
    first_tests(&how.problem, 20, 1);
    for (int i = 0; i < 40; i++) {
        squares[0] += i < 30 ? (b_y - target[i]) * (b_y - target[i]) / 30 : 0;
        squares[1] += (b_y - target[i]) * (b_y - target[i]) / 40; /* the loss is of whole batches */
    }
    ck_assert_double_eq_tol(score.error, squares[0], 1e-15);
    ck_assert_double_eq_tol(score.loss, squares[1], 1e-15);
}
END_TEST

/* Who always answers blank is right but for the ten symbols, and those are what counts. */
START_TEST(an_error_of_copy_is_that_of_the_symbols) {
    struct rnn_training_spec how = good;
    how.problem.task = &rnn_task_copy;
    how.shortest = how.longest = 40;
    double b_y[9] = { 37 };
    struct rnn_score score = score_of(how, 40, b_y, 30);
    ck_assert_double_eq(score.error, 1);
    ck_assert_double_eq_tol(score.loss, 37.0 / 4, 1e-12);
    b_y[0] = 0;
    b_y[5] = 0.377;
    double wrong = 0;
    score = score_of(how, 40, b_y, 30);
    first_tests(&how.problem, 40, 40);
    for (size_t i = 0; i < 2; i++)
        for (size_t r = 30; r < 40; r++)
            for (size_t b = 0; b < (i ? 10 : 20); b++)
                wrong += label[(i * 40 + r) * 20 + b] != 5;
    ck_assert_double_eq_tol(score.error, wrong / 300, 1e-13);
}
END_TEST

START_TEST(text_is_tested_on_what_was_held_out) {
    static const unsigned char text[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
                               other[] = "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb";
    struct rnn *net = NULL;
    struct rnn_score score;
    struct rnn_training_spec how = good;
    how.problem = (struct rnn_problem){ .task = &rnn_task_text,
                                        .text = { text, sizeof text - 1 },
                                        .held_out = { other, sizeof other - 1 } };
    how.optimizer = rnn_adam(0.1);
    struct rnn_spec spec = net_spec(&how, 5);
    spec.reads = 20;
    struct rnn_training *training = training_of(&net, &how, &spec);
    go_on(training, 50);
    ck_assert_double_lt(net->loss, 0.1);
    ck_assert_int_eq(rnn_training_test(&score, training, 20, 20), RNN_OK);
    ck_assert_double_eq(score.error, 1);
    ck_assert_double_gt(score.loss, log(256));
    end(&training, &net);
}
END_TEST

/* A pass says of the error what a test does, on the same sequences, and ends where it can only fail. */
START_TEST(a_pass_ends_once_the_goal_is_missed) {
    struct rnn *net = NULL, *other = NULL;
    struct rnn_score test, pass;
    const struct rnn_spec spec = net_spec(&good, 50);
    struct rnn_training *tested = training_of(&net, &good, &spec),
                        *passed = training_of(&other, &good, &spec);
    for (int i = 0; i < 2; i++) { /* at chance, then where few are wrong */
        ck_assert_int_eq(rnn_training_test(&test, tested, 20, 210), RNN_OK);
        ck_assert_int_eq(rnn_training_pass(&pass, passed, 20, 210, test.error), RNN_OK);
        ck_assert_double_eq(pass.error, test.error); /* by the last batch that errs */
        ck_assert_int_eq(rnn_training_test(&test, tested, 20, 210), RNN_OK);
        ck_assert_int_eq(rnn_training_pass(&pass, passed, 20, 210, 1.001 * test.error), RNN_OK);
        ck_assert_mem_eq(&pass, &test, sizeof test);
        ck_assert_int_eq(rnn_training_test(&test, tested, 20, 210), RNN_OK);
        ck_assert_int_eq(rnn_training_pass(&pass, passed, 20, 210, test.error / 3), RNN_OK);
        ck_assert_double_ge(pass.error, test.error / 3);
        ck_assert_double_lt(pass.error, test.error);
        ck_assert_double_lt(pass.loss, test.loss);
        go_on(tested, 100);
        go_on(passed, 100);
    }
    end(&tested, &net);
    end(&passed, &other);
}
END_TEST

/* The gates of its last step alone are kept; states all are. */
START_TEST(a_test_scores_what_a_forward_pass_gives_and_keeps_no_gates) {
    const struct rnn_cell *const cells[] = { &rnn_elman, &rnn_lstm, &rnn_gru };
    for (int c = 0; c < 3; c++) {
        struct rnn *net = NULL;
        struct rnn_score score;
        struct rnn_slopes slopes;
        double mean;
        struct rnn_spec spec = net_spec(&good, 13);
        spec.cell = cells[c];
        struct rnn_training *training = training_of(&net, &good, &spec);
        ck_assert_int_eq(rnn_training_test(&score, training, 20, spec.batch), RNN_OK);
        const enum rnn_status gates = rnn_keep_measure(&mean, net, 1, 20);
        ck_assert_int_eq(gates, c ? RNN_BAD_RANGE : RNN_BAD_LAW);
        ck_assert(!c || rnn_backward(net) == RNN_BAD_RANGE);
        ck_assert_int_eq(rnn_slopes_measure(&slopes, net, 1, 20), c ? RNN_BAD_LAW : RNN_OK);
        double *h = rnn_state(net, 10), middle = h[7];
        h[7] = 0;
        ck_assert_int_eq(rnn_forward(net), RNN_OK);
        ck_assert_int_eq(rnn_loss_softmax(net), RNN_OK);
        ck_assert_double_eq(net->loss, score.loss);
        ck_assert_double_eq(h[7], middle);
        ck_assert_int_eq(rnn_keep_measure(&mean, net, 1, 20), c ? RNN_OK : RNN_BAD_LAW);
        end(&training, &net);
    }
}
END_TEST

START_TEST(a_test_of_nothing_is_refused) {
    struct rnn *net = NULL;
    struct rnn_score score;
    const struct rnn_spec spec = net_spec(&good, 5);
    struct rnn_training *training = training_of(&net, &good, &spec);
    ck_assert_int_eq(rnn_training_test(&score, training, 20, 0), RNN_BAD_RANGE);
    ck_assert_int_eq(rnn_training_pass(&score, training, 20, 20, NAN), RNN_BAD_RANGE);
    end(&training, &net);
}
END_TEST

UNIT_MAIN("train_scores", an_error_is_the_share_of_wrong_classes, an_error_of_adding_is_the_mean_square,
          an_error_of_copy_is_that_of_the_symbols, text_is_tested_on_what_was_held_out,
          a_pass_ends_once_the_goal_is_missed, a_test_scores_what_a_forward_pass_gives_and_keeps_no_gates,
          a_test_of_nothing_is_refused)
