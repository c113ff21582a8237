/* Everything element by element: activations, their pullbacks, sums of squares. Built once per
 * instruction-set level, as product.c is. Bits are equal on every level with fused multiply-add: sums
 * of squares are kept in sixteen lanes and added as one tree, everything else acts on single elements. */
#include "level.h"
#include "vector.h"

#include <stdint.h>
#include <string.h>

/* ---- activations -------------------------------------------------------------------------------------- */

/* expm1(a) in two parts, for |a| <= 746: a = n ln 2 + r, 2^n is `power`, expm1(r) is found in the next stage.
 *
 * ln 2 is split so that n LN2_HIGH is exact. r lies in 0.17 -+ ln 2 / 2: off the middle for tanh, see there.
 * An integer is added by a large constant that leaves its bits, and the 1023 of an exponent, at the low end of the
 * sum; from there they move to the exponent of 2^n. */
struct reduced {
    vec r, power;
};

INLINE struct reduced reduce(vec a, bits bump) {
    static const double PER_LN2 = 0x1.71547652b82fep+0, LN2_HIGH = 0x1.62e42feep-1;
    static const double LN2_LOW = 0x1.a39ef35793c76p-33, SHIFT = 0x1.8p52 + 1023, MIDDLE = 0.17;
    const vec shifted = fma_of(a - MIDDLE, splat(PER_LN2), splat(SHIFT)), n = shifted - SHIFT;
    const vec r = fma_of(n, splat(-LN2_LOW), fma_of(n, splat(-LN2_HIGH), a));
    return (struct reduced){ r, (vec)(((bits)shifted + bump) << 52) };
}

/* expm1(r) = r + r^2 (1/2 + r q(r)), where q of degree 8 makes the largest relative error of the whole the
 * smallest possible, 2^-55.1 (Remez exchange in 60 digits); the terms of odd and even degree are two chains,
 * which halves the wait. */
INLINE vec expm1_reduced(vec r) {
    const vec square = r * r;
    vec odd = fma_of(square, splat(0x1.f4ed6c2eb7fe1p-26), splat(0x1.71f2c0bd20dc9p-19));
    vec even = fma_of(square, splat(0x1.25003129c4904p-22), splat(0x1.a01a524f6ed47p-16));
    odd = fma_of(square, odd, splat(0x1.a019fb7cd35ecp-13));
    even = fma_of(square, even, splat(0x1.6c16c1742e7adp-10));
    odd = fma_of(square, odd, splat(0x1.111111118c534p-7));
    even = fma_of(square, even, splat(0x1.5555555553bd2p-5));
    odd = fma_of(square, odd, splat(0x1.555555555549ap-3));
    even = fma_of(square, even, splat(0.5));
    return fma_of(square, fma_of(r, odd, even), r);
}

/* |tanh(a)| = |e / (e + 2)|, e = expm1(2 |a|); below SMALL e = expm1(-2 |a|), since the last place of e + 2
 * is finer below 2. r is exact up to |a| = 0.258, where tanh has passed 1/4 and its last place doubled. From
 * |a| = 18.7 on the value is 1, 1.03 units in the last place too large at first: a little later e + 2 would
 * be rounded now up, now down, and tanh not rise. */
INLINE struct reduced tanh_reduce(vec a) {
    static const double SMALL = 0.088;
    const bits minus = (bits)splat(-0.0);
    const vec magnitude = (vec)((bits)a & ~minus);
    const vec twice = 2 * choose(magnitude > 18.7, splat(22), magnitude); /* a NaN stays */
    return reduce((vec)((bits)twice | ((magnitude < SMALL) & minus)), (bits){ 0 });
}

INLINE vec tanh_finish(vec a, vec power, vec rest) {
    const bits minus = (bits)splat(-0.0);
    const vec e = fma_of(power, rest, power - 1);
    return (vec)(((bits)(e / (e + 2)) & ~minus) | ((bits)a & minus));
}

/* exp(a) for a <= 0; below a = -700, where it may be subnormal, 2^128 times too large until the end. Below
 * -746 it is 0. */
INLINE struct reduced exp_reduce(vec a) {
    a = larger(a, splat(-746));
    return reduce(a, (a < -700) & 128);
}

INLINE vec exp_finish(vec a, vec power, vec rest) {
    return fma_of(power, rest, power) * choose(a < -700, splat(0x1p-128), splat(1));
}

/* sigmoid(a) = 1 / (1 + z) or z / (1 + z), z = exp(-|a|). Beyond |a| = 700, where z may be subnormal, z is 2^128 times
 * too large: of a negative a until the end, of a positive one it is nothing beside 1 even so. What 1 + z lost to
 * rounding is given back, to first order in z. Below -746 the value is 0. */
INLINE struct reduced sigmoid_reduce(vec a) {
    const vec minus = larger((vec)((bits)a | (bits)splat(-0.0)), splat(-746)); /* -|a| */
    return reduce(minus, (minus < -700) & 128);
}

