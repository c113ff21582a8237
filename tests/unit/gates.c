/* Gated cells as a whole: length, segments, exponents, the forget bias. That their gradients are right is
 * gradients.c. */
#include "measure.h"
#include "net/net.h"
#include "unit.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static struct rnn_spec spec_of(int gru, double scale, double forget, size_t length) {
    return (struct rnn_spec){ .cell = gru ? &rnn_gru : &rnn_lstm,
                              .activation = &rnn_tanh,
                              .init = RNN_GAUSSIAN,
                              .weights = RNN_TIED,
                              .record = RNN_GRADIENTS,
                              .norm = RNN_NO_NORM,
                              .scale = scale,
                              .forget = forget,
                              .drive = 0.25,
                              .start = 0.377,
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

START_TEST(a_segmented_gated_net_gives_the_same_bits) {
    static const size_t segments[] = { 1, 100, 700 };
    struct rnn *whole = NULL, *parts = NULL;
    struct rnn_spec spec = spec_of(_i / 3, 2.385, 1.37, 691);
    ck_assert_int_eq(measure(&whole, spec), RNN_OK);
    spec.segment = segments[_i % 3];
    ck_assert_int_eq(measure(&parts, spec), RNN_OK);
    for (int pass = 0; pass < 2; pass++) {
        ck_assert_mem_eq(whole->log_dh, parts->log_dh, 691 * sizeof(double));
        if (whole->log_dc)
            ck_assert_mem_eq(whole->log_dc, parts->log_dc, 691 * sizeof(double));
        ck_assert_mem_eq(whole->gradient, parts->gradient, whole->parameters * sizeof(double));
        ck_assert_int_eq(rnn_forward(parts), RNN_OK);
        rnn_loss_linear(parts, 713);
        ck_assert_int_eq(rnn_backward(parts), RNN_OK);
    }
    rnn_free(&whole);
    rnn_free(&parts);
}
END_TEST

START_TEST(a_gated_net_of_5000_steps_continues_its_line) {
    struct rnn *net = NULL;
    ck_assert_int_eq(measure(&net, spec_of(_i % 2, _i / 2 ? 12 : 0.713, -0.37, 5000)), RNN_OK);
    ck_assert_double_gt(fabs(net->log_dh[0]), 400); /* an exponent is taken out at e^139 */
    for (size_t t = 0; t < 4999;
         t++) { /* no step jumps, as it would where an exponent is lost: 2^200 is e^139 */
        ck_assert_double_lt(fabs(net->log_dh[t] - net->log_dh[t + 1]), 5);
        if (net->log_dc)
            ck_assert_double_lt(fabs(net->log_dc[t] - net->log_dc[t + 1]), 5);
    }
    ck_assert(k_finite(net->gradient, net->parameters));
    rnn_free(&net);
}
END_TEST

/* An output gate that is no number spoils h_t alone, a c_0 that is infinite c_t alone, as tanh(c_t) is 1. */
START_TEST(an_lstm_diverges_where_either_of_its_states_does) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = spec_of(0, 1.13, 0.713, 9);
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 713);
    net->p.b_h[3 * 33 + 17] = NAN;
    ck_assert_int_eq(rnn_forward(net), RNN_DIVERGED);
    ck_assert_uint_eq(net->stopped_at, 1);
    ck_assert(k_finite(rnn_cell_state(net, 1), 5 * 33) && !k_finite(rnn_state(net, 1), 5 * 33));
    rnn_draw(net, 713);
    net->c[33 + 17] = INFINITY;
    ck_assert_int_eq(rnn_forward(net), RNN_DIVERGED);
    ck_assert_uint_eq(net->stopped_at, 1);
    ck_assert(!k_finite(rnn_cell_state(net, 1), 5 * 33) && k_finite(rnn_state(net, 1), 5 * 33));
    rnn_free(&net);
}
END_TEST

/* The gate that keeps, the candidate and, where it opens all gates, h_0 can each spoil h_t alone. */
START_TEST(a_gru_diverges_where_its_state_does) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = spec_of(1, 1.13, 0.713, 9);
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    for (size_t spoilt = 0; spoilt < 3; spoilt++) {
        rnn_draw(net, 713);
        if (spoilt < 2)
            net->p.b_h[(1 + spoilt) * 33 + 17] = NAN;
        else
            net->h[33 + 17] = INFINITY;
        for (size_t i = 0; spoilt == 2 && i < 3 * 33; i++)
            net->p.W_hh[i * 33 + 17] = 0.377;
        ck_assert_int_eq(rnn_forward(net), RNN_DIVERGED);
        ck_assert_uint_eq(net->stopped_at, 1);
        ck_assert(!k_finite(rnn_state(net, 1), 5 * 33));
    }
    rnn_free(&net);
}
END_TEST

