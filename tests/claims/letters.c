/* C21, C5: on real language the first letters back hold most of what there is to learn from further back. */
#include "claim.h"

#include <math.h>
#include <stdio.h>

enum { SEEDS = 16, LOOKS = 3, LAGS = 32 };

/* The row of a run's last look, at the last letter. */
static size_t end_of(size_t truncation, size_t seed) {
    return ((truncation * SEEDS + seed) * LOOKS + LOOKS - 1) * LAGS;
}

/* How far the bits fall from one truncation length to another, by their place on the axis: seed by seed, since both
 * runs start from the same weights and read the same batches. */
static struct claim_mean fall(const struct sweep_table *table, size_t from, size_t to) {
    double sum = 0, squares = 0;
    for (size_t seed = 0; seed < SEEDS; seed++) {
        const double less =
            claim_value(table, end_of(from, seed), "bits") - claim_value(table, end_of(to, seed), "bits");
        sum += less;
        squares += less * less;
    }
    const double mean = sum / SEEDS, variance = squares / SEEDS - mean * mean;
    return (struct claim_mean){ mean, sqrt(variance * SEEDS / (SEEDS - 1)), SEEDS };
}

/* log10 of ||dL/dh_t|| 31 letters back, over that at the last, mean of the seeds. */
static double reach(const struct sweep_table *table, const char *update) {
    char far[64], near[64];
    snprintf(far, sizeof far, "truncation=32 update=%s lag=31", update);
    snprintf(near, sizeof near, "truncation=32 update=%s lag=0", update);
    return claim_mean(table, "log10_norm", far).mean - claim_mean(table, "log10_norm", near).mean;
}

START_TEST(what_is_learnt_from_errors_comes_from_the_first_letters_back) {
    struct sweep_table table =
        claim_run(3 * SEEDS * LOOKS * LAGS, (const char *const[]){ "--kind", "tanh", "--truncation", "1,8,32",
                                                                   "--seed", "101:116", NULL });
    const struct claim_mean bits = claim_mean(&table, "bits", "truncation=1 update=800 lag=0"),
                            near = fall(&table, 0, 1), far = fall(&table, 1, 2);
    claim_at_least("C5", "tanh, cut every letter: bits below those by frequency, of 16 seeds",
                   claim_mean(&table, "bits_frequency", "truncation=1 update=800 lag=0").mean - bits.mean, 1,
                   "a letter tells much of the next, and no error need go back for that");
    claim_at_least("C21", "tanh: bits that 8 letters back save over 1, in standard errors of 16 seeds",
                   near.mean / (near.deviation / sqrt(SEEDS)), 4, "same weights and batches, seed by seed");
    claim_at_most("C21", "tanh: what 32 save over 8, as a share of what 8 save over 1", far.mean / near.mean,
                  0.5, "what lies further back adds little");
    claim_at_least("C21", "tanh, before: log10 of the gradient 31 letters back over that at the last",
                   reach(&table, "0"), -1, "r is nearly one at sigma = 1 and so little input");
    claim_at_most("C21", "tanh, after 100 updates: the same", reach(&table, "100"), -3,
                  "what is learnt first is the last letter");
    claim_at_most("C21", "tanh, after 800 updates: the same", reach(&table, "800"), -3,
                  "what lies 31 letters back has no part");
    sweep_table_free(&table);
}
END_TEST

/* Where theory knows the norms: of weights just drawn and hardly any input. They are of the whole way back, so of a
 * training cut every letter too. */
START_TEST(lags_are_counted_from_the_last_letter) {
    struct sweep_table table =
        claim_run(SEEDS * LOOKS * LAGS, (const char *const[]){ "--kind", "sigmoid", "--truncation", "1",
                                                               "--updates", "8", "--seed", "101:116", NULL });
    const double last = claim_mean(&table, "log10_norm", "update=0 lag=0").mean,
                 before = claim_mean(&table, "log10_norm", "update=0 lag=1").mean;
    claim_near("C21", "sigmoid, before: log10 of the gradient at the last letter, batch 10", last, -0.5, 0.02,
               "of the softmax alone: 1 / sqrt(B), as 255 of 256 letters are not the next");
    claim_near("C21", "sigmoid, before, cut every letter: of the gradient one letter back, over that",
               before - last, log10(0.2361), 0.03, "mean field: r at sigma = 1 without input");
    sweep_table_free(&table);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("letters");
    tcase_add_test(cases, lags_are_counted_from_the_last_letter);
    tcase_add_test(cases, what_is_learnt_from_errors_comes_from_the_first_letters_back);
    return claim_main(cases);
}
