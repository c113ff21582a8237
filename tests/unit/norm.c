/* Batch normalisation as a whole: its statistics, its two modes, and what it refuses. That its gradients are
 * right is held in gradients.c. */
#include "kernels/kernels.h"
#include "measure.h"
#include "unit.h"

#include <math.h>
#include <string.h>

enum { B = 5, H = 9, I = 6, T = 70 };
static const enum rnn_norm norms[] = { RNN_NORM_INPUT, RNN_NORM_FULL, RNN_NORM_SEPARATE };
enum { NORMS = 3 };

static struct rnn_spec spec_of(enum rnn_norm norm) {
    return (struct rnn_spec){ .cell = &rnn_elman,
                              .activation = &rnn_tanh,
                              .init = RNN_GAUSSIAN,
                              .weights = RNN_TIED,
                              .record = RNN_EVERYTHING,
                              .norm = norm,
                              .gamma = 0.713,
                              .epsilon = 2.385e-3,
                              .scale = 1.213,
                              .drive = 0.377,
                              .start = 0.613,
                              .length = T,
                              .segment = T,
                              .reads = 1,
                              .hidden = H,
                              .batch = B,
                              .inputs = I };
}

static struct rnn *net_of(const struct rnn_spec *spec) {
    struct rnn *net = NULL;
    ck_assert_int_eq(rnn_create(&net, spec), RNN_OK);
    rnn_draw(net, 713);
    return net;
}

static void measure(struct rnn *net) {
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(rnn_loss_linear(net, 713), RNN_OK);
    ck_assert_int_eq(rnn_backward(net), RNN_OK);
}

/* ---- statistics ------------------------------------------------------------------------------------- */

/* With the linear activation and no bias, h_t / gamma of `full` is N(v) itself. */
START_TEST(what_is_normalised_has_mean_zero_and_the_variance_of_its_formula) {
    struct rnn_spec spec = spec_of(RNN_NORM_FULL);
    spec.activation = &rnn_linear;
    struct rnn *net = net_of(&spec);
    measure(net);
    for (size_t t = 1; t <= T; t++)
        for (size_t i = 0; i < H; i++) {
            const double *h = rnn_state(net, t), deviation = net->deviation[(t - 1) * H + i];
            double mean = 0, variance = 0;
            for (size_t b = 0; b < B; b++) {
                mean += h[b * H + i] / spec.gamma / B;
                variance += pow(h[b * H + i] / spec.gamma, 2) / B;
            }
            ck_assert_double_lt(fabs(mean), 1e-14);
            ck_assert_double_eq_tol(variance, 1 - spec.epsilon / (deviation * deviation), 1e-13);
        }
    rnn_free(&net);
}
END_TEST

START_TEST(a_deviation_beyond_double_is_a_divergence_not_a_zero) {
    for (int n = 1; n < NORMS; n++) {
        const struct rnn_spec spec = spec_of(norms[n]);
        struct rnn *net = net_of(&spec);
        k_scale(net->p.W_hh, 1e200, H * H);
        ck_assert_int_eq(rnn_forward(net), RNN_DIVERGED);
        ck_assert_uint_eq(net->stopped_at, 1);
        rnn_free(&net);
    }
}
END_TEST

/* ---- through time ----------------------------------------------------------------------------------- */

START_TEST(a_segmented_net_gives_the_same_bits_in_both_modes) {
    for (int n = 0; n < NORMS; n++) {
        struct rnn_spec spec = spec_of(norms[n]);
        spec.record = RNN_GRADIENTS;
        struct rnn *whole = net_of(&spec);
        spec.length = spec.segment = 691;
        ck_assert_int_eq(rnn_create(&whole, &spec), RNN_OK);
        rnn_draw(whole, 713);
        spec.segment = 1;
        struct rnn *parts = net_of(&spec);
        ck_assert_uint_lt(parts->spec.segment, 691);
        for (int frozen = 0; frozen < 2; frozen++) {
            measure(whole);
            measure(parts);
            ck_assert_mem_eq(whole->log_dh, parts->log_dh, 691 * sizeof(double));
            ck_assert_mem_eq(whole->gradient, parts->gradient, whole->parameters * sizeof(double));
            for (size_t i = 0; i < whole->parameters; i++)
                whole->theta[i] = parts->theta[i] *= 1.0613; /* frozen, with the statistics of before */
            rnn_norm_freeze(whole, true);
            rnn_norm_freeze(parts, true);
        }
        rnn_free(&whole);
        rnn_free(&parts);
    }
}
END_TEST