START_TEST(rescaling_changes_no_bit_of_a_gated_net) {
    struct rnn *net = NULL, *small = NULL;
    struct rnn_spec spec = spec_of(_i, 1.13, 0.713, 40);
    spec.record = RNN_EVERYTHING;
    ck_assert_int_eq(measure(&net, spec), RNN_OK);
    ck_assert_int_eq(measure(&small, spec), RNN_OK);
    ck_assert_int_eq(rnn_forward(small), RNN_OK);
    rnn_loss_linear(small, 713);
    k_scale(rnn_state_gradient(small, 40), 0x1p-300, 5 * 33);
    ck_assert_int_eq(rnn_backward(small), RNN_OK);
    ck_assert_int_ne(small->exponent[39], 0);
    for (size_t i = 0; i < 40 * 5 * 33; i++) {
        const int exponent = small->exponent[i / (5 * 33)] - net->exponent[i / (5 * 33)] + 300;
        ck_assert_double_eq(net->dh[i], ldexp(small->dh[i], exponent));
        if (net->dc)
            ck_assert_double_eq(net->dc[i], ldexp(small->dc[i], exponent));
    }
    for (size_t i = 0; i < net->parameters; i++)
        ck_assert_double_eq(ldexp(net->gradient[i], -300),
                            ldexp(small->gradient[i], small->gradient_exponent));
    rnn_free(&net);
    rnn_free(&small);
}
END_TEST

START_TEST(what_each_product_sees_is_summed_at_one_exponent) {
    struct rnn *net = NULL;
    struct rnn_spec spec = spec_of(1, 0.713, -3, 400);
    spec.inputs = 33;
    ck_assert_int_eq(measure(&net, spec), RNN_OK);
    ck_assert_double_lt(net->log_dh[0], net->log_dh[399] - 400); /* 2^-200 is e^-139 */
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    memcpy(net->x, net->h, 400 * 5 * 33 * sizeof(double)); /* x_t is h_{t-1}: W_hh and W_xh see the same */
    rnn_loss_linear(net, 713);
    ck_assert_int_eq(rnn_backward(net), RNN_OK);
    ck_assert_double_gt(k_sum_squares(net->d.W_hh, 2 * 33 * 33), 1e-12);
    ck_assert_mem_eq(net->d.W_hh, net->d.W_xh, 2 * 33 * 33 * sizeof(double)); /* of r and z */
    rnn_free(&net);
}
END_TEST

START_TEST(the_norm_of_dh_is_right_however_far_below_dc) {
    struct rnn *net = NULL, *smaller = NULL;
    ck_assert_int_eq(measure(&net, spec_of(0, 1e-100, 1.37, 30)), RNN_OK);
    ck_assert_int_eq(measure(&smaller, spec_of(0, 1e-250, 1.37, 30)), RNN_OK);
    for (size_t t = 0; t < 29; t++) { /* dh_t = W^T da with da of the size of dc; dc does not see W */
        ck_assert_double_lt(fabs(smaller->log_dh[t] - net->log_dh[t] + 150 * M_LN10), 1e-10);
        ck_assert_double_lt(fabs(smaller->log_dc[t] - net->log_dc[t]), 1e-10);
    }
    rnn_free(&net);
    rnn_free(&smaller);
}
END_TEST

START_TEST(the_forget_bias_is_that_of_the_gate_that_keeps) {
    struct rnn *net = NULL;
    ck_assert_int_eq(measure(&net, spec_of(_i, 1.13, -0.713, 10)), RNN_OK);
    ck_assert_uint_eq(net->gates, _i ? 3 : 4);
    for (size_t i = 0; i < 33 * net->gates; i++)
        ck_assert_double_eq(net->p.b_h[i], i / 33 == 1 ? -0.713 : 0);
    rnn_free(&net);
}
END_TEST

