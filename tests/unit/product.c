/* Products and outer sums on every level this processor runs, on shapes that fill no tile: against long
 * double, and bit for bit against the order of summation that kernels.h promises, in scalar fma(). */
#include "levels.h"

#include <float.h>

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
        k->products->product(out, 1, 0, start[from], from == FROM_OUT ? rows : 0, NULL, sum.terms, terms,
                             batch, rows, upward);
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

/* The rows of several gates, one matrix on the left, are arrays of their own on the right, with something between
 * them. */
static void check_gates(const struct k_level *k, size_t gates, size_t batch, size_t hidden, size_t cols) {
    const size_t rows = gates * hidden, apart = batch * hidden + 3, size = gates * apart - 3;
    struct sum sum = random_sum(2, batch, rows, cols);
    double *bias = random_array(rows, 4), *whole = fenced(batch * rows), *before = random_array(size, 5),
           *expected = copy_of(before, size);
    k->products->product(whole, 1, 0, bias, 0, NULL, sum.terms, 2, batch, rows, 0);
    for (size_t b = 0; b < batch; b++)
        for (size_t i = 0; i < rows; i++)
            expected[i / hidden * apart + b * hidden + i % hidden] = whole[b * rows + i];
    for (int upward = 0; upward < 2; upward++) {
        double *out = copy_of(before, size);
        k->products->product(out, gates, apart, bias, 0, NULL, sum.terms, 2, batch, hidden, upward);
        assert_same_bits(out, expected, size, k->name);
        assert_fence(out, size);
        free(out);
    }
    free_sum(&sum), free(bias), free(whole), free(before), free(expected);
}

static void check_all_gates(const struct k_level *k) {
    for (size_t gates = 2; gates <= 4; gates++)
        for (size_t hidden = 1; hidden <= 50; hidden++)
            check_gates(k, gates, hidden % 9 + 1, hidden, 3);
}

START_TEST(a_product_of_several_gates_is_that_of_all_their_rows) {
    on_every_level(check_all_gates);
}
END_TEST

static void check_accuracy(const struct k_level *k) {
    enum { BATCH = 7, ROWS = 37, COLS = 101 };
    double *W = random_array(ROWS * COLS, 4), *x = random_array(BATCH * COLS, 5);
    double *out = fenced(BATCH * ROWS), *packed = fenced(k_packed_size(ROWS, COLS));
    k_pack(packed, W, ROWS, COLS);
    k->products->product(out, 1, 0, NULL, 0, NULL, &(struct k_term){ packed, x, COLS }, 1, BATCH, ROWS, 0);
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

/* W += sum_n a[n] x[n]^T, of one matrix or two, and b += sum_n a[n], each element one chain over n */
enum { GATES = 2 };
static void check_outer(const struct k_level *k, size_t count, size_t rows, const size_t cols[2]) {
    const size_t apart = count * rows + 3, first = GATES * rows * cols[0],
                 all = first + GATES * rows * cols[1];
    double *a = random_array(GATES * apart, 7), *b = random_array(rows, 10), *expected_b = copy_of(b, rows);
    double *W = random_array(all, 9), *expected = copy_of(W, all);
    const struct k_outer sums[] = { { W, random_array(count * cols[0], 8), cols[0] },
                                    { W + first, random_array(count * cols[1], 6), cols[1] } };
    for (size_t i = 0; i < all; i++) {
        const struct k_outer *own = sums + (i >= first);
        const size_t at = i - (size_t)(own->W - W), row = at / own->cols, j = at % own->cols;
        for (size_t n = 0; n < count; n++)
            expected[i] = fused(k, a[row / rows * apart + n * rows + row % rows], own->x[n * own->cols + j],
                                expected[i]);
    }
    for (size_t i = 0; i < count * rows; i++)
        expected_b[i % rows] += a[i];
    k->products->outer_add(sums, a, GATES, apart, count, rows);
    k->products->column_sums_add(b, a, count, rows);
    assert_same_bits(W, expected, all, k->name);
    assert_same_bits(b, expected_b, rows, k->name);
    assert_fence(W, all);
    assert_fence(b, rows);
    free(a), free(b), free(expected_b), free(W), free(expected);
    free((void *)sums[0].x), free((void *)sums[1].x);
}

static void check_outers(const struct k_level *k) {
    const size_t counts[] = { 1, 31, 64, 129 }, more[] = { 0, 1, 6, 37 };
    check_outer(k, 129, 271, (size_t[]){ 9, 0 }); /* more rows than are laid out at once */
    check_outer(k, 129, 271, (size_t[]){ 9, 5 });
    for (int n = 0; n < 4; n++)
        for (int r = 0; r < SIDES; r++)
            for (int c = 0; c < SIDES; c++)
                check_outer(k, counts[n], sides[r], (size_t[]){ sides[c], more[(n + r + c) % 4] });
}

START_TEST(every_element_of_an_outer_sum_is_one_chain_over_n) {
    on_every_level(check_outers);
}
END_TEST

UNIT_MAIN("product", every_output_of_a_product_is_one_chain_over_the_columns,
          a_product_of_several_gates_is_that_of_all_their_rows, a_product_agrees_with_long_double,
          packing_the_transpose_is_packing_the_transposed_matrix,
          every_element_of_an_outer_sum_is_one_chain_over_n)
