/* A training from end to end: what it draws, the step it takes, how it stops, what a checkpoint holds. */
#include "train.h"
#include "unit.h"

#include <math.h>
#include <string.h>

static const struct rnn_training_spec good = { .problem = { .task = &rnn_task_order },
                                               .optimizer = { RNN_ADAM, 2e-3, 0.9, 0.999, 1e-8 },
                                               .clip = RNN_CLIP_NORM,
                                               .threshold = 1,
                                               .shortest = 20,
                                               .longest = 20,
                                               .seed = 2385 };

/* A tanh net for the task, at its longest. */
static struct rnn_spec net_spec(const struct rnn_training_spec *how, size_t hidden) {
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

static struct rnn_training *training_of(struct rnn **net, const struct rnn_training_spec *how,
                                        const struct rnn_spec *spec) {
    struct rnn_training *training = NULL;
    ck_assert_int_eq(rnn_create(net, spec), RNN_OK);
    rnn_draw(*net, 713);
    ck_assert_ptr_null(rnn_training_fault(how, spec));
    ck_assert_int_eq(rnn_training_create(&training, *net, how), RNN_OK);
    return training;
}

static void end(struct rnn_training **training, struct rnn **net) {
    rnn_training_free(training);
    rnn_free(net);
    ck_assert_ptr_null(*training);
}

static void go_on(struct rnn_training *training, size_t updates) {
    for (size_t i = 0; i < updates; i++) {
        ck_assert_int_eq(rnn_training_measure(training), RNN_OK);
        ck_assert_int_eq(rnn_training_update(training), RNN_OK);
    }
}

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

/* ---- scores -------------------------------------------------------------------------------------------- */

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
        const struct rnn_batch batch = { length, 20, reads, x, target + 20 * i, label + 20 * reads * i };
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

/* ---- the step ------------------------------------------------------------------------------------------ */

enum { MOST = 1000 };

/* What theta becomes by sgd if the gradient is clipped in one of the ways one meets. */
enum way {
    RIGHT,
    BEFORE_BACKWARD, /* clipping what the backward pass will overwrite */
    TO_ONE, /* whatever the threshold */
    NEVER_PASSED_ON, /* clipping a copy */
    WAYS
};
static void expected_theta(double *theta, const struct rnn *net, const struct rnn_training_spec *how,
                           enum way way) {
    const double norm = exp(rnn_log_norm(net->gradient, net->parameters));
    const double threshold = way == TO_ONE ? 1 : how->threshold;
    for (size_t i = 0; i < net->parameters; i++) {
        double g = net->gradient[i];
        if (way == RIGHT || way == TO_ONE)
            g = how->clip == RNN_CLIP_NORM ? g * fmin(1, threshold / norm)
                                           : fmax(-threshold, fmin(threshold, g));
        theta[i] = net->theta[i] - how->optimizer.rate * g;
    }
}

static double distance(const double *x, const double *y, size_t count) {
    double squares = 0;
    for (size_t i = 0; i < count; i++)
        squares += (x[i] - y[i]) * (x[i] - y[i]);
    return sqrt(squares);
}

START_TEST(a_step_is_clipped_after_the_backward_pass_and_three_classic_mistakes_are_not_made) {
    static const struct {
        enum rnn_clip clip;
        double threshold;
    } clips[] = { { RNN_CLIP_NORM, 0.0713 }, { RNN_CLIP_VALUE, 0.00713 } };
    for (int i = 0; i < 2; i++) {
        struct rnn *net = NULL;
        double theta[MOST];
        struct rnn_training_spec how = good;
        how.optimizer = rnn_sgd(0.377);
        how.clip = clips[i].clip;
        how.threshold = clips[i].threshold;
        const struct rnn_spec spec = net_spec(&how, 23);
        for (enum way way = RIGHT; way < WAYS; way++) {
            struct rnn_training *training = training_of(&net, &how, &spec);
            ck_assert_uint_lt(net->parameters, MOST);
            ck_assert_int_eq(rnn_training_measure(training), RNN_OK);
            const double log_norm = rnn_log_norm(net->gradient, net->parameters);
            expected_theta(theta, net, &how, way);
            ck_assert_int_eq(rnn_training_update(training), RNN_OK);
            const double off = distance(theta, net->theta, net->parameters);
            ck_assert(way == RIGHT ? off < 1e-15 : off > 1e-3);
            ck_assert_double_eq_tol(training->log_norm, log_norm, 1e-13);
            ck_assert(training->clipped);
            rnn_training_free(&training);
        }
        rnn_free(&net);
    }
}
END_TEST

START_TEST(what_is_below_the_threshold_is_stepped_along_as_it_is) {
    static const enum rnn_clip clips[] = { RNN_NO_CLIP, RNN_CLIP_NORM, RNN_CLIP_VALUE };
    double theta[3][MOST];
    for (int i = 0; i < 3; i++) {
        struct rnn *net = NULL;
        struct rnn_training_spec how = good;
        how.clip = clips[i];
        how.threshold = 100;
        const struct rnn_spec spec = net_spec(&how, 23);
        struct rnn_training *training = training_of(&net, &how, &spec);
        go_on(training, 2);
        ck_assert(!training->clipped);
        memcpy(theta[i], net->theta, net->parameters * sizeof *net->theta);
        ck_assert_mem_eq(theta[i], theta[0], net->parameters * sizeof *net->theta);
        end(&training, &net);
    }
}
END_TEST

START_TEST(omega_is_descended_with_its_weight) {
    struct rnn *net = NULL, *other = NULL;
    struct rnn_training_spec how = good;
    struct rnn_spec spec = net_spec(&how, 11);
    spec.record = RNN_EVERYTHING;
    double dW[11 * 11], work[2000];
    ck_assert_double_lt(rnn_omega_work(&spec), 2000);
    struct rnn_training *without = training_of(&net, &how, &spec);
    how.omega = 2.385;
    struct rnn_training *with = training_of(&other, &how, &spec);
    ck_assert_int_eq(rnn_training_measure(without), RNN_OK);
    ck_assert_int_eq(rnn_training_measure(with), RNN_OK);
    ck_assert_double_eq(with->omega, rnn_omega(dW, net, work));
    ck_assert_double_eq(without->omega, 0);
    for (size_t i = 0; i < net->parameters; i++)
        ck_assert_double_eq_tol(other->gradient[i], net->gradient[i] + (i < 121 ? 2.385 * dW[i] : 0), 1e-15);
    end(&without, &net);
    end(&with, &other);
}
END_TEST

/* dL/dW_hh without Omega, of a net whose gradient is beyond double, and dOmega/dW_hh, both times
 * 2^-*exponent; and then with it. */
static void omega_is_added_to(struct rnn_training_spec how, struct rnn_spec spec, double b_y, int side) {
    static double dW[11 * 11], work[2000], before[11 * 11];
    struct rnn *net = NULL;
    for (int with = 0; with < 2; with++) {
        how.omega = with ? 2.385 : 0;
        struct rnn_training *training = training_of(&net, &how, &spec);
        net->p.b_y['a' % spec.outputs] = b_y;
        ck_assert_int_eq(rnn_training_measure(training), RNN_OK);
        if (!with) {
            ck_assert_int_gt(side * net->gradient_exponent, 0);
            rnn_omega(dW, net, work);
            for (size_t i = 0; i < 121; i++)
                before[i] = ldexp(net->d.W_hh[i], side < 0 ? net->gradient_exponent : 0);
        }
        const int exponent = side < 0 ? 0 : net->gradient_exponent;
        for (size_t i = 0; with && i < 121; i++)
            ck_assert_double_eq_tol(net->d.W_hh[i] / (before[i] + ldexp(2.385 * dW[i], -exponent)), 1, 1e-12);
        rnn_training_free(&training);
    }
    rnn_free(&net);
}

START_TEST(omega_is_added_to_a_gradient_of_any_size) {
    static const unsigned char text[] = "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa";
    const struct rnn_text easy = { text, sizeof text - 1 };
    struct rnn_training_spec how = good;
    how.shortest = how.longest = 1900;
    struct rnn_spec spec = net_spec(&how, 11);
    spec.record = RNN_EVERYTHING;
    spec.activation = &rnn_linear; /* to 1.45^1900 = 2^1018 */
    spec.init = RNN_ORTHOGONAL;
    spec.scale = 1.45;
    omega_is_added_to(how, spec, 0.377, 1);
    how.shortest = how.longest = 20;
    how.problem = (struct rnn_problem){ .task = &rnn_task_text, .text = easy, .held_out = easy };
    spec = net_spec(&how, 11);
    spec.record = RNN_EVERYTHING;
    omega_is_added_to(how, spec, 705, -1); /* all answers are right, by e^705 */
}
END_TEST

/* ---- how a training ends ------------------------------------------------------------------------------- */

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

/* ---- checkpoints --------------------------------------------------------------------------------------- */

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
        training->moments.exponent = 713;
        const void *state = rnn_training_state(training, &size);
        ck_assert_uint_le(size, sizeof first);
        if (i == 0)
            memcpy(first, state, size);
        ck_assert_mem_eq(first, state, size);
        training->moments.exponent = 0;
        ck_assert_int_eq(rnn_training_restore(training, first, size), RNN_OK);
        ck_assert_int_eq(training->moments.exponent, 713);
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
    struct rnn_training_spec how = recall_spec(3, 10);
    const struct rnn_batch batch = { 8, 20, 1, x, NULL, label };
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

/* ---- what is refused ----------------------------------------------------------------------------------- */

static void assert_fault(struct rnn_training_spec how, struct rnn_spec spec, const char *field) {
    struct rnn *net = NULL;
    struct rnn_training *training = NULL;
    const char *fault = rnn_training_fault(&how, &spec);
    ck_assert_ptr_nonnull(fault);
    ck_assert_msg(strncmp(fault, field, strlen(field)) == 0 && fault[strlen(field)] == ':', "%s, not %s",
                  fault, field);
    ck_assert(isnan(rnn_training_bytes(&how, &spec)));
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    ck_assert_int_eq(rnn_training_create(&training, net, &how), RNN_BAD_SPEC);
    rnn_free(&net);
}

#define REFUSED(field, change)                                                                               \
    do {                                                                                                     \
        struct rnn_training_spec how = good;                                                                 \
        struct rnn_spec spec = net_spec(&good, 5);                                                           \
        spec.record = RNN_EVERYTHING;                                                                        \
        how.omega = 0.713;                                                                                   \
        ck_assert_ptr_null(rnn_training_fault(&how, &spec));                                                 \
        change;                                                                                              \
        assert_fault(how, spec, field);                                                                      \
    } while (0)

START_TEST(a_wrong_field_is_named) {
    REFUSED("task", how.problem.task = NULL);
    REFUSED("length", how.shortest = 9);
    REFUSED("shortest", how.shortest = 21);
    REFUSED("longest", how.longest = 21);
    REFUSED("reads", spec.reads = 2);
    REFUSED("delay", (how.problem.task = &rnn_task_last, how.problem.delay = 20));
    REFUSED("rate", how.optimizer.rate = 0);
    REFUSED("momentum", how.optimizer.momentum = 1);
    REFUSED("clip", how.clip = 0);
    REFUSED("clip", how.clip = RNN_CLIP_VALUE + 1);
    REFUSED("threshold", how.threshold = 0);
    REFUSED("threshold", how.threshold = INFINITY);
    REFUSED("threshold", (how.clip = RNN_CLIP_VALUE, how.threshold = NAN));
    REFUSED("record", spec.record = RNN_NORMS);
    REFUSED("inputs", spec.inputs = 5);
    REFUSED("outputs", spec.outputs = 5);
    REFUSED("population", how.population = true);
    REFUSED("window", (how.window = 2, spec.inputs = 12));
    REFUSED("inputs", (how.window = 2, how.omega = 0, spec.length = spec.segment = 1));
    REFUSED("truncation", (how.window = 1, how.omega = 0, spec.length = spec.segment = spec.truncation = 1));
    REFUSED("text", (how.problem.task = &rnn_task_text, spec.inputs = spec.outputs = 256));
}
END_TEST

START_TEST(omega_needs_a_plain_net_that_keeps_everything) {
    REFUSED("omega", how.omega = -0.713);
    REFUSED("omega", how.omega = NAN);
    REFUSED("omega", how.omega = INFINITY);
    REFUSED("omega", spec.cell = &rnn_lstm);
    REFUSED("omega", spec.norm = RNN_NORM_INPUT);
    REFUSED("omega", spec.weights = RNN_UNTIED);
    REFUSED("omega", (how.window = 1, spec.length = spec.segment = 1));
    REFUSED("record", spec.record = RNN_GRADIENTS);
    REFUSED("record", spec.segment = 1);
}
END_TEST

UNIT_MAIN("train", a_net_learns_temporal_order, data_depend_on_the_seed_and_the_update_alone,
          tests_are_fresh_and_leave_the_training_alone, lengths_are_drawn_from_all_of_their_range,
          an_error_is_the_share_of_wrong_classes, an_error_of_adding_is_the_mean_square,
          an_error_of_copy_is_that_of_the_symbols, text_is_tested_on_what_was_held_out,
          a_step_is_clipped_after_the_backward_pass_and_three_classic_mistakes_are_not_made,
          what_is_below_the_threshold_is_stepped_along_as_it_is, omega_is_descended_with_its_weight,
          omega_is_added_to_a_gradient_of_any_size, a_state_that_is_not_finite_ends_a_training_and_its_tests,
          a_loss_that_is_not_finite_ends_it, a_gradient_that_is_not_finite_ends_it,
          a_parameter_that_is_not_finite_ends_it, a_gradient_that_is_zero_far_back_does_not_end_it,
          every_cause_has_a_word, a_checkpoint_goes_on_to_the_same_bits,
          a_state_depends_on_nothing_but_the_training, a_training_is_reused_and_begins_anew,
          a_window_sees_the_last_inputs_side_by_side, a_window_learns_what_lies_within_it_and_nothing_else,
          a_wrong_field_is_named, omega_needs_a_plain_net_that_keeps_everything)