START_TEST(rescaling_changes_no_bit_of_any_gradient) {
    for (int n = 0; n < NORMS; n++) {
        const struct rnn_spec spec = spec_of(norms[n]);
        struct rnn *net = net_of(&spec), *small = net_of(&spec);
        measure(net);
        measure(small);
        rnn_loss_linear(small, 713);
        k_scale(rnn_state_gradient(small, T), 0x1p-300, B * H);
        ck_assert_int_eq(rnn_backward(small), RNN_OK);
        ck_assert_int_ne(small->exponent[T - 1], 0);
        for (const double *gain = net->d.gain_h; gain < net->d.W_hy; gain++)
            ck_assert_double_ne(*gain, 0);
        for (size_t i = 0; i < net->parameters; i++)
            ck_assert_double_eq(ldexp(net->gradient[i], -300),
                                ldexp(small->gradient[i], small->gradient_exponent));
        rnn_free(&net);
        rnn_free(&small);
    }
}
END_TEST

/* ||dL/dh||^2 grows a layer by (B - 2) / (B - 3) in a wide linear net, and by (B - 1) / (B - 3) where the
 * statistics are taken for constants (Yang et al. 2019). Finite width takes some percent off; B / H is
 * allowed. */
START_TEST(a_deep_linear_net_grows_by_the_published_law_and_not_by_that_of_constant_statistics) {
    struct rnn_spec spec = spec_of(RNN_NORM_FULL);
    double squares[2] = { 0, 0 };
    spec.activation = &rnn_linear;
    spec.weights = RNN_UNTIED;
    spec.record = RNN_NORMS;
    spec.epsilon = 1e-12;
    spec.drive = 0;
    spec.inputs = 0;
    spec.start = 1;
    spec.length = spec.segment = 12;
    spec.hidden = 128;
    spec.batch = 8;
    for (uint64_t seed = 1; seed <= 10; seed++)
        for (int frozen = 0; frozen < 2; frozen++) {
            struct rnn_decay decay;
            struct rnn *net = net_of(&spec);
            rnn_draw(net, seed);
            ck_assert_int_eq(rnn_forward(net), RNN_OK);
            rnn_norm_freeze(net, frozen);
            rnn_loss_linear(net, seed);
            ck_assert_int_eq(rnn_backward(net), RNN_OK);
            ck_assert_int_eq(rnn_decay_fit(&decay, net, 1, 11), RNN_OK);
            squares[frozen] += 2 * decay.slope / 10;
            rnn_free(&net);
        }
    ck_assert_double_eq_tol(exp(squares[0]), 6. / 5, 8. / 128);
    ck_assert_double_eq_tol(exp(squares[1]), 7. / 5, 8. / 128);
}
END_TEST

/* ---- the two modes ----------------------------------------------------------------------------------- */

START_TEST(a_sequence_feels_its_companions_in_training_alone) {
    for (int n = 0; n < NORMS; n++)
        for (int frozen = 0; frozen < 2; frozen++) {
            const struct rnn_spec spec = spec_of(norms[n]);
            struct rnn *net = net_of(&spec);
            double first[H];
            measure(net);
            rnn_norm_freeze(net, frozen);
            measure(net);
            memcpy(first, rnn_state(net, T), sizeof first);
            for (size_t t = 0; t < T; t++)
                net->x[(t * B + 3) * I] += 2.385;
            measure(net);
            ck_assert((memcmp(first, rnn_state(net, T), sizeof first) == 0) == frozen);
            rnn_free(&net);
        }
}
END_TEST

