/* Forward sensitivity against the complex step, closed forms, and the findings and refusals it can end with. */
#include "kernels/kernels.h"
#include "measure.h"
#include "unit.h"

#include <complex.h>
#include <math.h>
#include <string.h>

enum { H = 7, B = 3, INPUTS = 2, T = 40 };

static struct rnn_spec spec_of(const struct rnn_activation *activation, enum rnn_init init, double scale) {
    return (struct rnn_spec){ .cell = &rnn_elman,
                              .activation = activation,
                              .init = init,
                              .weights = RNN_TIED,
                              .record = RNN_NORMS,
                              .norm = RNN_NO_NORM,
                              .scale = scale,
                              .drive = 0.385,
                              .length = T,
                              .segment = T,
                              .reads = 1,
                              .hidden = H,
                              .batch = B,
                              .inputs = INPUTS };
}

static enum rnn_status tangent(double *growth, struct rnn *net, size_t from, uint64_t seed) {
    static double work[1 << 10];
    const double *mark = unit_mark(work, sizeof work / sizeof *work, rnn_tangent_work(&net->spec));
    const enum rnn_status status = rnn_tangent(growth, net, from, seed, work);
    ck_assert_double_eq(*mark, 0.713);
    return status;
}

static struct rnn *forward_net(struct rnn_spec spec) {
    struct rnn *net = NULL;
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 713);
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    return net;
}

/* ---- the reference: the network with a state perturbed by i 1e-40 delta ------------------------------- */

typedef long double complex number;

static number phi(const struct rnn_activation *activation, number a) {
    if (activation == &rnn_sigmoid)
        return 1 / (1 + cexpl(-a));
    if (activation == &rnn_tanh)
        return ctanhl(a);
    return activation == &rnn_linear || creall(a) > 0 ? a : 0;
}

static void reference_step(number *h, const struct rnn *net, size_t t, size_t b) {
    const double *W = net->p.W_hh + (net->spec.weights == RNN_UNTIED ? (t - 1) * H * H : 0);
    number next[H];
    for (size_t i = 0; i < H; i++) {
        number a = net->p.b_h[i];
        for (size_t j = 0; j < H; j++)
            a += W[i * H + j] * h[j];
        for (size_t j = 0; j < INPUTS; j++)
            a += net->p.W_xh[i * INPUTS + j] * net->x[((t - 1) * B + b) * INPUTS + j];
        next[i] = phi(net->spec.activation, a);
    }
    memcpy(h, next, sizeof next);
}

/* ln of the norm of the imaginary part at t = from..T, less that at `from` */
static void reference_growth(long double *growth, const struct rnn *net, size_t from, uint64_t seed) {
    double delta[B * H];
    number h[B][H];
    rnn_gaussian(delta, B * H, 1, (struct rnn_stream){ seed, RNN_FOR_TANGENT, 0 });
    for (size_t i = 0; i < B * H; i++)
        h[i / H][i % H] = rnn_state(net, from)[i] + 1e-40L * delta[i] * I;
    for (size_t t = from; t <= T; t++) {
        long double squares = 0;
        for (size_t b = 0; b < B; b++) {
            if (t > from)
                reference_step(h[b], net, t, b);
            for (size_t i = 0; i < H; i++)
                squares += cimagl(h[b][i]) * 1e40L * cimagl(h[b][i]) * 1e40L;
        }
        growth[t - from] = logl(squares) / 2 - (t > from ? growth[0] : 0);
    }
}

static void assert_reference(struct rnn_spec spec, size_t from) {
    struct rnn *net = forward_net(spec);
    long double expected[T + 1];
    double growth[T + 1];
    for (size_t i = 0; i < H; i++)
        net->p.b_h[i] = 0.385 + 0.2385 * sin(2.385 * (double)i); /* or all of a small relu net may die */
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    reference_growth(expected, net, from, 385);
    ck_assert_int_eq(tangent(growth, net, from, 385), RNN_OK);
    ck_assert_double_eq(growth[0], 0);
    for (size_t n = 1; n <= T - from; n++)
        ck_assert_double_eq_tol(growth[n], (double)expected[n], 1e-12);
    rnn_free(&net);
}

START_TEST(growth_is_that_of_the_complex_step) {
    static const struct rnn_activation *const all[] = { &rnn_sigmoid, &rnn_tanh, &rnn_relu, &rnn_linear };
    for (int i = 0; i < 4; i++) {
        struct rnn_spec spec = spec_of(all[i], RNN_GAUSSIAN, 1.385);
        assert_reference(spec, 0);
        assert_reference(spec, 29);
        spec.weights = RNN_UNTIED;
        assert_reference(spec, 11);
    }
}
END_TEST

/* ---- closed forms ------------------------------------------------------------------------------------- */

