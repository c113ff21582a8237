/* Spectra of matrices and of products of Jacobians whose answer is known beforehand. */
#include "measure.h"
#include "unit.h"

#include <math.h>
#include <string.h>

/* ---- one matrix ----------------------------------------------------------------------------------- */

enum { N = 40 };
static double W[N * N], copy[N * N], work[N * (N + 2)];

static void assert_radius(size_t n, double expected) {
    double radius = NAN;
    memcpy(copy, W, n * n * sizeof *W);
    ck_assert_int_eq(rnn_spectral_radius(&radius, W, n, work), RNN_OK);
    ck_assert_double_eq_tol(radius, expected, 1e-13 * expected);
    ck_assert_mem_eq(copy, W, n * n * sizeof *W);
}

START_TEST(spectral_radius_of_a_triangular_matrix_is_on_its_diagonal) {
    memset(W, 0, sizeof W);
    for (size_t i = 0; i < N; i++) {
        W[i * N + i] = i == 17 ? -2.385 : 0.05 * (double)i;
        if (i > 0)
            W[i * N + i - 1] = 0.713; /* not normal: the singular values are others */
    }
    assert_radius(N, 2.385);
}
END_TEST

START_TEST(spectral_radius_of_a_rotation_is_its_modulus) {
    const double angle = 0.713, modulus = 1.385;
    W[0] = W[3] = modulus * cos(angle);
    W[1] = -(W[2] = modulus * sin(angle));
    assert_radius(2, modulus);
    W[0] = -0.713;
    assert_radius(1, 0.713);
}
END_TEST

/* x^3 = 2.385^3 from the companion matrix: three eigenvalues of one modulus */
START_TEST(spectral_radius_of_a_companion_matrix_is_the_root) {
    const double companion[9] = { 0, 0, 2.385 * 2.385 * 2.385, 1, 0, 0, 0, 1, 0 };
    memcpy(W, companion, sizeof companion);
    assert_radius(3, 2.385);
}
END_TEST

/* W = P D Q with P, Q orthogonal has the singular values |D|. */
START_TEST(singular_values_are_found_in_descending_order) {
    static double P[N * N], Q[N * N], values[N];
    rnn_draw_matrix(P, N, RNN_ORTHOGONAL, 1, values, (struct rnn_stream){ .seed = 713, .index = 1 });
    rnn_draw_matrix(Q, N, RNN_ORTHOGONAL, 1, values, (struct rnn_stream){ .seed = 713, .index = 2 });
    memset(W, 0, sizeof W);
    for (size_t i = 0; i < N; i++)
        for (size_t k = 0; k < N; k++)
            for (size_t j = 0; j < N; j++)
                W[i * N + j] += P[i * N + k] * (0.385 + (double)k) * Q[k * N + j];
    memcpy(copy, W, sizeof W);
    ck_assert_int_eq(rnn_singular_values(values, W, N, work), RNN_OK);
    for (size_t k = 0; k < N; k++)
        ck_assert_double_eq_tol(values[k], 0.385 + (double)(N - 1 - k), 1e-12);
    ck_assert_mem_eq(copy, W, sizeof W);
}
END_TEST

START_TEST(radius_and_largest_singular_value_come_together) {
    struct rnn_spectrum spectrum;
    double radius, values[N];
    rnn_gaussian(W, N * N, 0.713, (struct rnn_stream){ .seed = 713 });
    ck_assert_int_eq(rnn_spectrum_measure(&spectrum, W, N, work), RNN_OK);
    ck_assert_int_eq(rnn_spectral_radius(&radius, W, N, work), RNN_OK);
    ck_assert_int_eq(rnn_singular_values(values, W, N, work), RNN_OK);
    ck_assert_double_eq(spectrum.radius, radius);
    ck_assert_double_eq(spectrum.largest, values[0]);
    ck_assert_double_gt(spectrum.largest, 1.5 * spectrum.radius);
}
END_TEST

START_TEST(a_matrix_that_is_not_finite_has_no_spectrum) {
    static const double bad[] = { NAN, INFINITY, -INFINITY };
    for (int i = 0; i < 3; i++) {
        double radius = 2.385, values[3] = { 2.385, 2.385, 2.385 };
        struct rnn_spectrum spectrum = { .largest = 2.385 };
        for (int j = 0; j < 9; j++)
            W[j] = 0.713 * j;
        W[5] = bad[i];
        ck_assert_int_eq(rnn_spectral_radius(&radius, W, 3, work), RNN_NO_CONVERGENCE);
        ck_assert_int_eq(rnn_singular_values(values, W, 3, work), RNN_NO_CONVERGENCE);
        ck_assert_int_eq(rnn_spectrum_measure(&spectrum, W, 3, work), RNN_NO_CONVERGENCE);
        ck_assert_double_eq(radius, 2.385);
        ck_assert_double_eq(values[0], 2.385);
        ck_assert_double_eq(spectrum.largest, 2.385);
    }
}
END_TEST

