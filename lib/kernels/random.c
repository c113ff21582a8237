/* Counter-based random numbers: Philox4x64-10 (Salmon, Moraes, Dror, Shaw 2011), a block of four words for
 * each value of the counter; uniforms; gaussians by Box and Muller 1958. Built once per instruction-set
 * level, to the same bits on all of them. A product of 64 by 64 bits is what Philox costs, and no vector
 * has one: words are scalar, a chunk of them at a time, and what becomes of them is vectors. */
#include "functions.h"
#include "level.h"

#include <math.h>
#include <string.h>

enum { BLOCK = 4, CHUNK = 256 }; /* numbers; a chunk stays in the first cache */

/* a b = 2^64 *high + what is returned */
static inline uint64_t wide_product(uint64_t *high, uint64_t a, uint64_t b) {
#if defined __SIZEOF_INT128__
    __extension__ typedef unsigned __int128 wide;
    const wide product = (wide)a * b;
    *high = (uint64_t)(product >> 64);
    return (uint64_t)product; /* a * b would be a second multiplication */
#else
    const uint64_t a0 = (uint32_t)a, a1 = a >> 32, b0 = (uint32_t)b, b1 = b >> 32;
    const uint64_t middle = a1 * b0 + (a0 * b0 >> 32), other = a0 * b1 + (uint32_t)middle;
    *high = a1 * b1 + (middle >> 32) + (other >> 32);
    return a * b;
#endif
}

/* The block philox(counter (i, 0, 0, 0), key): ten rounds, the key moving on by Weyl sequences. Its first
 * and third word go to first[0..1], the others to second[0..1]. */
static inline void philox(uint64_t first[2], uint64_t second[2], uint64_t i, const uint64_t key[2]) {
    uint64_t a = i, b = 0, c = 0, d = 0, key0 = key[0], key1 = key[1], high_a, high_c;
    UNROLL
    for (int round = 0; round < 10; round++) {
        const uint64_t low_a = wide_product(&high_a, 0xd2e7470ee14c6c93, a);
        const uint64_t low_c = wide_product(&high_c, 0xca5a826395121157, c);
        a = high_c ^ b ^ key0;
        b = low_c;
        c = high_a ^ d ^ key1;
        d = low_a;
        key0 += 0x9e3779b97f4a7c15;
        key1 += 0xbb67ae8584caa73b;
    }
    first[0] = a;
    second[0] = b;
    first[1] = c;
    second[1] = d;
}

/* Odd multiples of 2^-53: the middle of the 52-bit cell a word falls in. */
INLINE vec uniform_of(const uint64_t *word) {
    return (vec)((ubits)load((const double *)word) >> 12 | (ubits)splat(1)) - (1 - 0x1p-53);
}

/* Two uniforms a lane become two numbers of a law. */
struct pair {
    vec first, second;
};
typedef struct pair law_of_pairs(struct pair u, double deviation);

INLINE struct pair uniform_pair(struct pair u, double deviation) {
    (void)deviation;
    return u;
}

/* Independent normals, on a circle of random radius; u > 0 bounds them by 8.6 deviations. */
INLINE struct pair normal_pair(struct pair u, double deviation) {
    const vec squares = -2 * log_of(u.first);
    const struct circle circle = circle_of(u.second);
    vec radius;
    UNROLL
    for (int i = 0; i < LANES; i++)
        radius[i] = sqrt(squares[i]);
    radius *= deviation;
    return (struct pair){ radius * circle.cosine, radius * circle.sine };
}

INLINE void fill(double *out, size_t count, const uint64_t key[2], law_of_pairs *law, double deviation) {
    uint64_t first[CHUNK / 2] __attribute__((aligned(64))), second[CHUNK / 2] __attribute__((aligned(64)));
    double rest[CHUNK];
    for (size_t i = 0; i < count; i += CHUNK) {
        const size_t now = count - i < CHUNK ? count - i : CHUNK;
        const size_t pairs = (now + 2 * LANES - 1) / (2 * LANES) * LANES; /* those of whole vectors */
        double *to = now == CHUNK ? out + i : rest;
        for (size_t j = 0; j < pairs; j += 2)
            philox(first + j, second + j, i / BLOCK + j / 2, key);
        for (size_t j = 0; j < pairs; j += LANES) {
            const struct pair u = { uniform_of(first + j), uniform_of(second + j) };
            const struct pair numbers = law(u, deviation);
            store_in_turn(to + 2 * j, numbers.first, numbers.second);
        }
        if (to == rest)
            memcpy(out + i, rest, now * sizeof *out);
    }
}

static void uniform(double *out, size_t count, const uint64_t key[2]) {
    fill(out, count, key, uniform_pair, 1);
}

static void gaussian(double *out, size_t count, double deviation, const uint64_t key[2]) {
    fill(out, count, key, normal_pair, deviation);
}

const struct k_randoms NAME_OF(k_randoms_, LEVEL) = { uniform, gaussian };
