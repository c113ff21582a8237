/* The arithmetic of kernels.h, built once per instruction-set level: -DLEVEL=plain, avx2 or avx512 with the
 * flags of that level. Plain C on the vector types of GCC and Clang; no intrinsics.
 *
 * What makes the bits equal on every level with fused multiply-add:
 *   - an output of a product is one chain of fused multiply-adds over the summed index in increasing order,
 *     whatever the tile it is computed in;
 *   - sums of squares are kept in sixteen lanes and added as one tree;
 *   - everything else acts on single elements. */
#include "kernels_level.h"

#include <string.h>

#if defined __AVX512F__
enum { LANES = 8 };
#elif defined __AVX2__
enum { LANES = 4 };
#else
enum { LANES = 2 };
#endif

#if defined __FMA__ || defined __aarch64__ || defined __FP_FAST_FMA
#define FUSED 1
#else
#define FUSED 0 /* here fma() is a function of hundreds of cycles */
#endif

#define INLINE static inline __attribute__((always_inline))
/* The loops so marked run over registers; unless they vanish, the registers live in memory. */
#if defined __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

typedef double vec __attribute__((vector_size(LANES * sizeof(double))));
typedef long long bits __attribute__((vector_size(LANES * sizeof(double))));
typedef double loose __attribute__((vector_size(LANES * sizeof(double)), aligned(sizeof(double)), may_alias));

INLINE vec load(const double *x) {
    return *(const loose *)x;
}

INLINE void store(double *x, vec value) {
    *(loose *)x = value;
}

INLINE vec splat(double x) {
    return x - (vec){ 0 };
}

/* a b + c, rounded once where the processor can. This file is built with -ffp-contract=fast, and this is the
 * one place where a product is added: compilers are sure to make it one instruction, but not of __builtin_fma
 * on each element of a vector, which at times becomes eight. The unit test holds the bits. */
INLINE vec fma_of(vec a, vec b, vec c) {
    return a * b + c;
}

/* ---- products -------------------------------------------------------------------------------------- */

/* out[c][row] (+)= sum_k panel[k][row] x[c][k], for rows in strips of eight and k = 0..depth-1 */
struct block {
    double *out;
    size_t out_column; /* doubles from out[c] to out[c + 1] */
    const double *panel;
    size_t strip; /* doubles from one strip to the next */
    const double *x;
    size_t x_column, x_step; /* doubles from x[c] to x[c + 1], and from x[c][k] to x[c][k + 1] */
    size_t depth;
    int add;
};

enum { PER_STRIP = K_STRIP / LANES };

/* One tile: `strips` strips and `columns` columns, all its sums in registers. Both numbers are constants. */
INLINE void tile(const struct block *b, const int strips, const int columns) {
    vec sum[6][8 * PER_STRIP];
    double *const out = b->out;
    UNROLL
    for (int c = 0; c < columns; c++)
        UNROLL
    for (int v = 0; v < strips * PER_STRIP; v++)
        sum[c][v] = b->add ? load(out + (size_t)c * b->out_column + v * LANES) : splat(0);
    const double *panel = b->panel, *x = b->x;
    for (size_t k = b->depth; k > 0; k--, panel += K_STRIP, x += b->x_step) {
        vec w[8 * PER_STRIP];
        UNROLL
        for (int v = 0; v < strips * PER_STRIP; v++)
            w[v] = load(panel + (size_t)(v / PER_STRIP) * b->strip + v % PER_STRIP * LANES);
        UNROLL
        for (int c = 0; c < columns; c++) {
            const vec factor = splat(x[(size_t)c * b->x_column]);
            UNROLL
            for (int v = 0; v < strips * PER_STRIP; v++)
                sum[c][v] = fma_of(w[v], factor, sum[c][v]);
        }
    }
    UNROLL
    for (int c = 0; c < columns; c++)
        UNROLL
    for (int v = 0; v < strips * PER_STRIP; v++)
        store(out + (size_t)c * b->out_column + v * LANES, sum[c][v]);
}

/* The tiles a level has registers for. Fewer columns take more strips: some eight sums must be in flight to
 * hide the latency of an addition. */
#define TILE(strips, columns)                                                                                \
    static void tile_##strips##_##columns(const struct block *b) {                                           \
        tile(b, strips, columns);                                                                            \
    }
typedef void tile_function(const struct block *b);
enum { MOST_STRIPS = 8 };

