/* The choice of a level. */
#include "arithmetic.h"
#include "levels.h"

enum { PAIRS = 4 };

/* The functions of kernels.h are those of this level: each has to reach its own entry of the table. */
static void assert_in_use(const struct k_level *k) {
    enum { COUNT = 45, ROWS = 5, COLS = 9 };
    const struct k_maps *m = k->maps;
    const struct k_products *products = k->products;
    ck_assert_int_eq(rnn_fused(), products->fused);
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
            (l ? products->outer_add : k_outer_add_gates)(
                (struct k_outer[]){ { out[l], x, COLS }, { out[l], x, 0 } }, a, 1, 0, 3, ROWS);
            (l ? products->column_sums_add : k_column_sums_add)(out[l], a, ROWS, COLS);
            (l ? m->scale : k_scale)(out[l], -0.713, COUNT);
        }
        k_product_add(out[0], packed, x, 4, ROWS, COLS);
        products->product(out[1], 1, 0, out[1], ROWS, NULL, terms, 1, 4, ROWS, 0);
        k_product(out[0], packed, x, 3, ROWS, COLS);
        products->product(out[1], 1, 0, NULL, 0, NULL, terms, 1, 3, ROWS, 0);
        k_affine(out[0], a, terms, 2, 2, ROWS, 1);
        products->product(out[1], 1, 0, a, 0, NULL, terms, 2, 2, ROWS, 1);
        assert_same_bits(out[0], out[1], COUNT, k->name);
        assert_same_bits(&squares[0], &squares[1], 1, k->name);
        free(out[0]), free(out[1]);
    }
    free(a), free(x), free(W), free(packed);
}

START_TEST(the_library_uses_the_best_level_until_one_is_chosen) {
    int level = 0;
    while (k_level(level + 1))
        level++;
    assert_in_use(k_level(level));
    for (level = 0; k_level(level); level++) {
        ck_assert_str_eq(rnn_level(level), k_level(level)->name);
        ck_assert(rnn_choose_level(rnn_level(level)));
        assert_in_use(k_level(level));
    }
    ck_assert_ptr_null(rnn_level(level));
    ck_assert(rnn_choose_level("plain") && !rnn_choose_level("avx3") && !rnn_choose_level(""));
    assert_in_use(k_level(0));
}
END_TEST

START_TEST(every_level_above_the_plain_one_fuses_and_has_a_name_of_its_own) {
    for (int level = 1; k_level(level); level++) {
        ck_assert_int_eq(k_level(level)->products->fused, 1);
        ck_assert_str_ne(k_level(level)->name, k_level(level - 1)->name);
    }
}
END_TEST

UNIT_MAIN("level", the_library_uses_the_best_level_until_one_is_chosen,
          every_level_above_the_plain_one_fuses_and_has_a_name_of_its_own)
