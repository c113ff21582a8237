/* Gates and optimisers on every level this processor runs, bit for bit against the formulas of kernels.h with every
 * operation rounded by itself, on lengths that fill no vector. */
#include "levels.h"

enum { ARRAYS = 5 };

/* Arrays in a row, as gates lie: a[k] begins at k * apart, and only the last is fenced. */
static double *in_a_row(size_t apart, uint64_t seed) {
    return random_array(ARRAYS * apart, seed);
}

/* Against the products of full rows, of which all but one number is zero. */
static void check_picks(const struct k_level *k, size_t rows, size_t cols) {
    enum { BATCH = 7 };
    uint32_t where[BATCH], found[BATCH];
    double *x = fenced(BATCH * cols), *W = random_array(rows * cols, 21), *bias = random_array(rows, 22);
    double *table = fenced(rows * cols), *second = random_array(BATCH * cols, 24);
    double *packed = fenced(k_packed_size(rows, cols)), *a = random_array(BATCH * rows, 23);
    double *out = fenced(BATCH * rows), *expected = fenced(BATCH * rows);
    memset(x, 0, BATCH * cols * sizeof *x);
    for (size_t b = 0; b < BATCH; b++)
        x[b * cols + (where[b] = (uint32_t)((b * b + 3) % cols))] = 1;
    k_pack(packed, W, rows, cols);
    ck_assert_int_eq(k->elements->find_ones(found, x, BATCH, cols), 1);
    ck_assert_mem_eq(found, where, sizeof where);
    k->elements->tabulate(table, bias, W, rows, cols);
    assert_fence(table, rows * cols);
    const struct k_term terms[] = { { packed, x, cols }, { packed, second, cols } };
    for (size_t more = 0; more < 2; more++) {
        k->products->product(out, 1, 0, table, rows, where, terms + 1, more, BATCH, rows, 1);
        k->products->product(expected, 1, 0, bias, 0, NULL, terms, 1 + more, BATCH, rows, 0);
        assert_same_bits(out, expected, BATCH * rows, "picked");
        assert_fence(out, BATCH * rows);
    }
    double *sum = copy_of(W, rows * cols);
    k->elements->outer_pick_add(W, a, where, BATCH, rows, cols);
    k->products->outer_add((struct k_outer[]){ { sum, x, cols }, { sum, x, 0 } }, a, 1, 0, BATCH, rows);
    assert_same_bits(W, sum, rows * cols, "outer pick");
    assert_fence(W, rows * cols);
    const double not_one[] = { 0, -0.0, 0.5, 2, -1, INFINITY, NAN };
    for (size_t i = 0; i < sizeof not_one / sizeof *not_one; i++) {
        x[5 * cols + where[5]] = not_one[i];
        ck_assert_int_eq(k->elements->find_ones(found, x, BATCH, cols), 0);
    }
    x[5 * cols + where[5]] = 1;
    for (size_t i = 1; cols > 1 && i < sizeof not_one / sizeof *not_one; i++) {
        x[6 * cols + (where[6] + 1) % cols] = i == 1 ? 1 : not_one[i];
        ck_assert_int_eq(k->elements->find_ones(found, x, BATCH, cols), 0);
    }
    free(x), free(W), free(bias), free(table), free(second), free(packed), free(a), free(out);
    free(expected), free(sum);
}

static void check_products(const struct k_level *k, size_t n) {
    double *a = random_array(n, 1), *b = random_array(n, 2), *out = random_array(n, 3),
           *sum = copy_of(out, n);
    for (size_t i = 0; i < n; i++)
        sum[i] = out[i] + a[i] * b[i];
    k->elements->multiply_add(out, a, b, n);
    assert_same_bits(out, sum, n, "multiply_add");
    for (size_t i = 0; i < n; i++)
        sum[i] += a[i];
    k->elements->add(out, a, n);
    assert_same_bits(out, sum, n, "add");
    for (size_t i = 0; i < n; i++)
        sum[i] = a[i] * b[i];
    k->elements->multiply(out, a, b, n);
    assert_same_bits(out, sum, n, "multiply");
    assert_fence(out, n);
    free(a), free(b), free(out), free(sum);
}

