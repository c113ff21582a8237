/* The network as a whole: memory, length, overflow, and the two findings a pass can end with. */
#include "net/net.h"
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct rnn_spec spec_of(const struct rnn_activation *activation, double scale, size_t length) {
    return (struct rnn_spec){ .cell = &rnn_elman,
                              .activation = activation,
                              .init = RNN_GAUSSIAN,
                              .weights = RNN_TIED,
                              .record = RNN_GRADIENTS,
                              .norm = RNN_NO_NORM,
                              .scale = scale,
                              .drive = 0.25,
                              .length = length,
                              .segment = length,
                              .reads = 1,
                              .hidden = 33,
                              .batch = 5,
                              .inputs = 9 };
}

static enum rnn_status measure(struct rnn **net, struct rnn_spec spec) {
    ck_assert_int_eq(rnn_create(net, &spec), RNN_OK);
    rnn_draw(*net, 713);
    const enum rnn_status status = rnn_forward(*net);
    if (status != RNN_OK)
        return status;
    rnn_loss_linear(*net, 713);
    return rnn_backward(*net);
}

/* log norm per step over lags first..last */
static double rate(const struct rnn *net, size_t first, size_t last) {
    const size_t T = net->spec.length;
    return (net->log_dh[T - 1 - last] - net->log_dh[T - 1 - first]) / (double)(last - first);
}

START_TEST(a_vanishing_net_of_5000_steps_continues_its_line) {
    struct rnn *net = NULL;
    ck_assert_int_eq(measure(&net, spec_of(&rnn_sigmoid, 1.3, 5000)), RNN_OK);
    ck_assert_double_lt(net->log_dh[0], -5000); /* far below the smallest double, e^-745 */
    ck_assert_double_lt(fabs(rate(net, 20, 400) - rate(net, 400, 4999)), 0.01);
    rnn_free(&net);
}
END_TEST

START_TEST(an_exploding_net_of_5000_steps_continues_its_line) {
    struct rnn *net = NULL;
    ck_assert_int_eq(measure(&net, spec_of(&rnn_tanh, 6, 5000)), RNN_OK);
    ck_assert_double_gt(net->log_dh[0], 2000); /* far above the largest double, e^709 */
    ck_assert_double_lt(fabs(rate(net, 20, 1000) - rate(net, 1000, 4999)), 0.05);
    ck_assert_int_gt(net->gradient_exponent, 1000);
    ck_assert(k_finite(net->gradient, net->parameters));
    rnn_free(&net);
}
END_TEST

START_TEST(a_linear_identity_net_is_exact_at_any_length) {
    static const double scales[] = { 0.5, 6, 0.123, 1.77 };
    struct rnn *net = NULL;
    struct rnn_spec spec = spec_of(&rnn_linear, scales[_i], 5000);
    spec.init = RNN_IDENTITY;
    spec.drive = 0;
    spec.inputs = 0;
    ck_assert_int_eq(measure(&net, spec), RNN_OK);
    for (size_t k = 0; k < 5000; k++) {
        const double expected = net->log_dh[4999] + (double)k * log(scales[_i]);
        ck_assert_double_lt(fabs(net->log_dh[4999 - k] - expected), 1e-12 * fmax(1, fabs(expected)));
    }
    rnn_free(&net);
}
END_TEST

