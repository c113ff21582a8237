/* Inputs that are letters go another way through the net, and must come out as the same bits. */
#include "rnn.h"
#include "unit.h"

#include <stdlib.h>
#include <string.h>

enum { LENGTH = 7, HIDDEN = 9, BATCH = 3, LETTERS = 70, UNUSED = 69 };

static struct rnn *net_of(const struct rnn_cell *cell, enum rnn_weights weights, enum rnn_norm norm,
                          size_t segment) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = { .cell = cell,
                                   .activation = &rnn_tanh,
                                   .init = RNN_GAUSSIAN,
                                   .weights = weights,
                                   .record = RNN_GRADIENTS,
                                   .norm = norm,
                                   .gamma = 0.613,
                                   .epsilon = 0.0385,
                                   .scale = 1.385,
                                   .drive = 0.713,
                                   .forget = 0.5,
                                   .length = LENGTH,
                                   .hidden = HIDDEN,
                                   .batch = BATCH,
                                   .inputs = LETTERS,
                                   .reads = 1,
                                   .segment = segment };
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 3);
    memset(net->x, 0, LENGTH * BATCH * LETTERS * sizeof *net->x);
    for (size_t i = 0; i < LENGTH * BATCH; i++)
        net->x[i * LETTERS + i * i % UNUSED] = 1;
    for (size_t i = 0; i < net->gates * HIDDEN; i++)
        net->p.b_h[i] += 0.0917 * (double)(i % 5);
    return net;
}

static void run(struct rnn *net) {
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    ck_assert_int_eq(rnn_loss_linear(net, 5), RNN_OK);
    ck_assert_int_eq(rnn_backward(net), RNN_OK);
}

/* A second one that is too small to change a sum, but for the gradient of its own column, makes x no letter. */
static void check(const struct rnn_cell *cell, enum rnn_weights weights, enum rnn_norm norm, size_t segment) {
    struct rnn *net = net_of(cell, weights, norm, segment);
    double *gradient = malloc(net->parameters * sizeof *gradient), log_dh[LENGTH];
    run(net);
    memcpy(gradient, net->gradient, net->parameters * sizeof *gradient);
    memcpy(log_dh, net->log_dh, sizeof log_dh);
    net->x[(LENGTH * BATCH - 1) * LETTERS + UNUSED] = 0x1p-1000;
    run(net);
    for (size_t i = 0; i < net->gates * HIDDEN; i++)
        net->d.W_xh[i * LETTERS + UNUSED] = 0;
    ck_assert_mem_eq(gradient, net->gradient, net->parameters * sizeof *gradient);
    ck_assert_mem_eq(log_dh, net->log_dh, sizeof log_dh);
    free(gradient);
    rnn_free(&net);
}

START_TEST(letters_give_the_bits_of_numbers_of_any_kind) {
    const struct rnn_cell *const cells[] = { &rnn_elman, &rnn_lstm, &rnn_gru };
    for (size_t i = 0; i < sizeof cells / sizeof *cells; i++) {
        check(cells[i], RNN_TIED, RNN_NO_NORM, LENGTH);
        check(cells[i], RNN_UNTIED, RNN_NO_NORM, LENGTH);
        check(cells[i], RNN_TIED, RNN_NO_NORM, 2);
    }
    for (enum rnn_norm norm = RNN_NORM_INPUT; norm <= RNN_NORM_SEPARATE; norm++)
        check(&rnn_elman, RNN_TIED, norm, LENGTH);
}
END_TEST

UNIT_MAIN("forward", letters_give_the_bits_of_numbers_of_any_kind)
