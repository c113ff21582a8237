/* The laws of a recurrent matrix. The Haar law is held by its moments: E Q_ij = 0, E Q_ij^2 = 1/n,
 * E Q_ij^4 = 3 / n(n+2), and traces after Diaconis and Shahshahani (1994). */
#include "rnn.h"
#include "unit.h"

#include <math.h>

enum { LARGEST = 193 };
static double W[LARGEST * LARGEST], V[LARGEST * LARGEST], scratch[LARGEST];

static struct rnn_stream stream_of(uint64_t seed) {
    return (struct rnn_stream){ .seed = seed, .purpose = RNN_FOR_W_HH };
}

/* Largest element of |W W^T - I|, or of |W^T W - I| where the two strides are exchanged */
static double departure(size_t n, size_t row, size_t column) {
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        for (size_t j = 0; j <= i; j++) {
            double dot = i == j ? -1 : 0;
            for (size_t k = 0; k < n; k++)
                dot += W[i * row + k * column] * W[j * row + k * column];
            largest = fmax(largest, fabs(dot));
        }
    return largest;
}

START_TEST(orthogonal_rows_and_columns_are_orthonormal_to_1e_13) {
    static const size_t sizes[] = { 1, 2, 3, 17, 64, LARGEST };
    for (int i = 0; i < 6; i++) {
        rnn_draw_matrix(W, sizes[i], RNN_ORTHOGONAL, 1, scratch, stream_of(713));
        ck_assert_double_lt(departure(sizes[i], sizes[i], 1), 1e-13);
        ck_assert_double_lt(departure(sizes[i], 1, sizes[i]), 1e-13);
    }
}
END_TEST

enum { ORDER = 4, DRAWS = 40000 };

/* |sum / DRAWS - expected| within five standard errors, `variance` that of one draw */
static void assert_mean(double sum, double expected, double variance) {
    ck_assert_double_eq_tol(sum / DRAWS, expected, 5 * sqrt(variance / DRAWS));
}

START_TEST(every_element_of_a_haar_matrix_has_the_moments_of_its_law) {
    double one[ORDER * ORDER] = { 0 }, two[ORDER * ORDER] = { 0 }, four[ORDER * ORDER] = { 0 };
    for (uint64_t seed = 0; seed < DRAWS; seed++) {
        rnn_draw_matrix(W, ORDER, RNN_ORTHOGONAL, 1, scratch, stream_of(seed));
        for (int i = 0; i < ORDER * ORDER; i++) {
            one[i] += W[i];
            two[i] += pow(W[i], 2);
            four[i] += pow(W[i], 4);
        }
    }
    for (int i = 0; i < ORDER * ORDER; i++) {
        assert_mean(one[i], 0, 0.25);
        assert_mean(two[i], 0.25, 0.125 - 0.0625);
        assert_mean(four[i], 0.125, 105.0 / (4 * 6 * 8 * 10)); /* E Q^8 bounds the variance */
    }
}
END_TEST

/* tr Q and tr Q^2 of an orthogonal matrix of order >= 4: means 0 and 1, variances 1 and 2 */
START_TEST(traces_of_a_haar_matrix_have_the_moments_of_its_law) {
    double trace = 0, trace_squared = 0, square = 0;
    for (uint64_t seed = 0; seed < DRAWS; seed++) {
        rnn_draw_matrix(W, ORDER, RNN_ORTHOGONAL, 1, scratch, stream_of(seed));
        double t = 0, t2 = 0;
        for (int i = 0; i < ORDER; i++) {
            t += W[i * ORDER + i];
            for (int j = 0; j < ORDER; j++)
                t2 += W[i * ORDER + j] * W[j * ORDER + i];
        }
        trace += t;
        trace_squared += t * t;
        square += t2;
    }
    assert_mean(trace, 0, 1);
    assert_mean(trace_squared, 1, 2);
    assert_mean(square, 1, 2);
}
END_TEST

START_TEST(a_rotation_and_a_reflection_are_equally_likely) {
    double sum = 0;
    for (uint64_t seed = 0; seed < DRAWS; seed++) {
        rnn_draw_matrix(W, 2, RNN_ORTHOGONAL, 1, scratch, stream_of(seed));
        sum += W[0] * W[3] - W[1] * W[2]; /* the determinant, +-1 */
    }
    assert_mean(sum, 0, 1);
}
END_TEST

