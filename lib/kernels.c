/* Packing, and the choice of an instruction-set level for everything in kernels_level.c.
 * The choice is a test of processor flags at each call (about a nanosecond), so that no state is kept. */
#include "kernels.h"
#include "kernels_level.h"

#include <string.h>

const struct k_table *k_level(int level) {
#if defined __x86_64__
    const int fused = __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma");
    if (level == 1 && fused)
        return &k_table_avx2;
    if (level == 2 && fused && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") &&
        __builtin_cpu_supports("avx512vl"))
        return &k_table_avx512;
#endif
    return level == 0 ? &k_table_plain : NULL;
}

static inline const struct k_table *best(void) {
    for (int level = 2; level > 0; level--)
        if (k_level(level))
            return k_level(level);
    return k_level(0);
}

size_t k_packed_size(size_t rows, size_t cols) {
    const size_t mask = ~(size_t)(K_STRIP - 1);
    return ((rows + K_STRIP - 1) & mask) * ((cols + K_STRIP - 1) & mask);
}

/* One panel from a matrix whose element (row, column) is W[row * row_step + column * column_step] */
static void pack_panel(double *packed, const double *W, size_t rows, size_t height, size_t cols,
                       size_t row_step, size_t column_step) {
    if (rows < height)
        memset(packed, 0, height * cols * sizeof *packed);
    for (size_t first = 0; first < rows; first += K_STRIP) {
        const size_t last = first + K_STRIP < rows ? first + K_STRIP : rows;
        for (size_t j = 0; j < cols; j++)
            for (size_t i = first; i < last; i++)
                packed[j * height + i] = W[i * row_step + j * column_step];
    }
}

static inline void pack(double *packed, const double *W, size_t rows, size_t cols, size_t row_step,
                        size_t column_step) {
    const struct k_cut panels = k_cut_rows(rows);
    for (size_t i = 0, row = 0; i < panels.pieces; i++) {
        const size_t height = k_piece(panels, i) * K_STRIP;
        pack_panel(packed, W + row * row_step, rows - row < height ? rows - row : height, height, cols,
                   row_step, column_step);
        packed += height * cols;
        row += height;
    }
}

void k_pack(double *packed, const double *W, size_t rows, size_t cols) {
    pack(packed, W, rows, cols, cols, 1);
}

void k_pack_transposed(double *packed, const double *W, size_t rows, size_t cols) {
    pack(packed, W, cols, rows, 1, cols);
}

void k_product(double *out, const double *packed, const double *x, size_t batch, size_t rows, size_t cols) {
    best()->product(out, packed, x, batch, rows, cols);
}

void k_product_add(double *out, const double *packed, const double *x, size_t batch, size_t rows,
                   size_t cols) {
    best()->product_add(out, packed, x, batch, rows, cols);
}

void k_outer_add(double *W, const double *a, const double *x, size_t count, size_t rows, size_t cols) {
    best()->outer_add(W, a, x, count, rows, cols);
}

void k_column_sums_add(double *b, const double *a, size_t count, size_t cols) {
    best()->column_sums_add(b, a, count, cols);
}

void k_sigmoid(double *h, const double *bias, size_t batch, size_t hidden) {
    best()->sigmoid(h, bias, batch, hidden);
}

void k_tanh(double *h, const double *bias, size_t batch, size_t hidden) {
    best()->tanh(h, bias, batch, hidden);
}

void k_relu(double *h, const double *bias, size_t batch, size_t hidden) {
    best()->relu(h, bias, batch, hidden);
}

void k_linear(double *h, const double *bias, size_t batch, size_t hidden) {
    best()->linear(h, bias, batch, hidden);
}

double k_sigmoid_back(double *da, const double *dh, const double *h, size_t count) {
    return best()->sigmoid_back(da, dh, h, count);
}

double k_tanh_back(double *da, const double *dh, const double *h, size_t count) {
    return best()->tanh_back(da, dh, h, count);
}

double k_relu_back(double *da, const double *dh, const double *h, size_t count) {
    return best()->relu_back(da, dh, h, count);
}

double k_linear_back(double *da, const double *dh, const double *h, size_t count) {
    return best()->linear_back(da, dh, h, count);
}

double k_sum_squares(const double *x, size_t count) {
    return best()->sum_squares(x, count);
}

void k_scale(double *x, double factor, size_t count) {
    best()->scale(x, factor, count);
}

int k_finite(const double *x, size_t count) {
    return best()->finite(x, count);
}
