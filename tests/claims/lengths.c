/* C2, C4 forward, C5 cost: one set of weights for every length, and what a longer sequence costs. Counts and
 * bytes are held exactly; times are for the figure only. */
#include "claim.h"

#include <math.h>
#include <string.h>

enum { H = 32, I = 4 };

static double at(const struct sweep_table *table, const char *column, const char *where) {
    return claim_mean(table, column, where).mean;
}

START_TEST(the_recurrent_net_learns_the_same_numbers_at_any_length) {
    struct sweep_table table =
        claim_run(5, (const char *const[]){ "--length", "10,100,1000,10000,100000", "--seed", "1", NULL });
    const struct claim_mean parameters = claim_mean(&table, "parameters", "");
    claim_near("C2", "parameters of the recurrent net, T = 10..100000", parameters.mean,
               H * H + H * I + H + H + 1, 0, "W, U, b and one output");
    claim_near("C2", "their spread over T", parameters.deviation, 0, 0, "the same at every step");
    claim_near(
        "C2", "parameters a window needs per further step",
        (at(&table, "window_parameters", "length=100000") - at(&table, "window_parameters", "length=10")) /
            99990,
        H * I, 0, "H numbers for each input");
    sweep_table_free(&table);
}
END_TEST

static struct rnn *backward_net(enum rnn_weights weights, const struct rnn *tied) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = { .cell = &rnn_elman,
                                   .activation = &rnn_tanh,
                                   .init = RNN_GAUSSIAN,
                                   .weights = weights,
                                   .record = RNN_GRADIENTS,
                                   .norm = RNN_NO_NORM,
                                   .scale = 1.3,
                                   .drive = 0.1,
                                   .length = 100,
                                   .segment = 100,
                                   .reads = 1,
                                   .hidden = H,
                                   .batch = 2,
                                   .inputs = I };
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 713);
    for (size_t t = 0; tied && t < spec.length; t++)
        memcpy(net->p.W_hh + t * H * H, tied->p.W_hh, H * H * sizeof *net->p.W_hh);
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(rnn_loss_linear(net, 713), RNN_OK);
    ck_assert_int_eq(rnn_backward(net), RNN_OK);
    return net;
}

/* A net with a W of its own at each step, all equal, knows what each step asks for. */
START_TEST(the_gradient_of_the_shared_weights_is_the_sum_of_what_each_step_asks) {
    struct rnn *tied = backward_net(RNN_TIED, NULL), *untied = backward_net(RNN_UNTIED, tied);
    double difference = 0, whole = 0;
    for (size_t i = 0; i < H * H; i++) {
        double sum = 0;
        for (size_t t = 0; t < tied->spec.length; t++)
            sum += untied->d.W_hh[t * H * H + i];
        difference += pow(sum - tied->d.W_hh[i], 2);
        whole += pow(tied->d.W_hh[i], 2);
    }
    claim_at_most("C2", "||dL/dW - sum of its steps|| / ||dL/dW||", sqrt(difference / whole), 1e-12,
                  "dL/dW = sum_t da_t h_{t-1}^T");
    rnn_free(&tied);
    rnn_free(&untied);
}
END_TEST

START_TEST(one_draw_of_weights_runs_a_million_steps) {
    struct sweep_table table =
        claim_run(2, (const char *const[]){ "--length", "100000,1000000", "--seed", "1", NULL });
    claim_near("C4", "log10 ||h_T|| after 1000000 steps less after 100000",
               at(&table, "log10_state", "length=1000000") - at(&table, "log10_state", "length=100000"), 0, 1,
               "the state neither dies nor grows");
    claim_near("C4", "log10 ||dL/dh_1|| at 1000000 steps over ten times that at 100000",
               at(&table, "log10_norm", "length=1000000") / at(&table, "log10_norm", "length=100000") / 10, 1,
               0.01, "one rate at any length");
    sweep_table_free(&table);
}
END_TEST

/* At 1500 steps the entries of the state are beyond 1e154, their squares beyond double. */
START_TEST(the_state_of_a_linear_net_is_measured_where_its_squares_overflow) {
    struct sweep_table table =
        claim_run(3, (const char *const[]){ "--activation", "linear", "--scale", "1.3", "--length",
                                            "500,1000,1500", "--seed", "1", NULL });
    const double later = at(&table, "log10_state", "length=1500") - at(&table, "log10_state", "length=1000"),
                 sooner = at(&table, "log10_state", "length=1000") - at(&table, "log10_state", "length=500");
    claim_near("C4", "growth of a linear net's state, steps 1000..1500 over 500..1000", later / sooner, 1,
               0.01, "one rate at any length");
    sweep_table_free(&table);
}
END_TEST

START_TEST(memory_is_in_proportion_to_the_length) {
    struct sweep_table table =
        claim_run(3, (const char *const[]){ "--length", "1000,10000,100000", "--seed", "1", NULL });
    const double slope =
        1e6 * (at(&table, "megabytes_all", "length=100000") - at(&table, "megabytes_all", "length=1000")) /
        99000;
    claim_near("C5", "bytes per step, every state kept", slope, 8 * (H + I + 1), 0.01,
               "a state, an input and a norm; blocks of 64 bytes");
    claim_near("C5", "bytes at 10000 steps over the line from 1000 to 100000",
               at(&table, "megabytes_all", "length=10000") /
                   (at(&table, "megabytes_all", "length=1000") + 9000 * slope / 1e6),
               1, 0.001, "a straight line");
    const double inputs = 8 * (I + 1) / 1e6;
    claim_at_most("C5", "checkpoints: bytes beyond inputs and norms, 100000 steps over 1000",
                  (at(&table, "megabytes", "length=100000") - inputs * 100000) /
                      (at(&table, "megabytes", "length=1000") - inputs * 1000),
                  10, "sqrt(T): Chen, Xu, Zhang, Guestrin 2016");
    sweep_table_free(&table);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("lengths");
    tcase_add_test(cases, the_recurrent_net_learns_the_same_numbers_at_any_length);
    tcase_add_test(cases, the_gradient_of_the_shared_weights_is_the_sum_of_what_each_step_asks);
    tcase_add_test(cases, one_draw_of_weights_runs_a_million_steps);
    tcase_add_test(cases, the_state_of_a_linear_net_is_measured_where_its_squares_overflow);
    tcase_add_test(cases, memory_is_in_proportion_to_the_length);
    return claim_main(cases);
}