/* ---- Lyapunov exponents ----------------------------------------------------------------------------- */

enum { STEPS = 60, H = 12 };

static enum rnn_status lyapunov(double *exponents, const struct rnn *net, size_t first, size_t last) {
    const double *mark = unit_mark(work, sizeof work / sizeof *work, rnn_lyapunov_work(&net->spec));
    const enum rnn_status status = rnn_lyapunov(exponents, net, first, last, work);
    ck_assert_double_eq(*mark, 0.713);
    return status;
}

static struct rnn *net_of(const struct rnn_activation *activation, enum rnn_init init,
                          enum rnn_weights weights) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = { .cell = &rnn_elman,
                                   .activation = activation,
                                   .init = init,
                                   .weights = weights,
                                   .record = RNN_NORMS,
                                   .norm = RNN_NO_NORM,
                                   .scale = 0.713,
                                   .drive = 0.385,
                                   .length = STEPS,
                                   .segment = STEPS,
                                   .reads = 1,
                                   .hidden = H,
                                   .batch = 3,
                                   .inputs = 2 };
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 713);
    return net;
}

static void assert_exponents(struct rnn *net, size_t first, const double *expected, double tolerance) {
    double exponents[H];
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(lyapunov(exponents, net, first, STEPS), RNN_OK);
    for (size_t i = 0; i < H; i++)
        ck_assert_double_eq_tol(exponents[i], expected[i], tolerance);
    rnn_free(&net);
}

START_TEST(an_orthogonal_net_stretches_every_direction_by_its_scale) {
    double expected[H];
    for (size_t i = 0; i < H; i++)
        expected[i] = log(0.713);
    assert_exponents(net_of(&rnn_linear, RNN_ORTHOGONAL, RNN_TIED), 1, expected, 1e-14);
    assert_exponents(net_of(&rnn_linear, RNN_ORTHOGONAL, RNN_UNTIED), 17, expected, 1e-14);
}
END_TEST

START_TEST(a_diagonal_net_has_the_logarithms_of_its_diagonal) {
    struct rnn *net = net_of(&rnn_linear, RNN_IDENTITY, RNN_TIED);
    double expected[H];
    for (size_t i = 0; i < H; i++) {
        net->p.W_hh[i * H + i] = (i % 2 ? -0.0713 : 0.0713) * (double)(i + 1);
        expected[H - 1 - i] = log(0.0713 * (double)(i + 1));
    }
    assert_exponents(net, 1, expected, 1e-14);
}
END_TEST

/* W = P D P^T, D = 0.9 * 0.6^i: after 40 steps the frame has turned to the eigenvectors but for 0.6^40. */
START_TEST(a_symmetric_net_has_the_logarithms_of_its_eigenvalues) {
    struct rnn *net = net_of(&rnn_linear, RNN_ORTHOGONAL, RNN_TIED);
    double P[H * H], expected[H];
    memcpy(P, net->p.W_hh, sizeof P);
    memset(net->p.W_hh, 0, sizeof P);
    for (size_t k = 0; k < H; k++) {
        expected[k] = log(0.9 * pow(0.6, (double)k));
        for (size_t i = 0; i < H * H; i++)
            net->p.W_hh[i] +=
                P[i / H * H + k] * P[i % H * H + k] * exp(expected[k]) * (k % 3 ? 1 : -1) / (0.713 * 0.713);
    }
    assert_exponents(net, 41, expected, 1e-7);
}
END_TEST

/* ln|det| by elimination */
static double log_det(const double *matrix) {
    double A[H * H], sum = 0;
    memcpy(A, matrix, sizeof A);
    for (size_t k = 0; k < H; k++) {
        for (size_t i = k + 1; i < H; i++) {
            const double factor = A[i * H + k] / A[k * H + k];
            for (size_t j = k; j < H; j++)
                A[i * H + j] -= factor * A[k * H + j];
        }
        sum += log(fabs(A[k * H + k]));
    }
    return sum;
}

