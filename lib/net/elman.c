/* The Elman cell: h_t = phi(W_hh h_{t-1} + W_xh x_t + b_h), with a_t overwritten by h_t. */
#include "net.h"

static bool forward(struct rnn *net, size_t t) {
    return net->spec.activation->forward(rnn_fill_gates(net, t), rnn_step_size(net));
}

static double backward(struct rnn *net, size_t t, size_t slot) {
    return net->spec.activation->backward(rnn_gate_gradient(net, net->work->da, 0, slot),
                                          rnn_state_gradient(net, t), rnn_state(net, t), rnn_step_size(net));
}

const struct rnn_cell rnn_elman = { .name = "elman",
                                    .gates = 1,
                                    .joined = 1,
                                    .states = 1,
                                    .in_place = true,
                                    .forward = forward,
                                    .backward = backward };
