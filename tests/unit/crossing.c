/* Rates measured on one draw of W: with its activation, without, and the scale where the rate is 1. */
#include "unit.h"

#include "measure.h"

#include <check.h>
#include <math.h>

static struct rnn *drawn(const struct rnn_activation *activation, enum rnn_init init, double scale) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = { .cell = &rnn_elman,
                                   .activation = activation,
                                   .init = init,
                                   .weights = RNN_TIED,
                                   .record = RNN_NORMS,
                                   .norm = RNN_NO_NORM,
                                   .scale = scale,
                                   .drive = 0.385,
                                   .length = 60,
                                   .segment = 60,
                                   .reads = 1,
                                   .hidden = 48,
                                   .batch = 4,
                                   .inputs = 32 };
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 2385);
    return net;
}

START_TEST(an_orthogonal_linear_net_decays_by_its_scale) {
    struct rnn *net = drawn(&rnn_linear, RNN_ORTHOGONAL, 0.713);
    struct rnn_decay decay;
    ck_assert_int_eq(rnn_decay_measure(&decay, net, 3, 0, 20), RNN_OK);
    ck_assert_double_lt(fabs(decay.slope - log(0.713)), 1e-13);
    rnn_free(&net);
}
END_TEST

START_TEST(the_part_of_the_weights_ignores_the_activation_and_keeps_it) {
    struct rnn *net = drawn(&rnn_tanh, RNN_ORTHOGONAL, 1.385);
    struct rnn_decay decay;
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(rnn_decay_of_weights(&decay, net, 3, 5, 30), RNN_OK);
    ck_assert_double_lt(fabs(decay.slope - log(1.385)), 1e-13);
    ck_assert_ptr_eq(net->spec.activation, &rnn_tanh);
    struct rnn_spec spec = net->spec;
    spec.length = 600;
    spec.segment = 1;
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 713);
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(rnn_decay_of_weights(&decay, net, 3, 5, 30), RNN_BAD_RANGE);
    rnn_free(&net);
}
END_TEST

static double slope_at(const struct rnn_activation *activation, double scale) {
    struct rnn *net = drawn(activation, RNN_GAUSSIAN, scale);
    struct rnn_decay decay;
    ck_assert_int_eq(rnn_decay_measure(&decay, net, 3, 0, 20), RNN_OK);
    rnn_free(&net);
    return decay.slope;
}

/* A wide enough bracket to hold for W drawn anew, whose last bits differ from a W that was multiplied. */
START_TEST(at_the_crossing_the_slope_changes_its_sign) {
    static const struct rnn_activation *const activations[] = { &rnn_sigmoid, &rnn_tanh, &rnn_relu,
                                                                &rnn_linear };
    for (int i = 0; i < 4; i++) {
        struct rnn *net = drawn(activations[i], RNN_GAUSSIAN, 0.713);
        double scale;
        ck_assert_int_eq(rnn_crossing(&scale, net, 3, 0, 20, 1.2), RNN_OK);
        ck_assert_double_lt(slope_at(activations[i], scale * (1 - 1e-4)), 0);
        ck_assert_double_gt(slope_at(activations[i], scale * (1 + 1e-4)), 0);
        rnn_free(&net);
    }
}
END_TEST

START_TEST(what_stops_a_measurement_is_returned) {
    struct rnn *net = drawn(&rnn_relu, RNN_IDENTITY, 1.9);
    struct rnn_decay decay;
    double scale;
    ck_assert_int_eq(rnn_decay_measure(&decay, net, 3, 0, 60), RNN_BAD_RANGE);
    ck_assert_int_eq(rnn_crossing(&scale, net, 3, 9, 10, 1), RNN_BAD_RANGE);
    for (size_t i = 0; i < 48; i++)
        net->p.b_h[i] = -1e9;
    ck_assert_int_eq(rnn_decay_measure(&decay, net, 3, 0, 20), RNN_ZERO);
    ck_assert_int_eq(rnn_decay_of_weights(&decay, net, 3, 0, 20), RNN_OK);
    rnn_free(&net);
    net = drawn(&rnn_linear, RNN_IDENTITY, 1);
    ck_assert_int_eq(rnn_crossing(&scale, net, 3, 0, 20, 1e200), RNN_DIVERGED);
    rnn_free(&net);
    net = drawn(&rnn_sigmoid, RNN_ORTHOGONAL, 1); /* h saturates: its rate stays below 1 at any scale near */
    for (size_t i = 0; i < 48; i++)
        net->p.b_h[i] = 30;
    ck_assert_int_eq(rnn_crossing(&scale, net, 3, 0, 20, 1), RNN_NO_CONVERGENCE);
    rnn_free(&net);
}
END_TEST

/* A net that reads `reads` of its 60 steps and is cut every so many, with labels without a pattern. */
static struct rnn *reader(size_t reads, size_t truncation) {
    enum { O = 5, B = 4 };
    struct rnn *net = drawn(&rnn_tanh, RNN_GAUSSIAN, 0.9);
    struct rnn_spec spec = net->spec;
    spec.record = RNN_GRADIENTS;
    spec.outputs = O;
    spec.reads = reads;
    spec.truncation = truncation;
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 2385);
    for (size_t i = 0; i < reads * B; i++)
        net->label[i] = (uint32_t)((60 - reads) * B + i) * 7 / 3 % O;
    return net;
}

START_TEST(the_loss_of_the_last_step_goes_back_alone_and_uncut) {
    struct rnn *net = reader(60, 7), *other = reader(1, 0);
    ck_assert_int_eq(rnn_back_from_last(net), RNN_OK);
    ck_assert_int_eq(rnn_forward(other), RNN_OK);
    ck_assert_int_eq(rnn_loss_softmax(other), RNN_OK);
    ck_assert_int_eq(rnn_backward(other), RNN_OK);
    ck_assert_double_eq(net->loss, other->loss);
    ck_assert_mem_eq(net->log_dh, other->log_dh, 60 * sizeof(double));
    ck_assert_mem_eq(net->gradient, other->gradient, net->parameters * sizeof(double));
    ck_assert_uint_eq(net->spec.truncation, 7);
    ck_assert_uint_eq(net->spec.reads, 1);
    rnn_free(&net);
    rnn_free(&other);
}
END_TEST

START_TEST(what_stops_the_way_back_from_the_last_step_is_returned) {
    struct rnn *net = drawn(&rnn_tanh, RNN_GAUSSIAN, 0.9);
    ck_assert_int_eq(rnn_back_from_last(net), RNN_BAD_TARGET);
    rnn_free(&net);
    net = reader(60, 7);
    net->p.b_h[0] = INFINITY;
    net->spec.activation = &rnn_linear;
    ck_assert_int_eq(rnn_back_from_last(net), RNN_DIVERGED);
    rnn_free(&net);
    net = reader(60, 7);
    net->spec.activation = &rnn_relu;
    for (size_t i = 0; i < 48; i++)
        net->p.b_h[i] = -37;
    ck_assert_int_eq(rnn_back_from_last(net), RNN_ZERO);
    ck_assert_uint_eq(net->spec.truncation, 7);
    rnn_free(&net);
}
END_TEST

UNIT_MAIN("crossing", an_orthogonal_linear_net_decays_by_its_scale,
          the_part_of_the_weights_ignores_the_activation_and_keeps_it,
          at_the_crossing_the_slope_changes_its_sign, what_stops_a_measurement_is_returned,
          the_loss_of_the_last_step_goes_back_alone_and_uncut,
          what_stops_the_way_back_from_the_last_step_is_returned)
