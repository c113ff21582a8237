/* C3, C6: past inputs reach the output, they fade at the gradient's rate, and memory is another matter. */
#include "claim.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

enum { LAGS = 100, SEEDS = 10 };
static const char *const seeds = "1:10";
static const char *const kinds[][2] = { { "linear", "gaussian" }, { "linear", "orthogonal" },
                                        { "linear", "identity" }, { "tanh", "gaussian" },
                                        { "tanh", "orthogonal" }, { "tanh", "identity" } };

/* Least squares of the mean over seeds against lag, per step. */
static double slope_of(const struct sweep_table *table, const char *column) {
    double xx = 0, xy = 0;
    for (int k = 0; k < LAGS; k++) {
        char where[40];
        snprintf(where, sizeof where, "lag=%d", k);
        const double x = k - (LAGS - 1) / 2.0;
        xx += x * x;
        xy += x * claim_mean(table, column, where).mean;
    }
    return xy / xx;
}

START_TEST(a_perturbation_and_the_gradient_fade_at_one_rate) {
    char what[96];
    const char *const activation = kinds[_i][0], *const init = kinds[_i][1];
    struct sweep_table table =
        claim_run(LAGS * SEEDS, (const char *const[]){ "--activation", activation, "--init", init, "--noise",
                                                       "0", "--length", "400", "--seed", seeds, NULL });
    snprintf(what, sizeof what, "%s, %s: slope forward over slope backward", activation, init);
    claim_near("C6", what, slope_of(&table, "log10_forward") / slope_of(&table, "log10_backward"), 1, 0.05,
               "one product of Jacobians");
    double smallest = INFINITY;
    for (size_t i = 0; i < table.rows; i++)
        if (claim_value(&table, i, "lag") >= 1)
            smallest = fmin(smallest, claim_value(&table, i, "log10_dy_dx"));
    snprintf(what, sizeof what, "%s, %s: -log10 |dy/dx_{T-k}|, largest over k = 1..99", activation, init);
    claim_at_most("C3", what, -smallest, 300, "not zero, and a number double holds");
    sweep_table_free(&table);
}
END_TEST

/* The net of an experiment's cell, at another place of the same path. */
static struct rnn *net_of(const struct rnn_activation *activation, enum rnn_init init, uint64_t seed) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = { .cell = &rnn_elman,
                                   .activation = activation,
                                   .init = init,
                                   .weights = RNN_TIED,
                                   .record = RNN_NORMS,
                                   .norm = RNN_NO_NORM,
                                   .scale = 0.85,
                                   .drive = 0.1,
                                   .length = 240,
                                   .segment = 240,
                                   .reads = 1,
                                   .hidden = 64,
                                   .batch = 16,
                                   .inputs = 1 };
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, seed);
    return net;
}

/* y = <v, h_T> of every sequence, with `step` added to x_t of all. v is what dL/dh_T is at first, times B. */
static void outputs(double y[16], struct rnn *net, const double *v, size_t t, double step) {
    const size_t B = net->spec.batch, H = net->spec.hidden;
    for (size_t b = 0; b < B; b++)
        net->x[(t - 1) * B + b] += step;
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    for (size_t b = 0; b < B; b++) {
        y[b] = 0;
        net->x[(t - 1) * B + b] -= step;
        for (size_t i = 0; i < H; i++)
            y[b] += (double)B * v[b * H + i] * rnn_state(net, net->spec.length)[b * H + i];
    }
}

/* log10 of |dy/dx_{T-k}|, root mean square over the batch, by central differences of the forward pass. */
static double by_changing(struct rnn *net, const double *v, size_t lag) {
    const double step = 1e-5;
    double up[16], down[16], squares = 0;
    outputs(up, net, v, net->spec.length - lag, step);
    outputs(down, net, v, net->spec.length - lag, -step);
    for (size_t b = 0; b < 16; b++)
        squares += pow((up[b] - down[b]) / (2 * step), 2) / 16;
    return 0.5 * log10(squares);
}

/* Rounding of y over the step and what is left of it 20 steps on, 1e-15 / 1e-5 / 1e-3, is below 1e-6. */
START_TEST(another_input_gives_another_output) {
    static const struct rnn_activation *const activations[] = { &rnn_linear, &rnn_tanh };
    const char *const activation = kinds[_i][0], *const init = kinds[_i][1];
    double v[16 * 64], worst = 0;
    struct sweep_table table =
        claim_run(LAGS, (const char *const[]){ "--activation", activation, "--init", init, "--noise", "0",
                                               "--length", "240", "--seed", "7", NULL });
    struct rnn *net = net_of(activations[_i / 3], (enum rnn_init)(RNN_GAUSSIAN + _i % 3), 7);
    ck_assert_int_eq(rnn_loss_linear(net, 7), RNN_OK);
    memcpy(v, rnn_state_gradient(net, net->spec.length), sizeof v);
    for (size_t lag = 0; lag <= 20; lag += 4)
        worst = fmax(worst, fabs(claim_value(&table, lag, "log10_dy_dx") - by_changing(net, v, lag)));
    char what[96];
    snprintf(what, sizeof what, "%s, %s: log10 |dy/dx| less that by changing x, k = 0..20", activation, init);
    claim_at_most("C3", what, worst, 1e-6, "central differences");
    rnn_free(&net);
    sweep_table_free(&table);
}
END_TEST

