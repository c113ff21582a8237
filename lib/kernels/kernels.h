/* The arithmetic of a pass on flat arrays: no struct of the library, no allocation, no branch on meaning.
 * Every output is summed in a fixed order, so results do not depend on the batch size or on threads.
 * Arrays do not overlap unless a comment says so; none needs alignment, 64 bytes is fastest. */
#ifndef KERNELS_H
#define KERNELS_H

#include <stddef.h>
#include <stdint.h>

/* W (rows, cols), or its transpose, laid out once for many products. Packed size in doubles, for either. */
size_t k_packed_size(size_t rows, size_t cols);
void k_pack(double *packed, const double *W, size_t rows, size_t cols);
/* packs the transpose of W (rows, cols): what k_product then sees is a (cols, rows) matrix */
void k_pack_transposed(double *packed, const double *W, size_t rows, size_t cols);

/* out[b] = W x[b], or out[b] += W x[b]: out (batch, rows), x (batch, cols). Each output is one chain over
 * cols. */
void k_product(double *out, const double *packed, const double *x, size_t batch, size_t rows, size_t cols);
void k_product_add(double *out, const double *packed, const double *x, size_t batch, size_t rows,
                   size_t cols);

/* out[b] = bias + sum over the terms of W x[b], each output one chain over the columns of term after term;
 * bias (rows), or NULL for zero. With `upward` the last rows are computed first, to the same bits: a product
 * that begins where the one before it ended finds that part of W still in the cache. */
struct k_term {
    const double *packed, *x; /* W (rows, cols), x (batch, cols) */
    size_t cols;
};
void k_affine(double *out, const double *bias, const struct k_term *terms, size_t count, size_t batch,
              size_t rows, int upward);
/* The same of so many gates, `apart` doubles from one to the next: out (gates, batch, rows), W (gates, rows, cols)
 * packed as one matrix, bias (gates, rows). */
void k_affine_gates(double *out, size_t gates, size_t apart, const double *bias, const struct k_term *terms,
                    size_t count, size_t batch, size_t rows, int upward);

/* W += sum_n a[n] x[n]^T: W (rows, cols), a (count, rows), x (count, cols); the chain runs over n. */
void k_outer_add(double *W, const double *a, const double *x, size_t count, size_t rows, size_t cols);
/* The same of two W, in one array, and x, of which the second may have no columns, and of so many a, `apart` doubles
 * from one to the next: W (gates, rows, cols). */
struct k_outer {
    double *W;
    const double *x;
    size_t cols;
};
void k_outer_add_gates(const struct k_outer sums[2], const double *a, size_t gates, size_t apart,
                       size_t count, size_t rows);

/* b += sum_n a[n]: b (cols), a (count, cols) */
void k_column_sums_add(double *b, const double *a, size_t count, size_t cols);

/* The same for rows of x that are all zeros but a one, such as letters: where each has it. k_find_ones is 1 if every row
 * is such a one. k_tabulate sets table (cols, rows), bias + column by column of W, from whose row where[b] out[b] goes on
 * in k_affine_from: k_affine_gates with a first term of W. k_outer_pick_add is k_outer_add. All to the same bits. */
int k_find_ones(uint32_t *where, const double *x, size_t count, size_t cols);
void k_tabulate(double *table, const double *bias, const double *W, size_t rows, size_t cols);
void k_affine_from(double *out, size_t gates, size_t apart, const double *table, const uint32_t *where,
                   const struct k_term *terms, size_t count, size_t batch, size_t rows, int upward);
void k_outer_pick_add(double *W, const double *a, const uint32_t *where, size_t count, size_t rows,
                      size_t cols);

/* h = phi(h), in place; returns 1 if every h is finite then. Sigmoid, tanh and exp, which is for h <= 0,
 * within 2.5 units in the last place everywhere (3.5 on a processor without fused multiply-add),
 * subnormals included. */
int k_sigmoid(double *h, size_t count);
int k_tanh(double *h, size_t count);
int k_relu(double *h, size_t count);
int k_linear(double *h, size_t count);

/* Of each row: out = exp(x - the largest of x), and the sum of out, in eight lanes added in turn. out, x (rows, count),
 * largest, sum (rows). */
void k_softmax(double *out, double *largest, double *sum, const double *x, size_t rows, size_t count);

/* da = dh * phi'(a), with phi' from h = phi(a); returns sum dh^2. da may be dh. */
double k_sigmoid_back(double *da, const double *dh, const double *h, size_t count);
double k_tanh_back(double *da, const double *dh, const double *h, size_t count);
double k_relu_back(double *da, const double *dh, const double *h, size_t count);
double k_linear_back(double *da, const double *dh, const double *h, size_t count);

double k_sum_squares(const double *x, size_t count);
void k_scale(double *x, double factor, size_t count);
int k_finite(const double *x, size_t count); /* 1 if no element is inf or nan */

/* out += a, out = a * b, out += a * b */
void k_add(double *out, const double *a, size_t count);
void k_multiply(double *out, const double *a, const double *b, size_t count);
void k_multiply_add(double *out, const double *a, const double *b, size_t count);

/* The cells of lstm.c and gru.c, whose gates lie `apart` doubles from one to the next; on the way back they become
 * dL/da, and what the gru keeps behind them dL/d(W_hn h). */
/* c_t, twice: where it is carried, and where tanh(c_t) will be. */
void k_lstm_state(double *c, double *tanh_c, const double *i, const double *f, const double *g,
                  const double *before, size_t count);
void k_lstm_output_back(double *dc, const double *dh, const double *o, const double *tanh_c, size_t count);
void k_lstm_back(double *gates, size_t apart, double *dc_before, const double *dh, const double *dc,
                 const double *before, const double *tanh_c, size_t count);
void k_gru_state(double *h, const double *z, const double *n, const double *before, size_t count);
void k_gru_back(double *gates, size_t apart, double *carried, const double *dh, const double *before,
                size_t count);

/* A step of the three rules of train.h, with Adam's corrections of the first steps in `rate` and `root`. */
void k_sgd(double *theta, double *v, const double *g, size_t count, double rate, double momentum);
void k_rmsprop(double *theta, double *v, double *s, const double *g, size_t count, double rate,
               double momentum, double decay, double epsilon);
void k_adam(double *theta, double *v, double *s, const double *g, size_t count, double rate, double momentum,
            double decay, double root, double epsilon);

/* Numbers 0, 1, 2, ... of the stream of this key, on every machine the same: uniform in (0, 1), odd
 * multiples of 2^-53; or normal, two from each pair of those uniforms. A longer request begins with the
 * numbers of a shorter one. */
void k_uniform(double *out, size_t count, const uint64_t key[2]);
void k_gaussian(double *out, size_t count, double deviation, const uint64_t key[2]);

#endif
