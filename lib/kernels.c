/* Plain loops over flat arrays (kernels.h). A packed W is its transpose, so that the innermost loop runs over
 * neighbouring outputs. */
#include "kernels.h"

#include <math.h>
#include <string.h>

size_t k_packed_size(size_t rows, size_t cols) {
    return rows * cols;
}

void k_pack(double *packed, const double *W, size_t rows, size_t cols) {
    for (size_t i = 0; i < rows; i++)
        for (size_t j = 0; j < cols; j++)
            packed[j * rows + i] = W[i * cols + j];
}

void k_pack_transposed(double *packed, const double *W, size_t rows, size_t cols) {
    memcpy(packed, W, rows * cols * sizeof *W);
}

void k_product(double *out, const double *packed, const double *x, size_t batch, size_t rows, size_t cols) {
    memset(out, 0, batch * rows * sizeof *out);
    k_product_add(out, packed, x, batch, rows, cols);
}

void k_product_add(double *out, const double *packed, const double *x, size_t batch, size_t rows,
                   size_t cols) {
    for (size_t b = 0; b < batch; b++)
        for (size_t j = 0; j < cols; j++)
            for (size_t i = 0; i < rows; i++)
                out[b * rows + i] += packed[j * rows + i] * x[b * cols + j];
}

void k_outer_add(double *W, const double *a, const double *x, size_t count, size_t rows, size_t cols) {
    for (size_t n = 0; n < count; n++)
        for (size_t i = 0; i < rows; i++)
            for (size_t j = 0; j < cols; j++)
                W[i * cols + j] += a[n * rows + i] * x[n * cols + j];
}

void k_column_sums_add(double *b, const double *a, size_t count, size_t cols) {
    for (size_t n = 0; n < count; n++)
        for (size_t j = 0; j < cols; j++)
            b[j] += a[n * cols + j];
}

#define FORWARD(name, phi)                                                                                   \
    void name(double *h, const double *bias, size_t batch, size_t hidden) {                                  \
        for (size_t b = 0; b < batch; b++)                                                                   \
            for (size_t i = 0; i < hidden; i++) {                                                            \
                const double a = h[b * hidden + i] + bias[i];                                                \
                h[b * hidden + i] = (phi);                                                                   \
            }                                                                                                \
    }
FORWARD(k_sigmoid, a < 0 ? exp(a) / (1 + exp(a)) : 1 / (1 + exp(-a)))
FORWARD(k_tanh, tanh(a))
FORWARD(k_relu, a > 0 || isnan(a) ? a : 0)
FORWARD(k_linear, a)

#define BACK(name, derivative)                                                                               \
    double name(double *da, const double *dh, const double *h, size_t count) {                               \
        double squares = 0;                                                                                  \
        for (size_t i = 0; i < count; i++) {                                                                 \
            squares += dh[i] * dh[i];                                                                        \
            da[i] = dh[i] * (derivative);                                                                    \
        }                                                                                                    \
        return squares;                                                                                      \
    }
BACK(k_sigmoid_back, h[i] * (1 - h[i]))
BACK(k_tanh_back, 1 - h[i] * h[i])
BACK(k_relu_back, h[i] > 0)
BACK(k_linear_back, 1 + 0 * h[i])

double k_sum_squares(const double *x, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += x[i] * x[i];
    return sum;
}

void k_scale(double *x, double factor, size_t count) {
    for (size_t i = 0; i < count; i++)
        x[i] *= factor;
}

int k_finite(const double *x, size_t count) {
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += 0 * x[i];
    return sum == 0;
}
