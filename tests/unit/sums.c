/* Gradients of the weights where the powers of two that are taken out of dh change within a block of steps:
 * against the complex step of the second implementation, which knows no exponents. */
#include "kernels/kernels.h"
#include "reference.h"
#include "unit.h"

#include <math.h>
#include <string.h>

enum { T = 240, B = 3, H = 3, INPUTS = 2, O = 4 }; /* 85 steps a block */

/* What each part of a gradient is summed from: `da` of its own for W_hh, W_xh and b_h. */
static const struct kind {
    const char *name;
    const struct rnn_cell *cell;
    const struct rnn_activation *activation;
    enum rnn_init init;
    double scale, forget;
    enum rnn_norm norm;
    double deviation; /* that the statistics of a norm are frozen at; 0: not frozen */
} kinds[] = {
    { "vanishing", &rnn_elman, &rnn_sigmoid, RNN_GAUSSIAN, 1.213, 0, RNN_NO_NORM, 0 },
    { "exploding", &rnn_elman, &rnn_linear, RNN_ORTHOGONAL, 3.085, 0, RNN_NO_NORM, 0 },
    { "gru", &rnn_gru, &rnn_tanh, RNN_GAUSSIAN, 0.713, -3, RNN_NO_NORM, 0 },
    { "lstm", &rnn_lstm, &rnn_tanh, RNN_GAUSSIAN, 0.713, -3, RNN_NO_NORM, 0 },
    { "input", &rnn_elman, &rnn_sigmoid, RNN_GAUSSIAN, 1.213, 0, RNN_NORM_INPUT, 0 },
    { "full", &rnn_elman, &rnn_sigmoid, RNN_GAUSSIAN, 1.213, 0, RNN_NORM_FULL, 1.385 },
    { "separate", &rnn_elman, &rnn_sigmoid, RNN_GAUSSIAN, 1.213, 0, RNN_NORM_SEPARATE, 1.385 },
};

static struct rnn *net_of(const struct kind *kind) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = { .cell = kind->cell,
                                   .activation = kind->activation,
                                   .init = kind->init,
                                   .weights = RNN_TIED,
                                   .record = RNN_EVERYTHING,
                                   .norm = kind->norm,
                                   .gamma = 0.713,
                                   .epsilon = 0.385,
                                   .scale = kind->scale,
                                   .drive = 0.713,
                                   .start = 0.377,
                                   .forget = kind->forget,
                                   .length = T,
                                   .segment = T,
                                   .reads = 1,
                                   .hidden = H,
                                   .batch = B,
                                   .inputs = INPUTS };
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 2385);
    if (kind->deviation > 0)
        rnn_norm_freeze(net, true);
    for (size_t i = 0; net->frozen && i < (kind->norm == RNN_NORM_SEPARATE ? 2 : 1) * T * H; i++)
        net->deviation[i] = kind->deviation;
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(rnn_loss_linear(net, 17), RNN_OK);
    ck_assert_int_eq(rnn_backward(net), RNN_OK);
    return net;
}

/* How often the exponent changes within a block. */
static int changes(const struct rnn *net) {
    int count = 0;
    for (size_t t = 1; t < T; t++)
        count += t % 85 != 0 && net->exponent[t] != net->exponent[t - 1];
    return count;
}

/* One view of the gradient, relative to its largest element. */
static void assert_view(const struct reference *r, const char *name, const double *view, const double *end) {
    double worst = 0, largest = 0;
    for (const double *d = view; d < end; d++) {
        const double expected = reference_complex_step(r, (size_t)(d - r->net->gradient), SIZE_MAX, 0);
        largest = fmax(largest, fabs(expected));
        worst = fmax(worst, fabs(*d - expected));
    }
    ck_assert_msg(worst <= 1e-11 * largest, "%s: off by %g of %g", name, worst, largest);
}

START_TEST(a_block_is_summed_rightly_across_a_change_of_exponent) {
    double v[B * H];
    long double complex work[3 * B * H];
    rnn_gaussian(v, B * H, 1, (struct rnn_stream){ 17, RNN_FOR_LOSS, 0 });
    for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++) {
        struct rnn *net = net_of(&kinds[i]);
        const struct reference r = { net, LINEAR, v, NULL, work };
        ck_assert_int_gt(changes(net), 0);
        ck_assert_int_eq(net->gradient_exponent, 0);
        assert_view(&r, kinds[i].name, net->d.W_hh, net->d.W_xh);
        assert_view(&r, kinds[i].name, net->d.W_xh, net->d.b_h);
        assert_view(&r, kinds[i].name, net->d.b_h, net->d.gain_h);
        assert_view(&r, kinds[i].name, net->d.gain_h, net->d.W_hy);
        rnn_free(&net);
    }
}
END_TEST

/* States that fade as fast as the gradient, W = I / 4 and x_t = 4^-t: every lag brings as much to dW_hh and
 * dW_xh, so that one put on a wrong power of two is seen. */
