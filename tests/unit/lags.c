/* What each step brings to dL/dW_hh, against explicit outer products and closed forms. */
#include "kernels/kernels.h"
#include "measure.h"
#include "unit.h"

#include <math.h>
#include <string.h>

enum { T = 11, B = 3, H = 7 };
static struct rnn_lags lags;
static double work[1 << 14];

static struct rnn_spec spec_of(const struct rnn_activation *activation, enum rnn_weights weights) {
    return (struct rnn_spec){ .cell = &rnn_elman,
                              .activation = activation,
                              .init = RNN_GAUSSIAN,
                              .weights = weights,
                              .record = RNN_EVERYTHING,
                              .norm = RNN_NO_NORM,
                              .scale = 1.385,
                              .drive = 0.213,
                              .start = 0.477,
                              .length = T,
                              .segment = T,
                              .reads = 1,
                              .hidden = H,
                              .batch = B,
                              .inputs = 4 };
}

static struct rnn *measured(struct rnn_spec spec, enum rnn_status expected) {
    struct rnn *net = NULL;
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 2385);
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    rnn_loss_linear(net, 713);
    ck_assert_int_eq(rnn_backward(net), expected);
    return net;
}

static enum rnn_status parts(const struct rnn *net, const double *mask) {
    const double *mark = unit_mark(work, sizeof work / sizeof *work, rnn_lag_work(&net->spec));
    const enum rnn_status status = rnn_lag_parts(&lags, net, mask, work);
    ck_assert_double_eq(*mark, 0.713);
    return status;
}

/* sum_{first <= t <= last} da_t[i] h_{t-1}[j] over the batch, from the open arrays */
static long double entry(const struct rnn *net, size_t first, size_t last, size_t i, size_t j) {
    long double sum = 0;
    for (size_t t = first; t <= last; t++)
        for (size_t b = 0; b < B; b++) {
            const long double h = rnn_state(net, t)[b * H + i];
            const long double slope = net->spec.activation == &rnn_tanh ? 1 - h * h : h * (1 - h);
            sum += ldexpl(rnn_state_gradient(net, t)[b * H + i], net->exponent[t - 1]) * slope *
                   rnn_state(net, t - 1)[b * H + j];
        }
    return sum;
}

/* its ln of the Frobenius norm, seen through a mask */
static double log_norm_of(const struct rnn *net, size_t first, size_t last, const double *mask) {
    long double squares = 0;
    for (size_t i = 0; i < H; i++)
        for (size_t j = 0; j < H; j++) {
            const long double x = entry(net, first, last, i, j) * (mask ? mask[i * H + j] : 1);
            squares += x * x;
        }
    return (double)(logl(squares) / 2);
}

static void parts_agree(const struct rnn_activation *activation, const double *mask) {
    struct rnn *net = measured(spec_of(activation, RNN_TIED), RNN_OK);
    ck_assert_int_eq(parts(net, mask), RNN_OK);
    for (size_t t = 1; t <= T; t++) {
        ck_assert_double_eq_tol(lags.log_part[t - 1], log_norm_of(net, t, t, mask), 1e-13);
        ck_assert_double_eq_tol(lags.log_past[t - 1], log_norm_of(net, 1, t, mask), 1e-13);
    }
    rnn_free(&net);
}

START_TEST(every_part_is_an_outer_product) {
    double mask[H * H];
    rnn_gaussian(mask, H * H, 1.1, (struct rnn_stream){ 4, RNN_FOR_TASK, 0 });
    parts_agree(&rnn_tanh, NULL);
    parts_agree(&rnn_sigmoid, NULL);
    parts_agree(&rnn_tanh, mask);
}
END_TEST

START_TEST(the_parts_add_up_to_the_gradient) {
    struct rnn *net = measured(spec_of(&rnn_tanh, RNN_TIED), RNN_OK);
    const double norm = exp(rnn_log_norm(net->d.W_hh, H * H));
    for (size_t i = 0; i < H * H; i++)
        ck_assert_double_le(fabs((double)entry(net, 1, T, i / H, i % H) - net->d.W_hh[i]), 1e-12 * norm);
    rnn_free(&net);
}
END_TEST

