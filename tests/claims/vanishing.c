/* C7: the gradient vanishes or explodes: along the mean-field line, and never above Pascanu's bound. */
#include "claim.h"

#include <math.h>

enum { LAG, NORM, THEORY, BOUND, RADIUS };

static const double *row_of(const struct sweep_table *table, size_t row) {
    return table->values + row * (table->axes + table->columns) + table->axes;
}

static void bound_holds(const char *what, size_t rows, const char *const flags[]) {
    struct sweep_table table = claim_run(rows, flags);
    double closest = -INFINITY;
    for (size_t i = 0; i < table.rows; i++)
        if (row_of(&table, i)[LAG] > 0)
            closest = fmax(closest, row_of(&table, i)[NORM] - row_of(&table, i)[BOUND]);
    claim_at_most("C7", what, closest, 1e-9, "Pascanu, Mikolov, Bengio 2013");
    sweep_table_free(&table);
}

START_TEST(no_norm_exceeds_the_bound) {
    bound_holds("log10 of norm over bound, largest: gaussian, tied", 4 * 3 * 2 * 4 * 60,
                (const char *const[]){ "--scale", "0.5,1.5,4", "--drive", "0,0.1", "--length", "60",
                                       "--hidden", "32", "--seed", "11:14", NULL });
    bound_holds("log10 of norm over bound, largest: orthogonal, untied", 4 * 2 * 3 * 40,
                (const char *const[]){ "--scale", "0.9,2", "--init", "orthogonal", "--weights", "untied",
                                       "--length", "40", "--hidden", "32", "--seed", "11:13", NULL });
}
END_TEST

START_TEST(orthogonal_and_identity_linear_nets_reach_the_bound) {
    struct sweep_table table =
        claim_run(2 * 2 * 300,
                  (const char *const[]){ "--activation", "linear", "--init", "orthogonal,identity", "--scale",
                                         "0.9", "--length", "300", "--hidden", "48", "--seed", "3:4", NULL });
    double worst = 0;
    for (size_t i = 0; i < table.rows; i++)
        worst = fmax(worst, fabs(row_of(&table, i)[NORM] - row_of(&table, i)[BOUND]));
    claim_at_most("C7", "linear, orthogonal W: log10 norm minus bound over 300 steps", worst, 1e-10,
                  "W^T W = scale^2 I");
    sweep_table_free(&table);
}
END_TEST

/* The bound is tens of orders away; what the powers of one W do in the long run is its spectral radius. */
START_TEST(a_linear_net_goes_by_the_spectral_radius_in_the_long_run) {
    struct sweep_table table = claim_run(
        4 * 3000, (const char *const[]){ "--activation", "linear", "--scale", "0.7", "--length", "3000",
                                         "--hidden", "32", "--batch", "1", "--seed", "21:24", NULL });
    double worst = 0;
    for (size_t net = 0; net < 4; net++) {
        const double *near = row_of(&table, net * 3000 + 1000), *far = row_of(&table, net * 3000 + 2999);
        const double norm = far[NORM] - near[NORM], radius = far[RADIUS] - near[RADIUS];
        worst = fmax(worst, fabs(norm - radius) / (far[LAG] - near[LAG]));
    }
    claim_at_most("C7", "linear, scale .7, lags 1000..2999: slope minus log10 of the radius", worst, 1e-3,
                  "Gelfand 1941");
    sweep_table_free(&table);
}
END_TEST

START_TEST(a_norm_below_every_double_is_still_on_its_line) {
    struct sweep_table table =
        claim_run(10 * 1000, (const char *const[]){ "--activation", "sigmoid", "--scale", "1", "--length",
                                                    "1000", "--hidden", "64", "--seed", "1:10", NULL });
    const double first = claim_mean(&table, "log10_norm", "lag=300").mean;
    const double middle = claim_mean(&table, "log10_norm", "lag=600").mean;
    const double last = claim_mean(&table, "log10_norm", "lag=900").mean;
    claim_at_most("C7", "sigmoid, scale 1: log10 norm after 900 steps", last, -324,
                  "below the smallest double");
    claim_near("C7", "its slope over lags 600..900 against 300..600, ratio",
               (last - middle) / (middle - first), 1, 0.01, "one rate at any length");
    sweep_table_free(&table);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("vanishing");
    tcase_add_test(cases, no_norm_exceeds_the_bound);
    tcase_add_test(cases, orthogonal_and_identity_linear_nets_reach_the_bound);
    tcase_add_test(cases, a_linear_net_goes_by_the_spectral_radius_in_the_long_run);
    tcase_add_test(cases, a_norm_below_every_double_is_still_on_its_line);
    return claim_main(cases);
}
