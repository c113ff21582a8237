/* The step a training takes: clipped where it has to be, with Omega. */
#include "training.h"

#include <math.h>
#include <string.h>

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

/* A test runs the net on other data, a restored state is another place, and a step leaves no gradient to step along again. */
START_TEST(a_step_needs_a_gradient_of_its_own) {
    struct rnn *net = NULL;
    void *state;
    size_t size;
    struct rnn_score score;
    const struct rnn_spec spec = net_spec(&good, 5);
    struct rnn_training *training = training_of(&net, &good, &spec);
    ck_assert_int_eq(rnn_training_update(training), RNN_BAD_RANGE);
    go_on(training, 1);
    ck_assert_int_eq(rnn_training_update(training), RNN_BAD_RANGE);
    ck_assert_int_eq(rnn_training_measure(training), RNN_OK);
    ck_assert_int_eq(rnn_training_test(&score, training, 20, 20), RNN_OK);
    ck_assert_int_eq(rnn_training_update(training), RNN_BAD_RANGE);
    ck_assert_int_eq(rnn_backward(net), RNN_BAD_RANGE);
    ck_assert_int_eq(rnn_training_measure(training), RNN_OK);
    state = rnn_training_state(training, &size);
    ck_assert_int_eq(rnn_training_restore(training, state, size), RNN_OK);
    ck_assert_int_eq(rnn_training_update(training), RNN_BAD_RANGE);
    ck_assert_uint_eq(training->updates, 1);
    go_on(training, 1);
    end(&training, &net);
}
END_TEST

UNIT_MAIN("train_update", a_step_is_clipped_after_the_backward_pass_and_three_classic_mistakes_are_not_made,
          what_is_below_the_threshold_is_stepped_along_as_it_is, omega_is_descended_with_its_weight,
          omega_is_added_to_a_gradient_of_any_size, a_step_needs_a_gradient_of_its_own)