INLINE vec sigmoid_finish(vec a, vec power, vec rest) {
    const vec z = fma_of(power, rest, power);
    const vec sum = 1 + z, lost = z - (sum - 1), rough = choose(a < 0, z, splat(1)) / sum;
    const vec quotient = fma_of(-lost, rough, rough);
    return quotient * choose(a < -700, splat(0x1p-128), splat(1));
}

/* The bits of h - h, of all elements together: beyond signs, some if one is an infinity or a NaN. */
INLINE bits add_trace(bits traces, vec h) {
    return traces | (bits)(h - h);
}

INLINE int is_clean(bits traces) {
    long long all = 0;
    for (int i = 0; i < LANES; i++)
        all |= traces[i];
    return (all & INT64_MAX) == 0;
}

/* An activation of whole vectors: h = phi(h); returns their traces. */
typedef bits vectors_kernel(double *h, size_t count);

INLINE bits each(double *h, size_t count, vec (*phi)(vec)) {
    bits traces = { 0 };
    for (size_t i = 0; i < count; i += LANES) {
        const vec value = phi(load(h + i));
        store(h + i, value);
        traces = add_trace(traces, value);
    }
    return traces;
}

/* Elements that go through the stages of an activation together. In one loop over all stages a processor,
 * which looks no more than some hundred instructions ahead, would wait for each stage; in a loop for each it
 * works on the next elements meanwhile. */
enum { CHUNK = 64 };
struct waiting {
    double r[CHUNK], power[CHUNK];
};

INLINE void begin(struct waiting *w, size_t i, vec a, struct reduced (*reduce_of)(vec a)) {
    const struct reduced reduced = reduce_of(a);
    store(w->r + i, reduced.r);
    store(w->power + i, reduced.power);
}

INLINE void exponentials(struct waiting *w, size_t count) {
    for (size_t i = 0; i < count; i += LANES)
        store(w->r + i, expm1_reduced(load(w->r + i)));
}

INLINE bits end(double *h, const struct waiting *w, size_t i, bits traces,
                vec (*finish)(vec a, vec power, vec rest)) {
    const vec value = finish(load(h + i), load(w->power + i), load(w->r + i));
    store(h + i, value);
    return add_trace(traces, value);
}

/* The last stage divides and the first hardly multiplies, so that of a chunk goes along with that of the
 * next. */
INLINE bits in_stages(double *h, size_t count, struct reduced (*reduce_of)(vec a),
                      vec (*finish)(vec a, vec power, vec rest)) {
    struct waiting w __attribute__((aligned(64)));
    bits traces = { 0 };
    size_t now = count < CHUNK ? count : CHUNK;
    for (size_t i = 0; i < now; i += LANES)
        begin(&w, i, load(h + i), reduce_of);
    while (count > now) {
        const size_t next = count - now < CHUNK ? count - now : CHUNK;
        exponentials(&w, now);
        for (size_t i = 0; i < next; i += LANES) {
            traces = end(h, &w, i, traces, finish);
            begin(&w, i, load(h + now + i), reduce_of);
        }
        for (size_t i = next; i < now; i += LANES)
            traces = end(h, &w, i, traces, finish);
        h += now;
        count -= now;
        now = next;
    }
    exponentials(&w, now);
    for (size_t i = 0; i < now; i += LANES)
        traces = end(h, &w, i, traces, finish);
    return traces;
}

INLINE vec relu_of(vec a) {
    return choose(a <= 0, splat(0), a); /* a NaN stays */
}

INLINE vec linear_of(vec a) {
    return a;
}

static bits sigmoid_vectors(double *h, size_t count) {
    return in_stages(h, count, sigmoid_reduce, sigmoid_finish);
}

static bits tanh_vectors(double *h, size_t count) {
    return in_stages(h, count, tanh_reduce, tanh_finish);
}

INLINE bits exp_vectors(double *h, size_t count) {
    return in_stages(h, count, exp_reduce, exp_finish);
}

static bits relu_vectors(double *h, size_t count) {
    return each(h, count, relu_of);
}

static bits linear_vectors(double *h, size_t count) {
    return each(h, count, linear_of);
}

/* h = phi(h); less than a vector at the end is filled up with zeros. */
INLINE int forward(double *h, size_t count, vectors_kernel *phi) {
    const size_t whole = count / LANES * LANES;
    double rest[LANES] = { 0 };
    bits traces = phi(h, whole);
    if (whole < count) {
        memcpy(rest, h + whole, (count - whole) * sizeof *h);
        traces |= phi(rest, LANES);
        memcpy(h + whole, rest, (count - whole) * sizeof *h);
    }
    return is_clean(traces);
}

#define FORWARD(phi)                                                                                         \
    static int forward_##phi(double *h, size_t count) {                                                      \
        return forward(h, count, phi##_vectors);                                                             \
    }
FORWARD(sigmoid)
FORWARD(tanh)
FORWARD(relu)
FORWARD(linear)
FORWARD(exp)

/* ---- softmax ------------------------------------------------------------------------------------------ */

/* The lanes of a sum. */
enum { EIGHT = 8, PER_EIGHT = EIGHT / LANES };

