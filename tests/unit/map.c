/* Activations, pullbacks and sums on every level this processor runs, on lengths that fill no vector and no
 * chunk: against long double, and bit for bit against the order of summation that kernels.h promises. */
#include "levels.h"

#include <float.h>

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

/* exp, which has no pullback, of numbers that are not positive. */
static void check_exponential(const struct k_level *k) {
    for (size_t count = 1; count < 150; count++) {
        double *h = random_array(count, 17);
        for (size_t i = 0; i < count; i++)
            h[i] = i % 7 ? -fabs(h[i]) * 10 : -800;
        double *expected = copy_of(h, count);
        for (size_t i = 0; i < count; i++) {
            const double value = (double)expl(expected[i]);
            ck_assert_int_eq(k->maps->exp(&expected[i], 1), 1);
            ck_assert_double_le(fabs(expected[i] - value), 3 * DBL_EPSILON * value);
        }
        ck_assert_int_eq(k->maps->exp(h, count), 1);
        assert_same_bits(h, expected, count, "exp");
        assert_fence(h, count);
        h[count - 1] = NAN;
        ck_assert_int_eq(k->maps->exp(h, count), 0);
        ck_assert(isnan(h[count - 1]));
        free(h), free(expected);
    }
}

START_TEST(an_exponential_does_not_depend_on_its_neighbours) {
    on_every_level(check_exponential);
}
END_TEST

/* The largest stands anywhere, another in each row; the sum is one of eight lanes, the first of which takes what is left
 * over. */
static void check_softmax(const struct k_level *k) {
    for (size_t count = 1; count < 70; count++)
        for (size_t place = 0; place < count; place++) {
            const size_t rows = 1 + place % 11, all = rows * count;
            double *x = random_array(all, 18), *out = fenced(all), *expected = fenced(all);
            double *largest = fenced(rows), *sum = fenced(rows), lanes[11][8] = { 0 };
            for (size_t r = 0; r < rows; r++)
                x[r * count + (place + r) % count] = 3.5 + (double)r;
            for (size_t i = 0; i < all; i++)
                expected[i] = x[i] - (3.5 + (double)(i / count));
            k->maps->exp(expected, all);
            for (size_t i = 0; i < all; i++)
                lanes[i / count][i % count < count / 8 * 8 ? i % count % 8 : 0] += expected[i];
            for (size_t i = 0; i < 7 * rows; i++)
                lanes[i / 7][0] += lanes[i / 7][1 + i % 7];
            k->maps->softmax(out, largest, sum, x, rows, count);
            for (size_t r = 0; r < rows; r++) {
                ck_assert_double_eq(largest[r], 3.5 + (double)r);
                assert_same_bits(&sum[r], lanes[r], 1, "sum");
            }
            assert_same_bits(out, expected, all, "softmax");
            assert_fence(out, all), assert_fence(largest, rows), assert_fence(sum, rows);
            free(x), free(out), free(expected), free(largest), free(sum);
        }
}

START_TEST(a_softmax_has_the_exponentials_of_each_and_their_sum) {
    on_every_level(check_softmax);
}
END_TEST

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

UNIT_MAIN("map", an_exponential_does_not_depend_on_its_neighbours,
          a_softmax_has_the_exponentials_of_each_and_their_sum,
          an_activation_of_an_element_does_not_depend_on_its_neighbours,
          a_pullback_multiplies_by_the_slope_and_sums_squares_in_sixteen_lanes,
          levels_with_fused_multiply_add_give_the_same_bits,
          activations_keep_signs_of_zero_and_nan_and_saturate, relu_has_slope_zero_at_zero,
          sums_of_squares_and_scaling_act_on_every_element, one_inf_or_nan_anywhere_is_not_finite)
