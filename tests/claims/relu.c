/* C17: relu has r = scale / sqrt 2, not 1; with W = I and scale 1 the gradient hardly fades. */
#include "claim.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const char *const seeds = "1:10";
static const struct {
    const char *scale;
    double tolerance; /* SCIENCE: driven, H = 128, four standard deviations of the mean of ten seeds */
} cases[] = { { "0.5", .030 }, { "1", .030 }, { "1.5", .084 }, { "2", .084 } };

START_TEST(relu_changes_the_gradient_by_the_scale_over_root_two) {
    char what[64];
    struct sweep_table table =
        claim_run(10 * 20, (const char *const[]){ "--activation", "relu", "--init", "gaussian", "--scale",
                                                  cases[_i].scale, "--seed", seeds, NULL });
    snprintf(what, sizeof what, "relu, scale %s: slope", cases[_i].scale);
    claim_near("C17", what, claim_mean(&table, "slope", "step=100").mean,
               log(atof(cases[_i].scale) / sqrt(2)), cases[_i].tolerance, "r = scale / sqrt 2");
    const double growth = (claim_mean(&table, "log10_state", "step=100").mean -
                           claim_mean(&table, "log10_state", "step=50").mean) *
                          M_LN10 / 50;
    snprintf(what, sizeof what, "relu, scale %s: ln growth of the state per step", cases[_i].scale);
    claim_near("C17", what, growth, fmax(0, log(atof(cases[_i].scale) / sqrt(2))), cases[_i].tolerance,
               "q grows by scale^2 / 2 a step above sqrt 2");
    sweep_table_free(&table);
}
END_TEST

START_TEST(identity_weights_carry_the_gradient_whole_while_a_unit_is_on) {
    struct sweep_table table = claim_run(
        20 * 20, (const char *const[]){ "--activation", "relu", "--scale", "1", "--seed", seeds, NULL });
    const double lost_identity = claim_mean(&table, "log10_norm", "init=identity step=100").mean -
                                 claim_mean(&table, "log10_norm", "init=identity step=20").mean;
    const double lost_gaussian = claim_mean(&table, "log10_norm", "init=gaussian step=100").mean -
                                 claim_mean(&table, "log10_norm", "init=gaussian step=20").mean;
    claim_at_most("C17", "relu, W = I: decades of gradient lost over 80 steps", lost_identity, 1,
                  "Le, Jaitly, Hinton 2015");
    claim_near("C17", "relu, gaussian, scale 1: the same", lost_gaussian, 80 * log10(sqrt(2)),
               80 * .030 / M_LN10, "r = 1 / sqrt 2");
    sweep_table_free(&table);
}
END_TEST

START_TEST(identity_weights_below_one_end_in_an_exact_zero) {
    struct sweep_table table;
    int zeros = 0, rows = 0;
    ck_assert_int_eq(sweep_collect(&table, &experiment,
                                   (const char *const[]){ "--activation", "relu", "--init", "identity",
                                                          "--scale", "0.75", "--seed", seeds, NULL }),
                     0);
    for (size_t i = 0; i < table.rows; i++) {
        rows++;
        zeros += strncmp(table.status[i], "zero at step ", 13) == 0;
    }
    ck_assert_int_eq(rows, 200);
    claim_near("C17", "relu, W = 0.75 I: rows of nets whose gradient is exactly zero", zeros, rows, 0,
               "every unit is off at some step, and none hands on to another");
    sweep_table_free(&table);
}
END_TEST

/* The rows of a diverged cell end before the step it names, and their line leads there. */
START_TEST(a_state_that_overflows_is_reported_with_its_step) {
    enum { SEEDS = 4 };
    struct sweep_table table;
    double mean = 0;
    size_t row = 0;
    ck_assert_int_eq(
        sweep_collect(&table, &experiment,
                      (const char *const[]){ "--activation", "relu", "--init", "gaussian", "--scale", "2.5",
                                             "--length", "2000", "--seed", "1:4", NULL }),
        0);
    for (int seed = 0; seed < SEEDS; seed++) {
        unsigned long stopped = 0;
        const size_t begin = row;
        ck_assert_int_eq(sscanf(table.status[row], "diverged at step %lu", &stopped), 1);
        for (; row < table.rows && strcmp(table.status[row], table.status[begin]) == 0; row++)
            ck_assert(isfinite(table.values[row * (table.axes + table.columns) + table.axes + 1]));
        ck_assert_uint_eq(row - begin, (stopped - 1) / 100);
        mean += (double)stopped / SEEDS;
    }
    ck_assert_uint_eq(row, table.rows);
    claim_near("C17", "relu, scale 2.5: 308.25 decades over the step of overflow, ln per step",
               log(1.797e308) / mean, log(2.5 / sqrt(2)), .084, "q grows by scale^2 / 2 a step");
    sweep_table_free(&table);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("relu");
    tcase_add_loop_test(tests, relu_changes_the_gradient_by_the_scale_over_root_two, 0, 4);
    tcase_add_test(tests, identity_weights_carry_the_gradient_whole_while_a_unit_is_on);
    tcase_add_test(tests, identity_weights_below_one_end_in_an_exact_zero);
    tcase_add_test(tests, a_state_that_overflows_is_reported_with_its_step);
    return claim_main(tests);
}