static void check_lstm(const struct k_level *k, size_t n) {
    const size_t apart = n + 3;
    double *gates = in_a_row(apart, 4), *dh = random_array(n, 5), *dc = random_array(n, 6),
           *before = random_array(n, 7), *da = copy_of(gates, ARRAYS * apart),
           *expected = copy_of(gates, ARRAYS * apart), *dc_before = fenced(n), *carried = fenced(n);
    const double *i = gates, *f = i + apart, *g = f + apart, *o = g + apart, *tanh_c = o + apart;
    for (size_t m = 0; m < n; m++) {
        expected[m] = dc[m] * g[m] * i[m] * (1 - i[m]);
        expected[apart + m] = dc[m] * before[m] * f[m] * (1 - f[m]);
        expected[2 * apart + m] = dc[m] * i[m] * (1 - g[m] * g[m]);
        expected[3 * apart + m] = dh[m] * tanh_c[m] * o[m] * (1 - o[m]);
        carried[m] = dc[m] * f[m];
    }
    k->elements->lstm_back(da, apart, dc_before, dh, dc, before, tanh_c, n);
    assert_same_bits(da, expected, ARRAYS * apart, "lstm back");
    assert_same_bits(dc_before, carried, n, "lstm back, the cell path");
    assert_fence(dc_before, n);
    double *c = fenced(n), *kept = fenced(n), *state = fenced(n);
    for (size_t m = 0; m < n; m++)
        state[m] = f[m] * before[m] + i[m] * g[m];
    k->elements->lstm_state(c, kept, i, f, g, before, n);
    assert_same_bits(c, state, n, "lstm state");
    assert_same_bits(kept, state, n, "lstm state, kept");
    assert_fence(c, n), assert_fence(kept, n);
    free(c), free(kept), free(state);
    double *sum = copy_of(dc, n);
    for (size_t m = 0; m < n; m++)
        sum[m] += dh[m] * o[m] * (1 - tanh_c[m] * tanh_c[m]);
    k->elements->lstm_output_back(dc, dh, o, tanh_c, n);
    assert_same_bits(dc, sum, n, "lstm output");
    assert_fence(dc, n);
    free(gates), free(dh), free(dc), free(before), free(da), free(expected), free(sum);
    free(dc_before), free(carried);
}

static void check_gru(const struct k_level *k, size_t n) {
    const size_t apart = n + 3, all = ARRAYS * apart;
    double *gates = in_a_row(apart, 9), *dh = random_array(n, 10), *before = random_array(n, 11);
    double *da = copy_of(gates, all), *h = random_array(n, 14), *carried = fenced(n);
    double *expected = copy_of(gates, all), *state = copy_of(h, n), *direct = fenced(n);
    const double *r = gates, *z = r + apart, *c = z + apart, *u = c + apart;
    for (size_t m = 0; m < n; m++) {
        const double da_n = dh[m] * (1 - z[m]) * (1 - c[m] * c[m]);
        expected[m] = da_n * u[m] * r[m] * (1 - r[m]);
        expected[apart + m] = dh[m] * (before[m] - c[m]) * z[m] * (1 - z[m]);
        expected[2 * apart + m] = da_n;
        expected[3 * apart + m] = da_n * r[m];
        direct[m] = dh[m] * z[m];
        state[m] = (1 - z[m]) * c[m] + z[m] * before[m];
    }
    k->elements->gru_back(da, apart, carried, dh, before, n);
    assert_same_bits(da, expected, all, "gru back");
    assert_same_bits(carried, direct, n, "gru back, the direct path");
    assert_fence(carried, n);
    k->elements->gru_state(h, z, c, before, n);
    assert_same_bits(h, state, n, "gru state");
    assert_fence(h, n);
    free(gates), free(dh), free(before), free(da), free(h);
    free(expected), free(state), free(carried), free(direct);
}

/* One step of each rule; `rule` 0 sgd, 1 rmsprop, 2 adam. */
static void check_rule(const struct k_level *k, size_t n, int rule) {
    const double rate = 0.0713, mu = 0.613, nu = 0.917, root = 1.385, epsilon = 1e-3;
    double *theta = random_array(n, 15), *v = random_array(n, 16), *s = random_array(n, 17),
           *g = random_array(n, 18);
    for (size_t i = 0; i < n; i++)
        s[i] = fabs(s[i]);
    double *theta_2 = copy_of(theta, n), *v_2 = copy_of(v, n), *s_2 = copy_of(s, n);
    for (size_t i = 0; i < n; i++) {
        if (rule > 0)
            s_2[i] = nu * s_2[i] + (1 - nu) * (g[i] * g[i]);
        v_2[i] = mu * v_2[i] + (rule == 0   ? g[i]
                                : rule == 1 ? g[i] / (sqrt(s_2[i]) + epsilon)
                                            : (1 - mu) * g[i]);
        theta_2[i] -= rule == 2 ? rate * v_2[i] / (sqrt(s_2[i]) * root + epsilon) : rate * v_2[i];
    }
    if (rule == 0)
        k->elements->sgd(theta, v, g, n, rate, mu);
    else if (rule == 1)
        k->elements->rmsprop(theta, v, s, g, n, rate, mu, nu, epsilon);
    else
        k->elements->adam(theta, v, s, g, n, rate, mu, nu, root, epsilon);
    assert_same_bits(theta, theta_2, n, "theta");
    assert_same_bits(v, v_2, n, "v");
    assert_same_bits(s, s_2, n, "s");
    assert_fence(theta, n), assert_fence(v, n), assert_fence(s, n);
    free(theta), free(v), free(s), free(g), free(theta_2), free(v_2), free(s_2);
}

static void check_all(const struct k_level *k) {
    for (int r = 0; r < SIDES; r++) {
        check_products(k, sides[r]);
        for (int c = 0; c < SIDES; c++)
            check_picks(k, sides[r], sides[c]);
        check_lstm(k, sides[r]);
        check_gru(k, sides[r]);
        for (int rule = 0; rule < 3; rule++)
            check_rule(k, sides[r], rule);
    }
}

START_TEST(every_level_rounds_each_operation_by_itself) {
    on_every_level(check_all);
}
END_TEST

UNIT_MAIN("elements", every_level_rounds_each_operation_by_itself)