static const struct kind alike[] = {
    { "elman", &rnn_elman, &rnn_linear, RNN_IDENTITY, 0.25, 0, RNN_NO_NORM, 0 },
    { "full", &rnn_elman, &rnn_linear, RNN_IDENTITY, 0.25, 0, RNN_NORM_FULL, 0.713 },
    { "separate", &rnn_elman, &rnn_linear, RNN_IDENTITY, 0.25, 0, RNN_NORM_SEPARATE, 0.713 },
    { "gru", &rnn_gru, &rnn_tanh, RNN_IDENTITY, 0.5, -4, RNN_NO_NORM, 0 },
    { "lstm", &rnn_lstm, &rnn_tanh, RNN_IDENTITY, 1, -4, RNN_NO_NORM, 0 },
};

static struct rnn *fading_net(const struct kind *kind) {
    struct rnn *net = net_of(kind);
    for (size_t n = 0; n < T * B * INPUTS; n++)
        net->x[n] *= pow(0.25, (double)(n / (B * INPUTS)));
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(rnn_loss_linear(net, 17), RNN_OK);
    return net;
}

START_TEST(lags_on_other_exponents_weigh_as_much) {
    double v[B * H];
    long double complex work[3 * B * H];
    rnn_gaussian(v, B * H, 1, (struct rnn_stream){ 17, RNN_FOR_LOSS, 0 });
    for (size_t i = 0; i < sizeof alike / sizeof *alike; i++) {
        struct rnn *net = fading_net(&alike[i]);
        const struct reference r = { net, LINEAR, v, NULL, work };
        ck_assert_int_eq(rnn_backward(net), RNN_OK);
        ck_assert_int_gt(changes(net), 0);
        assert_view(&r, alike[i].name, net->d.W_hh, net->d.W_xh);
        assert_view(&r, alike[i].name, net->d.W_xh, net->d.b_h);
        rnn_free(&net);
    }
}
END_TEST

/* Powers of two go through everything, so a loss of any size has the same gradient but for the order of its
 * sums, also where it is no double: dW_hh is of the size 4^-T. */
START_TEST(a_tiny_and_a_huge_loss_have_the_gradient_of_a_plain_one) {
    static const int powers[] = { 0, -1000, 900 };
    double plain[H * H + H * INPUTS];
    for (int i = 0; i < 3; i++) {
        struct rnn *net = fading_net(&alike[0]);
        for (size_t n = 0; n < B * H; n++)
            rnn_state_gradient(net, T)[n] = ldexp(rnn_state_gradient(net, T)[n], powers[i]);
        ck_assert_int_eq(rnn_backward(net), RNN_OK);
        if (i == 0)
            memcpy(plain, net->d.W_hh, sizeof plain);
        for (size_t n = 0; n < sizeof plain / sizeof *plain; n++)
            ck_assert_double_eq_tol(ldexp(net->d.W_hh[n], net->gradient_exponent - powers[i]), plain[n],
                                    1e-13 * fabs(plain[n]));
        rnn_free(&net);
    }
}
END_TEST

/* W = 4 I without activation or input: y and dh_0 are of the size 4^T, the gradients 16^T. */
START_TEST(the_read_out_shares_the_exponent_of_an_exploded_gradient) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = { .cell = &rnn_elman,
                                   .activation = &rnn_linear,
                                   .init = RNN_IDENTITY,
                                   .weights = RNN_TIED,
                                   .record = RNN_GRADIENTS,
                                   .norm = RNN_NO_NORM,
                                   .scale = 4,
                                   .start = 0.377,
                                   .length = T,
                                   .segment = T,
                                   .reads = 1,
                                   .hidden = H,
                                   .batch = B,
                                   .outputs = O };
    double dy[B * O], dW[O * H] = { 0 };
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 713);
    rnn_gaussian(net->target, B * O, 1, (struct rnn_stream){ 11, RNN_FOR_TASK, 0 });
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(rnn_loss_squared(net), RNN_OK);
    ck_assert_int_eq(rnn_backward(net), RNN_OK);
    ck_assert_int_gt(net->gradient_exponent, 0);
    for (size_t i = 0; i < B * O; i++)
        dy[i] = 2 * (net->y[i] - net->target[i]) / B;
    k_outer_add(dW, dy, rnn_state(net, T), B, O, H);
    for (size_t i = 0; i < O * H; i++)
        ck_assert_double_eq(ldexp(net->d.W_hy[i], net->gradient_exponent), dW[i]);
    for (size_t o = 0; o < O; o++)
        ck_assert_double_eq_tol(
            ldexp(net->d.b_y[o], net->gradient_exponent) / (dy[o] + dy[O + o] + dy[2 * O + o]), 1, 1e-12);
    rnn_free(&net);
}
END_TEST

UNIT_MAIN("sums", a_block_is_summed_rightly_across_a_change_of_exponent,
          lags_on_other_exponents_weigh_as_much, a_tiny_and_a_huge_loss_have_the_gradient_of_a_plain_one,
          the_read_out_shares_the_exponent_of_an_exploded_gradient)
