/* C12, C13: dL/dW is a sum over lags; of a recurrent net the far part of it vanishes and the whole does not;
 * of a deep net whole layers may. */
#include "../unit/reference.h"
#include "claim.h"

#include <math.h>
#include <stdio.h>

static double share(const struct sweep_table *table, const char *column, const char *where) {
    return pow(10, claim_mean(table, column, where).mean);
}

START_TEST(the_update_is_the_sum_of_its_lags) {
    struct sweep_table table = claim_run(
        4 * 3 * 3 * 29, (const char *const[]){ "--activation", "sigmoid,tanh,relu,linear", "--scale",
                                               "0.5,1,1.7", "--length", "30", "--seed", "11:13", NULL });
    double worst = 0;
    for (size_t i = 0; i < table.rows; i++)
        worst = fmax(worst, claim_value(&table, i, "identity"));
    claim_at_most("C12", "sum_t da_t h_{t-1}^T - dL/dW, over ||dL/dW||", worst, 1e-12, "identity");
    sweep_table_free(&table);
}
END_TEST

/* The sum of a small net's lags, entry by entry, against derivatives of a second implementation, which knows
 * the loss and no way back (tests/unit/reference.c). */
enum { H = 6, BATCH = 3 };

static struct rnn *small_net(const struct rnn_activation *activation) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = { .cell = &rnn_elman,
                                   .activation = activation,
                                   .init = RNN_GAUSSIAN,
                                   .weights = RNN_TIED,
                                   .record = RNN_EVERYTHING,
                                   .norm = RNN_NO_NORM,
                                   .scale = 1.213,
                                   .drive = 0.713,
                                   .length = 9,
                                   .segment = 9,
                                   .hidden = H,
                                   .reads = 1,
                                   .batch = BATCH,
                                   .inputs = 2 };
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 713);
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(rnn_loss_linear(net, 713), RNN_OK);
    ck_assert_int_eq(rnn_backward(net), RNN_OK);
    return net;
}

/* sum_t sum_b (da_t)_i (h_{t-1})_j */
static double sum_of_lags(const struct rnn *net, size_t i, size_t j) {
    double sum = 0;
    for (size_t t = 1; t <= net->spec.length; t++)
        for (size_t b = 0; b < BATCH; b++)
            sum += ldexp(net->da_h_of_step[((t - 1) * BATCH + b) * H + i], net->exponent[t - 1]) *
                   rnn_state(net, t - 1)[b * H + j];
    return sum;
}

START_TEST(the_sum_of_the_lags_is_the_derivative_of_the_loss) {
    static const struct rnn_activation *const activations[] = { &rnn_sigmoid, &rnn_tanh, &rnn_relu,
                                                                &rnn_linear };
    struct rnn *net = small_net(activations[_i]);
    double v[BATCH * H], worst = 0, largest = 0;
    char what[64];
    long double complex work[3 * BATCH * H];
    rnn_gaussian(v, BATCH * H, 1, (struct rnn_stream){ 713, RNN_FOR_LOSS, 0 });
    const struct reference reference = { .net = net, .loss = LINEAR, .weight = v, .work = work };
    for (size_t i = 0; i < H * H; i++) {
        const size_t parameter = (size_t)(net->p.W_hh - net->theta) + i;
        const double derivative = reference_complex_step(&reference, parameter, SIZE_MAX, 0);
        worst = fmax(worst, fabs(sum_of_lags(net, i / H, i % H) - derivative));
        largest = fmax(largest, fabs(derivative));
    }
    snprintf(what, sizeof what, "%s: sum of the lags less dL/dW, entry by entry", activations[_i]->name);
    claim_at_most("C12", what, worst / largest, 1e-13, "complex step of a second implementation");
    rnn_free(&net);
}
END_TEST

