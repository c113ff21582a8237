/* Packing, and the choice of an instruction-set level for everything that product.c, map.c, elements.c and
 * random.c compute: the best of them, found by a test of processor flags at each call (about a nanosecond), or the one
 * chosen. */
#include "level.h"
#include "arithmetic.h"
#include "kernels.h"

#include <string.h>

static const struct k_level plain = { "plain", &k_products_plain, &k_maps_plain, &k_elements_plain,
                                      &k_randoms_plain };
#if defined __x86_64__
static const struct k_level avx2 = { "avx2", &k_products_avx2, &k_maps_avx2, &k_elements_avx2,
                                     &k_randoms_avx2 };
static const struct k_level avx512 = { "avx512", &k_products_avx512, &k_maps_avx512, &k_elements_avx512,
                                       &k_randoms_avx512 };
#endif

const struct k_level *k_level(int level) {
#if defined __x86_64__
    const int fused = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (level == 1 && fused)
        return &avx2;
    if (level == 2 && fused && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return &avx512;
#endif
    return level == 0 ? &plain : NULL;
}

/* By rnn_choose_level, before there are threads. */
static const struct k_level *chosen;

static inline const struct k_level *in_use(void) {
    if (chosen)
        return chosen;
    for (int level = 2; level > 0; level--)
        if (k_level(level))
            return k_level(level);
    return k_level(0);
}

const char *rnn_level(int number) {
    const struct k_level *level = k_level(number);
    return level ? level->name : NULL;
}

bool rnn_choose_level(const char *name) {
    for (int level = 0; k_level(level); level++)
        if (strcmp(k_level(level)->name, name) == 0) {
            chosen = k_level(level);
            return true;
        }
    return false;
}

bool rnn_fused(void) {
    return in_use()->products->fused;
}

/* ---- packing ------------------------------------------------------------------------------------------ */

size_t k_packed_size(size_t rows, size_t cols) {
    const size_t mask = ~(size_t)(K_STRIP - 1);
    return ((rows + K_STRIP - 1) & mask) * ((cols + K_STRIP - 1) & mask);
}

void k_pack(double *packed, const double *W, size_t rows, size_t cols) {
    k_lay_strips(packed, W, rows, cols, cols, 1);
}

void k_pack_transposed(double *packed, const double *W, size_t rows, size_t cols) {
    k_lay_strips(packed, W, cols, rows, 1, cols);
}

/* ---- products ----------------------------------------------------------------------------------------- */

void k_affine(double *out, const double *bias, const struct k_term *terms, size_t count, size_t batch,
              size_t rows, int upward) {
    k_affine_gates(out, 1, 0, bias, terms, count, batch, rows, upward);
}

void k_affine_gates(double *out, size_t gates, size_t apart, const double *bias, const struct k_term *terms,
                    size_t count, size_t batch, size_t rows, int upward) {
    in_use()->products->product(out, gates, apart, bias, 0, NULL, terms, count, batch, rows, upward);
}

void k_affine_from(double *out, size_t gates, size_t apart, const double *table, const uint32_t *where,
                   const struct k_term *terms, size_t count, size_t batch, size_t rows, int upward) {
    in_use()->products->product(out, gates, apart, table, gates * rows, where, terms, count, batch, rows,
                                upward);
}

void k_product(double *out, const double *packed, const double *x, size_t batch, size_t rows, size_t cols) {
    in_use()->products->product(out, 1, 0, NULL, 0, NULL, &(struct k_term){ packed, x, cols }, 1, batch, rows,
                                0);
}

void k_product_add(double *out, const double *packed, const double *x, size_t batch, size_t rows,
                   size_t cols) {
    in_use()->products->product(out, 1, 0, out, rows, NULL, &(struct k_term){ packed, x, cols }, 1, batch,
                                rows, 0);
}

void k_outer_add(double *W, const double *a, const double *x, size_t count, size_t rows, size_t cols) {
    k_outer_add_gates((struct k_outer[]){ { W, x, cols }, { W, x, 0 } }, a, 1, 0, count, rows);
}

void k_outer_add_gates(const struct k_outer sums[2], const double *a, size_t gates, size_t apart,
                       size_t count, size_t rows) {
    in_use()->products->outer_add(sums, a, gates, apart, count, rows);
}

void k_column_sums_add(double *b, const double *a, size_t count, size_t cols) {
    in_use()->products->column_sums_add(b, a, count, cols);
}

int k_find_ones(uint32_t *where, const double *x, size_t count, size_t cols) {
    return in_use()->elements->find_ones(where, x, count, cols);
}

void k_tabulate(double *table, const double *bias, const double *W, size_t rows, size_t cols) {
    in_use()->elements->tabulate(table, bias, W, rows, cols);
}

void k_outer_pick_add(double *W, const double *a, const uint32_t *where, size_t count, size_t rows,
                      size_t cols) {
    in_use()->elements->outer_pick_add(W, a, where, count, rows, cols);
}

/* ---- element by element ------------------------------------------------------------------------------- */

int k_sigmoid(double *h, size_t count) {
    return in_use()->maps->sigmoid(h, count);
}

int k_tanh(double *h, size_t count) {
    return in_use()->maps->tanh(h, count);
}

void k_softmax(double *out, double *largest, double *sum, const double *x, size_t rows, size_t count) {
    in_use()->maps->softmax(out, largest, sum, x, rows, count);
}

int k_relu(double *h, size_t count) {
    return in_use()->maps->relu(h, count);
}

int k_linear(double *h, size_t count) {
    return in_use()->maps->linear(h, count);
}

double k_sigmoid_back(double *da, const double *dh, const double *h, size_t count) {
    return in_use()->maps->sigmoid_back(da, dh, h, count);
}

double k_tanh_back(double *da, const double *dh, const double *h, size_t count) {
    return in_use()->maps->tanh_back(da, dh, h, count);
}

double k_relu_back(double *da, const double *dh, const double *h, size_t count) {
    return in_use()->maps->relu_back(da, dh, h, count);
}

double k_linear_back(double *da, const double *dh, const double *h, size_t count) {
    return in_use()->maps->linear_back(da, dh, h, count);
}

double k_sum_squares(const double *x, size_t count) {
    return in_use()->maps->sum_squares(x, count);
}

void k_scale(double *x, double factor, size_t count) {
    in_use()->maps->scale(x, factor, count);
}

int k_finite(const double *x, size_t count) {
    return in_use()->maps->finite(x, count);
}

void k_add(double *out, const double *a, size_t count) {
    in_use()->elements->add(out, a, count);
}

void k_multiply(double *out, const double *a, const double *b, size_t count) {
    in_use()->elements->multiply(out, a, b, count);
}

void k_multiply_add(double *out, const double *a, const double *b, size_t count) {
    in_use()->elements->multiply_add(out, a, b, count);
}

void k_lstm_state(double *c, double *tanh_c, const double *i, const double *f, const double *g,
                  const double *before, size_t count) {
    in_use()->elements->lstm_state(c, tanh_c, i, f, g, before, count);
}

void k_lstm_output_back(double *dc, const double *dh, const double *o, const double *tanh_c, size_t count) {
    in_use()->elements->lstm_output_back(dc, dh, o, tanh_c, count);
}

void k_lstm_back(double *gates, size_t apart, double *dc_before, const double *dh, const double *dc,
                 const double *before, const double *tanh_c, size_t count) {
    in_use()->elements->lstm_back(gates, apart, dc_before, dh, dc, before, tanh_c, count);
}

void k_gru_state(double *h, const double *z, const double *n, const double *before, size_t count) {
    in_use()->elements->gru_state(h, z, n, before, count);
}

void k_gru_back(double *gates, size_t apart, double *carried, const double *dh, const double *before,
                size_t count) {
    in_use()->elements->gru_back(gates, apart, carried, dh, before, count);
}

void k_sgd(double *theta, double *v, const double *g, size_t count, double rate, double momentum) {
    in_use()->elements->sgd(theta, v, g, count, rate, momentum);
}

void k_rmsprop(double *theta, double *v, double *s, const double *g, size_t count, double rate,
               double momentum, double decay, double epsilon) {
    in_use()->elements->rmsprop(theta, v, s, g, count, rate, momentum, decay, epsilon);
}

void k_adam(double *theta, double *v, double *s, const double *g, size_t count, double rate, double momentum,
            double decay, double root, double epsilon) {
    in_use()->elements->adam(theta, v, s, g, count, rate, momentum, decay, root, epsilon);
}

/* ---- random numbers ----------------------------------------------------------------------------------- */

void k_uniform(double *out, size_t count, const uint64_t key[2]) {
    in_use()->randoms->uniform(out, count, key);
}

void k_gaussian(double *out, size_t count, double deviation, const uint64_t key[2]) {
    in_use()->randoms->gaussian(out, count, deviation, key);
}
