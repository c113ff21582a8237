/* C15: a gradient explodes at a place of the error surface too, not only at a choice of initial weights. */
#include "claim.h"

#include <complex.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>

/* b of the line on which the start, 0.5, is a fixed point */
static double line(double w) {
    return 0.5 - w / (1 + exp(-0.5));
}

START_TEST(on_the_line_the_gradient_is_a_geometric_series) {
    static const char *const weights[] = { "3.119", "4.385", "5.077" };
    char b[32], what[64];
    const double w = strtod(weights[_i], NULL);
    snprintf(b, sizeof b, "%.17g", line(w));
    snprintf(what, sizeof what, "log10 of the gradient on the line, w = %s", weights[_i]);
    struct sweep_table table = claim_run(1, (const char *const[]){ "--w", weights[_i], "--b", b, NULL });
    claim_near("C15", what, claim_value(&table, 0, "log10_norm"), claim_value(&table, 0, "log10_theory"),
               1e-9, "(m^50 - 1) / (m - 1), m = w sigmoid'(0.5)");
    sweep_table_free(&table);
}
END_TEST

START_TEST(the_wall_is_on_the_line) {
    struct sweep_table table =
        claim_run(1001, (const char *const[]){ "--w", "5", "--b", "-2.7:-2.5:0.0002", NULL });
    size_t steepest = 0;
    for (size_t i = 0; i < table.rows; i++)
        if (claim_value(&table, i, "log10_norm") > claim_value(&table, steepest, "log10_norm"))
            steepest = i;
    claim_near("C15", "w = 5: b of the steepest point of a cut", claim_value(&table, steepest, "b"), line(5),
               0.001, "Pascanu, Mikolov, Bengio 2013");
    claim_at_most("C15", "w = 5: error 0.01 above the line over that 0.01 below",
                  claim_mean(&table, "error", "b=-2.6022").mean /
                      claim_mean(&table, "error", "b=-2.6222").mean,
                  0.1, "the two attractors");
    sweep_table_free(&table);
}
END_TEST

/* Descents from a grid over the surface: how many, how many of them leave it by more than 1, and the largest
 * error at the end. */
struct outcome {
    double starts, left, worst;
};

static struct outcome outcome_of(const struct sweep_table *table, size_t starts) {
    struct outcome outcome = { .starts = (double)starts };
    const size_t rows = table->rows / starts;
    for (size_t start = 0; start < table->rows; start += rows) {
        bool left = false;
        for (size_t i = start; i < start + rows; i++) {
            const double w = claim_value(table, i, "w_at"), b = claim_value(table, i, "b_at");
            left |= w < 2 || w > 8 || b < -5 || b > 0;
        }
        outcome.left += left;
        outcome.worst = fmax(outcome.worst, claim_value(table, start + rows - 1, "error"));
    }
    return outcome;
}

/* ---- descents once more: the loss as it is defined, its gradient by the complex step ------------------- */

static double complex sigmoid(double complex a) {
    return 1 / (1 + cexp(-a));
}

static double complex loss(double complex w, double complex b) {
    double complex x = 0.5;
    for (int t = 0; t < 50; t++)
        x = w * sigmoid(x) + b;
    return (sigmoid(x) - 0.7) * (sigmoid(x) - 0.7);
}

/* Whether a descent without clipping leaves the surface by more than 1. */
static bool leaves(double w, double b, double rate, int updates) {
    static const double step = 1e-30;
    bool left = false;
    for (int i = 0; i <= updates; i++) {
        left |= w < 2 || w > 8 || b < -5 || b > 0;
        const double dw = cimag(loss(w + step * I, b)) / step, db = cimag(loss(w, b + step * I)) / step;
        w -= rate * dw;
        b -= rate * db;
    }
    return left;
}

/* The share of a grid of starts. Near the wall a rounding decides, so each start is taken four times, a little
 * apart: the count of 180 has a standard deviation of 0.9 then, that of 48 one of 1.8. */
static double reckoned(int across, int up, double apart, double rate, int updates) {
    int left = 0;
    for (int copy = 0; copy < 4; copy++)
        for (int i = 0; i < across * up; i++)
            left += leaves(3.25 + apart * (i / up) + copy * 1e-13, -3.875 + apart * (i % up), rate, updates);
    return (double)left / (4 * across * up);
}

/* 180 starts, rate 1, 300 updates */
static struct outcome descend(const char *clip) {
    struct sweep_table table =
        claim_run(180 * 301, (const char *const[]){ "--clip", clip, "--w", "3.25:6.75:0.25", "--b",
                                                    "-3.875:-1.125:0.25", "--updates", "300", NULL });
    const struct outcome outcome = outcome_of(&table, 180);
    sweep_table_free(&table);
    return outcome;
}

START_TEST(without_clipping_a_descent_may_be_thrown_off_and_with_it_none_is) {
    const struct outcome free = descend("none"), clipped = descend("norm");
    claim_near("C15", "unclipped: share of descents thrown off by more than 1", free.left / free.starts,
               reckoned(15, 12, 0.25, 1, 300), 0.023, "the same by complex steps, 4 standard deviations");
    claim_at_most("C15", "unclipped: one start over those thrown off", 1 / free.left, 1, "it may");
    claim_at_most("C15", "unclipped: 0.09 over the largest error after 300 updates", 0.09 / free.worst, 1,
                  "thrown to where sigmoid is 0 or 1");
    claim_at_most("C18", "threshold 0.1: descents that leave it", clipped.left, 0,
                  "a step is at most rate * threshold");
    claim_at_most("C18", "threshold 0.1: largest error after 300 updates", clipped.worst, 0.01,
                  "the wall is followed");
}
END_TEST

START_TEST(a_smaller_rate_does_not_help) {
    struct sweep_table table =
        claim_run(48 * 3001, (const char *const[]){ "--rate", "0.1", "--w", "3.25:6.75:0.5", "--b",
                                                    "-3.875:-1.375:0.5", "--updates", "3000", NULL });
    const struct outcome slow = outcome_of(&table, 48);
    claim_near("C15", "unclipped, a tenth of the rate: share of descents thrown off", slow.left / slow.starts,
               reckoned(8, 6, 0.5, 0.1, 3000), 0.17, "the same by complex steps, 4 standard deviations");
    claim_at_most("C15", "unclipped, a tenth of the rate: one start over those thrown off", 1 / slow.left, 1,
                  "the gradient on the wall far exceeds 1 / rate");
    sweep_table_free(&table);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("cliff");
    tcase_add_loop_test(cases, on_the_line_the_gradient_is_a_geometric_series, 0, 3);
    tcase_add_test(cases, the_wall_is_on_the_line);
    tcase_add_test(cases, without_clipping_a_descent_may_be_thrown_off_and_with_it_none_is);
    tcase_add_test(cases, a_smaller_rate_does_not_help);
    return claim_main(cases);
}