START_TEST(freezing_changes_no_state_and_thawing_brings_training_back) {
    for (int n = 0; n < NORMS; n++) {
        const struct rnn_spec spec = spec_of(norms[n]);
        struct rnn *net = net_of(&spec), *other = net_of(&spec);
        measure(net);
        measure(other);
        rnn_norm_freeze(net, true);
        measure(net);
        ck_assert_mem_eq(net->h, other->h, (T + 1) * B * H * sizeof(double));
        ck_assert_mem_ne(net->gradient, other->gradient, net->parameters * sizeof(double));
        rnn_norm_freeze(net, false);
        measure(net);
        ck_assert_mem_eq(net->gradient, other->gradient, net->parameters * sizeof(double));
        rnn_free(&net);
        rnn_free(&other);
    }
}
END_TEST

START_TEST(a_net_frozen_before_it_saw_anything_is_not_normalised) {
    struct rnn_spec spec = spec_of(RNN_NORM_SEPARATE);
    spec.gamma = 1;
    struct rnn *net = net_of(&spec);
    spec.norm = RNN_NO_NORM;
    struct rnn *plain = net_of(&spec);
    rnn_norm_freeze(net, true);
    measure(net);
    measure(plain);
    for (size_t i = 0; i < T * B * H; i++)
        ck_assert_double_eq_tol(net->h[i], plain->h[i], 1e-12);
    rnn_draw(net, 713);
    ck_assert(!net->frozen);
    rnn_free(&net);
    rnn_free(&plain);
}
END_TEST

START_TEST(an_input_that_is_not_there_is_normalised_to_nothing) {
    struct rnn_spec spec = spec_of(RNN_NORM_SEPARATE);
    spec.drive = 0;
    spec.inputs = 0;
    struct rnn *net = net_of(&spec);
    measure(net);
    ck_assert_double_eq(k_sum_squares(net->d.gain_x, H), 0);
    ck_assert_double_gt(k_sum_squares(net->d.gain_h, H), 0);
    ck_assert(isfinite(net->log_dh[0]));
    rnn_free(&net);
}
END_TEST

/* ---- refusals ------------------------------------------------------------------------------------------ */

START_TEST(what_knows_no_norm_says_so) {
    struct rnn_spec spec = spec_of(RNN_NO_NORM);
    struct rnn *net = net_of(&spec);
    ck_assert_int_eq(rnn_norm_freeze(net, true), RNN_BAD_LAW);
    ck_assert(!net->frozen);
    rnn_free(&net);
    for (int n = 0; n < NORMS; n++) {
        struct rnn_decay decay = { .r = 2.385 };
        double growth[T], work[2 * 16 * 16 + 2 * H * H + 2 * B * H];
        spec = spec_of(norms[n]);
        net = net_of(&spec);
        measure(net);
        ck_assert_int_eq(rnn_tangent(growth, net, 1, 713, work), RNN_BAD_LAW);
        ck_assert_int_eq(rnn_lyapunov(growth, net, 1, T, work), RNN_BAD_LAW);
        ck_assert_int_eq(rnn_decay_of_weights(&decay, net, 713, 0, 20), RNN_BAD_LAW);
        ck_assert_double_eq(decay.r, 2.385);
        rnn_free(&net);
    }
}
END_TEST

UNIT_MAIN("norm", what_is_normalised_has_mean_zero_and_the_variance_of_its_formula,
          a_deviation_beyond_double_is_a_divergence_not_a_zero,
          a_segmented_net_gives_the_same_bits_in_both_modes, rescaling_changes_no_bit_of_any_gradient,
          a_deep_linear_net_grows_by_the_published_law_and_not_by_that_of_constant_statistics,
          a_sequence_feels_its_companions_in_training_alone,
          freezing_changes_no_state_and_thawing_brings_training_back,
          a_net_frozen_before_it_saw_anything_is_not_normalised,
          an_input_that_is_not_there_is_normalised_to_nothing, what_knows_no_norm_says_so)
