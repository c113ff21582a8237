/* A training from end to end: it learns, from batches that depend on nothing but the seed. */
#include "training.h"

#include <math.h>
#include <string.h>

START_TEST(a_net_learns_temporal_order) {
    struct rnn *net = NULL;
    struct rnn_score score;
    const struct rnn_spec spec = net_spec(&good, 50);
    struct rnn_training *training = training_of(&net, &good, &spec);
    ck_assert_int_eq(rnn_training_test(&score, training, 20, 500), RNN_OK);
    ck_assert_double_gt(score.error, 0.6); /* chance is 3/4 */
    go_on(training, 1000);
    ck_assert_int_eq(rnn_training_test(&score, training, 20, 1000), RNN_OK);
    ck_assert_double_lt(score.error, 0.05);
    ck_assert_uint_eq(training->updates, 1000);
    end(&training, &net);
}
END_TEST

/* ---- data ---------------------------------------------------------------------------------------------- */

/* x and labels that update number 3 trains on. */
static void fourth_batch(double *x, uint32_t *label, struct rnn_training_spec how, struct rnn_spec spec) {
    struct rnn *net = NULL;
    struct rnn_training *training = training_of(&net, &how, &spec);
    struct rnn_score score;
    go_on(training, 3);
    ck_assert_int_eq(rnn_training_test(&score, training, 20, 30), RNN_OK);
    ck_assert_int_eq(rnn_training_measure(training), RNN_OK);
    memcpy(x, net->x, 20 * 20 * 6 * sizeof *x);
    memcpy(label, net->label, 20 * sizeof *label);
    end(&training, &net);
}

START_TEST(data_depend_on_the_seed_and_the_update_alone) {
    static double x[2][20 * 20 * 6];
    uint32_t label[2][20];
    struct rnn_spec spec = net_spec(&good, 50);
    struct rnn_training_spec how = good;
    fourth_batch(x[0], label[0], how, spec);
    spec.cell = &rnn_gru;
    spec.hidden = 7;
    how.optimizer = rnn_sgd(0.1);
    how.clip = RNN_NO_CLIP;
    fourth_batch(x[1], label[1], how, spec);
    ck_assert_mem_eq(x[0], x[1], sizeof x[0]);
    ck_assert_mem_eq(label[0], label[1], sizeof label[0]);
    how.seed++;
    fourth_batch(x[1], label[1], how, spec);
    ck_assert_mem_ne(x[0], x[1], sizeof x[0]);
}
END_TEST

START_TEST(tests_are_fresh_and_leave_the_training_alone) {
    struct rnn *nets[2] = { NULL };
    struct rnn_score first, second;
    const struct rnn_spec spec = net_spec(&good, 11);
    struct rnn_training *tested = training_of(&nets[0], &good, &spec),
                        *alone = training_of(&nets[1], &good, &spec);
    for (int i = 0; i < 5; i++) {
        go_on(tested, 3);
        go_on(alone, 3);
        ck_assert_int_eq(rnn_training_test(&first, tested, 20, 40), RNN_OK);
        ck_assert_int_eq(rnn_training_test(&second, tested, 20, 40), RNN_OK);
        ck_assert_double_ne(first.loss, second.loss);
    }
    ck_assert_uint_eq(tested->tested, 5 * 2 * 2);
    ck_assert_mem_eq(nets[0]->theta, nets[1]->theta, nets[0]->parameters * sizeof(double));
    end(&tested, &nets[0]);
    end(&alone, &nets[1]);
}
END_TEST

START_TEST(lengths_are_drawn_from_all_of_their_range) {
    struct rnn *net = NULL;
    struct rnn_score score;
    struct rnn_training_spec how = good;
    how.shortest = 10;
    how.longest = 14;
    struct rnn_spec spec = net_spec(&how, 5);
    spec.length = spec.segment = 100;
    struct rnn_training *training = training_of(&net, &how, &spec);
    size_t counts[5] = { 0 };
    for (int i = 0; i < 1000; i++) {
        go_on(training, 1);
        ck_assert(net->spec.length >= 10 && net->spec.length <= 14);
        counts[net->spec.length - 10]++;
    }
    for (int i = 0; i < 5; i++)
        ck_assert(counts[i] > 140 && counts[i] < 260); /* five deviations */
    ck_assert_int_eq(rnn_training_test(&score, training, 100, 40), RNN_OK);
    ck_assert_uint_eq(net->spec.length, 100);
    ck_assert_int_eq(rnn_training_test(&score, training, 101, 40), RNN_BAD_RANGE);
    ck_assert_int_eq(rnn_training_test(&score, training, 9, 40), RNN_BAD_RANGE);
    end(&training, &net);
}
END_TEST

