/* The limit of infinitely many units: the elman cell's chi, gates that stand still, where a growth is a
 * binomial sum, and gates that move, where it is a quadrature in long double. */
#include "theory.h"
#include "unit.h"

#include <math.h>
#include <stdlib.h>

/* ---- what is measured ---------------------------------------------------------------------------- */

static const struct rnn_cell *const gated[] = { &rnn_lstm, &rnn_gru };

static struct rnn_spec spec_of(const struct rnn_cell *cell, enum rnn_weights weights, double scale,
                               double drive, size_t length) {
    return (struct rnn_spec){ .cell = cell,
                              .activation = &rnn_tanh,
                              .init = RNN_GAUSSIAN,
                              .weights = weights,
                              .record = RNN_NORMS,
                              .norm = RNN_NO_NORM,
                              .scale = scale,
                              .drive = drive,
                              .length = length,
                              .segment = length,
                              .reads = 1,
                              .hidden = 1,
                              .batch = 1,
                              .inputs = 1 };
}

/* Mean of log growth over k steps, for k = 0..T - 1 - from, over `seeds` draws of `sites`. */
static void grow(double *growth, const struct rnn_spec *spec, size_t from, size_t sites, uint64_t seeds) {
    const size_t T = spec->length;
    double log_dh[T];
    double *work = malloc((size_t)rnn_theory_wide_work(spec, from, sites) * sizeof *work);
    for (size_t k = 0; k < T - from; k++)
        growth[k] = 0;
    for (uint64_t seed = 1; seed <= seeds; seed++) {
        ck_assert_int_eq(rnn_theory_wide(log_dh, spec, from, sites, seed, work), RNN_OK);
        for (size_t k = 0; k < T - from; k++)
            growth[k] += log_dh[T - 1 - k] / (double)seeds;
    }
    free(work);
}

/* ---- elman --------------------------------------------------------------------------------------- */

START_TEST(an_elman_net_has_the_chi_of_its_fixed_point) {
    enum { BURN = 25, LAGS = 24 };
    static const struct rnn_activation *const activations[] = { &rnn_tanh, &rnn_sigmoid, &rnn_relu };
    static const double scales[] = { 1.713, 2.385, 0.913 }, allowed[] = { .006, .016, .008 };
    for (int i = 0; i < 6; i++) {
        double growth[LAGS + 1];
        struct rnn_theory theory;
        struct rnn_spec spec =
            spec_of(&rnn_elman, i % 2 ? RNN_TIED : RNN_UNTIED, scales[i / 2], 0.177, BURN + LAGS + 1);
        spec.activation = activations[i / 2];
        ck_assert_int_eq(rnn_theory_fixed_point(&theory, spec.activation, spec.scale, spec.drive), RNN_OK);
        grow(growth, &spec, BURN, 2048, 8);
        ck_assert_double_eq(growth[0], 0);
        ck_assert_double_eq_tol(growth[LAGS] / LAGS, log(theory.r), allowed[i / 2]);
    }
}
END_TEST

/* ---- gates that stand still ------------------------------------------------------------------------ */

static double sigmoid(double a) {
    return 1 / (1 + exp(-a));
}

/* ||(keep + W)^k||_F^2 / H, W gaussian of scale `through`: tied, the powers of one W are orthogonal, so the
 * k!/(j! (k-j)!) ways to pass j times through it add before they are squared; untied, ways are all apart. */
static double square_of_power(double keep, double through, int k, enum rnn_weights weights) {
    double sum = 0, ways = 1;
    for (int j = 0; j <= k; j++) {
        sum += ways * (weights == RNN_TIED ? ways : 1) * pow(keep, 2 * (k - j)) * pow(through, 2 * j);
        ways *= (double)(k - j) / (j + 1);
    }
    return sum;
}

/* Where the state is tiny, i = o = r = 1/2 and f = z = sigmoid(bias). Of the lstm, h_t = c_t / 2 and so
 * dh_{t+k} / dh_t = 1/2 (f + W / 4)^{k-1} W / 2; of the gru it is (z + (1 - z) W / 2)^k. */
static double still(const struct rnn_cell *cell, enum rnn_weights weights, double scale, double bias, int k) {
    const double keep = sigmoid(bias);
    if (cell == &rnn_gru)
        return 0.5 * log(square_of_power(keep, (1 - keep) * scale / 2, k, weights));
    return 0.5 * log(square_of_power(keep, scale / 4, k - 1, weights)) + log(scale / 4);
}

