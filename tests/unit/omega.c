/* The regulariser of Pascanu, Mikolov and Bengio, and its immediate derivative by the complex step. */
#include "train.h"
#include "unit.h"

#include <complex.h>
#include <math.h>
#include <string.h>

enum { T = 7, B = 3, H = 5, CAPACITY = 4 * 64 };
static double dW[H * H], work[CAPACITY];

static const struct rnn_spec spec = { .cell = &rnn_elman,
                                      .activation = &rnn_tanh,
                                      .init = RNN_GAUSSIAN,
                                      .weights = RNN_TIED,
                                      .record = RNN_EVERYTHING,
                                      .norm = RNN_NO_NORM,
                                      .scale = 1.213,
                                      .drive = 0.713,
                                      .start = 0.377,
                                      .length = T,
                                      .segment = T,
                                      .reads = 1,
                                      .hidden = H,
                                      .batch = B,
                                      .inputs = 2,
                                      .outputs = 4 };

static struct rnn *net_of(struct rnn_spec how) {
    struct rnn *net = NULL;
    ck_assert_int_eq(rnn_create(&net, &how), RNN_OK);
    rnn_draw(net, 2385);
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(rnn_loss_linear(net, 713), RNN_OK);
    ck_assert_int_ne(rnn_backward(net), RNN_DIVERGED);
    return net;
}

static double phi_prime(const struct rnn *net, double h) {
    return net->spec.activation == &rnn_tanh      ? 1 - h * h
           : net->spec.activation == &rnn_sigmoid ? h * (1 - h)
           : net->spec.activation == &rnn_relu    ? h > 0
                                                  : 1;
}

/* Omega with W_hh[hit] + step, everything else as the net has it; no exponents: the ratio does not see
 * them. */
static long double complex second_omega(const struct rnn *net, size_t hit, long double complex step) {
    long double complex sum = 0;
    int counted = 0;
    for (size_t t = 2; t <= net->spec.length; t++)
        for (size_t b = 0; b < B; b++) {
            const double *da = net->da_h_of_step + ((t - 1) * B + b) * H;
            const double *h = rnn_state(net, t - 1) + b * H;
            long double complex after = 0;
            long double before = 0;
            for (size_t j = 0; j < H; j++) {
                long double complex q = 0;
                for (size_t i = 0; i < H; i++)
                    q += (net->p.W_hh[i * H + j] + (i * H + j == hit ? step : 0)) * da[i];
                q *= phi_prime(net, h[j]);
                after += q * q;
                before += (long double)da[j] * da[j];
            }
            counted += before > 0;
            if (before > 0)
                sum += (csqrtl(after / before) - 1) * (csqrtl(after / before) - 1);
        }
    return sum / counted;
}

static void is_right(struct rnn *net) {
    double largest = 0, worst = 0;
    const double omega = rnn_omega(dW, net, work);
    ck_assert_double_eq_tol(omega, (double)creall(second_omega(net, H * H, 0)), 1e-14);
    for (size_t i = 0; i < H * H; i++) {
        const double expected = (double)(cimagl(second_omega(net, i, 1e-40L * I)) / 1e-40L);
        largest = fmax(largest, fabs(expected));
        worst = fmax(worst, fabs(dW[i] - expected));
    }
    ck_assert_double_gt(largest, 1e-3);
    ck_assert_double_lt(worst / largest, 1e-13);
}

START_TEST(its_derivative_is_that_of_the_complex_step) {
    static const struct rnn_activation *const activations[] = { &rnn_tanh, &rnn_sigmoid, &rnn_relu,
                                                                &rnn_linear };
    for (int i = 0; i < 4; i++) {
        struct rnn_spec how = spec;
        how.activation = activations[i];
        struct rnn *net = net_of(how);
        is_right(net);
        rnn_free(&net);
    }
}
END_TEST

START_TEST(it_sees_the_total_derivative_of_several_read_outs) {
    struct rnn_spec how = spec;
    how.reads = 4;
    struct rnn *net = net_of(how);
    is_right(net);
    rnn_free(&net);
}
END_TEST

START_TEST(it_is_zero_where_norms_are_kept) {
    struct rnn_spec how = spec;
    how.activation = &rnn_linear;
    how.init = RNN_ORTHOGONAL;
    how.scale = 1;
    struct rnn *net = net_of(how);
    ck_assert_double_lt(rnn_omega(dW, net, work), 1e-28);
    rnn_free(&net);
}
END_TEST

/* What is cut off has no norm to keep, and does not count. */
START_TEST(steps_without_a_gradient_do_not_count) {
    struct rnn_spec how = spec;
    how.truncation = 3;
    struct rnn *cut = net_of(how), *whole;
    how.truncation = 0;
    whole = net_of(how);
    is_right(cut);
    memset(whole->da_h_of_step, 0, 4 * B * H * sizeof *whole->da_h_of_step);
    const double omega = rnn_omega(dW, whole, work);
    ck_assert_double_eq(omega, rnn_omega(dW, cut, work));
    memset(whole->da_h_of_step, 0, T * B * H * sizeof *whole->da_h_of_step);
    ck_assert_double_eq(rnn_omega(dW, whole, work), 0);
    for (size_t i = 0; i < H * H; i++)
        ck_assert_double_eq(dW[i], 0);
    rnn_free(&cut);
    rnn_free(&whole);
}
END_TEST

/* A ratio does not see the size of a gradient: that of a long net vanishes beyond double. */
START_TEST(it_is_right_where_the_gradient_has_left_double) {
    struct rnn_spec how = spec;
    how.activation = &rnn_sigmoid;
    how.length = how.segment = 1000;
    struct rnn *net = net_of(how);
    ck_assert_double_lt(net->log_dh[0], -1100 * M_LN2);
    is_right(net);
    rnn_free(&net);
}
END_TEST

START_TEST(the_size_of_the_gradient_of_one_sequence_does_not_matter) {
    double before[H * H];
    struct rnn *net = net_of(spec);
    const double omega = rnn_omega(before, net, work);
    for (size_t t = 0; t < T; t++)
        for (size_t i = 0; i < H; i++)
            net->da_h_of_step[(t * B + 1) * H + i] *= 0x1p-700;
    ck_assert_double_eq_tol(rnn_omega(dW, net, work), omega, 1e-15);
    for (size_t i = 0; i < H * H; i++)
        ck_assert_double_eq_tol(dW[i], before[i], 1e-15);
    rnn_free(&net);
}
END_TEST

START_TEST(its_work_is_used_to_the_end_and_no_further) {
    struct rnn *net = net_of(spec);
    double *mark = unit_mark(work, CAPACITY, rnn_omega_work(&spec));
    mark[-1] = 0.377;
    rnn_omega(dW, net, work);
    ck_assert_double_eq(*mark, 0.713);
    ck_assert_double_ne(mark[-1], 0.377);
    rnn_free(&net);
}
END_TEST

UNIT_MAIN("omega", its_derivative_is_that_of_the_complex_step,
          it_sees_the_total_derivative_of_several_read_outs, it_is_zero_where_norms_are_kept,
          steps_without_a_gradient_do_not_count, it_is_right_where_the_gradient_has_left_double,
          the_size_of_the_gradient_of_one_sequence_does_not_matter,
          its_work_is_used_to_the_end_and_no_further)