START_TEST(rescaling_changes_no_bit) {
    struct rnn *net = NULL, *small = NULL;
    struct rnn_spec spec = spec_of(&rnn_tanh, 1.13, 40);
    spec.record = RNN_EVERYTHING;
    ck_assert_int_eq(measure(&net, spec), RNN_OK);
    ck_assert_int_eq(measure(&small, spec), RNN_OK);
    rnn_loss_linear(small, 713);
    k_scale(rnn_state_gradient(small, 40), 0x1p-300, 5 * 33);
    ck_assert_int_eq(rnn_backward(small), RNN_OK);
    ck_assert_int_ne(small->exponent[39], 0);
    for (size_t t = 1; t <= 40; t++)
        for (size_t i = 0; i < 5 * 33; i++) {
            const double whole = ldexp(rnn_state_gradient(net, t)[i], net->exponent[t - 1] - 300);
            ck_assert_double_eq(whole, ldexp(rnn_state_gradient(small, t)[i], small->exponent[t - 1]));
        }
    for (size_t i = 0; i < net->parameters; i++)
        ck_assert_double_eq(ldexp(net->gradient[i], -300),
                            ldexp(small->gradient[i], small->gradient_exponent));
    rnn_free(&net);
    rnn_free(&small);
}
END_TEST

START_TEST(the_gradient_of_shared_weights_is_the_sum_of_its_steps) {
    struct rnn *tied = NULL, *untied = NULL;
    struct rnn_spec spec = spec_of(&rnn_tanh, 1.4, 30);
    ck_assert_int_eq(measure(&tied, spec), RNN_OK);
    spec.weights = RNN_UNTIED;
    ck_assert_int_eq(measure(&untied, spec), RNN_OK);
    for (size_t t = 0; t < 30; t++)
        memcpy(untied->p.W_hh + t * 33 * 33, tied->p.W_hh, 33 * 33 * sizeof(double));
    ck_assert_int_eq(rnn_forward(untied), RNN_OK);
    rnn_loss_linear(untied, 713);
    ck_assert_int_eq(rnn_backward(untied), RNN_OK);
    for (size_t i = 0; i < 33 * 33; i++) {
        double sum = 0;
        for (size_t t = 0; t < 30; t++)
            sum += untied->d.W_hh[t * 33 * 33 + i];
        ck_assert_double_lt(fabs(sum - tied->d.W_hh[i]), 1e-12);
    }
    rnn_free(&tied);
    rnn_free(&untied);
}
END_TEST

START_TEST(an_overflowing_state_is_named) {
    struct rnn *net = NULL;
    ck_assert_int_eq(measure(&net, spec_of(_i ? &rnn_linear : &rnn_relu, 5.13, 3000)), RNN_DIVERGED);
    ck_assert_uint_gt(net->stopped_at, 300);
    ck_assert(k_finite(rnn_state(net, net->stopped_at - 1), 5 * 33));
    ck_assert(!k_finite(rnn_state(net, net->stopped_at), 5 * 33));
    rnn_free(&net);
}
END_TEST

START_TEST(a_net_of_dead_units_has_a_zero_gradient_from_a_named_step) {
    struct rnn *net = NULL;
    struct rnn_spec spec = spec_of(&rnn_relu, 1.1, 12);
    spec.record = RNN_EVERYTHING;
    spec.weights = RNN_UNTIED;
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 5);
    for (size_t i = 0; i < 33 * 33; i++) /* W_7 and the input drive every unit of step 7 below zero */
        net->p.W_hh[6 * 33 * 33 + i] = -1e3 - (double)i;
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    rnn_loss_linear(net, 5);
    ck_assert_int_eq(rnn_backward(net), RNN_ZERO);
    ck_assert_uint_eq(net->stopped_at, 6);
    ck_assert(isinf(net->log_dh[5]) && isfinite(net->log_dh[6]));
    ck_assert_double_eq(k_sum_squares(net->d.W_hh, 8 * 33 * 33), 0); /* da_7 = 0 and h_7 = 0 */
    ck_assert_double_gt(k_sum_squares(net->d.W_hh + 8 * 33 * 33, 33 * 33), 0);
    rnn_free(&net);
}
END_TEST

/* A long net fills every record, on large exponents; then one of the same room whose gradient ends
 * after a step: W = 0, and a gate that keeps nothing. */