static void parts_add_up(struct rnn_spec spec) {
    struct rnn *net = measured(spec, RNN_OK);
    const size_t count = (size_t)(net->p.W_xh - net->p.W_hh);
    const double norm = exp(rnn_log_norm(net->d.W_hh, count));
    ck_assert_int_eq(parts(net, NULL), RNN_OK);
    for (size_t j = 0; j < count; j++)
        ck_assert_double_le(fabs(ldexp(lags.past[j], lags.exponent) - net->d.W_hh[j]), 1e-14 * norm);
    rnn_free(&net);
}

START_TEST(so_they_do_for_every_cell_and_norm) {
    static const struct rnn_cell *const cells[] = { &rnn_elman, &rnn_lstm, &rnn_gru };
    struct rnn_spec spec = spec_of(&rnn_tanh, RNN_TIED);
    for (int i = 0; i < 3; i++) {
        spec.cell = cells[i];
        parts_add_up(spec);
    }
    spec.cell = &rnn_elman;
    spec.gamma = 0.713;
    spec.epsilon = 1e-5;
    for (spec.norm = RNN_NORM_INPUT; spec.norm <= RNN_NORM_SEPARATE; spec.norm++)
        parts_add_up(spec);
}
END_TEST

START_TEST(the_parts_of_untied_weights_are_their_gradients) {
    double mask[T * H * H], squares = 0;
    struct rnn *net = measured(spec_of(&rnn_tanh, RNN_UNTIED), RNN_OK);
    rnn_gaussian(mask, T * H * H, 1.1, (struct rnn_stream){ 5, RNN_FOR_TASK, 0 });
    ck_assert_int_eq(parts(net, NULL), RNN_OK);
    for (size_t t = 1; t <= T; t++) {
        const double *dW = net->d.W_hh + (t - 1) * H * H;
        squares += k_sum_squares(dW, H * H);
        ck_assert_double_eq_tol(lags.log_part[t - 1], rnn_log_norm(dW, H * H), 1e-14);
        ck_assert_double_eq_tol(lags.log_past[t - 1], log(squares) / 2, 1e-14);
    }
    ck_assert_int_eq(parts(net, mask), RNN_OK);
    for (size_t t = 1; t <= T; t++)
        ck_assert_double_eq_tol(lags.log_part[t - 1], log_norm_of(net, t, t, mask + (t - 1) * H * H), 1e-13);
    rnn_free(&net);
}
END_TEST

/* W = s I without activation: every part is s^(T-1) v h_0^T, and t of them are t times that. */
START_TEST(parts_are_right_at_any_length) {
    static const double scales[] = { 0.88, 1.13 };
    for (int i = 0; i < 2; i++) {
        struct rnn_spec spec = spec_of(&rnn_linear, RNN_TIED);
        spec.init = RNN_IDENTITY;
        spec.scale = scales[i];
        spec.drive = 0;
        spec.inputs = 0;
        spec.length = spec.segment = 5000;
        struct rnn *net = measured(spec, RNN_OK);
        ck_assert_int_ne(net->exponent[0], 0);
        ck_assert_int_eq(parts(net, NULL), RNN_OK);
        const double first = lags.log_part[0];
        ck_assert_double_lt(fabs(first - 4999 * log(scales[i])), 5);
        for (size_t t = 1; t <= spec.length; t++) {
            ck_assert_double_eq_tol(lags.log_part[t - 1], first, 1e-11);
            ck_assert_double_eq_tol(lags.log_past[t - 1], first + log((double)t), 1e-11);
        }
        rnn_free(&net);
    }
}
END_TEST

START_TEST(a_part_below_every_double_has_its_logarithm) {
    struct rnn_spec spec = spec_of(&rnn_sigmoid, RNN_TIED);
    spec.length = spec.segment = 3000;
    struct rnn *net = measured(spec, RNN_OK);
    ck_assert_int_eq(parts(net, NULL), RNN_OK);
    ck_assert_double_lt(lags.log_part[1], -2000);
    ck_assert_double_eq(lags.log_past[0], lags.log_part[0]);
    for (size_t t = 2; t < spec.length; t++) { /* h is between 0 and 1, so a part follows dh, and so a sum */
        ck_assert_double_lt(fabs(lags.log_part[t - 1] - net->log_dh[t - 1]), 5);
        ck_assert_double_lt(fabs(lags.log_past[t - 1] - net->log_dh[t - 1]), 5);
    }
    ck_assert_double_eq_tol(lags.log_past[2999], rnn_log_norm(net->d.W_hh, H * H), 1e-12);
    rnn_free(&net);
}
END_TEST