static double largest_of(const double *x, size_t count) {
    vec largest[ABREAST];
    size_t i = 0;
    UNROLL
    for (int v = 0; v < ABREAST; v++)
        largest[v] = splat(x[0]);
    for (; i + ABREAST * LANES <= count; i += ABREAST * LANES)
        UNROLL
    for (int v = 0; v < ABREAST; v++)
        largest[v] = larger(largest[v], load(x + i + v * LANES));
    for (; i + LANES <= count; i += LANES)
        largest[0] = larger(largest[0], load(x + i));
    for (int v = 1; v < ABREAST; v++)
        largest[0] = larger(largest[0], largest[v]);
    double most = largest[0][0];
    for (int l = 1; l < LANES; l++)
        most = largest[0][l] > most ? largest[0][l] : most;
    for (; i < count; i++)
        most = x[i] > most ? x[i] : most;
    return most;
}

/* Of so many rows: eight at a time, each into its lane, and what is left over into the first; the lanes are added in
 * turn. */
INLINE void add_up(double *sum, const double *x, size_t count, const int rows) {
    vec part[ABREAST][PER_EIGHT] = { 0 };
    size_t i = 0;
    for (; i + EIGHT <= count; i += EIGHT)
        UNROLL
    for (int v = 0; v < ABREAST * PER_EIGHT; v++)
        if (v / PER_EIGHT < rows)
            part[v / PER_EIGHT][v % PER_EIGHT] +=
                load(x + (size_t)(v / PER_EIGHT) * count + i + v % PER_EIGHT * LANES);
    for (int r = 0; r < rows; r++) {
        sum[r] = part[r][0][0];
        for (size_t n = i; n < count; n++)
            sum[r] += x[(size_t)r * count + n];
        for (int l = 1; l < EIGHT; l++)
            sum[r] += part[r][l / LANES][l % LANES];
    }
}

INLINE void some_rows(double *restrict out, double *largest, double *sum, const double *x, size_t count,
                      const int rows) {
    for (int r = 0; r < rows; r++) {
        const size_t row = (size_t)r * count;
        largest[r] = largest_of(x + row, count);
        for (size_t i = row; i < row + count; i++)
            out[i] = x[i] - largest[r];
    }
    forward(out, (size_t)rows * count, exp_vectors);
    add_up(sum, out, count, rows);
}

static void softmax(double *restrict out, double *largest, double *sum, const double *x, size_t rows,
                    size_t count) {
    size_t row = 0;
    for (; row + ABREAST <= rows; row += ABREAST)
        some_rows(out + row * count, largest + row, sum + row, x + row * count, count, ABREAST);
    for (; row < rows; row++)
        some_rows(out + row * count, largest + row, sum + row, x + row * count, count, 1);
}

/* ---- pullbacks ---------------------------------------------------------------------------------------- */

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
INLINE double tree_sum(struct lanes lanes) {
    UNROLL
    for (int half = PER_LANES / 2; half > 0; half /= 2)
        for (int v = 0; v < half; v++)
            lanes.part[v] += lanes.part[v + half];
    vec sum = lanes.part[0];
    UNROLL
    for (int half = LANES / 2; half > 0; half /= 2)
        for (int i = 0; i < half; i++)
            sum[i] += sum[i + half];
    return sum[0];
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
    return tree_sum(squares);
}

#define BACK(phi)                                                                                            \
    static double back_##phi(double *da, const double *dh, const double *h, size_t count) {                  \
        return back(da, dh, h, count, phi##_back_of);                                                        \
    }
BACK(sigmoid)
BACK(tanh)
BACK(relu)
BACK(linear)

/* ---- the rest ----------------------------------------------------------------------------------------- */

static double sum_squares(const double *x, size_t count) {
    struct lanes sum = { 0 };
    size_t i = 0;
    for (; i + K_LANES <= count; i += K_LANES) {
        UNROLL
        for (int v = 0; v < PER_LANES; v++)
            sum.part[v] = fma_of(load(x + i + v * LANES), load(x + i + v * LANES), sum.part[v]);
    }
    double rest[K_LANES] = { 0 };
    memcpy(rest, x + i, (count - i) * sizeof *x);
    for (int v = 0; v < PER_LANES; v++)
        sum.part[v] = fma_of(load(rest + v * LANES), load(rest + v * LANES), sum.part[v]);
    return tree_sum(sum);
}

static void scale(double *x, double factor, size_t count) {
    for (size_t i = 0; i < count; i++)
        x[i] *= factor;
}

static int finite_all(const double *x, size_t count) {
    const size_t whole = count / LANES * LANES;
    double rest[LANES] = { 0 };
    bits traces = { 0 };
    for (size_t i = 0; i < whole; i += LANES)
        traces = add_trace(traces, load(x + i));
    memcpy(rest, x + whole, (count - whole) * sizeof *x);
    return is_clean(add_trace(traces, load(rest)));
}

const struct k_maps NAME_OF(k_maps_, LEVEL) = {
    forward_sigmoid, forward_tanh, forward_relu, forward_linear, forward_exp, softmax,    back_sigmoid,
    back_tanh,       back_relu,    back_linear,  sum_squares,    scale,       finite_all,
};
