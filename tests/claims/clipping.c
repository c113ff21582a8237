/* C18, the algebra: clipping by norm bounds the norm and changes nothing else; by value turns the direction;
 * neither brings anything back from far away. */
#include "claim.h"

#include <math.h>

static struct sweep_table run(const char *clip) {
    return claim_run(2 * 4 * 5 * 29,
                     (const char *const[]){ "--clip", clip, "--scale", "0.7,2.2", "--length", "30",
                                            "--threshold", "0.003,0.2,7,3000", "--seed", "11:15", NULL });
}

/* Largest of a function of a row. */
static double largest(const struct sweep_table *table, double (*of)(const struct sweep_table *, size_t)) {
    double most = -INFINITY;
    for (size_t i = 0; i < table->rows; i++)
        most = fmax(most, of(table, i));
    return most;
}

static double excess(const struct sweep_table *table, size_t row) {
    return claim_value(table, row, "log10_clipped_norm") - log10(claim_value(table, row, "threshold"));
}

/* From what it should be: the threshold, or the norm where that is less. */
static double miss(const struct sweep_table *table, size_t row) {
    const double expected =
        fmin(claim_value(table, row, "log10_norm"), log10(claim_value(table, row, "threshold")));
    return fabs(claim_value(table, row, "log10_clipped_norm") - expected);
}

static double turn(const struct sweep_table *table, size_t row) {
    return claim_value(table, row, "turn");
}

static double change_of_share(const struct sweep_table *table, size_t row) {
    return fabs(claim_value(table, row, "log10_clipped_share") - claim_value(table, row, "log10_share"));
}

static double growth_of_part(const struct sweep_table *table, size_t row) {
    return claim_value(table, row, "log10_clipped_share") + claim_value(table, row, "log10_clipped_norm") -
           claim_value(table, row, "log10_share") - claim_value(table, row, "log10_norm");
}

START_TEST(by_norm_only_the_norm_changes) {
    struct sweep_table table = run("norm");
    claim_at_most("C18", "by norm: log10 of ||g|| over the threshold", largest(&table, excess), 1e-14,
                  "Pascanu, Mikolov, Bengio 2013, algorithm 1");
    claim_at_most("C18", "by norm: log10 ||g|| from the lesser of norm and threshold", largest(&table, miss),
                  1e-13, "the same");
    claim_at_most("C18", "by norm: angle to the unclipped gradient, degrees", largest(&table, turn), 1e-12,
                  "one factor for all");
    claim_at_most("C18", "by norm: change of log10 share of any lag", largest(&table, change_of_share), 1e-12,
                  "one factor for all");
    sweep_table_free(&table);
}
END_TEST

START_TEST(by_value_the_direction_turns) {
    struct sweep_table table =
        claim_run(3 * 5 * 39, (const char *const[]){ "--clip", "value", "--scale", "0.9", "--threshold",
                                                     "1e-6,0.1,10", "--seed", "11:15", NULL });
    const struct claim_mean some = claim_mean(&table, "turn", "threshold=0.1 lag=0");
    claim_at_most("C18", "by value, half of the entries clipped: cosine",
                  claim_mean(&table, "cosine", "threshold=0.1 lag=0").mean, 0.95,
                  "every entry its own factor");
    claim_near("C18", "by value, signs alone: angle in degrees",
               claim_mean(&table, "turn", "threshold=1e-6 lag=0").mean, acos(sqrt(2 / M_PI)) * 180 / M_PI, 2,
               "gaussian entries: cosine sqrt(2 / pi)");
    claim_at_most("C18", "by value, nothing to clip: angle",
                  claim_mean(&table, "turn", "threshold=10 lag=0").mean, 0, "unchanged");
    ck_assert_double_gt(some.mean, 10 * some.deviation);
    sweep_table_free(&table);
}
END_TEST

START_TEST(nothing_far_away_grows) {
    static const char *const clips[] = { "norm", "value" };
    struct sweep_table table = run(clips[_i]);
    claim_at_most("C18",
                  _i ? "by value: growth of log10 of any lag's part"
                     : "by norm: growth of log10 of any lag's part",
                  largest(&table, growth_of_part), 1e-12, "no factor exceeds 1");
    sweep_table_free(&table);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("clipping");
    tcase_add_test(cases, by_norm_only_the_norm_changes);
    tcase_add_test(cases, by_value_the_direction_turns);
    tcase_add_loop_test(cases, nothing_far_away_grows, 0, 2);
    return claim_main(cases);
}
