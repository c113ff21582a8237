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

UNIT_MAIN("crossing", an_orthogonal_linear_net_decays_by_its_scale,
          the_part_of_the_weights_ignores_the_activation_and_keeps_it,
          at_the_crossing_the_slope_changes_its_sign, what_stops_a_measurement_is_returned)
