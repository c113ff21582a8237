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
#define UNROLL _Pragma("GCC unroll 32")
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

/* out[c][row] (+)= sum_k panel[k][row] x[c][k], for some rows and k = 0..depth-1 */
struct block {
    double *out;
    size_t out_column; /* doubles from out[c] to out[c + 1] */
    const double *panel;
    size_t panel_step; /* doubles from panel[k] to panel[k + 1] */
    const double *x;
    size_t x_column, x_step; /* doubles from x[c] to x[c + 1], and from x[c][k] to x[c][k + 1] */
    size_t depth;
    int add;
};

enum { PER_STRIP = K_STRIP / LANES, MOST_STRIPS = 2 * K_PANEL, MOST_COLUMNS = 6 };
enum { MOST_VECTORS = MOST_STRIPS * PER_STRIP };

/* One tile: `strips` strips and `columns` columns, all its sums in registers. Both numbers are constants.
 * More strips than a panel has are two panels, which follow one another. The loops run to the most there can
 * be and ask inside, because Clang keeps a loop of a single round too long, and its sums in memory. */
INLINE void tile(const struct block *b, const int strips, const int columns) {
    const int first = strips > K_PANEL ? (strips + 1) / 2 : strips, vectors = strips * PER_STRIP;
    const size_t step = strips > K_PANEL ? (size_t)first * K_STRIP : b->panel_step, depth = b->depth;
    const double *panel = b->panel, *next = panel + depth * step, *x = b->x;
    double *out = b->out;
    vec sum[MOST_COLUMNS][MOST_VECTORS], w[MOST_VECTORS];
    UNROLL
    for (int c = 0; c < MOST_COLUMNS; c++) {
        UNROLL
        for (int v = 0; v < MOST_VECTORS; v++)
            if (c < columns && v < vectors)
                sum[c][v] = b->add ? load(out + (size_t)c * b->out_column + v * LANES) : splat(0);
    }
    for (size_t k = 0; k < depth; k++) {
        UNROLL
        for (int v = 0; v < MOST_VECTORS; v++)
            if (v < vectors)
                w[v] =
                    load(v < first * PER_STRIP ? panel + v * LANES : next + (v - first * PER_STRIP) * LANES);
        UNROLL
        for (int c = 0; c < MOST_COLUMNS; c++) {
            const vec factor = splat(c < columns ? x[(size_t)c * b->x_column] : 0);
            UNROLL
            for (int v = 0; v < MOST_VECTORS; v++)
                if (c < columns && v < vectors)
                    sum[c][v] = fma_of(w[v], factor, sum[c][v]);
        }
        panel += step;
        next += (strips - first) * K_STRIP;
        x += b->x_step;
    }
    UNROLL
    for (int c = 0; c < MOST_COLUMNS; c++) {
        UNROLL
        for (int v = 0; v < MOST_VECTORS; v++)
            if (c < columns && v < vectors)
                store(out + (size_t)c * b->out_column + v * LANES, sum[c][v]);
    }
}

/* The tiles (strips, columns) a level has registers for, and the most strips for each number of columns.
 * Fewer columns take more strips: some eight sums must be in flight to hide the latency of an addition. */
#if defined __AVX512F__
/* clang-format off */
#define TILES(X)                                                                                             \
    X(1, 1) X(2, 1) X(3, 1) X(4, 1) X(5, 1) X(6, 1) X(7, 1) X(8, 1)                                          \
    X(1, 2) X(2, 2) X(3, 2) X(4, 2) X(1, 3) X(2, 3) X(3, 3) X(4, 3)                                          \
    X(1, 4) X(2, 4) X(3, 4) X(4, 4) X(1, 5) X(2, 5) X(3, 5) X(4, 5)                                          \
    X(1, 6) X(2, 6) X(3, 6) X(4, 6)
/* clang-format on */
static const size_t heights[] = { 1, 8, 4, 4, 4, 4, 4 };
#elif defined __AVX2__
#define TILES(X) X(1, 1) X(2, 1) X(3, 1) X(4, 1) X(1, 2) X(2, 2) X(1, 3) X(2, 3) X(1, 4) X(1, 5) X(1, 6)
static const size_t heights[] = { 1, 4, 2, 2, 1, 1, 1 };
#elif defined __aarch64__ /* 32 registers of two doubles */
#define TILES(X) X(1, 1) X(2, 1) X(3, 1) X(1, 2) X(2, 2) X(1, 3) X(1, 4) X(1, 5) X(1, 6)
static const size_t heights[] = { 1, 3, 2, 1, 1, 1, 1 };
#else /* sixteen registers of two doubles, or unknown */
#define TILES(X) X(1, 1) X(2, 1) X(1, 2)
static const size_t heights[] = { 1, 2, 1 };
#endif

