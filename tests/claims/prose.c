/* C7 on real language: the rate of the fade is that of mean-field theory, as for noise. */
#include "claim.h"

#include <math.h>
#include <stdio.h>

static const struct {
    const char *name;
    double tolerance; /* of the slope, driven, H = 128 */
} cases[] = { { "sigmoid", .030 }, { "tanh", .030 }, { "relu", .030 }, { "linear", .040 } };

START_TEST(the_gradient_fades_on_prose_as_theory_says) {
    char what[96];
    struct sweep_table table =
        claim_run(10 * 60, (const char *const[]){ "--activation", cases[_i].name, "--length", "60", "--seed",
                                                  "1:10", NULL });
    const double measured =
        claim_mean(&table, "log10_norm", "lag=20").mean - claim_mean(&table, "log10_norm", "lag=0").mean;
    const double expected =
        claim_mean(&table, "log10_theory", "lag=20").mean - claim_mean(&table, "log10_theory", "lag=0").mean;
    snprintf(what, sizeof what, "prose, %s, scale 1: slope over lags 0..20", cases[_i].name);
    claim_near("C7", what, measured * M_LN10 / 20, expected * M_LN10 / 20, cases[_i].tolerance, "mean field");
    sweep_table_free(&table);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("prose");
    tcase_add_loop_test(tests, the_gradient_fades_on_prose_as_theory_says, 0, 4);
    return claim_main(tests);
}