START_TEST(an_orthogonal_linear_net_is_on_its_line_at_any_length) {
    static const double scales[] = { 0.123, 0.95, 1.77, 6 };
    static double growth[5001];
    for (int i = 0; i < 4; i++) {
        struct rnn_spec spec = spec_of(&rnn_linear, RNN_IDENTITY, scales[i]);
        spec.length = spec.segment = 5000;
        spec.drive = 0;
        spec.inputs = 0;
        struct rnn *net = forward_net(spec);
        ck_assert_int_eq(tangent(growth, net, 0, 713), RNN_OK);
        for (int t = 0; t <= 5000; t++)
            ck_assert_double_eq_tol(growth[t], t * log(scales[i]), 1e-12 * fmax(1, fabs(growth[t])));
        rnn_free(&net);
    }
}
END_TEST

/* <J delta, v> = <delta, J^T v>: with H = B = 1 forward and backward are the same number. */
START_TEST(one_unit_feels_forward_what_it_learns_backward) {
    struct rnn_spec spec = spec_of(&rnn_tanh, RNN_IDENTITY, 1.713);
    spec.hidden = spec.batch = 1;
    struct rnn *net = forward_net(spec);
    double growth[T];
    ck_assert_int_eq(rnn_loss_linear(net, 713), RNN_OK);
    const double loss_gradient = *rnn_state_gradient(net, T);
    ck_assert_int_eq(tangent(growth, net, 1, 713), RNN_OK);
    ck_assert_double_eq(*rnn_state_gradient(net, T), loss_gradient);
    ck_assert_int_eq(rnn_backward(net), RNN_OK);
    ck_assert_double_eq_tol(growth[T - 1], net->log_dh[0] - net->log_dh[T - 1], 1e-12);
    rnn_free(&net);
}
END_TEST

/* ---- findings and refusals ---------------------------------------------------------------------------- */

START_TEST(a_perturbation_of_dead_units_is_zero_from_there_on) {
    struct rnn_spec spec = spec_of(&rnn_relu, RNN_GAUSSIAN, 0.713);
    spec.inputs = 1;
    struct rnn *net = forward_net(spec);
    double growth[T + 1];
    for (size_t i = 0; i < H; i++)
        net->p.b_h[i] = 50;
    for (size_t i = 0; i < T * B; i++)
        net->x[i] = 0;
    for (size_t i = 0; i < H; i++)
        net->p.W_xh[i] = 1;
    for (size_t b = 0; b < B; b++)
        net->x[20 * B + b] = -1e6; /* step 21 silences every unit */
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(tangent(growth, net, 0, 713), RNN_ZERO);
    ck_assert_uint_eq(net->stopped_at, 21);
    for (size_t t = 0; t <= T; t++)
        ck_assert(t < 21 ? isfinite(growth[t]) : isinf(growth[t]) && growth[t] < 0);
    rnn_free(&net);
}
END_TEST

START_TEST(one_step_that_overflows_diverges) {
    struct rnn *net = forward_net(spec_of(&rnn_linear, RNN_GAUSSIAN, 0.713));
    double growth[T + 1];
    k_scale(net->p.W_hh, 1e200, H * H); /* the norm leaves double, its logarithm does not */
    ck_assert_int_eq(tangent(growth, net, 0, 713), RNN_OK);
    ck_assert_double_gt(growth[T], 1e4);
    for (size_t i = 0; i < H * H; i++)
        net->p.W_hh[i] = 1e308;
    ck_assert_int_eq(tangent(growth, net, 3, 713), RNN_DIVERGED);
    ck_assert_uint_eq(net->stopped_at, 4);
    for (size_t n = 1; n <= T - 3; n++)
        ck_assert(isinf(growth[n]) && growth[n] > 0);
    rnn_free(&net);
}
END_TEST

START_TEST(what_has_no_sensitivity_is_refused) {
    struct rnn_spec spec = spec_of(&rnn_tanh, RNN_GAUSSIAN, 0.713);
    struct rnn *net = forward_net(spec);
    double growth[T + 1];
    ck_assert_int_eq(tangent(growth, net, T, 713), RNN_BAD_RANGE);
    ck_assert_int_eq(tangent(growth, net, SIZE_MAX, 713), RNN_BAD_RANGE);
    net->spec.cell = &rnn_gru;
    ck_assert_int_eq(tangent(growth, net, 0, 713), RNN_BAD_LAW);
    rnn_free(&net);
    spec.segment = 1; /* rounded up to a block of 85 steps: */
    spec.length = 200;
    net = forward_net(spec);
    ck_assert_int_eq(tangent(growth, net, 169, 713), RNN_BAD_RANGE); /* of an earlier segment */
    ck_assert_int_eq(tangent(growth, net, 170, 713), RNN_OK);
    rnn_loss_linear(net, 713);
    ck_assert_int_eq(rnn_backward(net), RNN_OK);
    ck_assert_int_eq(tangent(growth, net, 170, 713), RNN_BAD_RANGE); /* the last is gone */
    rnn_free(&net);
}
END_TEST

UNIT_MAIN("tangent", growth_is_that_of_the_complex_step,
          an_orthogonal_linear_net_is_on_its_line_at_any_length,
          one_unit_feels_forward_what_it_learns_backward, a_perturbation_of_dead_units_is_zero_from_there_on,
          one_step_that_overflows_diverges, what_has_no_sensitivity_is_refused)
