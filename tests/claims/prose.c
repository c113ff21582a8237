/* C7 on real language: the rate of the fade is that of mean-field theory, as for noise. */
#include "claim.h"

#include <math.h>
#include <stdio.h>

static const struct {
    const char *name;
    double tolerance; /* of the slope, driven, H = 128 */
} cases[] = { { "sigmoid", .030 }, { "tanh", .030 }, { "relu", .030 }, { "linear", .040 } };

/* Slope of a column over lags 0..20, nats a step, mean over seeds. */
static double slope(const struct sweep_table *table, const char *column, const char *source) {
    char near[32], far[32];
    snprintf(near, sizeof near, "source=%s lag=0", source);
    snprintf(far, sizeof far, "source=%s lag=20", source);
    return (claim_mean(table, column, far).mean - claim_mean(table, column, near).mean) * M_LN10 / 20;
}

START_TEST(the_gradient_fades_on_prose_as_theory_says_and_as_on_noise) {
    char what[96];
    struct sweep_table table =
        claim_run(10 * 60 * 2, (const char *const[]){ "--activation", cases[_i].name, "--length", "60",
                                                      "--seed", "1:10", NULL });
    const double prose = slope(&table, "log10_norm", "text"), noise = slope(&table, "log10_norm", "noise");
    snprintf(what, sizeof what, "prose, %s, scale 1: slope over lags 0..20", cases[_i].name);
    claim_near("C7", what, prose, slope(&table, "log10_theory", "text"), cases[_i].tolerance, "mean field");
    snprintf(what, sizeof what, "noise, %s, the same W and loss: slope of prose", cases[_i].name);
    claim_near("C7", what, prose, noise, .010, "only s2 enters the mean field");
    sweep_table_free(&table);
}
END_TEST

int main(void) {
    TCase *tests = tcase_create("prose");
    tcase_add_loop_test(tests, the_gradient_fades_on_prose_as_theory_says_and_as_on_noise, 0, 4);
    return claim_main(tests);
}
