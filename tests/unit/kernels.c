/* Every kernel on every level this processor runs, on shapes that fill no tile: against long double, and
 * where kernels.h promises an order of summation, bit for bit against that order in scalar fma(). */
#include "kernels.h"
#include "kernels_level.h"
#include "unit.h"

#include <float.h>
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Every level this processor runs; the plain one always. */
static void on_every_level(void check(const struct k_table *k)) {
    check(k_level(0));
    for (int level = 1; k_level(level); level++)
        check(k_level(level));
}

/* A row no kernel may write: every array is followed by it. */
enum { FENCE = 8 };
static const double FENCE_VALUE = -2.385e77;

static double *fenced(size_t count) {
    double *x = malloc((count + FENCE) * sizeof *x);
    ck_assert_ptr_nonnull(x);
    for (size_t i = 0; i < FENCE; i++)
        x[count + i] = FENCE_VALUE;
    return x;
}

static void assert_fence(const double *x, size_t count) {
    for (size_t i = 0; i < FENCE; i++)
        ck_assert_double_eq(x[count + i], FENCE_VALUE);
}

/* Awkward numbers in (-3, 3), the same for the same seed (Knuth's MMIX generator). */
static double *random_array(size_t count, uint64_t seed) {
    double *x = fenced(count);
    for (size_t i = 0; i < count; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        x[i] = 6 * ((double)(seed >> 11) * 0x1p-53 - 0.5);
    }
    return x;
}

static double *copy_of(const double *x, size_t count) {
    return memcpy(fenced(count), x, count * sizeof *x);
}

static double fused(const struct k_table *k, double a, double b, double c) {
    return k->fused ? fma(a, b, c) : a * b + c;
}

static void assert_same_bits(const double *measured, const double *expected, size_t count, const char *what) {
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(memcmp(&measured[i], &expected[i], sizeof *measured) == 0, "%s [%zu]: %a, not %a", what,
                      i, measured[i], expected[i]);
}

/* ---- products -------------------------------------------------------------------------------------- */

static const size_t sides[] = { 1, 5, 8, 9, 33, 64, 100, 121 };
static const size_t batches[] = { 1, 2, 3, 5, 6, 7, 13, 32 };
enum { SIDES = sizeof sides / sizeof *sides, BATCHES = sizeof batches / sizeof *batches };

/* out[b] (+)= W x[b], each output one chain over the columns */
static void chain_product(const struct k_table *k, double *out, const double *W, const double *x,
                          size_t batch, size_t rows, size_t cols, int add) {
    for (size_t b = 0; b < batch; b++)
        for (size_t i = 0; i < rows; i++) {
            double sum = add ? out[b * rows + i] : 0;
            for (size_t j = 0; j < cols; j++)
                sum = fused(k, W[i * cols + j], x[b * cols + j], sum);
            out[b * rows + i] = sum;
        }
}

static void check_product(const struct k_table *k, size_t batch, size_t rows, size_t cols, int add) {
    const size_t packed_size = k_packed_size(rows, cols);
    double *W = random_array(rows * cols, 1), *x = random_array(batch * cols, 2);
    double *out = random_array(batch * rows, 3), *expected = copy_of(out, batch * rows);
    double *packed = fenced(packed_size);
    k_pack(packed, W, rows, cols);
    assert_fence(packed, packed_size);
    (add ? k->product_add : k->product)(out, packed, x, batch, rows, cols);
    chain_product(k, expected, W, x, batch, rows, cols, add);
    assert_same_bits(out, expected, batch * rows, k->name);
    assert_fence(out, batch * rows);
    free(W), free(x), free(out), free(expected), free(packed);
}

static void check_products(const struct k_table *k) {
    for (int r = 0; r < SIDES; r++)
        for (int c = 0; c < SIDES; c++)
            for (int b = 0; b < BATCHES; b++)
                for (int add = 0; add < 2; add++)
                    check_product(k, batches[b], sides[r], sides[c], add);
}

START_TEST(every_output_of_a_product_is_one_chain_over_the_columns) {
    on_every_level(check_products);
}
END_TEST

