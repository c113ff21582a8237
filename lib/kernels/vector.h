/* What the files built once per instruction-set level share: a vector of doubles as wide as the level's
 * registers, in the plain C of GCC's and Clang's vector types. */
#ifndef VECTOR_H
#define VECTOR_H

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

/* a b + c, rounded once where the processor can. These files are built with -ffp-contract=fast, and this is
 * the one place where a product is added: compilers are sure to make it one instruction, but not of
 * __builtin_fma on each element of a vector, which at times becomes eight. The unit test holds the bits. */
INLINE vec fma_of(vec a, vec b, vec c) {
    return a * b + c;
}

/* k_products_avx2 and the like, with -DLEVEL=avx2 */
#define JOIN(a, b)           a##b
#define NAME_OF(kind, level) JOIN(kind, level)

#endif
