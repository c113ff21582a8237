/* The kernels of each instruction-set level the library was built for. level.c picks the best one the
 * processor runs; a test may compare them all. Levels with fused multiply-add (all but the plain x86-64 one)
 * give identical bits, random numbers are the same on all. */
#ifndef LEVEL_H
#define LEVEL_H

#include "kernels.h"

/* A length cut into pieces as equal as possible: thirteen strips at most four high make 4 + 3 + 3 + 3, not
 * 4 + 4 + 4 + 1, whose last would wait for every addition. The first `longer` pieces have one more. */
struct k_cut {
    size_t pieces, length, longer;
};

static inline struct k_cut k_cut(size_t whole, size_t most) {
    if (whole <= most) /* a division takes as long as a short product */
        return (struct k_cut){ whole > 0, whole, 0 };
    const size_t pieces = (whole + most - 1) / most;
    return (struct k_cut){ pieces, whole / pieces, whole % pieces };
}

static inline size_t k_piece(struct k_cut cut, size_t i) {
    return cut.length + (i < cut.longer);
}

/* Where piece i begins. */
static inline size_t k_pieces_before(struct k_cut cut, size_t i) {
    return i * cut.length + (i < cut.longer ? i : cut.longer);
}

/* A packed W is strips of eight rows, the last filled up with zeros: [strip][column][row of the strip]. A
 * product reads one strip from end to end, or a few side by side. */
enum { K_STRIP = 8 };

/* The matrix whose element (row, column) is W[row * row_step + column * column_step], as strips. A full strip
 * is copied by a loop of constant length. */
static inline void k_lay_strips(double *packed, const double *W, size_t rows, size_t cols, size_t row_step,
                                size_t column_step) {
    for (size_t row = 0; row < rows; row += K_STRIP)
        for (size_t j = 0; j < cols; j++, packed += K_STRIP) {
            const double *from = W + row * row_step + j * column_step;
            if (rows - row >= K_STRIP)
                for (size_t i = 0; i < K_STRIP; i++)
                    packed[i] = from[i * row_step];
            else
                for (size_t i = 0; i < K_STRIP; i++)
                    packed[i] = row + i < rows ? from[i * row_step] : 0;
        }
}

/* Sums of squares are kept in sixteen lanes (element i in lane i mod 16) and added as a binary tree. */
enum { K_LANES = 16 };

typedef int k_forward_kernel(double *h, size_t count);
typedef double k_back_kernel(double *da, const double *dh, const double *h, size_t count);

/* product.c; out[b] of all gates = start[where[b]] + sum over the terms of W x[b], with start_step doubles from start[i]
 * to start[i + 1]; where[b] is b if that is NULL, and start[i] zero */
struct k_products {
    int fused; /* 1 where a * b + c is rounded once, here and in the maps */
    void (*product)(double *out, size_t gates, size_t apart, const double *start, size_t start_step,
                    const uint32_t *where, const struct k_term *terms, size_t count, size_t batch,
                    size_t rows, int upward);
    __typeof__(k_outer_add_gates) *outer_add;
    void (*column_sums_add)(double *b, const double *a, size_t count, size_t cols);
};

/* map.c; the functions of kernels.h under the same names */
struct k_maps {
    k_forward_kernel *sigmoid, *tanh, *relu, *linear, *exp;
    __typeof__(k_softmax) *softmax;
    k_back_kernel *sigmoid_back, *tanh_back, *relu_back, *linear_back;
    double (*sum_squares)(const double *x, size_t count);
    void (*scale)(double *x, double factor, size_t count);
    int (*finite)(const double *x, size_t count);
};

/* elements.c, likewise */
struct k_elements {
    __typeof__(k_find_ones) *find_ones;
    __typeof__(k_tabulate) *tabulate;
    __typeof__(k_outer_pick_add) *outer_pick_add;
    __typeof__(k_add) *add;
    __typeof__(k_multiply) *multiply, *multiply_add;
    __typeof__(k_lstm_state) *lstm_state;
    __typeof__(k_lstm_output_back) *lstm_output_back;
    __typeof__(k_lstm_back) *lstm_back;
    __typeof__(k_gru_state) *gru_state;
    __typeof__(k_gru_back) *gru_back;
    __typeof__(k_sgd) *sgd;
    __typeof__(k_rmsprop) *rmsprop;
    __typeof__(k_adam) *adam;
};

/* random.c, likewise */
struct k_randoms {
    void (*uniform)(double *out, size_t count, const uint64_t key[2]);
    void (*gaussian)(double *out, size_t count, double deviation, const uint64_t key[2]);
};

extern const struct k_products k_products_plain, k_products_avx2, k_products_avx512;
extern const struct k_maps k_maps_plain, k_maps_avx2, k_maps_avx512;
extern const struct k_elements k_elements_plain, k_elements_avx2, k_elements_avx512;
extern const struct k_randoms k_randoms_plain, k_randoms_avx2, k_randoms_avx512;

struct k_level {
    const char *name;
    const struct k_products *products;
    const struct k_maps *maps;
    const struct k_elements *elements;
    const struct k_randoms *randoms;
};

/* Level 0 is plain and always there; NULL above the last one this processor runs. */
const struct k_level *k_level(int level);

#endif