static void check_accuracy(const struct k_table *k) {
    enum { BATCH = 7, ROWS = 37, COLS = 101 };
    double *W = random_array(ROWS * COLS, 4), *x = random_array(BATCH * COLS, 5);
    double *out = fenced(BATCH * ROWS), *packed = fenced(k_packed_size(ROWS, COLS));
    k_pack(packed, W, ROWS, COLS);
    k->product(out, packed, x, BATCH, ROWS, COLS);
    for (size_t i = 0; i < BATCH * ROWS; i++) {
        long double sum = 0, size = 0;
        for (size_t j = 0; j < COLS; j++) {
            const long double term = (long double)W[i % ROWS * COLS + j] * x[i / ROWS * COLS + j];
            sum += term;
            size += fabsl(term);
        }
        ck_assert_double_eq_tol(out[i], (double)sum, (double)(COLS * DBL_EPSILON / 2 * size));
    }
    free(W), free(x), free(out), free(packed);
}

START_TEST(a_product_agrees_with_long_double) {
    on_every_level(check_accuracy);
}
END_TEST

START_TEST(packing_the_transpose_is_packing_the_transposed_matrix) {
    for (int r = 0; r < SIDES; r++)
        for (int c = 0; c < SIDES; c++) {
            const size_t rows = sides[r], cols = sides[c], size = k_packed_size(rows, cols);
            ck_assert_uint_eq(size, k_packed_size(cols, rows));
            double *W = random_array(rows * cols, 6), *turned = fenced(rows * cols);
            double *packed = fenced(size), *expected = fenced(size);
            for (size_t i = 0; i < size; i++)
                packed[i] = expected[i] = NAN;
            for (size_t i = 0; i < rows * cols; i++)
                turned[i % cols * rows + i / cols] = W[i];
            k_pack_transposed(packed, W, rows, cols);
            k_pack(expected, turned, cols, rows);
            assert_same_bits(packed, expected, size, "packed");
            for (size_t i = 0; i < (cols + K_STRIP - 1) / K_STRIP * K_STRIP * rows; i++)
                ck_assert_double_finite(packed[i]); /* the last strip is filled up */
            assert_fence(packed, size);
            free(W), free(turned), free(packed), free(expected);
        }
}
END_TEST

/* W += sum_n a[n] x[n]^T and b += sum_n a[n], each element one chain over n */
static void check_outer(const struct k_table *k, size_t count, size_t rows, size_t cols) {
    double *a = random_array(count * rows, 7), *x = random_array(count * cols, 8);
    double *W = random_array(rows * cols, 9), *b = random_array(rows, 10);
    double *expected_W = copy_of(W, rows * cols), *expected_b = copy_of(b, rows);
    for (size_t n = 0; n < count; n++)
        for (size_t i = 0; i < rows; i++) {
            expected_b[i] += a[n * rows + i];
            for (size_t j = 0; j < cols; j++)
                expected_W[i * cols + j] =
                    fused(k, a[n * rows + i], x[n * cols + j], expected_W[i * cols + j]);
        }
    k->outer_add(W, a, x, count, rows, cols);
    k->column_sums_add(b, a, count, rows);
    assert_same_bits(W, expected_W, rows * cols, k->name);
    assert_same_bits(b, expected_b, rows, k->name);
    assert_fence(W, rows * cols);
    assert_fence(b, rows);
    free(a), free(x), free(W), free(b), free(expected_W), free(expected_b);
}

static void check_outers(const struct k_table *k) {
    const size_t counts[] = { 1, 31, 64, 129 };
    for (int n = 0; n < 4; n++)
        for (int r = 0; r < SIDES; r++)
            for (int c = 0; c < SIDES; c++)
                check_outer(k, counts[n], sides[r], sides[c]);
}

START_TEST(every_element_of_an_outer_sum_is_one_chain_over_n) {
    on_every_level(check_outers);
}
END_TEST

/* ---- activations ----------------------------------------------------------------------------------- */

struct pair {
    k_forward_kernel *forward;
    k_back_kernel *back;
    long double (*value)(long double a);
    double (*slope)(const struct k_table *k,
                    double h); /* phi' from h = phi(a), rounded as the level rounds */
};
enum { PAIRS = 4 };