/* Exact at any length: the volume shrinks by |det J_t| = |det W_t| prod phi'(a_t). */
START_TEST(the_exponents_add_up_to_the_logarithm_of_the_volume) {
    enum { FIRST = 23 };
    for (enum rnn_weights weights = RNN_TIED; weights <= RNN_UNTIED; weights++) {
        struct rnn *net = net_of(&rnn_tanh, RNN_GAUSSIAN, weights);
        double exponents[H], sum = 0, expected = 0;
        ck_assert_int_eq(rnn_forward(net), RNN_OK);
        ck_assert_int_eq(lyapunov(exponents, net, FIRST, STEPS - 1), RNN_OK);
        for (size_t t = FIRST; t < STEPS; t++) {
            expected +=
                log_det(net->p.W_hh + (weights == RNN_UNTIED ? (t - 1) * H * H : 0)) / (STEPS - FIRST);
            for (size_t i = 0; i < H; i++)
                expected += log(1 - pow(rnn_state(net, t)[i], 2)) / (STEPS - FIRST);
        }
        for (size_t i = 0; i < H; i++) {
            sum += exponents[i];
            ck_assert(i == 0 || exponents[i] <= exponents[i - 1]);
        }
        ck_assert_double_eq_tol(sum, expected, 1e-11);
        rnn_free(&net);
    }
}
END_TEST

/* Diagonal matrices: the mean of their logarithms over the steps asked for. */
START_TEST(each_step_of_an_untied_net_stretches_by_its_own_matrix) {
    struct rnn *net = net_of(&rnn_linear, RNN_IDENTITY, RNN_UNTIED);
    double exponents[H], expected = 0;
    for (size_t t = 1; t <= STEPS; t++)
        for (size_t i = 0; i < H; i++)
            net->p.W_hh[((t - 1) * H + i) * H + i] = exp(-0.0713 * (double)(i * (t % 7 + 1)));
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(lyapunov(exponents, net, 12, 44), RNN_OK);
    for (size_t t = 12; t <= 44; t++)
        expected -= 0.0713 * (double)(t % 7 + 1) / 33;
    for (size_t i = 0; i < H; i++)
        ck_assert_double_eq_tol(exponents[i], expected * (double)i, 1e-13);
    rnn_free(&net);
}
END_TEST

START_TEST(a_dead_unit_is_an_exponent_of_minus_infinity) {
    struct rnn *net = net_of(&rnn_relu, RNN_IDENTITY, RNN_TIED);
    double exponents[H];
    for (size_t i = 0; i < H; i++)
        net->p.b_h[i] = i == 5 ? -1e6 : 1e6;
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(lyapunov(exponents, net, 1, STEPS), RNN_OK);
    for (size_t i = 0; i < H - 1; i++)
        ck_assert_double_eq_tol(exponents[i], log(0.713), 1e-14);
    ck_assert(isinf(exponents[H - 1]) && exponents[H - 1] < 0);
    rnn_free(&net);
}
END_TEST

START_TEST(what_has_no_exponents_is_refused) {
    static const size_t ranges[][2] = { { 0, 3 }, { 4, 3 }, { 1, STEPS + 1 }, { SIZE_MAX, SIZE_MAX } };
    struct rnn *net = net_of(&rnn_linear, RNN_GAUSSIAN, RNN_TIED);
    double exponents[H];
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    for (size_t i = 0; i < sizeof ranges / sizeof *ranges; i++)
        ck_assert_int_eq(lyapunov(exponents, net, ranges[i][0], ranges[i][1]), RNN_BAD_RANGE);
    net->spec.cell = &rnn_gru;
    ck_assert_int_eq(lyapunov(exponents, net, 1, STEPS), RNN_BAD_LAW);
    net->spec.cell = &rnn_elman;
    net->p.W_hh[0] = 1e308;
    net->p.W_hh[1] = -1e308;
    ck_assert_int_eq(lyapunov(exponents, net, 1, STEPS), RNN_NO_CONVERGENCE);
    net->from = 30; /* as after a segment */
    ck_assert_int_eq(lyapunov(exponents, net, 30, STEPS), RNN_BAD_RANGE);
    ck_assert_int_eq(lyapunov(exponents, net, 31, STEPS + 1), RNN_BAD_RANGE);
    net->from = 0;
    net->spec.segment = 30;
    ck_assert_int_eq(lyapunov(exponents, net, 1, 31), RNN_BAD_RANGE);
    rnn_free(&net);
}
END_TEST

UNIT_MAIN("spectrum", spectral_radius_of_a_triangular_matrix_is_on_its_diagonal,
          spectral_radius_of_a_rotation_is_its_modulus, spectral_radius_of_a_companion_matrix_is_the_root,
          singular_values_are_found_in_descending_order, radius_and_largest_singular_value_come_together,
          a_matrix_that_is_not_finite_has_no_spectrum,
          an_orthogonal_net_stretches_every_direction_by_its_scale,
          a_diagonal_net_has_the_logarithms_of_its_diagonal,
          a_symmetric_net_has_the_logarithms_of_its_eigenvalues,
          the_exponents_add_up_to_the_logarithm_of_the_volume,
          each_step_of_an_untied_net_stretches_by_its_own_matrix,
          a_dead_unit_is_an_exponent_of_minus_infinity, what_has_no_exponents_is_refused)