START_TEST(a_zero_leaves_nothing_of_the_pass_before) {
    static const struct rnn_cell *const cells[] = { &rnn_elman, &rnn_lstm, &rnn_gru };
    enum { LENGTH = 400, SIZE = 5 * 33 };
    for (int i = 0; i < 3; i++) {
        struct rnn *net = NULL;
        struct rnn_spec spec = spec_of(&rnn_tanh, 60, LENGTH);
        spec.cell = cells[i];
        spec.record = RNN_EVERYTHING;
        ck_assert_int_eq(measure(&net, spec), RNN_OK);
        ck_assert_int_gt(abs(net->exponent[0]), 200);
        const size_t G = net->gates, below = LENGTH - 2;
        memset(net->p.W_hh, 0, G * 33 * 33 * sizeof(double));
        for (size_t n = 33; G > 1 && n < 66; n++)
            net->p.b_h[n] = -1000;
        ck_assert_int_eq(rnn_forward(net), RNN_OK);
        rnn_loss_linear(net, 713);
        ck_assert_int_eq(rnn_backward(net), RNN_ZERO);
        ck_assert_uint_ge(net->stopped_at, below);
        ck_assert_double_eq(k_sum_squares(net->dh, below * SIZE), 0);
        ck_assert_double_eq(net->dc ? k_sum_squares(net->dc, below * SIZE) : 0, 0);
        ck_assert_double_eq(k_sum_squares(net->da_h_of_step, below * G * SIZE), 0);
        for (size_t t = 0; t < below; t++) {
            ck_assert_int_eq(net->exponent[t], 0);
            ck_assert(net->log_dh[t] == -INFINITY && (!net->log_dc || net->log_dc[t] == -INFINITY));
        }
        rnn_free(&net);
    }
}
END_TEST

START_TEST(a_gradient_that_overflows_within_one_step_is_named) {
    struct rnn *net = NULL;
    ck_assert_int_eq(measure(&net, spec_of(&rnn_tanh, 0.9, 10)), RNN_OK);
    memset(net->h, 0, 11 * 5 * 33 * sizeof(double)); /* phi' = 1 */
    for (size_t i = 0; i < 33 * 33; i++)
        net->p.W_hh[i] = 1e308;
    rnn_loss_linear(net, 4);
    ck_assert_int_eq(rnn_backward(net), RNN_DIVERGED);
    ck_assert_uint_eq(net->stopped_at, 8); /* dh_9 is near 1e308, still finite, and rescaled */
    ck_assert(isfinite(net->log_dh[8]));
    rnn_free(&net);
}
END_TEST

/* Steps in a segment, rounded up to blocks of 51. From 200 on a checkpoint, 165 numbers, is no larger than
 * its segment; of 700 all are kept. */
static const size_t segments[] = { 1, 52, 100, 200, 640, 700 };
enum { SEGMENTS = sizeof segments / sizeof *segments };

START_TEST(a_segmented_net_gives_the_same_bits) {
    struct rnn *whole = NULL, *parts = NULL;
    struct rnn_spec spec = spec_of(&rnn_tanh, 1.4, 691);
    ck_assert_int_eq(measure(&whole, spec), RNN_OK);
    spec.segment = segments[_i];
    ck_assert_int_eq(measure(&parts, spec), RNN_OK);
    ck_assert(spec.segment > 691 || rnn_bytes(&spec) < rnn_bytes(&whole->spec));
    for (int pass = 0; pass < 2; pass++) { /* a second pass starts from the same h_0 */
        ck_assert_mem_eq(whole->log_dh, parts->log_dh, 691 * sizeof(double));
        ck_assert_mem_eq(whole->gradient, parts->gradient, whole->parameters * sizeof(double));
        k_scale(parts->theta, 2, parts->parameters);
        ck_assert_int_eq(rnn_forward(parts), RNN_OK); /* of other weights, and not followed by a way back */
        k_scale(parts->theta, 0.5, parts->parameters);
        ck_assert_int_eq(rnn_forward(parts), RNN_OK);
        rnn_loss_linear(parts, 713);
        ck_assert_int_eq(rnn_backward(parts), RNN_OK);
        ck_assert(spec.segment > 691 || rnn_backward(parts) == RNN_BAD_RANGE); /* its last states are gone */
    }
    rnn_free(&whole);
    rnn_free(&parts);
}
END_TEST

