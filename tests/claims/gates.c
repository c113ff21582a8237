/* C20: one can change the architecture. The bias of the gate that keeps sets how far the gradient reaches; at
 * the usual biases it fades at initialisation all the same, and where bias and scale are high an LSTM
 * explodes. At ordinary scales and biases r is that of infinitely many units, which knows no W and no way back. */
#include "claim.h"

#include <math.h>
#include <stdio.h>

static const char *const seeds = "21:30";
static const char *const cells[] = { "lstm", "gru" };

/* One slope lies below another, by two deviations over seeds of each. */
static void lies_below(const char *what, struct claim_mean low, struct claim_mean high, const char *source) {
    claim_at_most("C20", what, low.mean + 2 * low.deviation - (high.mean - 2 * high.deviation), 0, source);
}

/* Only the bias moves the gate at scale 0.001 and drive 1e-4. What is left is below 1e-4: E[f^2] is
 * sigmoid(b)^2 to within the drive, and over lags up to 40 the gradient through W adds 40 (scale /
 * sigmoid(b))^2 to the slope. */
START_TEST(where_all_else_is_small_r_is_the_gate_that_keeps) {
    static const char *const biases[] = { "0", "1", "2", "4" };
    struct sweep_table table =
        claim_run(4 * 10, (const char *const[]){ "--architecture", cells[_i], "--scale", "0.001", "--drive",
                                                 "0.0001", "--forget", "0,1,2,4", "--hidden", "64",
                                                 "--length", "60", "--seed", seeds, NULL });
    for (int i = 0; i < 4; i++) {
        char where[32], what[96];
        snprintf(where, sizeof where, "forget=%s", biases[i]);
        const double expected = log(claim_mean(&table, "theory_keep", where).mean);
        snprintf(what, sizeof what, "%s, forget bias %s: slope", cells[_i], biases[i]);
        claim_near("C20", what, claim_mean(&table, "slope", where).mean, expected, 2e-4,
                   "Gers, Schmidhuber, Cummins 2000: ln sigmoid(bias)");
        snprintf(what, sizeof what, "%s, forget bias %s: mean ln of the gate", cells[_i], biases[i]);
        claim_near("C20", what, claim_mean(&table, "forget_mean", where).mean, expected, 2e-4,
                   "ln sigmoid(bias)");
    }
    sweep_table_free(&table);
}
END_TEST

/* Tolerances of a slope: four standard deviations of the mean of ten seeds, of nets and sites together,
 * measured on eighty others, and what a finite width of 128 (tied) or 64 (untied) takes, .004 and .003. */
static const struct {
    const char *scale, *forget;
    double tied[2], untied[2]; /* lstm, gru */
} ordinary[] = {
    { "1", "0", { .024, .024 }, { .009, .009 } }, { "1", "1", { .018, .012 }, { .008, .006 } },
    { "1", "2", { .014, .007 }, { .007, .004 } }, { "2", "0", { .030, .030 }, { .012, .012 } },
    { "2", "1", { .027, .019 }, { .010, .008 } }, { "2", "2", { .027, .010 }, { .009, .005 } },
};
enum { ORDINARY = sizeof ordinary / sizeof *ordinary };

START_TEST(an_ordinary_gated_net_has_the_slope_of_infinitely_many_units) {
    const bool untied = _i % 2;
    const char *const cell = cells[_i / 2], *const weights = untied ? "untied" : "tied";
    struct sweep_table table =
        claim_run(ORDINARY * 10,
                  (const char *const[]){ "--architecture", cell, "--weights", weights, "--scale", "1,2",
                                         "--forget", "0,1,2", "--hidden", untied ? "64" : "128", "--length",
                                         untied ? "80" : "100", "--sites", "1024", "--seed", seeds, NULL });
    for (int i = 0; i < ORDINARY; i++) {
        char where[48], what[96];
        const double tolerance = (untied ? ordinary[i].untied : ordinary[i].tied)[_i / 2];
        snprintf(where, sizeof where, "scale=%s forget=%s", ordinary[i].scale, ordinary[i].forget);
        snprintf(what, sizeof what, "%s, %s, scale %s, forget bias %s: slope", cell, weights,
                 ordinary[i].scale, ordinary[i].forget);
        claim_near("C20", what, claim_mean(&table, "slope", where).mean,
                   claim_mean(&table, "theory_slope", where).mean, tolerance,
                   untied ? "Gilboa et al. 2019" : "dynamical mean field: Can, Krishnamurthy, Schwab 2020");
    }
    sweep_table_free(&table);
}
END_TEST

