/* The read-out on nets whose memory is known: delay lines, one leaky unit, noise, and a solution by hand. */
#include "kernels/kernels.h"
#include "measure.h"
#include "unit.h"

#include <math.h>
#include <string.h>

enum { T = 1200, B = 8, LAGS = 30, FIRST = 100 };
static double work[1 << 16], r2[2 * LAGS];

static struct rnn *net_of(size_t hidden, size_t length) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = { .cell = &rnn_elman,
                                   .activation = &rnn_linear,
                                   .init = RNN_IDENTITY,
                                   .weights = RNN_TIED,
                                   .record = RNN_NORMS,
                                   .norm = RNN_NO_NORM,
                                   .scale = 0.713,
                                   .drive = 1,
                                   .length = length,
                                   .segment = length,
                                   .reads = 1,
                                   .hidden = hidden,
                                   .batch = B,
                                   .inputs = 1 };
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 713);
    return net;
}

static enum rnn_status recall(struct rnn *net, size_t lags, double noise, double ridge) {
    const struct rnn_memory memory = {
        .first = 100, .lags = lags, .noise = noise, .ridge = ridge, .seed = 385
    };
    ck_assert_double_le(rnn_memory_work(&net->spec, lags), sizeof work / sizeof *work);
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    return rnn_memory_measure(r2, net, &memory, work);
}

/* W shifts by one unit a step: h_t = (x_t, x_{t-1}, ...), times 2.385 and off zero */
START_TEST(a_delay_line_recalls_as_many_inputs_as_it_has_units) {
    enum { H = 20 };
    struct rnn *net = net_of(H, T);
    memset(net->p.W_hh, 0, H * H * sizeof *net->p.W_hh);
    memset(net->p.W_xh, 0, H * sizeof *net->p.W_xh);
    for (size_t i = 1; i < H; i++)
        net->p.W_hh[i * H + i - 1] = 1;
    net->p.W_xh[0] = 2.385;
    net->p.b_h[0] = 0.713;
    ck_assert_int_eq(recall(net, LAGS, 0, 1e-12), RNN_OK);
    for (size_t k = 0; k < LAGS; k++) {
        if (k < H)
            ck_assert_double_eq_tol(r2[k], 1, 1e-11);
        else
            ck_assert_double_eq_tol(r2[k], 0, 0.02); /* 20 of 4280 samples are fitted: -0.005 */
    }
    rnn_free(&net);
}
END_TEST

/* h_t = s h_{t-1} + x_t: the best guess of x_{t-k} is (1 - s^2) s^k h_t, R2 = (1 - s^2) s^2k. */
START_TEST(a_leaky_unit_recalls_by_the_closed_form) {
    const double scale = 0.713;
    struct rnn *net = net_of(1, 8 * T);
    ck_assert_int_eq(recall(net, 10, 0, 1e-12), RNN_OK);
    for (int k = 0; k < 10; k++)
        ck_assert_double_eq_tol(r2[k], (1 - scale * scale) * pow(scale, 2 * k), 0.012);
    rnn_free(&net);
}
END_TEST

/* z = x + noise g on each of H units that say the same: R2 = 1 / (1 + noise^2 / H) */
START_TEST(noise_is_relative_to_the_deviation_of_the_state) {
    static const double sizes[] = { 0.01, 0.5, 2.385 };
    struct rnn *net = net_of(4, 4 * T);
    memset(net->p.W_hh, 0, 16 * sizeof *net->p.W_hh);
    for (int i = 0; i < 4; i++) {
        net->p.W_xh[i] = 71.3;
        net->p.b_h[i] = -238.5;
    }
    for (int i = 0; i < 3; i++) {
        ck_assert_int_eq(recall(net, 2, sizes[i], 0), RNN_OK);
        const double lost = sizes[i] * sizes[i] / 4;
        ck_assert_double_eq_tol((1 - r2[0]) / (lost / (1 + lost)), 1, 0.03);
        ck_assert_double_eq_tol(r2[1], 0, 0.01);
    }
    rnn_free(&net);
}
END_TEST

/* ---- two units, by hand -------------------------------------------------------------------------------- */

enum { LAG_COUNT = 3, HALF = (T - FIRST + 1 - LAG_COUNT) / 2, SAMPLES = HALF * B };
enum { P, Q, X };

/* The two states and the input k steps before, of all samples from step t on. */
static void gather(long double column[3][SAMPLES], const struct rnn *net, size_t t, size_t k) {
    for (size_t i = 0; i < SAMPLES; i++) {
        column[P][i] = net->h[(t * B + i) * 2];
        column[Q][i] = net->h[(t * B + i) * 2 + 1];
        column[X][i] = net->x[(t - 1 - k) * B + i];
    }
}

static long double dot(const long double *a, const long double *b) {
    long double sum = 0;
    for (size_t i = 0; i < SAMPLES; i++)
        sum += a[i] * b[i];
    return sum;
}