#if defined __AVX512F__
enum { MOST_COLUMNS = 6 };
/* the most strips for a number of columns */
static const size_t heights[] = { 1, 8, 4, 4, 4, 4, 4 };
TILE(1, 1)
TILE(2, 1)
TILE(3, 1)
TILE(4, 1) TILE(5, 1) TILE(6, 1) TILE(7, 1) TILE(8, 1) TILE(1, 2) TILE(2, 2) TILE(3, 2) TILE(4, 2) TILE(1, 3)
    TILE(2, 3) TILE(3, 3) TILE(4, 3) TILE(1, 4) TILE(2, 4) TILE(3, 4) TILE(4, 4) TILE(1, 5) TILE(2, 5)
        TILE(3, 5) TILE(4, 5) TILE(1, 6) TILE(2, 6) TILE(3, 6)
            TILE(4, 6) static tile_function *const tiles[][MOST_STRIPS + 1] = {
                { 0 },
                { 0, tile_1_1, tile_2_1, tile_3_1, tile_4_1, tile_5_1, tile_6_1, tile_7_1, tile_8_1 },
                { 0, tile_1_2, tile_2_2, tile_3_2, tile_4_2 },
                { 0, tile_1_3, tile_2_3, tile_3_3, tile_4_3 },
                { 0, tile_1_4, tile_2_4, tile_3_4, tile_4_4 },
                { 0, tile_1_5, tile_2_5, tile_3_5, tile_4_5 },
                { 0, tile_1_6, tile_2_6, tile_3_6, tile_4_6 },
            };
#elif defined __AVX2__
enum { MOST_COLUMNS = 6 };
static const size_t heights[] = { 1, 4, 2, 2, 1, 1, 1 };
TILE(1, 1)
TILE(2, 1)
TILE(3, 1)
TILE(4, 1) TILE(1, 2) TILE(2, 2) TILE(1, 3) TILE(2, 3) TILE(1, 4) TILE(1, 5)
    TILE(1, 6) static tile_function *const tiles[][MOST_STRIPS + 1] = {
        { 0 },
        { 0, tile_1_1, tile_2_1, tile_3_1, tile_4_1 },
        { 0, tile_1_2, tile_2_2 },
        { 0, tile_1_3, tile_2_3 },
        { 0, tile_1_4 },
        { 0, tile_1_5 },
        { 0, tile_1_6 },
    };
#elif defined __aarch64__ /* 32 registers of two doubles */
enum { MOST_COLUMNS = 6 };
static const size_t heights[] = { 1, 3, 2, 1, 1, 1, 1 };
TILE(1, 1)
TILE(2, 1)
TILE(3, 1)
TILE(1, 2) TILE(2, 2) TILE(1, 3) TILE(1, 4) TILE(1, 5)
    TILE(1, 6) static tile_function *const tiles[][MOST_STRIPS + 1] = {
        { 0 },
        { 0, tile_1_1, tile_2_1, tile_3_1 },
        { 0, tile_1_2, tile_2_2 },
        { 0, tile_1_3 },
        { 0, tile_1_4 },
        { 0, tile_1_5 },
        { 0, tile_1_6 },
    };
#else /* sixteen registers of two doubles, or unknown */
enum { MOST_COLUMNS = 2 };
static const size_t heights[] = { 1, 2, 1 };
TILE(1, 1)
TILE(2, 1)
TILE(1, 2)
static tile_function *const tiles[][MOST_STRIPS + 1] = {
    { 0 },
    { 0, tile_1_1, tile_2_1 },
    { 0, tile_1_2 },
};
#endif

/* A length cut into pieces as equal as possible: thirteen strips at most four high make 4 + 3 + 3 + 3, not
 * 4 + 4 + 4 + 1, whose last would wait for every addition. The first `longer` pieces have one more. */
struct cut {
    size_t pieces, length, longer;
};

INLINE struct cut cut(size_t whole, size_t most) {
    if (whole <= most) /* a division takes as long as a short product */
        return (struct cut){ whole > 0, whole, 0 };
    const size_t pieces = (whole + most - 1) / most;
    return (struct cut){ pieces, whole / pieces, whole % pieces };
}

/* A tile whose last strip reaches beyond out: through a buffer, of which `rows` rows count. */
static void ragged_tile(const struct block *b, size_t rows, size_t strips, size_t columns) {
    double buffer[MOST_COLUMNS * MOST_STRIPS * K_STRIP] = { 0 };
    struct block inner = *b;
    inner.out = buffer;
    inner.out_column = strips * K_STRIP;
    for (size_t c = 0; b->add && c < columns; c++)
        memcpy(buffer + c * inner.out_column, b->out + c * b->out_column, rows * sizeof *buffer);
    tiles[columns][strips](&inner);
    for (size_t c = 0; c < columns; c++)
        memcpy(b->out + c * b->out_column, buffer + c * inner.out_column, rows * sizeof *buffer);
}