START_TEST(gaussian_elements_have_variance_scale_squared_over_n) {
    const double n = LARGEST, scale = 2.385;
    double sum = 0, squares = 0;
    rnn_draw_matrix(W, LARGEST, RNN_GAUSSIAN, scale, scratch, stream_of(713));
    for (size_t i = 0; i < LARGEST * LARGEST; i++) {
        sum += W[i];
        squares += W[i] * W[i];
    }
    ck_assert_double_eq_tol(sum / (n * n), 0, 5 * scale / sqrt(n) / n);
    ck_assert_double_eq_tol(squares / n, scale * scale, 5 * scale * scale * sqrt(2) / n);
}
END_TEST

/* n, not n - 1, which only small matrices tell apart; sqrt and the division round once each. */
START_TEST(gaussian_elements_are_the_numbers_of_the_stream_times_scale_over_sqrt_n) {
    for (size_t n = 1; n < 20; n = n < 3 ? n + 1 : 6 * n) {
        rnn_draw_matrix(W, n, RNN_GAUSSIAN, 2.385, scratch, stream_of(713));
        rnn_gaussian(V, n * n, 1, stream_of(713));
        for (size_t i = 0; i < n * n; i++)
            ck_assert_double_eq_tol(W[i], V[i] * 2.385 / sqrt((double)n), 1e-15 * fabs(W[i]));
    }
}
END_TEST

START_TEST(identity_is_scale_on_the_diagonal_and_zero_elsewhere) {
    rnn_draw_matrix(W, 17, RNN_IDENTITY, 0.713, scratch, stream_of(713));
    for (size_t i = 0; i < 17; i++)
        for (size_t j = 0; j < 17; j++)
            ck_assert_double_eq(W[i * 17 + j], i == j ? 0.713 : 0);
}
END_TEST

START_TEST(scale_scales_the_same_draw) {
    static const enum rnn_init laws[] = { RNN_GAUSSIAN, RNN_ORTHOGONAL, RNN_IDENTITY };
    for (int law = 0; law < 3; law++) {
        rnn_draw_matrix(W, 33, laws[law], 1, scratch, stream_of(713));
        rnn_draw_matrix(V, 33, laws[law], 0.125, scratch, stream_of(713));
        for (size_t i = 0; i < 33 * 33; i++)
            ck_assert_double_eq(V[i], 0.125 * W[i]); /* a power of two: bit for bit */
        rnn_draw_matrix(V, 33, laws[law], 2.385, scratch, stream_of(713));
        for (size_t i = 0; i < 33 * 33; i++)
            ck_assert_double_le(fabs(V[i] - 2.385 * W[i]), 1e-15 * fabs(W[i]));
    }
}
END_TEST

START_TEST(the_stream_decides_the_draw) {
    static const enum rnn_init laws[] = { RNN_GAUSSIAN, RNN_ORTHOGONAL };
    for (int law = 0; law < 2; law++) {
        rnn_draw_matrix(W, 5, laws[law], 1, scratch, stream_of(713));
        rnn_draw_matrix(V, 5, laws[law], 1, scratch, stream_of(713));
        ck_assert_mem_eq(W, V, 25 * sizeof *W);
        rnn_draw_matrix(V, 5, laws[law], 1, scratch, stream_of(714));
        for (int i = 0; i < 25; i++)
            ck_assert_double_ne(W[i], V[i]);
    }
}
END_TEST

UNIT_MAIN("init", orthogonal_rows_and_columns_are_orthonormal_to_1e_13,
          every_element_of_a_haar_matrix_has_the_moments_of_its_law,
          traces_of_a_haar_matrix_have_the_moments_of_its_law, a_rotation_and_a_reflection_are_equally_likely,
          gaussian_elements_have_variance_scale_squared_over_n,
          gaussian_elements_are_the_numbers_of_the_stream_times_scale_over_sqrt_n,
          identity_is_scale_on_the_diagonal_and_zero_elsewhere, scale_scales_the_same_draw,
          the_stream_decides_the_draw)
