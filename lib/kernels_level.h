/* One table of kernels for each instruction-set level the library was built for. kernels.c picks the best one
 * the processor runs; a test may compare them all. Levels with fused multiply-add (all but the plain x86-64
 * one) give identical bits. */
#ifndef KERNELS_LEVEL_H
#define KERNELS_LEVEL_H

#include <stddef.h>

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

/* A packed W is panels of up to four strips of eight rows, the last strip filled up with zeros:
 * [panel][column] [row of the panel], so that a product reads it from end to end. */
enum { K_STRIP = 8, K_PANEL = 4 };

static inline struct k_cut k_cut_rows(size_t rows) {
    return k_cut((rows + K_STRIP - 1) / K_STRIP, K_PANEL);
}

/* Sums of squares are kept in sixteen lanes (element i in lane i mod 16) and added as a binary tree. */
enum { K_LANES = 16 };

typedef void k_product_kernel(double *out, const double *packed, const double *x, size_t batch, size_t rows,
                              size_t cols);
typedef void k_outer_kernel(double *W, const double *a, const double *x, size_t count, size_t rows,
                            size_t cols);
typedef void k_forward_kernel(double *h, const double *bias, size_t batch, size_t hidden);
typedef double k_back_kernel(double *da, const double *dh, const double *h, size_t count);

/* The functions of kernels.h that depend on the level, under the same names. */
struct k_table {
    const char *name;
    int fused; /* 1 where a * b + c is rounded once */
    k_product_kernel *product, *product_add;
    k_outer_kernel *outer_add;
    void (*column_sums_add)(double *b, const double *a, size_t count, size_t cols);
    k_forward_kernel *sigmoid, *tanh, *relu, *linear;
    k_back_kernel *sigmoid_back, *tanh_back, *relu_back, *linear_back;
    double (*sum_squares)(const double *x, size_t count);
    void (*scale)(double *x, double factor, size_t count);
    int (*finite)(const double *x, size_t count);
};

extern const struct k_table k_table_plain, k_table_avx2, k_table_avx512;

/* Level 0 is plain and always there; NULL above the last one this processor runs. */
const struct k_table *k_level(int level);

#endif