static double recall_by_hand(const struct rnn *net, size_t k, long double ridge) {
    static long double train[3][SAMPLES], test[3][SAMPLES], miss[SAMPLES];
    gather(train, net, FIRST, k);
    gather(test, net, FIRST + HALF + LAG_COUNT, k);
    for (int c = 0; c < 3; c++) {
        long double mean = 0;
        for (size_t i = 0; i < SAMPLES; i++)
            mean += train[c][i] / SAMPLES;
        for (size_t i = 0; i < SAMPLES; i++) {
            train[c][i] -= mean;
            test[c][i] -= mean;
        }
    }
    long double pp = dot(train[P], train[P]), qq = dot(train[Q], train[Q]), pq = dot(train[P], train[Q]);
    const long double lambda = ridge * (pp + qq) / 2, px = dot(train[P], train[X]),
                      qx = dot(train[Q], train[X]);
    pp += lambda;
    qq += lambda;
    const long double det = pp * qq - pq * pq, p = (qq * px - pq * qx) / det, q = (pp * qx - pq * px) / det;
    for (size_t i = 0; i < SAMPLES; i++)
        miss[i] = test[X][i] - p * test[P][i] - q * test[Q][i];
    return (double)(1 - dot(miss, miss) / dot(test[X], test[X]));
}

START_TEST(the_solution_is_that_of_the_normal_equations) {
    struct rnn *net = net_of(2, T);
    net->spec.activation = &rnn_tanh;
    net->p.W_hh[1] = 0.385;
    net->p.W_hh[2] = -0.2385;
    net->p.b_h[1] = 0.3;
    ck_assert_int_eq(recall(net, LAG_COUNT, 0, 0.0385), RNN_OK);
    for (size_t k = 0; k < LAG_COUNT; k++)
        ck_assert_double_eq_tol(r2[k], recall_by_hand(net, k, 0.0385L), 1e-12);
    rnn_free(&net);
}
END_TEST

/* 30 units fitted to 136 samples, noise most of them: where there is nothing to know, the test misses by
 * 30 / (136 - 30) more than the mean would. */
START_TEST(what_is_fitted_by_heart_does_not_count) {
    struct rnn *net = net_of(30, 100 + LAGS + 4 + 2 * LAGS);
    for (size_t i = 0; i < 30; i++)
        net->p.W_hh[i * 31] = 0.3 + 0.02 * (double)i;
    const struct rnn_memory memory = {
        .first = 100, .lags = 2 * LAGS, .noise = 1, .ridge = 1e-9, .seed = 385
    };
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(rnn_memory_measure(r2, net, &memory, work), RNN_OK);
    double sum = 0;
    for (size_t k = LAGS; k < 2 * LAGS; k++)
        sum += r2[k] / LAGS;
    ck_assert_double_eq_tol(sum, -30.0 / 106, 0.1);
    rnn_free(&net);
}
END_TEST

START_TEST(what_cannot_be_measured_is_refused) {
    struct rnn *net = net_of(2, T);
    const struct rnn_memory good = { .first = FIRST, .lags = LAGS, .noise = 0.01, .ridge = 1e-9 };
    struct rnn_memory bad;
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(rnn_memory_measure(r2, net, &good, work), RNN_OK);
#define REFUSED(expected, change)                                                                            \
    bad = good;                                                                                              \
    change;                                                                                                  \
    ck_assert_int_eq(rnn_memory_measure(r2, net, &bad, work), expected)
    REFUSED(RNN_BAD_LAW, bad.noise = -0.01);
    REFUSED(RNN_BAD_LAW, bad.noise = NAN);
    REFUSED(RNN_BAD_LAW, bad.ridge = -1e-9);
    REFUSED(RNN_BAD_LAW, bad.ridge = INFINITY);
    REFUSED(RNN_BAD_RANGE, bad.lags = 0);
    REFUSED(RNN_BAD_RANGE, bad.first = LAGS - 1);
    REFUSED(RNN_BAD_RANGE, bad.first = T + 1);
    REFUSED(RNN_BAD_RANGE, bad.first = SIZE_MAX);
    REFUSED(RNN_BAD_RANGE, bad.first = T - LAGS);
    REFUSED(RNN_OK, bad.first = T - LAGS - 1);
    REFUSED(RNN_BAD_RANGE, net->from = 100);
    net->from = 0;
    REFUSED(RNN_BAD_RANGE, net->spec.segment = T - 1);
    net->spec.segment = T;
    REFUSED(RNN_BAD_SIZE, net->spec.inputs = 2);
    net->spec.inputs = 1;
    k_scale(net->p.W_xh, 0, 2);
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    REFUSED(RNN_NO_CONVERGENCE, bad.noise = 0);
    rnn_free(&net);
}
END_TEST

UNIT_MAIN("memory", a_delay_line_recalls_as_many_inputs_as_it_has_units,
          a_leaky_unit_recalls_by_the_closed_form, noise_is_relative_to_the_deviation_of_the_state,
          the_solution_is_that_of_the_normal_equations, what_is_fitted_by_heart_does_not_count,
          what_cannot_be_measured_is_refused)
