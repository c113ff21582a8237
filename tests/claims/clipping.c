/* C18, the algebra: clipping by norm bounds the norm and changes nothing else; by value turns the direction;
 * neither brings back what is far away. */
#include "claim.h"
#include "train.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

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

/* How much the input of k steps before the end has to do with an update: ||clip(g') - clip(g)||, where g' is
 * the gradient dL/dW_hh after x_{T-k} has changed. `threshold` is relative to ||g||; 0 clips nothing. */
enum { H = 64, BATCH = 4, INPUTS = 8, LENGTH = 60 };

static void gradient(double g[H * H], struct rnn *net, uint64_t seed) {
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(rnn_loss_linear(net, seed), RNN_OK);
    ck_assert_int_eq(rnn_backward(net), RNN_OK);
    ck_assert_int_eq(net->gradient_exponent, 0);
    memcpy(g, net->d.W_hh, H * H * sizeof *g);
}

static void clip(double g[H * H], bool by_value, double threshold) {
    if (threshold > 0)
        ck_assert_int_eq((by_value ? rnn_clip_value(g, H * H, NULL, threshold)
                                   : rnn_clip_norm(NULL, g, H * H, NULL, threshold)),
                         RNN_OK);
}

static double log_influence(struct rnn *net, uint64_t seed, size_t lag, bool by_value, double threshold) {
    double before[H * H], after[H * H], squares = 0;
    double *x = net->x + (LENGTH - 1 - lag) * BATCH * INPUTS;
    gradient(before, net, seed);
    const double limit = threshold * exp(rnn_log_norm(before, H * H));
    for (size_t i = 0; i < BATCH * INPUTS; i++)
        x[i] = -x[i];
    gradient(after, net, seed);
    for (size_t i = 0; i < BATCH * INPUTS; i++)
        x[i] = -x[i];
    clip(before, by_value, limit);
    clip(after, by_value, limit);
    for (size_t i = 0; i < H * H; i++)
        squares += pow(after[i] - before[i], 2);
    return 0.5 * log10(squares);
}

/* log10 of the influence of lag 30 over that of lag 0, mean over seeds. */
static double fade(bool by_value, double threshold) {
    double sum = 0;
    for (uint64_t seed = 1; seed <= 10; seed++) {
        struct rnn *net = NULL;
        const struct rnn_spec spec = { .cell = &rnn_elman,
                                       .activation = &rnn_tanh,
                                       .init = RNN_GAUSSIAN,
                                       .weights = RNN_TIED,
                                       .record = RNN_GRADIENTS,
                                       .norm = RNN_NO_NORM,
                                       .scale = 0.7,
                                       .drive = 0.1,
                                       .length = LENGTH,
                                       .segment = LENGTH,
                                       .hidden = H,
                                       .reads = 1,
                                       .batch = BATCH,
                                       .inputs = INPUTS };
        ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
        rnn_draw(net, seed);
        sum += log_influence(net, seed, 30, by_value, threshold) -
               log_influence(net, seed, 0, by_value, threshold);
        rnn_free(&net);
    }
    return sum / 10;
}

START_TEST(what_is_far_away_stays_far_away) {
    const bool by_value = _i;
    const double free = fade(by_value, 0), clipped = fade(by_value, by_value ? 1.0 / H : 0.1);
    char what[96];
    claim_at_most("C18", "unclipped: log10 of what x_{T-30} does to dL/dW over what x_T does", free, -3,
                  "it fades");
    snprintf(what, sizeof what, "by %s: the same after clipping, less that", by_value ? "value" : "norm");
    claim_near("C18", what, clipped - free, 0, log10(1.5), "clipping brings nothing back");
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("clipping");
    tcase_add_test(cases, by_norm_only_the_norm_changes);
    tcase_add_test(cases, by_value_the_direction_turns);
    tcase_add_loop_test(cases, what_is_far_away_stays_far_away, 0, 2);
    return claim_main(cases);
}
