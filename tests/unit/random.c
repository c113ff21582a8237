/* The streams: the published generator, keyed as rnn.h says, numbers of the laws it promises, and the same
 * bits on every level. Random123 is the second opinion; k_randoms_portable is random.c built without integers
 * of 128 bits. */
#include "levels.h"
#include "rnn.h"

#include <Random123/philox.h>

enum { MANY = 1 << 18 };
static double numbers[MANY], others[MANY];
static const struct rnn_stream stream = { .seed = 0x9e3779b97f4a7c15,
                                          .purpose = RNN_FOR_INPUT,
                                          .index = 713 };

/* philox4x64-10, from the file kat_vectors of Random123 */
static const struct {
    uint64_t counter[4], key[2], out[4];
} known[] = {
    { { 0, 0, 0, 0 },
      { 0, 0 },
      { 0x16554d9eca36314c, 0xdb20fe9d672d0fdc, 0xd7e772cee186176b, 0x7e68b68aec7ba23b } },
    { { UINT64_MAX, UINT64_MAX, UINT64_MAX, UINT64_MAX },
      { UINT64_MAX, UINT64_MAX },
      { 0x87b092c3013fe90b, 0x438c3c67be8d0224, 0x9cc7d7c69cd777b6, 0xa09caebf594f0ba0 } },
    { { 0x243f6a8885a308d3, 0x13198a2e03707344, 0xa4093822299f31d0, 0x082efa98ec4e6c89 },
      { 0x452821e638d01377, 0xbe5466cf34e90c6c },
      { 0xa528f45403e61d95, 0x38c72dbd566e9788, 0xa5a1610e72fd18b5, 0x57bd43b5e52b7fe6 } },
};

/* The middle of the 52-bit cell a word falls in */
static double open_uniform(uint64_t word) {
    return ldexp((double)(word >> 12) + 0.5, -52);
}

START_TEST(philox_gives_the_published_answers) {
    for (size_t i = 0; i < sizeof known / sizeof *known; i++) {
        philox4x64_ctr_t counter;
        philox4x64_key_t key;
        memcpy(counter.v, known[i].counter, sizeof counter.v);
        memcpy(key.v, known[i].key, sizeof key.v);
        const philox4x64_ctr_t out = philox4x64(counter, key);
        ck_assert_mem_eq(out.v, known[i].out, sizeof out.v);
    }
}
END_TEST

START_TEST(the_zero_stream_begins_with_the_published_answer) {
    double u[4];
    rnn_uniform(u, 4, (struct rnn_stream){ 0 });
    for (int j = 0; j < 4; j++)
        ck_assert_double_eq(u[j], open_uniform(known[0].out[j]));
}
END_TEST

START_TEST(key_and_counter_are_laid_out_as_documented) {
    rnn_uniform(numbers, 4000, stream);
    const philox4x64_key_t key = { { stream.seed, (uint64_t)RNN_FOR_INPUT << 32 | 713 } };
    for (uint64_t i = 0; i < 1000; i++) {
        const philox4x64_ctr_t counter = { { i, 0, 0, 0 } }, out = philox4x64(counter, key);
        for (uint64_t j = 0; j < 4; j++)
            ck_assert_double_eq(numbers[4 * i + j], open_uniform(out.v[j]));
    }
}
END_TEST

START_TEST(gaussians_are_box_muller_of_the_uniforms) {
    rnn_uniform(others, 1000, stream);
    rnn_gaussian(numbers, 1000, 2.385, stream);
    for (size_t i = 0; i < 1000; i += 2) {
        const double radius = sqrt(-2 * log(others[i])), angle = 2 * acos(-1) * others[i + 1];
        ck_assert_double_eq_tol(numbers[i], 2.385 * radius * cos(angle), 1e-14);
        ck_assert_double_eq_tol(numbers[i + 1], 2.385 * radius * sin(angle), 1e-14);
    }
}
END_TEST

START_TEST(stream_does_not_depend_on_how_many_numbers_are_asked) {
    rnn_gaussian(numbers, 1000, -0.713, stream);
    for (size_t count = 0; count < 600; count += count < 30 || (count > 250 && count < 262) ? 1 : 10) {
        memset(others, 0, (count + 1) * sizeof *others);
        rnn_gaussian(others, count, -0.713, stream);
        ck_assert_mem_eq(others, numbers, count * sizeof *others);
        ck_assert_double_eq(others[count], 0); /* and nothing is written beyond */
    }
}
END_TEST

extern const struct k_randoms k_randoms_portable;

START_TEST(every_level_draws_the_same_bits_and_writes_no_further) {
    static const size_t counts[] = { 0,  1,  2,  3,  4,   5,   7,   8,   9,   15,
                                     16, 17, 31, 33, 255, 256, 257, 259, 511, 5000 };
    const uint64_t key[2] = { stream.seed, 713 };
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++)
        for (int level = 0; k_level(level); level++) {
            const struct k_randoms *k = k_level(level)->randoms, *reference = &k_randoms_portable;
            double *x = fenced(counts[c]), *expected = fenced(counts[c]);
            k->uniform(x, counts[c], key);
            reference->uniform(expected, counts[c], key);
            assert_same_bits(x, expected, counts[c] + FENCE, "uniform");
            k->gaussian(x, counts[c], 0.713, key);
            reference->gaussian(expected, counts[c], 0.713, key);
            assert_same_bits(x, expected, counts[c], "gaussian");
            assert_fence(x, counts[c]);
            free(x);
            free(expected);
        }
}
END_TEST

