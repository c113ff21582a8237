/* C19: what batch normalisation does for learning is a matter of gamma, of what is normalised, and of the statistics one
 * tests with. With those of a batch another implementation solved, of 6 seeds each, 6 without a norm, with all at gamma 1
 * and with each at .1; 3 with each at 1; none with all at .1. */
#include "claim.h"

/* Share of 16 runs of order, T 20, that are solved: Adam 2e-3, clipped by norm at 1, 50 tanh units, batches of 20. */
static double share(const char *norm, const char *gamma, const char *statistics) {
    struct sweep_table table =
        claim_run(16, (const char *const[]){ "--norm", norm, "--gamma", gamma, "--statistics", statistics,
                                             "--seed", "101:116", NULL });
    const double solved = claim_mean(&table, "solved", "").mean;
    sweep_table_free(&table);
    return solved;
}

START_TEST(gamma_decides_and_for_each_variant_in_its_own_way) {
    claim_share_at_least("C19", "order, T 20, no norm: share of 16 seeds solved", share("none", "1", "batch"),
                         16, 0.75, "6 of 6");
    claim_share_at_least("C19", "all normalised, gamma 1, population statistics: the same",
                         share("full", "1", "population"), 16, 0.75, "6 of 6");
    claim_share_at_most("C19", "all normalised, gamma 0.1: the same", share("full", "0.1", "population"), 16,
                        0.25, "0 of 6");
    claim_share_at_least("C19", "each normalised, gamma 0.1: the same",
                         share("separate", "0.1", "population"), 16, 0.75, "6 of 6");
}
END_TEST

START_TEST(tested_in_its_batch_a_sequence_sees_the_noise_of_its_companions) {
    claim_at_least("C19", "each normalised, batch statistics: share solved at gamma 0.1 less that at 1",
                   share("separate", "0.1", "batch") - share("separate", "1", "batch"), 0.5,
                   "6 of 6 and 3 of 6");
    claim_at_most("C19",
                  "all normalised, gamma 1: share with batch statistics less that with the population's",
                  share("full", "1", "batch") - share("full", "1", "population"), 0, "Cooijmans et al. 2017");
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("normalising");
    tcase_add_test(cases, gamma_decides_and_for_each_variant_in_its_own_way);
    tcase_add_test(cases, tested_in_its_batch_a_sequence_sees_the_noise_of_its_companions);
    return claim_main(cases);
}