START_TEST(gated_nets_vanish_at_the_usual_biases_and_the_bias_sets_how_fast) {
    static const char *const tanh_less = "a gate that is half closed", *const more = "r grows with the gate";
    struct sweep_table table =
        claim_run(3 * 3 * 10, (const char *const[]){ "--architecture", "elman,lstm,gru", "--scale", "1",
                                                     "--forget", "0,1,2", "--seed", seeds, NULL });
    const struct claim_mean elman = claim_mean(&table, "slope", "architecture=elman forget=0"), none = { 0 };
    for (int i = 0; i < 2; i++) {
        char where[48], what[96];
        struct claim_mean slope[3];
        for (int bias = 0; bias < 3; bias++) {
            snprintf(where, sizeof where, "architecture=%s forget=%d", cells[i], bias);
            slope[bias] = claim_mean(&table, "slope", where);
        }
        snprintf(what, sizeof what, "%s, scale 1, forget bias 1: slope", cells[i]);
        lies_below(what, slope[1], none, "it vanishes");
        snprintf(what, sizeof what, "%s, scale 1: slope at forget bias 0 below that at 1", cells[i]);
        lies_below(what, slope[0], slope[1], more);
        snprintf(what, sizeof what, "%s, scale 1: slope at forget bias 1 below that at 2", cells[i]);
        lies_below(what, slope[1], slope[2], more);
        snprintf(what, sizeof what, "%s, scale 1, forget bias 0: slope below that of the tanh net", cells[i]);
        lies_below(what, slope[0], elman, tanh_less);
        snprintf(what, sizeof what, "tanh net: slope below that of the %s, scale 1, forget bias 2", cells[i]);
        lies_below(what, elman, slope[2], "one can change the architecture");
    }
    sweep_table_free(&table);
}
END_TEST

/* The product of the gates is the part of the gradient that goes past W_hh; the rest goes through it. */
START_TEST(the_gradient_outlives_the_product_of_the_gates) {
    static const char *const scales[] = { "0.1", "1", "2" }, *const biases[] = { "-1", "1", "3" };
    struct sweep_table table = claim_run(
        2 * 3 * 3 * 4, (const char *const[]){ "--architecture", "lstm,gru", "--scale", "0.1,1,2", "--forget",
                                              "-1,1,3", "--hidden", "64", "--seed", "21:24", NULL });
    double largest = -INFINITY;
    for (int i = 0; i < 2 * 3 * 3; i++) {
        char where[64];
        snprintf(where, sizeof where, "architecture=%s scale=%s forget=%s", cells[i / 9], scales[i / 3 % 3],
                 biases[i % 3]);
        largest = fmax(largest, claim_mean(&table, "forget_mean", where).mean -
                                    claim_mean(&table, "slope", where).mean);
    }
    claim_at_most("C20", "mean ln of the gate less the slope, largest", largest, 0,
                  "E[ln f] <= 1/2 ln E[f^2], and what goes through W adds");
    sweep_table_free(&table);
}
END_TEST

START_TEST(at_a_high_bias_and_scale_an_lstm_explodes_where_a_gru_does_not) {
    const struct claim_mean none = { 0 };
    struct sweep_table table =
        claim_run(3 * 10, (const char *const[]){ "--architecture", "lstm,gru,elman", "--scale", "2",
                                                 "--forget", "2", "--seed", seeds, NULL });
    const struct claim_mean lstm = claim_mean(&table, "slope", "architecture=lstm");
    lies_below("lstm, scale 2, forget bias 2: zero below the slope", none, lstm, "it explodes");
    lies_below("gru, scale 2, forget bias 2: slope", claim_mean(&table, "slope", "architecture=gru"), none,
               "it vanishes");
    lies_below("lstm, scale 2, forget bias 2: slope below that of the tanh net", lstm,
               claim_mean(&table, "slope", "architecture=elman"), "more slowly than the tanh net");
    sweep_table_free(&table);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("gates");
    tcase_add_loop_test(cases, where_all_else_is_small_r_is_the_gate_that_keeps, 0, 2);
    tcase_add_loop_test(cases, an_ordinary_gated_net_has_the_slope_of_infinitely_many_units, 0, 4);
    tcase_add_test(cases, gated_nets_vanish_at_the_usual_biases_and_the_bias_sets_how_fast);
    tcase_add_test(cases, the_gradient_outlives_the_product_of_the_gates);
    tcase_add_test(cases, at_a_high_bias_and_scale_an_lstm_explodes_where_a_gru_does_not);
    return claim_main(cases);
}
