/* C5, C14, C17, C20, C21: what lies within reach of the gradient is learnt, what lies beyond is not, and what
 * reaches further. The shares expected were measured with another implementation on its own seeds; the bands
 * leave room for ours. */
#include "claim.h"

#include <stdio.h>
#include <stdlib.h>

/* Share of 16 runs that solved their task: Adam 2e-3, clipped by norm at 1, 50 units, batches of 20. */
static double share(const char *task, const char *kind, const char *length, const char *updates) {
    struct sweep_table table =
        claim_run(16, (const char *const[]){ "--task", task, "--kind", kind, "--length", length, "--updates",
                                             updates, "--seed", "101:116", NULL });
    const double solved = claim_mean(&table, "solved", "").mean;
    sweep_table_free(&table);
    return solved;
}

/* A row: the task, and how many of the seeds solved it elsewhere and must, or may, here. */
static const struct row {
    const char *claim, *task, *kind, *length, *updates;
    double limit;
    enum { LEAST, MOST } side;
    const char *elsewhere;
} rows[] = {
    { "C14", "order", "tanh", "20", "2000", 0.75, LEAST, "16 of 16" },
    { "C14", "order", "sigmoid", "20", "2000", 0.2, MOST, "0 of 16" },
    { "C5", "order", "tanh", "30", "1500", 0.6, LEAST, "15 of 16" },
    { "C5", "order", "tanh", "50", "1500", 0.5, MOST, "2 of 16" },
    { "C14", "last", "tanh", "50", "500", 0.9, LEAST, "the control: one step back" },
    { "C14", "last", "sigmoid", "50", "500", 0.9, LEAST, "the control: one step back" },
    { "C17", "order", "irnn", "50", "1500", 0.8, LEAST, "16 of 16" },
    { "C17", "order", "relu", "50", "1500", 0.2, MOST, "r = 0.71: less than tanh" },
    { "C20", "order", "lstm", "50", "1000", 0.7, LEAST, "8 of 8" },
    { "C20", "order", "gru", "50", "1000", 0.7, LEAST, "8 of 8" },
    { "C21", "order", "irnn", "100", "1000", 0.7, LEAST, "8 of 8: twice the horizon of tanh" },
    { "C14", "adding", "tanh", "50", "2000", 0.25, MOST, "0 of 12" },
    { "C17", "adding", "irnn", "50", "1500", 0.75, LEAST, "12 of 12" },
    { "C20", "adding", "lstm", "50", "1500", 0.75, LEAST, "12 of 12" },
    { "C20", "adding", "gru", "50", "1500", 0.75, LEAST, "12 of 12" },
    { "C14", "recall", "tanh", "20", "1000", 0.6, LEAST, "21 of 24" },
    { "C14", "recall", "sigmoid", "20", "1000", 0.3, MOST, "0 of 8" },
};
enum { ROWS = sizeof rows / sizeof *rows };

START_TEST(share_of_seeds_is_where_another_implementation_found_it) {
    const struct row *row = &rows[_i];
    char what[96];
    snprintf(what, sizeof what, "%s, T %s, %s: share of 16 seeds solved in %s updates", row->task,
             row->length, row->kind, row->updates);
    (row->side == LEAST ? claim_share_at_least : claim_share_at_most)(
        row->claim, what, share(row->task, row->kind, row->length, row->updates), 16, row->limit,
        row->elsewhere);
}
END_TEST

/* The ladder of the IRNN: sequences seen until the mean squared error of adding, both marks anywhere, is below 0.1,
 * published as medians of five seeds; batches of 16, SGD, W_xh and W_hy of deviation 0.01. Its rates are twice these,
 * since its loss is half the squared error. What never gets there counts as the cap, so a median over all seeds says
 * that half of them do. */
static const struct rung {
    const char *length, *hidden, *rate, *threshold, *updates, *seeds;
    size_t count;
    double low, high;
    bool long_one; /* run with --setup full alone */
} rungs[] = {
    { "5", "2", "0.05", "100", "4000", "101:133", 33, 8e3, 8e3, false },
    { "10", "5", "0.025", "100", "6000", "101:133", 33, 26e3, 28e3, false },
    { "20", "10", "0.015", "100", "15000", "101:133", 33, 80e3, 80e3, false },
    { "40", "30", "0.005", "100", "60000", "101:109", 9, 220e3, 220e3, true },
    { "60", "40", "0.005", "10", "80000", "101:109", 9, 440e3, 440e3, true },
};
enum { RUNGS = sizeof rungs / sizeof *rungs, LADDER_BATCH = 16 };

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median_needed(const struct rung *rung) {
    struct sweep_table table = claim_run(rung->count, (const char *const[]){ "--task",      "adding_anywhere",
                                                                             "--kind",      "faint",
                                                                             "--length",    rung->length,
                                                                             "--hidden",    rung->hidden,
                                                                             "--batch",     "16",
                                                                             "--optimizer", "sgd",
                                                                             "--rate",      rung->rate,
                                                                             "--threshold", rung->threshold,
                                                                             "--goal",      "0.1",
                                                                             "--updates",   rung->updates,
                                                                             "--seed",      rung->seeds,
                                                                             NULL });
    double needed[64];
    for (size_t i = 0; i < rung->count; i++)
        needed[i] = claim_value(&table, i, "needed");
    sweep_table_free(&table);
    qsort(needed, rung->count, sizeof *needed, ascending);
    return needed[rung->count / 2];
}

START_TEST(irnn_climbs_its_ladder_within_a_factor_two_of_what_was_published) {
    const struct rung *rung = &rungs[_i];
    char what[96];
    if (rung->long_one && !getenv("EVANESCE_FULL"))
        return;
    const double sequences = LADDER_BATCH * median_needed(rung);
    snprintf(what, sizeof what, "adding, T %s, %s units, IRNN: sequences until solved, of %zu seeds",
             rung->length, rung->hidden, rung->count);
    claim_at_least("C17", what, sequences, rung->low / 2, "published, less a factor 2");
    claim_at_most("C17", what, sequences, rung->high * 2, "published, times a factor 2");
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("learning");
    tcase_add_loop_test(cases, share_of_seeds_is_where_another_implementation_found_it, 0, ROWS);
    tcase_add_loop_test(cases, irnn_climbs_its_ladder_within_a_factor_two_of_what_was_published, 0, RUNGS);
    return claim_main(cases);
}