START_TEST(the_far_part_vanishes_and_the_whole_does_not) {
    struct sweep_table table =
        claim_run(10 * (19 + 49),
                  (const char *const[]){ "--scale", "0.9", "--length", "20,50", "--seed", "1:10", NULL });
    claim_at_most("C13", "tanh, scale 0.9, T 50: share of all lags > 20",
                  share(&table, "log10_beyond", "length=50 lag=21"), 0.01, "r^21 = 0.4 %");
    claim_near("C13", "||dL/dW|| at T 50 over that at T 20",
               share(&table, "log10_total", "length=50 lag=0") /
                   share(&table, "log10_total", "length=20 lag=0"),
               1, 0.05, "the sum has converged");
    sweep_table_free(&table);
}
END_TEST

/* The rate of a share is that of the gradient, so the slope's tolerance of driven nets at H = 128 holds; the
 * first share says how nearly orthogonal the parts are. */
START_TEST(shares_are_those_of_orthogonal_parts) {
    static const char *const scales[] = { "0.5", "0.9", "1.4" };
    struct sweep_table table =
        claim_run(3 * 10 * 79, (const char *const[]){ "--scale", "0.5,0.9,1.4", "--length", "80", "--seed",
                                                      "1:10", NULL });
    for (int i = 0; i < 3; i++) {
        char near[64], far[64], what[96];
        snprintf(near, sizeof near, "scale=%s lag=0", scales[i]);
        snprintf(far, sizeof far, "scale=%s lag=20", scales[i]);
        snprintf(what, sizeof what, "tanh, scale %s: slope of the share over lags 0..20", scales[i]);
        claim_near("C13", what,
                   log(share(&table, "log10_share", far) / share(&table, "log10_share", near)) / 20,
                   log(share(&table, "log10_theory", far) / share(&table, "log10_theory", near)) / 20, 0.030,
                   "mean field");
    }
    claim_near("C13", "tanh, scale 0.5: share of lag 0", share(&table, "log10_share", "scale=0.5 lag=0"),
               share(&table, "log10_theory", "scale=0.5 lag=0"), 0.05, "sqrt(1 - r^2)");
    claim_near("C13", "tanh, scale 0.9: share of lag 0", share(&table, "log10_share", "scale=0.9 lag=0"),
               share(&table, "log10_theory", "scale=0.9 lag=0"), 0.05, "sqrt(1 - r^2)");
    sweep_table_free(&table);
}
END_TEST

START_TEST(layers_of_a_deep_net_may_vanish_whole) {
    struct sweep_table table =
        claim_run(4 * 10 * 20, (const char *const[]){ "--weights", "untied", "--drive", "0", "--length", "20",
                                                      "--activation", "sigmoid,tanh", "--scale", "0.9,2",
                                                      "--seed", "1:10", NULL });
    const char *const nets[] = { "activation=sigmoid scale=0.9", "activation=sigmoid scale=2",
                                 "activation=tanh scale=0.9" };
    for (int i = 0; i < 3; i++) {
        char first[64], last[64], what[96];
        snprintf(first, sizeof first, "%s lag=19", nets[i]);
        snprintf(last, sizeof last, "%s lag=0", nets[i]);
        const double ratio = share(&table, "log10_part", first) / share(&table, "log10_part", last);
        snprintf(what, sizeof what, "20 layers, %s: first over last", nets[i]);
        if (i < 2)
            claim_at_most("C13", what, ratio, 1e-3, "r^19, and the state stays");
        else
            claim_near("C13", what, log10(ratio), 0, log10(2),
                       "Glorot & Bengio 2010: there the state makes up for the derivative");
    }
    claim_at_most("C13", "20 layers, tanh, scale 0.9: ||dL/dh|| of the first over the last",
                  share(&table, "log10_dh", "activation=tanh scale=0.9 lag=19") /
                      share(&table, "log10_dh", "activation=tanh scale=0.9 lag=0"),
                  pow(0.9, 19), "at most scale^19 on average");
    sweep_table_free(&table);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("updates");
    tcase_add_test(cases, the_update_is_the_sum_of_its_lags);
    tcase_add_loop_test(cases, the_sum_of_the_lags_is_the_derivative_of_the_loss, 0, 4);
    tcase_add_test(cases, the_far_part_vanishes_and_the_whole_does_not);
    tcase_add_test(cases, shares_are_those_of_orthogonal_parts);
    tcase_add_test(cases, layers_of_a_deep_net_may_vanish_whole);
    return claim_main(cases);
}