START_TEST(deviation_scales_the_same_draw) {
    rnn_gaussian(numbers, 1001, 1, stream);
    rnn_gaussian(others, 1001, -0.125, stream);
    for (size_t i = 0; i < 1001; i++)
        ck_assert_double_eq(others[i], -0.125 * numbers[i]);
}
END_TEST

/* mean of (x - center)^power */
static double moment(const double *x, double center, int power) {
    double sum = 0;
    for (size_t i = 0; i < MANY; i++)
        sum += pow(x[i] - center, power);
    return sum / MANY;
}

/* |measured - expected| within five standard errors, `variance` that of one summand */
static void assert_near(double measured, double expected, double variance) {
    ck_assert_double_eq_tol(measured, expected, 5 * sqrt(variance / MANY));
}

START_TEST(gaussian_moments_are_those_of_the_law) {
    rnn_gaussian(numbers, MANY, 1, stream);
    assert_near(moment(numbers, 0, 1), 0, 1);
    assert_near(moment(numbers, 0, 2), 1, 2);
    assert_near(moment(numbers, 0, 3), 0, 15);
    assert_near(moment(numbers, 0, 4), 3, 96);
    assert_near(moment(numbers, 0, 6), 15, 10170);
}
END_TEST

START_TEST(uniform_moments_are_those_of_the_law_and_the_ends_are_open) {
    rnn_uniform(numbers, MANY, stream);
    assert_near(moment(numbers, 0.5, 1), 0, 1.0 / 12);
    assert_near(moment(numbers, 0.5, 2), 1.0 / 12, 1.0 / 180);
    for (size_t i = 0; i < MANY; i++)
        ck_assert(numbers[i] > 0 && numbers[i] < 1);
}
END_TEST

/* Chi square over 100 cells of equal probability: 99 +- 14, so 170 is five deviations. */
START_TEST(gaussians_fill_equal_cells_of_their_law_equally) {
    enum { CELLS = 100 };
    size_t count[CELLS] = { 0 };
    rnn_gaussian(numbers, MANY, 2.385, stream);
    for (size_t i = 0; i < MANY; i++)
        count[(size_t)(CELLS * 0.5 * erfc(-numbers[i] / 2.385 / sqrt(2)))]++;
    double chi_square = 0;
    for (int i = 0; i < CELLS; i++)
        chi_square += pow((double)count[i] - (double)MANY / CELLS, 2) * CELLS / MANY;
    ck_assert_double_lt(chi_square, 170);
    ck_assert_double_gt(chi_square, 45);
}
END_TEST

/* Beyond 1, 2, 3 and 4 deviations, on either side: as many as the law has there, within five standard
 * errors. */
START_TEST(tails_are_as_heavy_as_the_law) {
    rnn_gaussian(numbers, MANY, 1, stream);
    for (int limit = 1; limit <= 4; limit++)
        for (int side = -1; side <= 1; side += 2) {
            const double share = erfc(limit / sqrt(2)) / 2;
            size_t beyond = 0;
            for (size_t i = 0; i < MANY; i++)
                beyond += side * numbers[i] > limit;
            assert_near((double)beyond / MANY, share, share * (1 - share));
        }
}
END_TEST

static double correlation(size_t shift) {
    double sum = 0;
    for (size_t i = shift; i < MANY; i++)
        sum += numbers[i] * others[i - shift];
    return sum / MANY;
}

START_TEST(seed_purpose_and_index_each_make_an_independent_stream) {
    const struct rnn_stream variants[] = {
        { stream.seed + 1, stream.purpose, stream.index },
        { stream.seed, stream.purpose + 1, stream.index },
        { stream.seed, stream.purpose, stream.index + 1 },
        { stream.seed, stream.index, stream.purpose },
        { 0, stream.purpose, stream.index },
    };
    rnn_gaussian(numbers, MANY, 1, stream);
    for (size_t v = 0; v < sizeof variants / sizeof *variants; v++) {
        rnn_gaussian(others, MANY, 1, variants[v]);
        for (size_t i = 0; i < 1000; i++)
            ck_assert_double_ne(numbers[i], others[i]);
        for (size_t shift = 0; shift < 5; shift++)
            assert_near(correlation(shift), 0, 1);
    }
}
END_TEST

START_TEST(neighbours_in_a_stream_are_uncorrelated) {
    rnn_gaussian(numbers, MANY, 1, stream);
    memcpy(others, numbers, sizeof numbers);
    for (size_t shift = 1; shift < 9; shift++)
        assert_near(correlation(shift), 0, 1);
}
END_TEST

UNIT_MAIN("random", philox_gives_the_published_answers, the_zero_stream_begins_with_the_published_answer,
          key_and_counter_are_laid_out_as_documented, gaussians_are_box_muller_of_the_uniforms,
          stream_does_not_depend_on_how_many_numbers_are_asked,
          every_level_draws_the_same_bits_and_writes_no_further, deviation_scales_the_same_draw,
          gaussian_moments_are_those_of_the_law, uniform_moments_are_those_of_the_law_and_the_ends_are_open,
          tails_are_as_heavy_as_the_law, gaussians_fill_equal_cells_of_their_law_equally,
          seed_purpose_and_index_each_make_an_independent_stream, neighbours_in_a_stream_are_uncorrelated)