START_TEST(a_gated_net_is_reused_and_measured_as_any_other) {
    struct rnn *net = NULL, *fresh = NULL;
    struct rnn_spec spec = spec_of(_i, 1.13, 0.713, 20), larger = spec;
    larger.cell = &rnn_elman;
    larger.length = 4000;
    ck_assert_int_eq(measure(&net, larger), RNN_OK);
    const struct rnn *first = net;
    ck_assert_int_eq(measure(&net, spec), RNN_OK);
    ck_assert_ptr_eq(net, first);
    ck_assert_int_eq(measure(&fresh, spec), RNN_OK);
    ck_assert_double_eq((double)fresh->work->capacity, rnn_bytes(&spec));
    ck_assert_mem_eq(net->log_dh, fresh->log_dh, 20 * sizeof(double));
    ck_assert_mem_eq(net->gradient, fresh->gradient, net->parameters * sizeof(double));
    rnn_free(&net);
    rnn_free(&fresh);
}
END_TEST

START_TEST(a_gate_wide_open_keeps_the_state_and_its_gradient) {
    struct rnn *net = NULL;
    ck_assert_int_eq(measure(&net, spec_of(_i, 0.713, 50, 200)), RNN_OK);
    const double *log_norm = net->log_dc ? net->log_dc : net->log_dh;
    ck_assert_double_lt(fabs(log_norm[0] - log_norm[199]), _i ? 1e-12 : 5);
    rnn_free(&net);
}
END_TEST

START_TEST(a_dead_gated_net_has_a_zero_gradient) {
    struct rnn *net = NULL;
    struct rnn_spec spec = spec_of(_i, 1.13, -2385, 10); /* f = z = 0 */
    spec.weights = RNN_UNTIED;
    spec.record = RNN_EVERYTHING;
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 5);
    memset(net->p.W_hh + 6 * net->gates * 33 * 33, 0, net->gates * 33 * 33 * sizeof(double));
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    rnn_loss_linear(net, 5);
    ck_assert_int_eq(rnn_backward(net), RNN_ZERO); /* nothing leads from step 7 to step 6 */
    ck_assert_uint_eq(net->stopped_at, 6);
    ck_assert(isinf(net->log_dh[5]) && isfinite(net->log_dh[6]));
    ck_assert(!net->log_dc || (isinf(net->log_dc[5]) && isfinite(net->log_dc[6])));
    ck_assert_double_eq(k_sum_squares(net->dh, 6 * 5 * 33), 0);
    ck_assert(!net->dc || k_sum_squares(net->dc, 6 * 5 * 33) == 0);
    rnn_free(&net);
}
END_TEST

/* Its gates are gradients then. */
START_TEST(the_way_back_needs_a_forward_pass) {
    struct rnn *net = NULL;
    double mean;
    struct rnn_spec spec = spec_of(_i, 1.385, 0.713, 30);
    spec.record = RNN_EVERYTHING;
    ck_assert_int_eq(measure(&net, spec), RNN_OK);
    const size_t bytes = net->parameters * sizeof(double), step = 5 * 33 * sizeof(double);
    double *gradient = malloc(bytes), *last = malloc(step);
    memcpy(gradient, net->gradient, bytes);
    ck_assert_int_eq(rnn_backward(net), RNN_BAD_RANGE);
    ck_assert_int_eq(rnn_keep_measure(&mean, net, 1, 30), RNN_BAD_RANGE);
    ck_assert_mem_eq(net->gradient, gradient, bytes);
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    rnn_loss_linear(net, 713);
    memcpy(last, rnn_state_gradient(net, 30), step);
    ck_assert_int_eq(rnn_backward(net), RNN_OK);
    ck_assert_mem_eq(net->gradient, gradient, bytes);
    ck_assert_mem_eq(last, rnn_state_gradient(net, 30), step);
    rnn_free(&net);
    free(gradient), free(last);
}
END_TEST