/* Units that do not mix: in twenty steps each has been below zero once, and then its past is gone. */
START_TEST(the_exception_is_a_relu_that_mixes_nothing) {
    struct rnn *net = net_of(&rnn_relu, RNN_IDENTITY, 7);
    double v[16 * 64];
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(rnn_loss_linear(net, 7), RNN_OK);
    memcpy(v, rnn_state_gradient(net, net->spec.length), sizeof v);
    claim_at_most("C3", "relu, W = 0.85 I: log10 |dy/dx|, 200 steps back", by_changing(net, v, 200),
                  -INFINITY, "exactly zero");
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(rnn_loss_linear(net, 7), RNN_OK);
    ck_assert_int_eq(rnn_backward(net), RNN_ZERO);
    rnn_free(&net);
}
END_TEST

/* Largest 1 - R2 over seeds and lags 0..31. */
static double largest_miss(const char *scale, const char *noise) {
    struct sweep_table table = claim_run(
        LAGS * 5, (const char *const[]){ "--activation", "linear", "--init", "orthogonal", "--scale", scale,
                                         "--noise", noise, "--seed", "1:5", NULL });
    double miss = 0;
    for (int k = 0; k < 32; k++) {
        char where[40];
        for (int seed = 1; seed <= 5; seed++) {
            snprintf(where, sizeof where, "lag=%d seed=%d", k, seed);
            miss = fmax(miss, 1 - claim_mean(&table, "r2", where).mean);
        }
    }
    sweep_table_free(&table);
    return miss;
}

START_TEST(an_orthogonal_linear_net_recalls_half_as_many_inputs_as_it_has_units) {
    claim_at_most("C6", "1 - R2, linear orthogonal, H 64, k < 32, largest", largest_miss("0.85", "0"), 0.1,
                  "White, Lee, Sompolinsky 2004");
    claim_at_most("C6", "1 - R2, the same at scale 0.9 with 1 % of noise", largest_miss("0.9", "0.01"), 0.1,
                  "White, Lee, Sompolinsky 2004");
}
END_TEST

static struct claim_mean capacity(const struct sweep_table *table, const char *activation, const char *init,
                                  const char *noise) {
    char where[96];
    snprintf(where, sizeof where, "activation=%s init=%s noise=%s lag=99", activation, init, noise);
    return claim_mean(table, "capacity", where);
}

START_TEST(capacity_is_at_most_the_number_of_units_and_has_another_measure_than_the_gradient) {
    struct sweep_table table = claim_run(12 * 3 * LAGS, (const char *const[]){ "--seed", "11:13", NULL });
    double most = 0;
    for (int i = 0; i < 6; i++)
        most = fmax(most, capacity(&table, kinds[i][0], kinds[i][1], "0").mean);
    claim_at_most("C6", "capacity, largest of six kinds of net, H 64", most, 64 * 1.01,
                  "Jaeger 2001: at most H; 1 % for the sample");
    claim_at_most("C6", "capacity, linear, W = 0.85 I", capacity(&table, "linear", "identity", "0").mean,
                  1.02, "all units say the same");
    claim_at_most("C6", "H less the capacity, linear, W = 0.85 Q",
                  64 - capacity(&table, "linear", "orthogonal", "0").mean, 6.4, "within a tenth of H");
    for (int i = 1; i < 3; i++) {
        char what[64], where[64];
        snprintf(what, sizeof what, "log10 of the gradient at lag 40, linear %s", kinds[i][1]);
        snprintf(where, sizeof where, "activation=linear init=%s lag=40", kinds[i][1]);
        claim_near("C6", what, claim_mean(&table, "log10_backward", where).mean, 40 * log10(0.85), 1e-10,
                   "the same for both: W^T W = scale^2 I");
    }
    claim_at_most("C6", "capacity with 1 % of noise over without, linear gaussian",
                  capacity(&table, "linear", "gaussian", "0.01").mean /
                      capacity(&table, "linear", "gaussian", "0").mean,
                  0.8, "noise hides what the read-out would amplify");
    claim_at_most("C6", "R2 of tanh, gaussian, 30 steps back",
                  claim_mean(&table, "r2", "activation=tanh init=gaussian lag=30").mean, 0.05,
                  "lost where the dynamics contract");
    sweep_table_free(&table);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("forgetting");
    tcase_add_loop_test(cases, a_perturbation_and_the_gradient_fade_at_one_rate, 0, 6);
    tcase_add_loop_test(cases, another_input_gives_another_output, 0, 6);
    tcase_add_test(cases, the_exception_is_a_relu_that_mixes_nothing);
    tcase_add_test(cases, an_orthogonal_linear_net_recalls_half_as_many_inputs_as_it_has_units);
    tcase_add_test(cases, capacity_is_at_most_the_number_of_units_and_has_another_measure_than_the_gradient);
    return claim_main(cases);
}
