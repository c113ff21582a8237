/* What the tests of the kernels share: every level this processor runs, fenced arrays, awkward sizes. */
#ifndef LEVELS_H
#define LEVELS_H

#include "kernels/level.h"
#include "unit.h"

#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* Every level this processor runs; the plain one always. */
static inline void on_every_level(void check(const struct k_level *k)) {
    check(k_level(0));
    for (int level = 1; k_level(level); level++)
        check(k_level(level));
}

/* A row no kernel may write: every array is followed by it. */
enum { FENCE = 8 };
static const double FENCE_VALUE = -2.385e77;

static inline double *fenced(size_t count) {
    double *x = malloc((count + FENCE) * sizeof *x);
    ck_assert_ptr_nonnull(x);
    for (size_t i = 0; i < FENCE; i++)
        x[count + i] = FENCE_VALUE;
    return x;
}

static inline void assert_fence(const double *x, size_t count) {
    for (size_t i = 0; i < FENCE; i++)
        ck_assert_double_eq(x[count + i], FENCE_VALUE);
}

/* Awkward numbers in (-3, 3), the same for the same seed (Knuth's MMIX generator). */
static inline double *random_array(size_t count, uint64_t seed) {
    double *x = fenced(count);
    for (size_t i = 0; i < count; i++) {
        seed = seed * 6364136223846793005u + 1442695040888963407u;
        x[i] = 6 * ((double)(seed >> 11) * 0x1p-53 - 0.5);
    }
    return x;
}

static inline double *copy_of(const double *x, size_t count) {
    return memcpy(fenced(count), x, count * sizeof *x);
}

static inline double fused(const struct k_level *k, double a, double b, double c) {
    return k->products->fused ? fma(a, b, c) : a * b + c;
}

static inline void assert_same_bits(const double *measured, const double *expected, size_t count,
                                    const char *what) {
    for (size_t i = 0; i < count; i++)
        ck_assert_msg(memcmp(&measured[i], &expected[i], sizeof *measured) == 0, "%s [%zu]: %a, not %a", what,
                      i, measured[i], expected[i]);
}

static const size_t sides[] = { 1, 5, 8, 9, 33, 64, 100, 121 };
static const size_t batches[] = { 1, 2, 3, 5, 6, 7, 13, 32 };
enum { SIDES = sizeof sides / sizeof *sides, BATCHES = sizeof batches / sizeof *batches };

#endif