START_TEST(memory_grows_like_the_square_root_of_a_segmented_length) {
    struct rnn_spec spec = spec_of(&rnn_tanh, 1, 1000000);
    spec.record = RNN_NORMS;
    spec.hidden = 64;
    spec.batch = 1;
    spec.inputs = 1;
    spec.segment = rnn_segment(spec.length, spec.batch);
    ck_assert_double_lt(rnn_bytes(&spec), 16 * 1024 * 1024); /* of which inputs and log norms are 16e6 */
    spec.drive = 0;
    spec.inputs = 0;
    ck_assert_double_lt(rnn_bytes(&spec), 8e6 + 1e6);
}
END_TEST

/* dh is exactly zero halfway: what waits in front of the norms must not be lost. */
START_TEST(a_segmented_net_starts_again_after_a_zero) {
    struct rnn *net = NULL;
    struct rnn_spec spec = spec_of(&rnn_relu, 0.05, 2000);
    spec.segment = 200;
    spec.init = RNN_IDENTITY;
    spec.drive = 0;
    spec.inputs = 0;
    spec.start = 1;
    ck_assert_int_eq(measure(&net, spec), RNN_ZERO);
    ck_assert_uint_gt(net->stopped_at, 1000);
    double *first = malloc(2000 * sizeof *first);
    memcpy(first, net->log_dh, 2000 * sizeof *first);
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    rnn_loss_linear(net, 713);
    ck_assert_int_eq(rnn_backward(net), RNN_ZERO);
    ck_assert_mem_eq(first, net->log_dh, 2000 * sizeof *first);
    free(first);
    rnn_free(&net);
}
END_TEST

START_TEST(a_net_is_reused_when_it_has_room) {
    struct rnn *net = NULL, *fresh = NULL;
    ck_assert_int_eq(measure(&net, spec_of(&rnn_tanh, 1.2, 50)), RNN_OK);
    const struct rnn *first = net;
    const struct rnn_spec smaller = spec_of(&rnn_relu, 0.9, 20);
    ck_assert_int_eq(measure(&net, smaller), RNN_OK);
    ck_assert_ptr_eq(net, first);
    ck_assert_int_eq(measure(&fresh, smaller), RNN_OK);
    ck_assert_mem_eq(net->log_dh, fresh->log_dh, 20 * sizeof(double));
    ck_assert_mem_eq(net->gradient, fresh->gradient, net->parameters * sizeof(double));
    ck_assert_double_eq((double)fresh->work->capacity, rnn_bytes(&smaller));
    rnn_free(&net);
    ck_assert_ptr_null(net);
    rnn_free(&fresh);
}
END_TEST

START_TEST(a_net_is_made_anew_from_its_own_spec) {
    struct rnn *net = NULL, *fresh = NULL;
    const struct rnn_spec larger = spec_of(&rnn_tanh, 1.2, 50);
    ck_assert_int_eq(measure(&net, spec_of(&rnn_tanh, 1.2, 20)), RNN_OK);
    net->spec = larger;
    ck_assert_int_eq(rnn_create(&net, &net->spec), RNN_OK);
    ck_assert_int_eq(measure(&net, net->spec), RNN_OK);
    ck_assert_int_eq(measure(&fresh, larger), RNN_OK);
    ck_assert_mem_eq(net->log_dh, fresh->log_dh, 50 * sizeof(double));
    rnn_free(&net);
    rnn_free(&fresh);
}
END_TEST