/* A block of any size, tile by tile. */
static void multiply(const struct block *whole, size_t rows, size_t columns) {
    const struct cut wide = cut(columns, MOST_COLUMNS);
    const size_t widest = wide.length + (wide.longer > 0);
    const struct cut high = cut((rows + K_STRIP - 1) / K_STRIP, heights[widest]);
    struct block b = *whole;
    for (size_t i = 0, row = 0; wide.pieces && i < high.pieces; i++) {
        const size_t height = high.length + (i < high.longer), end = row + height * K_STRIP;
        b.out = whole->out + row;
        b.x = whole->x;
        for (size_t j = 0; j < wide.pieces; j++) {
            const size_t width = wide.length + (j < wide.longer);
            if (end > rows)
                ragged_tile(&b, rows - row, height, width);
            else
                tiles[width][height](&b);
            b.x += width * b.x_column;
            b.out += width * b.out_column;
        }
        b.panel += height * b.strip;
        row = end;
    }
}

static void product(double *out, const double *packed, const double *x, size_t batch, size_t rows,
                    size_t cols) {
    const struct block block = { out, rows, packed, K_STRIP * cols, x, cols, 1, cols, 0 };
    multiply(&block, rows, batch);
}

static void product_add(double *out, const double *packed, const double *x, size_t batch, size_t rows,
                        size_t cols) {
    const struct block block = { out, rows, packed, K_STRIP * cols, x, cols, 1, cols, 1 };
    multiply(&block, rows, batch);
}

/* For W += sum_n a[n] x[n]^T a few columns of x over a few n are copied to a panel of strips: near one
 * another, in order, and filled up with zeros. */
enum { OUTER_DEPTH = 64, OUTER_STRIPS = 4 };

static void copy_panel(double *panel, const double *x, size_t depth, size_t width, size_t cols) {
    for (size_t first = 0; first < width; first += K_STRIP, panel += depth * K_STRIP)
        for (size_t n = 0; n < depth; n++)
            if (width - first >= K_STRIP)
                memcpy(panel + n * K_STRIP, x + n * cols + first, K_STRIP * sizeof *x);
            else {
                memset(panel + n * K_STRIP, 0, K_STRIP * sizeof *x);
                memcpy(panel + n * K_STRIP, x + n * cols + first, (width - first) * sizeof *x);
            }
}

static void outer_add(double *W, const double *a, const double *x, size_t count, size_t rows, size_t cols) {
    double panel[OUTER_STRIPS * K_STRIP * OUTER_DEPTH] __attribute__((aligned(64)));
    for (size_t n = 0; n < count; n += OUTER_DEPTH) {
        const size_t depth = count - n < OUTER_DEPTH ? count - n : OUTER_DEPTH;
        for (size_t j = 0; j < cols; j += OUTER_STRIPS * K_STRIP) {
            const size_t width = cols - j < OUTER_STRIPS * K_STRIP ? cols - j : OUTER_STRIPS * K_STRIP;
            copy_panel(panel, x + n * cols + j, depth, width, cols);
            const struct block block = {
                W + j, cols, panel, K_STRIP * depth, a + n * rows, 1, rows, depth, 1
            };
            multiply(&block, width, rows);
        }
    }
}

static void column_sums_add(double *b, const double *a, size_t count, size_t cols) {
    size_t j = 0;
    for (; j + K_STRIP <= cols; j += K_STRIP) {
        vec sum[PER_STRIP];
        UNROLL
        for (int v = 0; v < PER_STRIP; v++)
            sum[v] = load(b + j + v * LANES);
        for (size_t n = 0; n < count; n++)
            UNROLL
        for (int v = 0; v < PER_STRIP; v++)
            sum[v] += load(a + n * cols + j + v * LANES);
        UNROLL
        for (int v = 0; v < PER_STRIP; v++)
            store(b + j + v * LANES, sum[v]);
    }
    for (; j < cols; j++)
        for (size_t n = 0; n < count; n++)
            b[j] += a[n * cols + j];
}

/* ---- activations ----------------------------------------------------------------------------------- */

INLINE vec choose(bits where, vec yes, vec no) {
    return (vec)((where & (bits)yes) | (~where & (bits)no));
}

/* expm1(a) in two parts, for |a| <= 746: a = n ln 2 + r, |r| <= ln 2 / 2, 2^n is `power`, expm1(r) is `rest`.
 *
 * ln 2 is split so that n LN2_HIGH is exact. expm1(r) = r + r^2 (1/2 + r q(r)), where q of degree 8 makes the
 * largest relative error of the whole the smallest possible, 2^-55.2 (Remez exchange in 60 digits); the terms
 * of odd and even degree are two chains, which halves the wait. An integer is added by a large constant that
 * leaves its bits at the low end of the sum; from there they move to the exponent of 2^n. */