START_TEST(the_product_of_the_gates_that_keep_is_measured) {
    struct rnn *net = NULL;
    double mean;
    ck_assert_int_eq(measure(&net, spec_of(_i, 1e-9, 0.713, 30)), RNN_OK);
    memset(net->p.W_xh, 0, net->gates * 33 * 9 * sizeof(double)); /* every a is its bias */
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(rnn_keep_measure(&mean, net, 3, 30), RNN_OK);
    ck_assert_double_lt(fabs(mean + log1p(exp(-0.713))), 1e-8);
    double *keep = net->work->a + 30 * 5 * 33; /* gate 1 of step 1 */
    keep[7] = 0.237;
    ck_assert_int_eq(rnn_keep_measure(&mean, net, 1, 1), RNN_OK);
    ck_assert_double_lt(fabs(mean + (164 * log1p(exp(-0.713)) - log(0.237)) / 165), 1e-8);
    ck_assert_int_eq(rnn_keep_measure(&mean, net, 2, 3), RNN_OK);
    ck_assert_double_lt(fabs(mean + log1p(exp(-0.713))), 1e-8);
    ck_assert_int_eq(rnn_keep_measure(&mean, net, 0, 4), RNN_BAD_RANGE);
    ck_assert_int_eq(rnn_keep_measure(&mean, net, 4, 31), RNN_BAD_RANGE);
    ck_assert_int_eq(rnn_keep_measure(&mean, net, 4, 3), RNN_BAD_RANGE);
    net->spec.segment = 10; /* as after a backward pass in segments: only the first is kept */
    ck_assert_int_eq(rnn_keep_measure(&mean, net, 4, 10), RNN_OK);
    ck_assert_int_eq(rnn_keep_measure(&mean, net, 4, 11), RNN_BAD_RANGE);
    rnn_free(&net);
}
END_TEST

START_TEST(the_decay_of_the_cell_state_is_fitted_as_any_other) {
    struct rnn *net = NULL;
    struct rnn_decay decay;
    struct rnn_spec spec = spec_of(0, 1e-9, 0.713, 60);
    spec.drive = 0;
    spec.inputs = 0;
    ck_assert_int_eq(measure(&net, spec), RNN_OK);
    ck_assert_int_eq(rnn_decay_fit_log(&decay, net->log_dc, 60, 0, 40), RNN_OK);
    ck_assert_double_lt(fabs(decay.r - 1 / (1 + exp(-0.713))), 1e-7); /* the product of f, all equal */
    ck_assert_int_eq(rnn_decay_fit_log(&decay, net->log_dc, 60, 0, 60), RNN_BAD_RANGE);
    rnn_free(&net);
}
END_TEST

START_TEST(what_a_cell_does_not_have_is_refused) {
    struct rnn *net = NULL;
    struct rnn_decay decay;
    struct rnn_slopes slopes;
    ck_assert_int_eq(measure(&net, spec_of(_i, 1.13, 0, 10)), RNN_OK);
    ck_assert_int_eq(rnn_decay_of_weights(&decay, net, 713, 0, 5), RNN_BAD_LAW);
    ck_assert_int_eq(rnn_slopes_measure(&slopes, net, 1, 10), RNN_BAD_LAW);
    struct rnn_spec spec = spec_of(0, 1.13, 0, 10);
    spec.cell = &rnn_elman;
    ck_assert_int_eq(measure(&net, spec), RNN_OK);
    ck_assert_int_eq(rnn_keep_measure(&decay.r, net, 1, 10), RNN_BAD_LAW);
    rnn_free(&net);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("gates");
    tcase_add_loop_test(cases, a_segmented_gated_net_gives_the_same_bits, 0, 6);
    tcase_add_loop_test(cases, a_gated_net_of_5000_steps_continues_its_line, 0, 4);
    tcase_add_test(cases, an_lstm_diverges_where_either_of_its_states_does);
    tcase_add_test(cases, a_gru_diverges_where_its_state_does);
    tcase_add_loop_test(cases, rescaling_changes_no_bit_of_a_gated_net, 0, 2);
    tcase_add_test(cases, what_each_product_sees_is_summed_at_one_exponent);
    tcase_add_test(cases, the_norm_of_dh_is_right_however_far_below_dc);
    tcase_add_loop_test(cases, the_forget_bias_is_that_of_the_gate_that_keeps, 0, 2);
    tcase_add_loop_test(cases, a_gated_net_is_reused_and_measured_as_any_other, 0, 2);
    tcase_add_loop_test(cases, a_gate_wide_open_keeps_the_state_and_its_gradient, 0, 2);
    tcase_add_loop_test(cases, a_dead_gated_net_has_a_zero_gradient, 0, 2);
    tcase_add_loop_test(cases, the_way_back_needs_a_forward_pass, 0, 2);
    tcase_add_loop_test(cases, the_product_of_the_gates_that_keep_is_measured, 0, 2);
    tcase_add_test(cases, the_decay_of_the_cell_state_is_fitted_as_any_other);
    tcase_add_loop_test(cases, what_a_cell_does_not_have_is_refused, 0, 2);
    return unit_run_cases("gates", cases);
}