/* ---- windows ------------------------------------------------------------------------------------------- */

static struct rnn_training_spec recall_spec(size_t delay, size_t window) {
    struct rnn_training_spec how = good;
    how.problem = (struct rnn_problem){ .task = &rnn_task_recall, .delay = delay };
    how.shortest = how.longest = 8;
    how.window = window;
    how.optimizer = rnn_adam(0.01);
    return how;
}

static struct rnn_spec window_spec(const struct rnn_training_spec *how) {
    struct rnn_spec spec = net_spec(how, 20);
    spec.length = spec.segment = 1;
    spec.inputs *= how->window;
    return spec;
}

START_TEST(a_window_sees_the_last_inputs_side_by_side) {
    static double x[8 * 20 * 5], draws[20 * 8];
    uint32_t label[20];
    struct rnn_training_spec how = recall_spec(3, 10);
    const struct rnn_batch batch = { 8, 20, 1, x, NULL, label, NULL, 0 };
    const struct rnn_spec spec = window_spec(&how);
    struct rnn *net = NULL;
    struct rnn_training *training = training_of(&net, &how, &spec);
    ck_assert_int_eq(rnn_training_measure(training), RNN_OK);
    rnn_problem_fill(&batch, &how.problem, (struct rnn_stream){ how.seed, RNN_FOR_BATCH, 0 }, draws);
    for (size_t b = 0; b < 20; b++)
        for (size_t j = 0; j < 10; j++)
            for (size_t i = 0; i < 5; i++)
                ck_assert_double_eq(net->x[(b * 10 + j) * 5 + i], j < 2 ? 0 : x[((j - 2) * 20 + b) * 5 + i]);
    ck_assert_mem_eq(net->label, label, 20 * sizeof *label);
    end(&training, &net);
}
END_TEST

START_TEST(a_window_learns_what_lies_within_it_and_nothing_else) {
    for (size_t delay = 3; delay <= 4; delay++) {
        struct rnn_training_spec how = recall_spec(delay, 4);
        const struct rnn_spec spec = window_spec(&how);
        struct rnn_score score;
        struct rnn *net = NULL;
        struct rnn_training *training = training_of(&net, &how, &spec);
        go_on(training, 300);
        ck_assert_int_eq(rnn_training_test(&score, training, 8, 1000), RNN_OK);
        ck_assert(delay < 4 ? score.error == 0 : fabs(score.error - 0.75) < 0.07); /* five deviations */
        ck_assert_int_eq(rnn_training_test(&score, training, 9, 1000), RNN_BAD_RANGE);
        end(&training, &net);
    }
}
END_TEST

/* A training knows where a letter's one is; who then writes other letters into x is heard all the same. */
START_TEST(what_is_written_into_x_is_what_the_net_reads) {
    static const unsigned char text[] = "o que se escreve depois no lugar de uma letra";
    struct rnn *net = NULL, *other = NULL;
    struct rnn_training_spec how = good;
    const struct rnn_text all = { text, sizeof text - 1 };
    how.problem = (struct rnn_problem){ .task = &rnn_task_text, .text = all, .held_out = all };
    const struct rnn_spec spec = net_spec(&how, 5);
    struct rnn_training *training = training_of(&net, &how, &spec);
    ck_assert_int_eq(rnn_create(&other, &spec), RNN_OK);
    go_on(training, 1);
    ck_assert_int_eq(rnn_training_measure(training), RNN_OK);
    for (int changed = 0; changed < 2; changed++) {
        memcpy(other->theta, net->theta, net->parameters * sizeof *net->theta);
        memcpy(other->h, net->h, 20 * 5 * sizeof *other->h);
        memcpy(other->x, net->x, 20 * 20 * RNN_BYTES * sizeof *net->x);
        ck_assert_int_eq(rnn_forward(other), RNN_OK);
        ck_assert_mem_eq(other->h, net->h, 21 * 20 * 5 * sizeof *net->h);
        memset(net->x + 7 * RNN_BYTES, 0, RNN_BYTES * sizeof *net->x);
        net->x[7 * RNN_BYTES + 'z'] = 1;
        ck_assert_int_eq(rnn_forward(net), RNN_OK);
        ck_assert(changed || memcmp(other->h, net->h, 21 * 20 * 5 * sizeof *net->h));
    }
    rnn_free(&other);
    end(&training, &net);
}
END_TEST