struct split_exponential {
    vec power, rest;
};

INLINE struct split_exponential split_exponential(vec a, bits bump) {
    static const double PER_LN2 = 0x1.71547652b82fep+0, LN2_HIGH = 0x1.62e42feep-1;
    static const double LN2_LOW = 0x1.a39ef35793c76p-33, SHIFT = 0x1.8p52;
    const vec shifted = fma_of(a, splat(PER_LN2), splat(SHIFT)), n = shifted - SHIFT;
    const vec r = fma_of(n, splat(-LN2_LOW), fma_of(n, splat(-LN2_HIGH), a)), square = r * r;
    vec odd = fma_of(square, splat(0x1.ae490560a1662p-26), splat(0x1.71de976b68268p-19));
    vec even = fma_of(square, splat(0x1.28975925ca438p-22), splat(0x1.a019b3a8069c0p-16));
    odd = fma_of(square, odd, splat(0x1.a01a0171b458ep-13));
    even = fma_of(square, even, splat(0x1.6c16c179fbbb0p-10));
    odd = fma_of(square, odd, splat(0x1.1111111118cf4p-7));
    even = fma_of(square, even, splat(0x1.5555555553b15p-5));
    odd = fma_of(square, odd, splat(0x1.555555555553ep-3));
    even = fma_of(square, even, splat(0.5));
    const vec q = fma_of(r, odd, even);
    const bits power = (((bits)shifted + bump + 1023) << 52);
    return (struct split_exponential){ (vec)power, fma_of(square, q, r) };
}

/* tanh(a) = e / (e + 2), e = expm1(2 |a|), and the sign of a. From |a| = 18.7 on the value is 1, 1.03 units
 * in the last place too large there: a little later e + 2 would be rounded now up, now down, and tanh not
 * rise. */
INLINE vec tanh_of(vec a) {
    const bits sign = (bits)a & (bits)splat(-0.0);
    const vec magnitude = (vec)((bits)a ^ sign);
    const vec twice = 2 * choose(magnitude > 18.7, splat(22), magnitude); /* a NaN stays */
    const struct split_exponential s = split_exponential(twice, (bits){ 0 });
    const vec e = fma_of(s.power, s.rest, s.power - 1);
    return (vec)((bits)(e / (e + 2)) | sign);
}

/* sigmoid(a) = 1 / (1 + z) or z / (1 + z), z = exp(-|a|). Below a = -700, where z may be subnormal, z is
 * 2^128 times too large until the end. Beyond 40 the value is 1; below -746 it is 0. */
INLINE vec sigmoid_of(vec a) {
    a = choose(a > 40, splat(40), a);
    a = choose(a < -746, splat(-746), a);
    const bits deep = a < -700;
    const vec falling = (vec)((bits)a | (bits)splat(-0.0));
    const struct split_exponential s = split_exponential(falling, deep & 128);
    const vec z = fma_of(s.power, s.rest, s.power);
    const vec quotient = choose(a < 0, z, splat(1)) / (1 + z);
    return quotient * choose(deep, splat(0x1p-128), splat(1));
}

INLINE vec relu_of(vec a) {
    return choose(a <= 0, splat(0), a); /* a NaN stays */
}

INLINE vec linear_of(vec a) {
    return a;
}

/* h = phi(h + bias). Rows of whole vectors in one pass; others are one flat array once the bias is added. */
INLINE void forward(double *h, const double *bias, size_t batch, size_t hidden, vec (*phi)(vec)) {
    if (hidden % LANES == 0) {
        for (size_t b = 0; b < batch; b++)
            for (size_t i = 0; i < hidden; i += LANES)
                store(h + b * hidden + i, phi(load(h + b * hidden + i) + load(bias + i)));
        return;
    }
    const size_t count = batch * hidden;
    for (size_t b = 0; b < batch; b++)
        for (size_t i = 0; i < hidden; i++)
            h[b * hidden + i] += bias[i];
    size_t i = 0;
    for (; i + LANES <= count; i += LANES)
        store(h + i, phi(load(h + i)));
    double rest[LANES] = { 0 };
    memcpy(rest, h + i, (count - i) * sizeof *h);
    store(rest, phi(load(rest)));
    memcpy(h + i, rest, (count - i) * sizeof *h);
}

INLINE vec tanh_back_of(vec dh, vec h) {
    return dh * fma_of(-h, h, splat(1));
}