START_TEST(a_zero_part_has_no_logarithm) {
    struct rnn_spec spec = spec_of(&rnn_relu, RNN_TIED);
    spec.start = 0; /* h_0 = 0 */
    struct rnn *net = measured(spec, RNN_OK);
    ck_assert_int_eq(parts(net, NULL), RNN_OK);
    ck_assert(isinf(lags.log_part[0]) && isinf(lags.log_past[0]) && isfinite(lags.log_part[1]));
    memset(rnn_state(net, 5), 0, B * H * sizeof(double)); /* every unit of step 5 dead */
    rnn_loss_linear(net, 713);
    ck_assert_int_eq(rnn_backward(net), RNN_ZERO);
    ck_assert_int_eq(parts(net, NULL), RNN_OK);
    ck_assert(isinf(lags.log_past[4]) && isinf(lags.log_part[5]) && isfinite(lags.log_part[6])); /* h_5 = 0 */
    rnn_free(&net);
    spec.weights = RNN_UNTIED;
    net = measured(spec, RNN_OK);
    ck_assert_int_eq(parts(net, NULL), RNN_OK);
    ck_assert(isinf(lags.log_past[0]) && isfinite(lags.log_past[1]));
    rnn_free(&net);
}
END_TEST

START_TEST(a_net_that_kept_too_little_is_refused) {
    struct rnn_spec spec = spec_of(&rnn_tanh, RNN_TIED);
    spec.record = RNN_GRADIENTS;
    struct rnn *net = measured(spec, RNN_OK);
    ck_assert_int_eq(parts(net, NULL), RNN_BAD_RANGE);
    rnn_free(&net);
    spec.record = RNN_EVERYTHING;
    spec.length = 300;
    spec.segment = 85;
    net = measured(spec, RNN_OK);
    ck_assert_int_eq(parts(net, NULL), RNN_BAD_RANGE);
    rnn_free(&net);
}
END_TEST

/* dL_b/dx_t = B W_xh^T da_t from the open arrays, and from central differences of L */
START_TEST(an_input_gradient_is_that_of_each_sequence_s_own_loss) {
    enum { I = 4 };
    struct rnn *net = measured(spec_of(&rnn_tanh, RNN_TIED), RNN_OK);
    double log_norm;
    for (size_t t = 1; t <= T; t++) {
        long double squares = 0;
        double differences = 0;
        for (size_t b = 0; b < B; b++)
            for (size_t i = 0; i < I; i++) {
                long double slope = 0;
                for (size_t j = 0; j < H; j++) {
                    const long double h = rnn_state(net, t)[b * H + j];
                    slope += net->p.W_xh[j * I + i] * (1 - h * h) *
                             ldexpl(rnn_state_gradient(net, t)[b * H + j], net->exponent[t - 1]);
                }
                squares += slope * slope * B;
            }
        ck_assert_int_eq(rnn_input_gradient(&log_norm, net, t), RNN_OK);
        ck_assert_double_eq_tol(log_norm, (double)(logl(squares) / 2), 1e-14);
        for (size_t k = 0; k < B * I; k++) {
            double *x = net->x + (t - 1) * B * I + k, loss[2];
            const double there = *x, step = 1e-5;
            for (int side = 0; side < 2; side++) {
                *x = there + (side ? step : -step);
                ck_assert_int_eq(rnn_forward(net), RNN_OK);
                rnn_loss_linear(net, 713);
                loss[side] = net->loss;
            }
            *x = there;
            differences += pow((loss[1] - loss[0]) / (2 * step), 2) * B;
        }
        ck_assert_double_eq_tol(exp(log_norm), sqrt(differences), 1e-7);
        rnn_forward(net);
        rnn_loss_linear(net, 713);
        ck_assert_int_eq(rnn_backward(net), RNN_OK);
    }
    rnn_free(&net);
}
END_TEST