#define DEFINE(strips, columns)                                                                              \
    static void tile_##strips##_##columns(const struct block *b) {                                           \
        tile(b, strips, columns);                                                                            \
    }
#define ENTRY(strips, columns) [columns][strips] = tile_##strips##_##columns,
TILES(DEFINE)
static void (*const tiles[MOST_COLUMNS + 1][MOST_STRIPS + 1])(const struct block *b) = { TILES(ENTRY) };
enum { WIDEST = sizeof heights / sizeof *heights - 1 };

/* A tile that reaches beyond the last row goes through a buffer, of which `rows` rows count. */
static void ragged_tile(const struct block *b, size_t rows, size_t strips, size_t columns) {
    double buffer[MOST_COLUMNS * K_PANEL * K_STRIP] = { 0 };
    const size_t column = strips * K_STRIP;
    const struct block inner = { buffer,      column,    b->panel, b->panel_step, b->x,
                                 b->x_column, b->x_step, b->depth, b->add };
    for (size_t c = 0; b->add && c < columns; c++)
        memcpy(buffer + c * column, b->out + c * b->out_column, rows * sizeof *buffer);
    tiles[columns][strips](&inner);
    for (size_t c = 0; c < columns; c++)
        memcpy(b->out + c * b->out_column, buffer + c * column, rows * sizeof *buffer);
}

/* Tiles of one height side by side, for all columns; `rows` are left from here on. */
INLINE void multiply_row(struct block *b, size_t rows, size_t strips, struct k_cut wide) {
    double *const out = b->out;
    const double *const x = b->x;
    for (size_t j = 0; j < wide.pieces; j++) {
        const size_t width = k_piece(wide, j);
        if (strips * K_STRIP > rows)
            ragged_tile(b, rows, strips, width);
        else
            tiles[width][strips](b);
        b->x += width * b->x_column;
        b->out += width * b->out_column;
    }
    b->out = out + strips * K_STRIP;
    b->x = x;
}

/* A block of any size, tile by tile. Inlined, because a structure read soon after it was written in other
 * pieces is waited for. */
INLINE void multiply(struct block b, size_t rows, size_t columns) {
    const struct k_cut wide = k_cut(columns, WIDEST), panels = k_cut_rows(rows);
    const size_t most = heights[k_piece(wide, 0)], depth = b.depth;
    for (size_t i = 0, row = 0; i < panels.pieces; i++) {
        const size_t height = k_piece(panels, i), both = height + k_piece(panels, i + 1);
        b.panel_step = height * K_STRIP;
        if (most > K_PANEL && i + 1 < panels.pieces) {
            multiply_row(&b, rows - row, both, wide);
            b.panel += both * K_STRIP * depth;
            row += both * K_STRIP;
            i++;
            continue;
        }
        const struct k_cut parts = k_cut(height, most);
        const double *const panel = b.panel;
        for (size_t j = 0; j < parts.pieces; j++) {
            multiply_row(&b, rows - row, k_piece(parts, j), wide);
            b.panel += k_piece(parts, j) * K_STRIP;
            row += k_piece(parts, j) * K_STRIP;
        }
        b.panel = panel + height * K_STRIP * depth;
    }
}

static void product(double *out, const double *packed, const double *x, size_t batch, size_t rows,
                    size_t cols) {
    multiply((struct block){ out, rows, packed, 0, x, cols, 1, cols, 0 }, rows, batch);
}

static void product_add(double *out, const double *packed, const double *x, size_t batch, size_t rows,
                        size_t cols) {
    multiply((struct block){ out, rows, packed, 0, x, cols, 1, cols, 1 }, rows, batch);
}

/* For W += sum_n a[n] x[n]^T a few columns of x over a few n are copied to a panel: near one another, in
 * order, and filled up with zeros. */
enum { OUTER_DEPTH = 64, OUTER_COLS = K_PANEL * K_STRIP };

static void copy_panel(double *panel, const double *x, size_t depth, size_t width, size_t cols) {
    for (size_t n = 0; n < depth; n++, x += cols)
        for (size_t i = 0; i < width; i += K_STRIP, panel += K_STRIP)
            if (i + K_STRIP <= width)
                memcpy(panel, x + i, K_STRIP * sizeof *x);
            else
                for (size_t j = 0; j < K_STRIP; j++)
                    panel[j] = i + j < width ? x[i + j] : 0;
}