static long double sigmoid(long double a) {
    return 1 / (1 + expl(-a));
}
static double sigmoid_slope(const struct k_table *k, double h) {
    (void)k;
    return h * (1 - h);
}
static double tanh_slope(const struct k_table *k, double h) {
    return fused(k, -h, h, 1);
}
static long double relu(long double a) {
    return a > 0 ? a : 0;
}
static double relu_slope(const struct k_table *k, double h) {
    (void)k;
    return h > 0;
}
static long double linear(long double a) {
    return a;
}
static double linear_slope(const struct k_table *k, double h) {
    (void)k, (void)h;
    return 1;
}

static void pairs_of(struct pair pairs[PAIRS], const struct k_table *k) {
    pairs[0] = (struct pair){ k->sigmoid, k->sigmoid_back, sigmoid, sigmoid_slope };
    pairs[1] = (struct pair){ k->tanh, k->tanh_back, tanhl, tanh_slope };
    pairs[2] = (struct pair){ k->relu, k->relu_back, relu, relu_slope };
    pairs[3] = (struct pair){ k->linear, k->linear_back, linear, linear_slope };
}

/* Each element must be what it is alone, wherever in a vector or in a remainder it falls. */
static void check_forward(const struct pair *pair, size_t batch, size_t hidden) {
    const size_t count = batch * hidden;
    const double zero = 0;
    double *h = random_array(count, 11), *bias = random_array(hidden, 12), *expected = copy_of(h, count);
    for (size_t i = 0; i < count; i++) {
        expected[i] += bias[i % hidden];
        const long double value = pair->value(expected[i]);
        pair->forward(&expected[i], &zero, 1, 1);
        ck_assert_double_eq_tol(expected[i], (double)value, 3 * DBL_EPSILON * fabs((double)value) + DBL_MIN);
    }
    pair->forward(h, bias, batch, hidden);
    assert_same_bits(h, expected, count, "forward");
    assert_fence(h, count);
    free(h), free(bias), free(expected);
}

static void check_forwards(const struct k_table *k) {
    struct pair pairs[PAIRS];
    for (int p = 0; p < PAIRS; p++)
        for (int r = 0; r < SIDES; r++)
            for (int b = 0; b < BATCHES; b++) {
                pairs_of(pairs, k);
                check_forward(&pairs[p], batches[b], sides[r]);
            }
}

START_TEST(an_activation_of_an_element_does_not_depend_on_its_neighbours) {
    on_every_level(check_forwards);
}
END_TEST

