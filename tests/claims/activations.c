/* C9: derivatives go to zero at both limits, the linear function excepted. */
#include "claim.h"

#include <math.h>
#include <stdio.h>

static const char *const names[] = { "sigmoid", "tanh", "relu", "linear" };

/* phi'(a) for a >= 0 by another road than the library's: in terms of e^-a */
static double tail(int activation, double a) {
    const double e = exp(-a);
    const double exact[] = { e / ((1 + e) * (1 + e)), 4 * e * e / ((1 + e * e) * (1 + e * e)), a > 0, 1 };
    return exact[activation];
}

START_TEST(the_largest_derivative_is_a_quarter_for_sigmoid_and_one_for_the_others) {
    static const double maximum[] = { 0.25, 1, 1, 1 };
    struct sweep_table table = claim_run(4 * 257, (const char *const[]){ NULL });
    for (int i = 0; i < 4; i++) {
        char where[64], what[64];
        snprintf(where, sizeof where, "activation=%s", names[i]);
        snprintf(what, sizeof what, "largest derivative of %s", names[i]);
        claim_near("C9", what, claim_mean(&table, "derivative_max", where).mean, maximum[i], 1e-12,
                   "calculus");
    }
    sweep_table_free(&table);
}
END_TEST

START_TEST(both_tails_die_for_sigmoid_and_tanh_one_for_relu_none_for_linear) {
    struct sweep_table table =
        claim_run(4 * 3, (const char *const[]){ "--limit", "40", "--step", "40", NULL });
    for (int i = 0; i < 4; i++) {
        char where[64], what[64];
        snprintf(where, sizeof where, "activation=%s", names[i]);
        const double right = claim_mean(&table, "right_tail", where).mean;
        const double left = claim_mean(&table, "left_tail", where).mean;
        snprintf(what, sizeof what, "derivative of %s at 40, over e^-a form", names[i]);
        claim_near("C9", what, right / tail(i, 40), 1, 1e-12, "calculus");
        snprintf(what, sizeof what, "derivative of %s at -40, over that at 40", names[i]);
        claim_near("C9", what, left / right, i == 2 ? 0 : 1, 1e-12, "symmetry; relu keeps one side");
    }
    sweep_table_free(&table);
}
END_TEST

START_TEST(every_derivative_is_the_slope_of_its_function) {
    struct sweep_table table = claim_run(4 * 1025, (const char *const[]){ "--step", "0.015625", NULL });
    const size_t width = table.axes + table.columns;
    double worst = 0;
    for (size_t row = 1; row + 1 < table.rows; row++) {
        const double *before = table.values + (row - 1) * width + table.axes, *here = before + width,
                     *after = here + width;
        if (after[0] - before[0] > 0 && here[0] != 0) /* within one activation, off the corner of relu */
            worst = fmax(worst, fabs((after[1] - before[1]) / (after[0] - before[0]) - here[2]));
    }
    claim_at_most("C9", "derivative minus difference quotient, step 1/64", worst, 2 * pow(0.015625, 2) / 6,
                  "h^2/6 max|phi'''|, which is 2 for tanh");
    sweep_table_free(&table);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("activations");
    tcase_add_test(cases, the_largest_derivative_is_a_quarter_for_sigmoid_and_one_for_the_others);
    tcase_add_test(cases, both_tails_die_for_sigmoid_and_tanh_one_for_relu_none_for_linear);
    tcase_add_test(cases, every_derivative_is_the_slope_of_its_function);
    return claim_main(cases);
}