static void outer_add(double *W, const double *a, const double *x, size_t count, size_t rows, size_t cols) {
    double panel[OUTER_COLS * OUTER_DEPTH] __attribute__((aligned(64)));
    for (size_t n = 0; n < count; n += OUTER_DEPTH) {
        const size_t depth = count - n < OUTER_DEPTH ? count - n : OUTER_DEPTH;
        for (size_t j = 0; j < cols; j += OUTER_COLS) {
            const size_t width = cols - j < OUTER_COLS ? cols - j : OUTER_COLS;
            copy_panel(panel, x + n * cols + j, depth, width, cols);
            multiply((struct block){ W + j, cols, panel, 0, a + n * rows, 1, rows, depth, 1 }, width, rows);
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

/* expm1(a) in two parts, for |a| <= 746: a = n ln 2 + r, 2^n is `power`, expm1(r) is `rest`.
 *
 * ln 2 is split so that n LN2_HIGH is exact. r lies in 0.17 -+ ln 2 / 2: off the middle for tanh, see there.
 * expm1(r) = r + r^2 (1/2 + r q(r)), where q of degree 8 makes the largest relative error of the whole the
 * smallest possible, 2^-55.1 (Remez exchange in 60 digits); the terms of odd and even degree are two chains,
 * which halves the wait. An integer is added by a large constant that leaves its bits at the low end of the
 * sum; from there they move to the exponent of 2^n. */
struct split_exponential {
    vec power, rest;
};

INLINE struct split_exponential split_exponential(vec a, bits bump) {
    static const double PER_LN2 = 0x1.71547652b82fep+0, LN2_HIGH = 0x1.62e42feep-1;
    static const double LN2_LOW = 0x1.a39ef35793c76p-33, SHIFT = 0x1.8p52, MIDDLE = 0.17;
    const vec shifted = fma_of(a - MIDDLE, splat(PER_LN2), splat(SHIFT)), n = shifted - SHIFT;
    const vec r = fma_of(n, splat(-LN2_LOW), fma_of(n, splat(-LN2_HIGH), a)), square = r * r;
    vec odd = fma_of(square, splat(0x1.f4ed6c2eb7fe1p-26), splat(0x1.71f2c0bd20dc9p-19));
    vec even = fma_of(square, splat(0x1.25003129c4904p-22), splat(0x1.a01a524f6ed47p-16));
    odd = fma_of(square, odd, splat(0x1.a019fb7cd35ecp-13));
    even = fma_of(square, even, splat(0x1.6c16c1742e7adp-10));
    odd = fma_of(square, odd, splat(0x1.111111118c534p-7));
    even = fma_of(square, even, splat(0x1.5555555553bd2p-5));
    odd = fma_of(square, odd, splat(0x1.555555555549ap-3));
    even = fma_of(square, even, splat(0.5));
    const vec q = fma_of(r, odd, even);
    const bits power = (((bits)shifted + bump + 1023) << 52);
    return (struct split_exponential){ (vec)power, fma_of(square, q, r) };
}

/* |tanh(a)| = |e / (e + 2)|, e = expm1(2 |a|); below SMALL e = expm1(-2 |a|), since the last place of e + 2
 * is finer below 2. r is exact up to |a| = 0.258, where tanh has passed 1/4 and its last place doubled. From
 * |a| = 18.7 on the value is 1, 1.03 units in the last place too large at first: a little later e + 2 would
 * be rounded now up, now down, and tanh not rise. */
INLINE vec tanh_of(vec a) {
    static const double SMALL = 0.088;
    const bits minus = (bits)splat(-0.0), sign = (bits)a & minus;
    const vec magnitude = (vec)((bits)a ^ sign);
    const vec twice = 2 * choose(magnitude > 18.7, splat(22), magnitude); /* a NaN stays */
    const vec signed_twice = (vec)((bits)twice | ((magnitude < SMALL) & minus));
    const struct split_exponential s = split_exponential(signed_twice, (bits){ 0 });
    const vec e = fma_of(s.power, s.rest, s.power - 1);
    return (vec)(((bits)(e / (e + 2)) & ~minus) | sign);
}

/* sigmoid(a) = 1 / (1 + z) or z / (1 + z), z = exp(-|a|). Below a = -700, where z may be subnormal, z is
 * 2^128 times too large until the end. What 1 + z lost to rounding is given back, to first order in z. Beyond
 * 40 the value is 1; below -746 it is 0. */
INLINE vec sigmoid_of(vec a) {
    a = choose(a > 40, splat(40), a);
    a = choose(a < -746, splat(-746), a);
    const bits deep = a < -700;
    const vec falling = (vec)((bits)a | (bits)splat(-0.0));
    const struct split_exponential s = split_exponential(falling, deep & 128);
    const vec z = fma_of(s.power, s.rest, s.power);
    const vec sum = 1 + z, lost = z - (sum - 1), rough = choose(a < 0, z, splat(1)) / sum;
    const vec quotient = fma_of(-lost, rough, rough);
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