START_TEST(a_longer_net_begins_with_the_shorter_one) {
    struct rnn *shorter = NULL, *longer = NULL;
    ck_assert_int_eq(measure(&shorter, spec_of(&rnn_tanh, 1.2, 20)), RNN_OK);
    ck_assert_int_eq(measure(&longer, spec_of(&rnn_tanh, 1.2, 50)), RNN_OK);
    ck_assert_mem_eq(shorter->h, longer->h, 21 * 5 * 33 * sizeof(double));
    rnn_free(&shorter);
    rnn_free(&longer);
}
END_TEST

START_TEST(a_net_too_large_is_refused) {
    struct rnn *net = NULL;
    struct rnn_spec spec = spec_of(&rnn_tanh, 1, 10);
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    spec.hidden = (size_t)1 << 40;
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_NO_MEMORY);
    ck_assert_ptr_null(net);
    spec.hidden = 33;
    spec.length = spec.segment = SIZE_MAX;
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_NO_MEMORY);
}
END_TEST

START_TEST(a_target_that_does_not_fit_is_refused) {
    struct rnn *net = NULL;
    struct rnn_spec spec = spec_of(&rnn_tanh, 1, 10);
    const uint32_t label[5] = { 0, 1, 3, 2, 1 };
    ck_assert_int_eq(measure(&net, spec), RNN_OK);
    ck_assert_int_eq(rnn_loss_squared(net), RNN_BAD_TARGET);
    spec.outputs = 3;
    ck_assert_int_eq(measure(&net, spec), RNN_OK);
    memcpy(net->label, label, sizeof label);
    ck_assert_int_eq(rnn_loss_softmax(net), RNN_BAD_TARGET);
    rnn_free(&net);
}
END_TEST

START_TEST(a_softmax_of_huge_outputs_does_not_overflow) {
    struct rnn *net = NULL;
    struct rnn_spec spec = spec_of(&rnn_tanh, 1, 10);
    const uint32_t label[5] = { 0, 1, 2, 2, 1 };
    spec.outputs = 3;
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 3);
    net->p.b_y[0] = 2385;
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    memcpy(net->label, label, sizeof label);
    ck_assert_int_eq(rnn_loss_softmax(net), RNN_OK);
    ck_assert_double_lt(fabs(net->loss / (2385 * 0.8) - 1), 0.01);
    rnn_free(&net);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("net");
    tcase_add_test(cases, a_vanishing_net_of_5000_steps_continues_its_line);
    tcase_add_test(cases, an_exploding_net_of_5000_steps_continues_its_line);
    tcase_add_loop_test(cases, a_linear_identity_net_is_exact_at_any_length, 0, 4);
    tcase_add_test(cases, rescaling_changes_no_bit);
    tcase_add_test(cases, the_gradient_of_shared_weights_is_the_sum_of_its_steps);
    tcase_add_loop_test(cases, an_overflowing_state_is_named, 0, 2);
    tcase_add_test(cases, a_net_of_dead_units_has_a_zero_gradient_from_a_named_step);
    tcase_add_test(cases, a_zero_leaves_nothing_of_the_pass_before);
    tcase_add_test(cases, a_gradient_that_overflows_within_one_step_is_named);
    tcase_add_loop_test(cases, a_segmented_net_gives_the_same_bits, 0, SEGMENTS);
    tcase_add_test(cases, a_segmented_net_starts_again_after_a_zero);
    tcase_add_test(cases, memory_grows_like_the_square_root_of_a_segmented_length);
    tcase_add_test(cases, a_net_is_reused_when_it_has_room);
    tcase_add_test(cases, a_net_is_made_anew_from_its_own_spec);
    tcase_add_test(cases, a_longer_net_begins_with_the_shorter_one);
    tcase_add_test(cases, a_net_too_large_is_refused);
    tcase_add_test(cases, a_target_that_does_not_fit_is_refused);
    tcase_add_test(cases, a_softmax_of_huge_outputs_does_not_overflow);
    return unit_run_cases("net", cases);
}
