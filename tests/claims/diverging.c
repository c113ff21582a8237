/* C16, C18: a step along an exploded gradient may end a training, and a bound on the step keeps it; where nothing
 * explodes, clipping only slows. The shares were measured with another implementation on its own seeds. */
#include "claim.h"

#include <stdio.h>

/* 24 runs of order by SGD, 50 tanh units, batches of 20. */
static struct claim_mean mean(const char *column, const char *length, const char *rate, const char *clip,
                              const char *threshold) {
    struct sweep_table table =
        claim_run(24, (const char *const[]){ "--scale", "1", "--length", length, "--rate", rate, "--clip",
                                             clip, "--threshold", threshold, "--updates",
                                             length[0] == '3' ? "2000" : "1500", "--seed", "101:124", NULL });
    const struct claim_mean found = claim_mean(&table, column, "");
    sweep_table_free(&table);
    return found;
}

START_TEST(clipped_at_one_more_seeds_learn_than_with_any_other_threshold_or_none) {
    static const struct {
        const char *clip, *threshold, *elsewhere;
    } rows[] = { { "none", "1", "13 of 24" },
                 { "norm", "10", "20 of 24" },
                 { "norm", "1", "24 of 24" },
                 { "norm", "0.1", "21 of 24" } };
    double share[4];
    for (int i = 0; i < 4; i++)
        share[i] = mean("solved", "20", "0.1", rows[i].clip, rows[i].threshold).mean;
    claim_share_at_most("C18", "order, T 20, SGD 0.1, unclipped: share of 24 seeds solved", share[0], 24, 0.8,
                        "13 of 24");
    claim_share_at_least("C18", "the same, clipped by norm at 1", share[2], 24, 0.85, "24 of 24");
    for (int i = 0; i < 4; i++)
        claim_at_least("C18", "share at threshold 1 less that of another, or of none", share[2] - share[i], 0,
                       rows[i].elsewhere);
}
END_TEST

START_TEST(at_thirty_steps_clipping_decides) {
    claim_share_at_most("C18", "order, T 30, SGD 0.1, unclipped: share of 24 seeds solved",
                        mean("solved", "30", "0.1", "none", "1").mean, 24, 0.2, "0 of 16");
    claim_share_at_least("C18", "the same, clipped by norm at 1",
                         mean("solved", "30", "0.1", "norm", "1").mean, 24, 0.65, "16 of 16");
}
END_TEST

START_TEST(where_nothing_explodes_clipping_only_slows) {
    const struct claim_mean none = mean("needed", "20", "0.01", "none", "1"),
                            clipped = mean("needed", "20", "0.01", "norm", "0.3");
    claim_at_least("C18", "order, T 20, SGD 0.01: updates needed when clipped at 0.3, over those when not",
                   clipped.mean / none.mean, 1, "a threshold below the usual norm is a smaller rate");
}
END_TEST

START_TEST(a_rate_of_one_ends_most_trainings) {
    claim_share_at_most("C16", "order, T 20, SGD 1, unclipped: share of 24 seeds solved",
                        mean("solved", "20", "1", "none", "1").mean, 24, 0.1, "the article: never converges");
    const struct claim_mean tame = mean("solved", "20", "0.01", "none", "1");
    claim_share_at_least("C16", "the same at a rate of 0.01: it is no law", tame.mean, 24, 0.5,
                         "16 of 16 by 2000 updates");
}
END_TEST

/* As their code begins its basic tanh: all weights of deviation 0.1, with which the gradient fades. */
static double share_of_weak(const char *clip, const char *omega) {
    struct sweep_table table =
        claim_run(16, (const char *const[]){ "--kind", "weak", "--scale", "0.7", "--length", "30", "--rate",
                                             "0.1", "--clip", clip, "--omega", omega, "--updates", "1500",
                                             "--seed", "101:116", NULL });
    const double share = claim_mean(&table, "solved", "").mean;
    sweep_table_free(&table);
    return share;
}

START_TEST(omega_learns_what_clipping_alone_does_not) {
    const double none = share_of_weak("none", "0"), clipped = share_of_weak("norm", "0"),
                 omega = share_of_weak("norm", "4");
    claim_share_at_most("C18", "order, T 30, SGD 0.1, weak start, unclipped: share of 16 seeds solved", none,
                        16, 0.2, "Pascanu et al. 2013, section 4.1.1: SGD < clipped < clipped with Omega");
    claim_at_least("C18", "share solved with clipping less that without", clipped - none, 0, "the same");
    claim_at_least("C18", "share solved with clipping and Omega less that with clipping", omega - clipped,
                   0.35, "the same; no less than two standard deviations of such a difference");
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("diverging");
    tcase_add_test(cases, clipped_at_one_more_seeds_learn_than_with_any_other_threshold_or_none);
    tcase_add_test(cases, at_thirty_steps_clipping_decides);
    tcase_add_test(cases, where_nothing_explodes_clipping_only_slows);
    tcase_add_test(cases, a_rate_of_one_ends_most_trainings);
    tcase_add_test(cases, omega_learns_what_clipping_alone_does_not);
    return claim_main(cases);
}
