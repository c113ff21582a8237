/* The Elman cell: h_t = phi(W_hh h_{t-1} + W_xh x_t + b_h), with a_t overwritten by h_t. */
#include "cell.h"

static void forward(struct rnn *net, size_t t) {
    const struct rnn_spec *s = &net->spec;
    double *h = rnn_state(net, t);
    k_product_add(h, net->packed, rnn_state(net, t - 1), s->batch, s->hidden, s->hidden);
    s->activation->forward(h, net->b_h, s->batch, s->hidden);
}

static double backward(struct rnn *net, size_t t, size_t slot) {
    return net->spec.activation->backward(rnn_gate_gradient(net, net->da, 0, slot),
                                          rnn_state_gradient(net, t), rnn_state(net, t), rnn_step_size(net));
}

const struct rnn_cell rnn_elman = {
    .name = "elman", .gates = 1, .states = 1, .in_place = true, .forward = forward, .backward = backward
};