/* Sums of squares as documented: sixteen lanes, then a binary tree */
static double lanes_of_squares(const struct k_table *k, const double *x, size_t count) {
    double lanes[K_LANES] = { 0 };
    for (size_t i = 0; i < count; i++)
        lanes[i % K_LANES] = fused(k, x[i], x[i], lanes[i % K_LANES]);
    for (size_t half = K_LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            lanes[i] += lanes[i + half];
    return lanes[0];
}

static void check_back(const struct k_table *k, const struct pair *pair, size_t count, int in_place) {
    double *dh = random_array(count, 13), *h = random_array(count, 14), *da = in_place ? dh : fenced(count);
    const double *dh_before = copy_of(dh, count);
    for (size_t i = 0; i < count; i++)
        h[i] = fmax(-0.99, fmin(h[i], 0.99)) * (pair->slope == sigmoid_slope ? 0.5 : 1) +
               (pair->slope == sigmoid_slope ? 0.5 : 0);
    const double squares = pair->back(da, dh, h, count), expected = lanes_of_squares(k, dh_before, count);
    assert_same_bits(&squares, &expected, 1, "squares");
    for (size_t i = 0; i < count; i++) {
        const double pulled = dh_before[i] * pair->slope(k, h[i]);
        assert_same_bits(&da[i], &pulled, 1, "pullback");
    }
    assert_fence(da, count);
    if (!in_place)
        free(da);
    free(dh), free(h), free((void *)dh_before);
}

static void check_backs(const struct k_table *k) {
    struct pair pairs[PAIRS];
    for (int p = 0; p < PAIRS; p++)
        for (int r = 0; r < SIDES; r++)
            for (int in_place = 0; in_place < 2; in_place++) {
                pairs_of(pairs, k);
                check_back(k, &pairs[p], sides[r], in_place);
            }
}

START_TEST(a_pullback_multiplies_by_the_slope_and_sums_squares_in_sixteen_lanes) {
    on_every_level(check_backs);
}
END_TEST

START_TEST(levels_with_fused_multiply_add_give_the_same_bits) {
    enum { COUNT = 4099 };
    double *a = random_array(COUNT, 15), *h[2], *da[2];
    const double zero = 0;
    const struct k_table *k[2] = { k_level(1), k_level(2) };
    struct pair pairs[2][PAIRS];
    for (int p = 0; k[0] && k[1] && p < PAIRS; p++) {
        double squares[2];
        for (int l = 0; l < 2; l++) {
            pairs_of(pairs[l], k[l]);
            h[l] = copy_of(a, COUNT), da[l] = fenced(COUNT);
            pairs[l][p].forward(h[l], &zero, COUNT, 1);
            squares[l] = pairs[l][p].back(da[l], a, h[l], COUNT);
        }
        assert_same_bits(h[0], h[1], COUNT, "forward");
        assert_same_bits(da[0], da[1], COUNT, "back");
        assert_same_bits(&squares[0], &squares[1], 1, "squares");
        free(h[0]), free(h[1]), free(da[0]), free(da[1]);
    }
    free(a);
}
END_TEST

static void check_special_values(const struct k_table *k) {
    const double zero = 0, tiny = 0x1p-1074, loaded_nan = -__builtin_nan("0xfff");
    const struct {
        k_forward_kernel *forward;
        double a, value;
    } cases[] = {
        { k->tanh, 0.0, 0.0 },         { k->tanh, -0.0, -0.0 },
        { k->tanh, tiny, tiny },       { k->tanh, -3 * tiny, -3 * tiny },
        { k->tanh, 22.5, 1 },          { k->tanh, -22.5, -1 },
        { k->tanh, DBL_MAX, 1 },       { k->tanh, -INFINITY, -1 },
        { k->sigmoid, 0.0, 0.5 },      { k->sigmoid, -tiny, 0.5 },
        { k->sigmoid, 40.5, 1 },       { k->sigmoid, 745, 1 },
        { k->sigmoid, INFINITY, 1 },   { k->sigmoid, -745, tiny },
        { k->sigmoid, -746.5, 0 },     { k->sigmoid, -INFINITY, 0 },
        { k->relu, -0.713, 0 },        { k->relu, tiny, tiny },
        { k->relu, -INFINITY, 0 },     { k->relu, INFINITY, INFINITY },
        { k->linear, -2.385, -2.385 }, { k->linear, -INFINITY, -INFINITY },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double h = cases[i].a;
        const double minus_zero = -0.0; /* leaves a sign of zero as it is */
        cases[i].forward(&h, &minus_zero, 1, 1);
        assert_same_bits(&h, &cases[i].value, 1, "special value");
        h = loaded_nan;
        cases[i].forward(&h, &zero, 1, 1);
        ck_assert_double_nan(h);
    }
}

START_TEST(activations_keep_signs_of_zero_and_nan_and_saturate) {
    on_every_level(check_special_values);
}
END_TEST

static void check_relu_at_zero(const struct k_table *k) {
    const double dh[3] = { -2.385, 0.713, -0.713 }, h[3] = { 0.0, -0.0, 0x1p-1074 };
    double da[3];
    k->relu_back(da, dh, h, 3);
    ck_assert(da[0] == 0 && da[1] == 0 && da[2] == dh[2]);
}

START_TEST(relu_has_slope_zero_at_zero) {
    on_every_level(check_relu_at_zero);
}
END_TEST

/* ---- the rest -------------------------------------------------------------------------------------- */

static void check_sums(const struct k_table *k) {
    for (int r = 0; r < SIDES; r++) {
        double *x = random_array(sides[r], 16), *expected = copy_of(x, sides[r]);
        const double squares = k->sum_squares(x, sides[r]), lanes = lanes_of_squares(k, x, sides[r]);
        assert_same_bits(&squares, &lanes, 1, "squares");
        k->scale(x, -0.713, sides[r]);
        for (size_t i = 0; i < sides[r]; i++)
            expected[i] *= -0.713;
        assert_same_bits(x, expected, sides[r], "scaled");
        assert_fence(x, sides[r]);
        free(x), free(expected);
    }
}

START_TEST(sums_of_squares_and_scaling_act_on_every_element) {
    on_every_level(check_sums);
}
END_TEST

static void check_finite(const struct k_table *k) {
    const double bad[] = { INFINITY, -INFINITY, NAN };
    for (int r = 0; r < SIDES; r++) {
        double *x = random_array(sides[r], 17);
        x[sides[r] / 2] = -DBL_MAX;
        ck_assert_int_eq(k->finite(x, sides[r]), 1);
        for (size_t i = 0; i < sides[r]; i++) {
            const double kept = x[i];
            x[i] = bad[i % 3];
            ck_assert_int_eq(k->finite(x, sides[r]), 0);
            x[i] = kept;
        }
        free(x);
    }
}

START_TEST(one_inf_or_nan_anywhere_is_not_finite) {
    on_every_level(check_finite);
}
END_TEST

/* The functions of kernels.h are those of the highest level: each has to reach its own entry of the table. */
START_TEST(the_library_uses_the_best_level) {
    enum { COUNT = 45, ROWS = 5, COLS = 9 };
    const struct k_table *k = k_level(2) ? k_level(2) : k_level(1) ? k_level(1) : k_level(0);
    k_forward_kernel *const forward[2][PAIRS] = { { k_sigmoid, k_tanh, k_relu, k_linear },
                                                  { k->sigmoid, k->tanh, k->relu, k->linear } };
    k_back_kernel *const back[2][PAIRS] = {
        { k_sigmoid_back, k_tanh_back, k_relu_back, k_linear_back },
        { k->sigmoid_back, k->tanh_back, k->relu_back, k->linear_back },
    };
    double *a = random_array(COUNT, 18), *x = random_array(COUNT, 19), *out[2], *W = random_array(COUNT, 20);
    double *packed = fenced(k_packed_size(ROWS, COLS));
    k_pack(packed, W, ROWS, COLS);
    for (int p = 0; p < PAIRS; p++) {
        double squares[2];
        for (int l = 0; l < 2; l++) {
            out[l] = copy_of(a, COUNT);
            forward[l][p](out[l], x, ROWS, COLS);
            squares[l] = back[l][p](out[l], x, out[l], COUNT);
            (l ? k->product : k_product)(out[l], packed, x, 5, ROWS, COLS);
            (l ? k->product_add : k_product_add)(out[l], packed, x, 4, ROWS, COLS);
            (l ? k->outer_add : k_outer_add)(out[l], a, x, 3, ROWS, COLS);
            (l ? k->column_sums_add : k_column_sums_add)(out[l], a, ROWS, COLS);
            (l ? k->scale : k_scale)(out[l], -0.713, COUNT);
            out[l][0] +=
                (l ? k->sum_squares : k_sum_squares)(a, COUNT) + (l ? k->finite : k_finite)(a, COUNT);
        }
        assert_same_bits(out[0], out[1], COUNT, "best level");
        assert_same_bits(&squares[0], &squares[1], 1, "best level");
        free(out[0]), free(out[1]);
    }
    free(a), free(x), free(W), free(packed);
}
END_TEST

UNIT_MAIN("kernels", relu_has_slope_zero_at_zero, every_output_of_a_product_is_one_chain_over_the_columns,
          a_product_agrees_with_long_double, packing_the_transpose_is_packing_the_transposed_matrix,
          every_element_of_an_outer_sum_is_one_chain_over_n,
          an_activation_of_an_element_does_not_depend_on_its_neighbours,
          a_pullback_multiplies_by_the_slope_and_sums_squares_in_sixteen_lanes,
          levels_with_fused_multiply_add_give_the_same_bits,
          activations_keep_signs_of_zero_and_nan_and_saturate,
          sums_of_squares_and_scaling_act_on_every_element, one_inf_or_nan_anywhere_is_not_finite,
          the_library_uses_the_best_level)
