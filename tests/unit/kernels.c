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
static void on_every_level(void check(const struct k_level *k)) {
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

static double fused(const struct k_level *k, double a, double b, double c) {
    return k->products->fused ? fma(a, b, c) : a * b + c;
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

/* What the sums begin with, and the ways to say so: nothing, the same row for every b, or out itself. */
enum { FROM_ZERO, FROM_BIAS, FROM_OUT, BEGINNINGS };

/* A sum of W x with W (rows, cols) and x (batch, cols): the matrix as it is and packed */
enum { MOST_TERMS = 3 };
struct sum {
    double *W[MOST_TERMS];
    struct k_term terms[MOST_TERMS];
    size_t count;
};

static struct sum random_sum(size_t count, size_t batch, size_t rows, size_t cols) {
    struct sum sum = { .count = count };
    for (size_t n = 0; n < count; n++) {
        const size_t own = n == 0 ? cols : cols / (2 * n); /* of different widths, and at times none */
        const size_t size = k_packed_size(rows, own);
        double *packed = fenced(size);
        sum.W[n] = random_array(rows * own, 1 + n);
        k_pack(packed, sum.W[n], rows, own);
        assert_fence(packed, size);
        sum.terms[n] = (struct k_term){ packed, random_array(batch * own, 21 + n), own };
    }
    return sum;
}

static void free_sum(struct sum *sum) {
    for (size_t n = 0; n < sum->count; n++)
        free(sum->W[n]), free((void *)sum->terms[n].packed), free((void *)sum->terms[n].x);
}

/* Each output one chain over the columns of term after term */
static void chain(const struct k_level *k, double *out, const struct sum *s, size_t batch, size_t rows) {
    for (size_t i = 0; i < batch * rows; i++)
        for (size_t n = 0; n < s->count; n++)
            for (size_t j = 0, cols = s->terms[n].cols; j < cols; j++)
                out[i] = fused(k, s->W[n][i % rows * cols + j], s->terms[n].x[i / rows * cols + j], out[i]);
}

static void check_product(const struct k_level *k, size_t terms, size_t batch, size_t rows, size_t cols,
                          int from) {
    struct sum sum = random_sum(terms, batch, rows, cols);
    double *before = random_array(batch * rows, 3), *bias = random_array(rows, 4),
           *expected = copy_of(before, batch * rows);
    for (size_t i = 0; i < batch * rows; i++)
        expected[i] = from == FROM_BIAS ? bias[i % rows] : from == FROM_OUT ? before[i] : 0;
    chain(k, expected, &sum, batch, rows);
    for (int upward = 0; upward < 2; upward++) {
        double *out = copy_of(before, batch * rows);
        const double *const start[BEGINNINGS] = { NULL, bias, out };
        k->products->product(out, start[from], from == FROM_OUT ? rows : 0, sum.terms, terms, batch, rows,
                             upward);
        assert_same_bits(out, expected, batch * rows, k->name);
        assert_fence(out, batch * rows);
        free(out);
    }
    free_sum(&sum), free(before), free(bias), free(expected);
}

static void check_products(const struct k_level *k) {
    for (int r = 0; r < SIDES; r++)
        for (int c = 0; c < SIDES; c++)
            for (int b = 0; b < BATCHES; b++)
                for (int from = 0; from < BEGINNINGS; from++)
                    check_product(k, (size_t)(1 + (r + b) % MOST_TERMS), batches[b], sides[r], sides[c],
                                  from);
}

START_TEST(every_output_of_a_product_is_one_chain_over_the_columns) {
    on_every_level(check_products);
}
END_TEST

static void check_accuracy(const struct k_level *k) {
    enum { BATCH = 7, ROWS = 37, COLS = 101 };
    double *W = random_array(ROWS * COLS, 4), *x = random_array(BATCH * COLS, 5);
    double *out = fenced(BATCH * ROWS), *packed = fenced(k_packed_size(ROWS, COLS));
    k_pack(packed, W, ROWS, COLS);
    k->products->product(out, NULL, 0, &(struct k_term){ packed, x, COLS }, 1, BATCH, ROWS, 0);
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
static void check_outer(const struct k_level *k, size_t count, size_t rows, size_t cols) {
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
    k->products->outer_add(W, a, x, count, rows, cols);
    k->products->column_sums_add(b, a, count, rows);
    assert_same_bits(W, expected_W, rows * cols, k->name);
    assert_same_bits(b, expected_b, rows, k->name);
    assert_fence(W, rows * cols);
    assert_fence(b, rows);
    free(a), free(x), free(W), free(b), free(expected_W), free(expected_b);
}

static void check_outers(const struct k_level *k) {
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
    double (*slope)(const struct k_level *k,
                    double h); /* phi' from h = phi(a), rounded as the level rounds */
};
enum { PAIRS = 4 };

static long double sigmoid(long double a) {
    return 1 / (1 + expl(-a));
}
static double sigmoid_slope(const struct k_level *k, double h) {
    (void)k;
    return h * (1 - h);
}
static double tanh_slope(const struct k_level *k, double h) {
    return fused(k, -h, h, 1);
}
static long double relu(long double a) {
    return a > 0 ? a : 0;
}
static double relu_slope(const struct k_level *k, double h) {
    (void)k;
    return h > 0;
}
static long double linear(long double a) {
    return a;
}
static double linear_slope(const struct k_level *k, double h) {
    (void)k, (void)h;
    return 1;
}

static void pairs_of(struct pair pairs[PAIRS], const struct k_level *k) {
    pairs[0] = (struct pair){ k->maps->sigmoid, k->maps->sigmoid_back, sigmoid, sigmoid_slope };
    pairs[1] = (struct pair){ k->maps->tanh, k->maps->tanh_back, tanhl, tanh_slope };
    pairs[2] = (struct pair){ k->maps->relu, k->maps->relu_back, relu, relu_slope };
    pairs[3] = (struct pair){ k->maps->linear, k->maps->linear_back, linear, linear_slope };
}

/* Each element must be what it is alone, wherever in a vector, a chunk or a remainder it falls. */
static void check_forward(const struct pair *pair, size_t count) {
    double *h = random_array(count, 11), *expected = copy_of(h, count);
    for (size_t i = 0; i < count; i++) {
        const long double value = pair->value(expected[i]);
        ck_assert_int_eq(pair->forward(&expected[i], 1), 1);
        ck_assert_double_eq_tol(expected[i], (double)value, 3 * DBL_EPSILON * fabs((double)value) + DBL_MIN);
    }
    ck_assert_int_eq(pair->forward(h, count), 1);
    assert_same_bits(h, expected, count, "forward");
    assert_fence(h, count);
    free(h), free(expected);
}

static void check_forwards(const struct k_level *k) {
    struct pair pairs[PAIRS];
    for (int p = 0; p < PAIRS; p++)
        for (int r = 0; r < SIDES; r++)
            for (int b = 0; b < BATCHES; b++) {
                pairs_of(pairs, k);
                check_forward(&pairs[p], batches[b] * sides[r]);
            }
}

START_TEST(an_activation_of_an_element_does_not_depend_on_its_neighbours) {
    on_every_level(check_forwards);
}
END_TEST

/* Sums of squares as documented: sixteen lanes, then a binary tree */
static double lanes_of_squares(const struct k_level *k, const double *x, size_t count) {
    double lanes[K_LANES] = { 0 };
    for (size_t i = 0; i < count; i++)
        lanes[i % K_LANES] = fused(k, x[i], x[i], lanes[i % K_LANES]);
    for (size_t half = K_LANES / 2; half > 0; half /= 2)
        for (size_t i = 0; i < half; i++)
            lanes[i] += lanes[i + half];
    return lanes[0];
}

static void check_back(const struct k_level *k, const struct pair *pair, size_t count, int in_place) {
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

static void check_backs(const struct k_level *k) {
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
    const struct k_level *k[2] = { k_level(1), k_level(2) };
    struct pair pairs[2][PAIRS];
    for (int p = 0; k[0] && k[1] && p < PAIRS; p++) {
        double squares[2];
        for (int l = 0; l < 2; l++) {
            pairs_of(pairs[l], k[l]);
            h[l] = copy_of(a, COUNT), da[l] = fenced(COUNT);
            pairs[l][p].forward(h[l], COUNT);
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

static void check_special_values(const struct k_level *k) {
    const double tiny = 0x1p-1074, loaded_nan = -__builtin_nan("0xfff");
    const struct {
        k_forward_kernel *forward;
        double a, value;
    } cases[] = {
        { k->maps->tanh, 0.0, 0.0 },         { k->maps->tanh, -0.0, -0.0 },
        { k->maps->tanh, tiny, tiny },       { k->maps->tanh, -3 * tiny, -3 * tiny },
        { k->maps->tanh, 22.5, 1 },          { k->maps->tanh, -22.5, -1 },
        { k->maps->tanh, DBL_MAX, 1 },       { k->maps->tanh, -INFINITY, -1 },
        { k->maps->sigmoid, 0.0, 0.5 },      { k->maps->sigmoid, -tiny, 0.5 },
        { k->maps->sigmoid, 40.5, 1 },       { k->maps->sigmoid, 745, 1 },
        { k->maps->sigmoid, INFINITY, 1 },   { k->maps->sigmoid, -745, tiny },
        { k->maps->sigmoid, -746.5, 0 },     { k->maps->sigmoid, -INFINITY, 0 },
        { k->maps->relu, -0.713, 0 },        { k->maps->relu, tiny, tiny },
        { k->maps->relu, -INFINITY, 0 },     { k->maps->relu, INFINITY, INFINITY },
        { k->maps->linear, -2.385, -2.385 }, { k->maps->linear, -INFINITY, -INFINITY },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++) {
        double h = cases[i].a;
        ck_assert_int_eq(cases[i].forward(&h, 1), isfinite(cases[i].value) != 0);
        assert_same_bits(&h, &cases[i].value, 1, "special value");
        h = loaded_nan;
        ck_assert_int_eq(cases[i].forward(&h, 1), 0);
        ck_assert_double_nan(h);
    }
}

START_TEST(activations_keep_signs_of_zero_and_nan_and_saturate) {
    on_every_level(check_special_values);
}
END_TEST

static void check_relu_at_zero(const struct k_level *k) {
    const double dh[3] = { -2.385, 0.713, -0.713 }, h[3] = { 0.0, -0.0, 0x1p-1074 };
    double da[3];
    k->maps->relu_back(da, dh, h, 3);
    ck_assert(da[0] == 0 && da[1] == 0 && da[2] == dh[2]);
}

START_TEST(relu_has_slope_zero_at_zero) {
    on_every_level(check_relu_at_zero);
}
END_TEST

/* ---- the rest -------------------------------------------------------------------------------------- */

static void check_sums(const struct k_level *k) {
    for (int r = 0; r < SIDES; r++) {
        double *x = random_array(sides[r], 16), *expected = copy_of(x, sides[r]);
        const double squares = k->maps->sum_squares(x, sides[r]), lanes = lanes_of_squares(k, x, sides[r]);
        assert_same_bits(&squares, &lanes, 1, "squares");
        k->maps->scale(x, -0.713, sides[r]);
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

static void check_finite(const struct k_level *k) {
    const double bad[] = { INFINITY, -INFINITY, NAN };
    for (int r = 0; r < SIDES; r++) {
        double *x = random_array(sides[r], 17);
        x[sides[r] / 2] = -DBL_MAX;
        ck_assert_int_eq(k->maps->finite(x, sides[r]), 1);
        ck_assert_int_eq(k->maps->linear(x, sides[r]), 1);
        for (size_t i = 0; i < sides[r]; i++) {
            const double kept = x[i];
            x[i] = bad[i % 3];
            ck_assert_int_eq(k->maps->finite(x, sides[r]), 0);
            ck_assert_int_eq(k->maps->linear(x, sides[r]), 0);
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
    const struct k_level *k = k_level(2) ? k_level(2) : k_level(1) ? k_level(1) : k_level(0);
    const struct k_maps *m = k->maps;
    const struct k_products *products = k->products;
    k_forward_kernel *const forward[2][PAIRS] = { { k_sigmoid, k_tanh, k_relu, k_linear },
                                                  { m->sigmoid, m->tanh, m->relu, m->linear } };
    k_back_kernel *const back[2][PAIRS] = {
        { k_sigmoid_back, k_tanh_back, k_relu_back, k_linear_back },
        { m->sigmoid_back, m->tanh_back, m->relu_back, m->linear_back },
    };
    double *a = random_array(COUNT, 18), *x = random_array(COUNT, 19), *out[2], *W = random_array(COUNT, 20);
    double *packed = fenced(k_packed_size(ROWS, COLS));
    k_pack(packed, W, ROWS, COLS);
    const struct k_term terms[2] = { { packed, x, COLS }, { packed, a, COLS } };
    for (int p = 0; p < PAIRS; p++) {
        double squares[2];
        for (int l = 0; l < 2; l++) {
            out[l] = copy_of(a, COUNT);
            forward[l][p](out[l], COUNT);
            squares[l] = back[l][p](out[l], x, out[l], COUNT);
            out[l][0] +=
                (l ? m->sum_squares : k_sum_squares)(a, COUNT) + (l ? m->finite : k_finite)(a, COUNT);
            (l ? products->outer_add : k_outer_add)(out[l], a, x, 3, ROWS, COLS);
            (l ? products->column_sums_add : k_column_sums_add)(out[l], a, ROWS, COLS);
            (l ? m->scale : k_scale)(out[l], -0.713, COUNT);
        }
        k_product_add(out[0], packed, x, 4, ROWS, COLS);
        products->product(out[1], out[1], ROWS, terms, 1, 4, ROWS, 0);
        k_product(out[0], packed, x, 3, ROWS, COLS);
        products->product(out[1], NULL, 0, terms, 1, 3, ROWS, 0);
        k_affine(out[0], a, terms, 2, 2, ROWS, 1);
        products->product(out[1], a, 0, terms, 2, 2, ROWS, 1);
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