/* Rows that are known to hold a single one lose that alone: of batches of any length nothing may stay. */
START_TEST(what_a_training_shows_is_its_batch_whatever_it_showed_before) {
    static const unsigned char text[] = "o que se mostrou antes fica para tras, letra por letra";
    static double x[20 * 20 * RNN_BYTES], draws[20];
    uint32_t label[20];
    struct rnn *net = NULL;
    struct rnn_training_spec how = good;
    const struct rnn_text all = { text, sizeof text - 1 };
    how.problem = (struct rnn_problem){ .task = &rnn_task_text, .text = all, .held_out = all };
    how.shortest = 3;
    const struct rnn_spec spec = net_spec(&how, 5);
    struct rnn_training *training = training_of(&net, &how, &spec);
    for (uint32_t update = 0; update < 30; update++) {
        go_on(training, 1);
        const size_t T = net->spec.length;
        const struct rnn_batch batch = { T, 20, 1, x, NULL, label, NULL, 0 };
        rnn_problem_fill(&batch, &how.problem, (struct rnn_stream){ how.seed, RNN_FOR_BATCH, update }, draws);
        ck_assert_mem_eq(net->x, x, T * 20 * RNN_BYTES * sizeof *x);
    }
    end(&training, &net);
}
END_TEST

static const unsigned char alphabet[] = "abcdefghijklmnopqrstuvwxyz";
static const struct rnn_problem letters = { .task = &rnn_task_text,
                                            .text = { alphabet, 26 },
                                            .held_out = { alphabet, 26 } };

/* x of a window of one letter has a single one, whose place nobody told. */
START_TEST(a_window_of_letters_is_filled_anew) {
    struct rnn *net = NULL;
    struct rnn_training_spec how = good;
    how.problem = letters;
    for (how.window = 1; how.window <= 3; how.window++) {
        struct rnn_spec spec = net_spec(&how, 5);
        spec.length = spec.segment = 1;
        spec.inputs = how.window * RNN_BYTES;
        struct rnn_training *training = training_of(&net, &how, &spec);
        for (int i = 0; i < 3; i++) {
            double sum = 0;
            go_on(training, 1);
            for (size_t j = 0; j < spec.batch * spec.inputs; j++)
                sum += net->x[j];
            ck_assert_double_eq(sum, (double)(spec.batch * how.window));
        }
        rnn_training_free(&training);
    }
    rnn_free(&net);
}
END_TEST

/* The places that the ones had before are no longer theirs. */
START_TEST(a_net_drawn_anew_is_filled_anew) {
    struct rnn *net = NULL;
    struct rnn_training_spec how = good;
    how.problem = letters;
    const struct rnn_spec spec = net_spec(&how, 5);
    struct rnn_training *training = training_of(&net, &how, &spec);
    go_on(training, 2);
    rnn_draw(net, 713);
    ck_assert_int_eq(rnn_training_create(&training, net, &training->spec), RNN_OK); /* its own spec, too */
    go_on(training, 1);
    for (size_t i = 0; i < spec.length * spec.batch * spec.inputs; i++)
        ck_assert(net->x[i] == 0 || net->x[i] == 1);
    end(&training, &net);
}
END_TEST

UNIT_MAIN("train", a_net_learns_temporal_order, data_depend_on_the_seed_and_the_update_alone,
          tests_are_fresh_and_leave_the_training_alone, lengths_are_drawn_from_all_of_their_range,
          a_window_sees_the_last_inputs_side_by_side, a_window_learns_what_lies_within_it_and_nothing_else,
          what_is_written_into_x_is_what_the_net_reads,
          what_a_training_shows_is_its_batch_whatever_it_showed_before, a_window_of_letters_is_filled_anew,
          a_net_drawn_anew_is_filled_anew)