START_TEST(where_gates_stand_still_a_growth_is_a_binomial_sum) {
    enum { BURN = 12, LAGS = 20 };
    for (int i = 0; i < 8; i++) {
        const enum rnn_weights weights = i % 2 ? RNN_TIED : RNN_UNTIED;
        double growth[LAGS + 1];
        struct rnn_spec spec =
            spec_of(gated[i / 4], weights, i / 2 % 2 ? 2.385 : 0.713, 1e-12, BURN + LAGS + 1);
        spec.forget = i / 2 % 2 ? -0.713 : 1.385;
        grow(growth, &spec, BURN, 2048, 8);
        for (int k = 1; k <= LAGS; k++)
            ck_assert_double_eq_tol(growth[k], still(gated[i / 4], weights, spec.scale, spec.forget, k),
                                    .033 * sqrt(k));
    }
}
END_TEST

/* ---- gates that move ------------------------------------------------------------------------------- */

typedef long double number;

/* E[f(mean + deviation z)], z ~ N(0, 1): the trapezoidal rule on |z| <= 9 */
enum { NODES = 37 };
static number node(int i) {
    return (i - NODES / 2) * 0.5L;
}
static number weight(int i) {
    return 0.5L / sqrtl(2 * acosl(-1)) * expl(-node(i) * node(i) / 2);
}
static number gate(number a) {
    return 1 / (1 + expl(-a));
}

/* Moments of the gates of an untied gru whose state has the variance q: E[z^2], E[(1-z)^2], E[z'^2], E[n^2],
 * and E[(1-n^2)^2 (r^2 + r'^2 u^2)], u = W_n h, n = tanh(x + r u). Given r and a = x + r u, of variance
 * v = s2 + r^2 sigma^2 q, u is gaussian with mean r sigma^2 q a / v and variance s2 sigma^2 q / v. */
struct gru_moments {
    number keep, renew, turn, candidate, slope;
};
static struct gru_moments gru_moments(number p, number drive, number bias) { /* p = sigma^2 q */
    struct gru_moments m = { 0 };
    for (int i = 0; i < NODES; i++) {
        const number z = gate(bias + sqrtl(p + drive) * node(i)), r = gate(sqrtl(p + drive) * node(i));
        const number v = drive + r * r * p, turn = r * (1 - r);
        m.keep += weight(i) * z * z;
        m.renew += weight(i) * (1 - z) * (1 - z);
        m.turn += weight(i) * z * z * (1 - z) * (1 - z);
        for (int j = 0; j < NODES; j++) {
            const number a = sqrtl(v) * node(j), n = tanhl(a), w = weight(i) * weight(j);
            const number u2 = r * p * a / v * r * p * a / v + drive * p / v;
            m.candidate += w * n * n;
            m.slope += w * (1 - n * n) * (1 - n * n) * (r * r + turn * turn * u2);
        }
    }
    return m;
}

/* chi = E[z^2] + sigma^2 (E[(1-z)^2] E[(1-n^2)^2 (r^2 + r'^2 u^2)] + E[z'^2] (q + E[n^2])) at the fixed point
 * q = E[(1-z)^2] E[n^2] / (1 - E[z^2]) */
static double gru_chi(double scale, double drive, double bias) {
    const number square = (number)scale * scale;
    number q = 0;
    struct gru_moments m = { 0 };
    for (int i = 0; i < 400; i++) {
        m = gru_moments(square * q, drive, bias);
        q = m.keep * q + m.renew * m.candidate;
    }
    return (double)(m.keep + square * (m.renew * m.slope + m.turn * (q + m.candidate)));
}

START_TEST(an_untied_gru_grows_by_the_chi_of_its_mean_field) {
    static const double settings[][3] = { { 1.385, 0.113, 0.713 }, { 2.385, 0.713, -0.385 } };
    enum { BURN = 40, LAGS = 24 };
    for (int i = 0; i < 2; i++) {
        double growth[LAGS + 1];
        struct rnn_spec spec = spec_of(&rnn_gru, RNN_UNTIED, settings[i][0], settings[i][1], BURN + LAGS + 1);
        spec.forget = settings[i][2];
        grow(growth, &spec, BURN, 2048, 8);
        const double chi = gru_chi(settings[i][0], settings[i][1], settings[i][2]);
        ck_assert_double_eq_tol(growth[LAGS] / LAGS, 0.5 * log(chi), .005);
    }
}
END_TEST

/* E[(dh_1 / dh_0)^2] of an lstm, by quadrature over c_0 and three gates, the fourth apart:
 *     sigma^2 E[o'^2 tanh(c)^2 + o^2 (1 - tanh(c)^2)^2 ((f' c_0)^2 + (i' g)^2 + (i g')^2)], c = f c_0 + i g */