/* W = s I without activation: dL/dx_t is s^(T-t) W_xh^T v. */
START_TEST(an_input_gradient_is_right_at_any_length) {
    struct rnn_spec spec = spec_of(&rnn_linear, RNN_TIED);
    double first, last;
    spec.init = RNN_IDENTITY;
    spec.scale = 0.713;
    spec.length = spec.segment = 5000;
    struct rnn *net = measured(spec, RNN_OK);
    ck_assert_int_eq(rnn_input_gradient(&first, net, 1), RNN_OK);
    ck_assert_int_eq(rnn_input_gradient(&last, net, 5000), RNN_OK);
    ck_assert_double_eq_tol((first - last) / 4999, log(0.713), 1e-14);
    memset(net->p.W_xh, 0, H * 4 * sizeof(double));
    ck_assert_int_eq(rnn_input_gradient(&first, net, 1), RNN_OK);
    ck_assert(isinf(first) && first < 0);
    rnn_free(&net);
}
END_TEST

START_TEST(an_input_that_is_not_seen_has_no_gradient) {
    struct rnn_spec spec = spec_of(&rnn_tanh, RNN_TIED);
    double log_norm = 2.385;
    struct rnn *net = measured(spec, RNN_OK);
    ck_assert_int_eq(rnn_input_gradient(&log_norm, net, 0), RNN_BAD_RANGE);
    ck_assert_int_eq(rnn_input_gradient(&log_norm, net, T + 1), RNN_BAD_RANGE);
    rnn_free(&net);
    spec.record = RNN_GRADIENTS;
    net = measured(spec, RNN_OK);
    ck_assert_int_eq(rnn_input_gradient(&log_norm, net, 1), RNN_BAD_RANGE);
    rnn_free(&net);
    spec.record = RNN_EVERYTHING;
    spec.cell = &rnn_gru;
    net = measured(spec, RNN_OK);
    ck_assert_int_eq(rnn_input_gradient(&log_norm, net, 1), RNN_BAD_LAW);
    rnn_free(&net);
    spec.cell = &rnn_elman;
    spec.drive = 0;
    spec.inputs = 0;
    net = measured(spec, RNN_OK);
    ck_assert_int_eq(rnn_input_gradient(&log_norm, net, 1), RNN_BAD_RANGE);
    ck_assert_double_eq(log_norm, 2.385);
    rnn_free(&net);
}
END_TEST

/* Where nothing has come in yet, a state is zero and so is its part, however large its exponent. */
START_TEST(a_sum_that_begins_with_zeros_loses_nothing_of_what_follows) {
    enum { LONG = 1500, QUIET = 1400 };
    struct rnn *net = NULL;
    struct rnn_spec spec = spec_of(&rnn_linear, RNN_TIED);
    spec.length = spec.segment = LONG;
    spec.init = RNN_ORTHOGONAL;
    spec.scale = 4;
    spec.start = 0;
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 2385);
    memset(net->x, 0, QUIET * B * spec.inputs * sizeof *net->x);
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    rnn_loss_linear(net, 713);
    ck_assert_int_eq(rnn_backward(net), RNN_OK);
    ck_assert_int_eq(parts(net, NULL), RNN_OK);
    ck_assert_double_eq(lags.log_past[QUIET], -INFINITY);
    ck_assert_double_eq(lags.log_past[QUIET + 1], lags.log_part[QUIET + 1]);
    ck_assert_double_gt(lags.log_part[QUIET + 1], 100);
    rnn_free(&net);
}
END_TEST

UNIT_MAIN("lags", every_part_is_an_outer_product, the_parts_add_up_to_the_gradient,
          so_they_do_for_every_cell_and_norm, the_parts_of_untied_weights_are_their_gradients,
          parts_are_right_at_any_length, a_part_below_every_double_has_its_logarithm,
          a_zero_part_has_no_logarithm, a_net_that_kept_too_little_is_refused,
          an_input_gradient_is_that_of_each_sequence_s_own_loss, an_input_gradient_is_right_at_any_length,
          an_input_that_is_not_seen_has_no_gradient,
          a_sum_that_begins_with_zeros_loses_nothing_of_what_follows)
