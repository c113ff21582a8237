/* What the files built once per instruction-set level share: a vector of doubles as wide as the level's
 * registers, in the plain C of GCC's and Clang's vector types. */
#ifndef VECTOR_H
#define VECTOR_H

#if defined __FAST_MATH__ || (defined __FINITE_MATH_ONLY__ && __FINITE_MATH_ONLY__)
#error "results would be wrong with -ffast-math or -ffinite-math-only"
#endif

#include <stddef.h>

#if defined __AVX512F__
#include <immintrin.h>
enum { LANES = 8 };
#elif defined __AVX2__
#include <immintrin.h>
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

/* Sums, or vectors, that are taken side by side, so that none waits for the last. */
enum { ABREAST = 4 };

typedef double vec __attribute__((vector_size(LANES * sizeof(double))));
typedef long long bits __attribute__((vector_size(LANES * sizeof(double))));
typedef unsigned long long ubits __attribute__((vector_size(LANES * sizeof(double))));
typedef double loose __attribute__((vector_size(LANES * sizeof(double)), aligned(sizeof(double)), may_alias));

INLINE vec load(const double *x) {
    return *(const loose *)x;
}

INLINE void store(double *x, vec value) {
    *(loose *)x = value;
}

#if defined __AVX512F__
INLINE __mmask8 first_lanes(size_t count) {
    return (__mmask8)(count < LANES ? (1u << count) - 1 : 255);
}
#endif

/* The same of places first..end - 1 alone, of which there may be none; the other lanes read are 0. */
INLINE vec load_some(const double *x, size_t first, size_t end) {
#if defined __AVX512F__
    return (vec)_mm512_maskz_loadu_pd(first_lanes(end) & ~first_lanes(first), x);
#else
    vec value = { 0 };
    if (first == 0 && end >= LANES)
        return load(x);
    UNROLL
    for (size_t i = 0; i < LANES; i++)
        if (first <= i && i < end)
            value[i] = x[i];
    return value;
#endif
}

INLINE void store_some(double *x, vec value, size_t first, size_t end) {
#if defined __AVX512F__
    _mm512_mask_storeu_pd(x, first_lanes(end) & ~first_lanes(first), (__m512d)value);
#else
    if (first == 0 && end >= LANES)
        store(x, value);
    else {
        UNROLL
        for (size_t i = 0; i < LANES; i++)
            if (first <= i && i < end)
                x[i] = value[i];
    }
#endif
}

/* Of the first `count` places, all of them if there are as many lanes. */
INLINE vec load_first(const double *x, size_t count) {
    return load_some(x, 0, count);
}
INLINE void store_first(double *x, vec value, size_t count) {
    store_some(x, value, 0, count);
}

/* x = a[0], b[0], a[1], b[1], ... */
INLINE void store_in_turn(double *x, vec a, vec b) {
#if defined __AVX512F__
    store(x, __builtin_shufflevector(a, b, 0, 8, 1, 9, 2, 10, 3, 11));
    store(x + LANES, __builtin_shufflevector(a, b, 4, 12, 5, 13, 6, 14, 7, 15));
#elif defined __AVX2__
    store(x, __builtin_shufflevector(a, b, 0, 4, 1, 5));
    store(x + LANES, __builtin_shufflevector(a, b, 2, 6, 3, 7));
#else
    store(x, __builtin_shufflevector(a, b, 0, 2));
    store(x + LANES, __builtin_shufflevector(a, b, 1, 3));
#endif
}

INLINE vec choose(bits where, vec yes, vec no) {
    return (vec)((where & (bits)yes) | (~where & (bits)no));
}

INLINE vec splat(double x) {
    return x - (vec){ 0 };
}

/* a, or b where that is larger; beside a NaN of either it is a. */
INLINE vec larger(vec a, vec b) {
#if defined __AVX512F__
    return (vec)_mm512_max_pd((__m512d)b, (__m512d)a);
#elif defined __AVX2__
    return (vec)_mm256_max_pd((__m256d)b, (__m256d)a);
#else
    return choose(b > a, b, a);
#endif
}

/* a b + c, rounded once where the processor can. The files that use it are built with -ffp-contract=fast,
 * and this is the one place where a product is added: compilers are sure to make it one instruction, but
 * not of __builtin_fma on each element of a vector, which at times becomes eight. The unit test holds the
 * bits. */
INLINE vec fma_of(vec a, vec b, vec c) {
    return a * b + c;
}

/* k_products_avx2 and the like, with -DLEVEL=avx2 */
#define JOIN(a, b)           a##b
#define NAME_OF(kind, level) JOIN(kind, level)

#endif