static number lstm_integrand(number c0, number f, number i, number g) {
    const number t = tanhl(f * c0 + i * g), opening = (1 - t * t) * (1 - t * t);
    const number df = f * (1 - f) * c0, di = i * (1 - i) * g, dg = i * (1 - g * g);
    return opening * (df * df + di * di + dg * dg);
}
static double lstm_square(double scale, double start, double drive, double bias) {
    const number sd = sqrtl((number)scale * scale * start * start + drive);
    number past = 0, out = 0, o2 = 0, do2 = 0;
    for (int a = 0; a < NODES; a++) {
        const number o = gate(sd * node(a));
        o2 += weight(a) * o * o;
        do2 += weight(a) * o * o * (1 - o) * (1 - o);
    }
    for (int a = 0; a < NODES; a++)
        for (int b = 0; b < NODES; b++)
            for (int c = 0; c < NODES; c++)
                for (int d = 0; d < NODES; d++) {
                    const number c0 = start * node(a), f = gate(bias + sd * node(b)), i = gate(sd * node(c)),
                                 g = tanhl(sd * node(d)), w = weight(a) * weight(b) * weight(c) * weight(d);
                    const number t = tanhl(f * c0 + i * g);
                    if (w < 1e-12L)
                        continue;
                    past += w * lstm_integrand(c0, f, i, g);
                    out += w * t * t;
                }
    return (double)((number)scale * scale * (do2 * out + o2 * past));
}

START_TEST(the_first_step_of_an_lstm_grows_by_its_quadrature) {
    double growth[2];
    struct rnn_spec spec = spec_of(&rnn_lstm, RNN_TIED, 0.713, 0.113, 2);
    spec.forget = 0.713;
    spec.start = 1.385;
    grow(growth, &spec, 0, 20000, 16);
    ck_assert_double_eq_tol(growth[1], 0.5 * log(lstm_square(0.713, 1.385, 0.113, 0.713)), .008);
}
END_TEST

/* ---- findings and errors --------------------------------------------------------------------------- */

START_TEST(what_double_cannot_hold_is_said_and_wrong_laws_are_refused) {
    double log_dh[12], work[2000];
    struct rnn_spec spec = spec_of(&rnn_elman, RNN_TIED, 1.385, 0, 12);
    spec.activation = &rnn_relu; /* without drive and from h_0 = 0 every unit is dead */
    ck_assert_double_le(rnn_theory_wide_work(&spec, 3, 20), sizeof work / sizeof *work);
    ck_assert_int_eq(rnn_theory_wide(log_dh, &spec, 3, 20, 1, work), RNN_ZERO);
    spec.activation = &rnn_linear;
    spec.scale = 1e60;
    ck_assert_int_eq(rnn_theory_wide(log_dh, &spec, 3, 20, 1, work), RNN_DIVERGED);
    spec.scale = 1.385;
    ck_assert_int_eq(rnn_theory_wide(log_dh, &spec, 3, 20, 1, work), RNN_OK);
    ck_assert_int_eq(rnn_theory_wide(log_dh, &spec, 12, 20, 1, work), RNN_BAD_RANGE);
    ck_assert_int_eq(rnn_theory_wide(log_dh, &spec, 3, 0, 1, work), RNN_BAD_RANGE);
    spec.init = RNN_ORTHOGONAL;
    ck_assert_int_eq(rnn_theory_wide(log_dh, &spec, 3, 20, 1, work), RNN_BAD_LAW);
    spec.init = RNN_GAUSSIAN;
    spec.scale = -1.385;
    ck_assert_int_eq(rnn_theory_wide(log_dh, &spec, 3, 20, 1, work), RNN_BAD_LAW);
    spec.scale = 1.385;
    spec.norm = RNN_NORM_FULL;
    spec.gamma = spec.epsilon = 0.713;
    spec.batch = 2;
    ck_assert_int_eq(rnn_theory_wide(log_dh, &spec, 3, 20, 1, work), RNN_BAD_LAW);
}
END_TEST

UNIT_MAIN("meanfield_gates", an_elman_net_has_the_chi_of_its_fixed_point,
          where_gates_stand_still_a_growth_is_a_binomial_sum,
          an_untied_gru_grows_by_the_chi_of_its_mean_field, the_first_step_of_an_lstm_grows_by_its_quadrature,
          what_double_cannot_hold_is_said_and_wrong_laws_are_refused)