INLINE vec sigmoid_back_of(vec dh, vec h) {
    return dh * (h * (1 - h));
}

INLINE vec relu_back_of(vec dh, vec h) {
    return dh * (vec)((h > 0) & (bits)splat(1));
}

INLINE vec linear_back_of(vec dh, vec h) {
    (void)h;
    return dh;
}

enum { PER_LANES = K_LANES / LANES };

struct lanes {
    vec part[PER_LANES];
};

/* Adds the sixteen lanes as a binary tree: i and i + 8, then i and i + 4, ... */
static double tree_sum(const struct lanes *lanes) {
    double s[K_LANES];
    for (int v = 0; v < PER_LANES; v++)
        store(s + v * LANES, lanes->part[v]);
    for (int half = K_LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            s[i] += s[i + half];
    return s[0];
}

/* Sixteen elements: da = dh * phi'(a), and the squares of dh */
INLINE void back_sixteen(double *da, struct lanes *squares, const double *dh, const double *h,
                         vec (*pull)(vec, vec)) {
    UNROLL
    for (int v = 0; v < PER_LANES; v++) {
        const vec outer = load(dh + v * LANES);
        store(da + v * LANES, pull(outer, load(h + v * LANES)));
        squares->part[v] = fma_of(outer, outer, squares->part[v]);
    }
}

INLINE double back(double *da, const double *dh, const double *h, size_t count, vec (*pull)(vec, vec)) {
    struct lanes squares = { 0 };
    size_t i = 0;
    for (; i + K_LANES <= count; i += K_LANES)
        back_sixteen(da + i, &squares, dh + i, h + i, pull);
    if (i < count) {
        double rest[3][K_LANES] = { 0 };
        memcpy(rest[1], dh + i, (count - i) * sizeof *dh);
        memcpy(rest[2], h + i, (count - i) * sizeof *h);
        back_sixteen(rest[0], &squares, rest[1], rest[2], pull);
        memcpy(da + i, rest[0], (count - i) * sizeof *da);
    }
    return tree_sum(&squares);
}

#define FORWARD(phi)                                                                                         \
    static void forward_##phi(double *h, const double *bias, size_t batch, size_t hidden) {                  \
        forward(h, bias, batch, hidden, phi##_of);                                                           \
    }
FORWARD(sigmoid)
FORWARD(tanh)
FORWARD(relu)
FORWARD(linear)

#define BACK(phi)                                                                                            \
    static double back_##phi(double *da, const double *dh, const double *h, size_t count) {                  \
        return back(da, dh, h, count, phi##_back_of);                                                        \
    }
BACK(sigmoid)
BACK(tanh)
BACK(relu)
BACK(linear)

/* ---- the rest -------------------------------------------------------------------------------------- */

static double sum_squares(const double *x, size_t count) {
    struct lanes sum = { 0 };
    size_t i = 0;
    for (; i + K_LANES <= count; i += K_LANES)
        UNROLL
    for (int v = 0; v < PER_LANES; v++)
        sum.part[v] = fma_of(load(x + i + v * LANES), load(x + i + v * LANES), sum.part[v]);
    double rest[K_LANES] = { 0 };
    memcpy(rest, x + i, (count - i) * sizeof *x);
    for (int v = 0; v < PER_LANES; v++)
        sum.part[v] = fma_of(load(rest + v * LANES), load(rest + v * LANES), sum.part[v]);
    return tree_sum(&sum);
}

static void scale(double *x, double factor, size_t count) {
    for (size_t i = 0; i < count; i++)
        x[i] *= factor;
}

/* 0 x is NaN for an infinity or a NaN, and a NaN survives every addition. */
static int all_finite(const double *x, size_t count) {
    struct lanes sum = { 0 };
    size_t i = 0;
    for (; i + K_LANES <= count; i += K_LANES)
        UNROLL
    for (int v = 0; v < PER_LANES; v++)
        sum.part[v] = fma_of(load(x + i + v * LANES), splat(0), sum.part[v]);
    double total = tree_sum(&sum);
    for (; i < count; i++)
        total += 0 * x[i];
    return total == 0;
}

#define JOIN(a, b)     a##b
#define NAME_OF(level) JOIN(k_table_, level)
#define QUOTE(level)   #level
#define TEXT_OF(level) QUOTE(level)
const struct k_table NAME_OF(LEVEL) = {
    TEXT_OF(LEVEL),  FUSED,        product,      product_add,    outer_add,    column_sums_add,
    forward_sigmoid, forward_tanh, forward_relu, forward_linear, back_sigmoid, back_tanh,
    back_relu,       back_linear,  sum_squares,  scale,          all_finite,
};
