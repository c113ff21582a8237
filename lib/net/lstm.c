/* The LSTM (Hochreiter and Schmidhuber 1997) with a forget gate (Gers, Schmidhuber, Cummins 2000):
 *
 *     i, f, o = sigmoid(a)    g = tanh(a)    c_t = f c_{t-1} + i g    h_t = o tanh(c_t)
 *
 * each gate with its own a = W_hh h_{t-1} + W_xh x_t + b_h. tanh(c_t) is kept for the way back. */
#include "net.h"

enum { INPUT, FORGET = RNN_KEEPING_GATE, CANDIDATE, OUTPUT, GATES, TANH_C = GATES };

static bool forward(struct rnn *net, size_t t) {
    const size_t size = rnn_step_size(net);
    for (size_t gate = 0; gate < GATES; gate++)
        (gate == CANDIDATE ? k_tanh : k_sigmoid)(rnn_fill_gate(net, gate, t), size);
    const double *i = rnn_gate(net, INPUT, t), *f = rnn_gate(net, FORGET, t),
                 *g = rnn_gate(net, CANDIDATE, t), *o = rnn_gate(net, OUTPUT, t),
                 *before = rnn_cell_state(net, t - 1);
    double *c = rnn_cell_state(net, t), *tanh_c = rnn_gate(net, TANH_C, t), *h = rnn_state(net, t);
    for (size_t n = 0; n < size; n++)
        tanh_c[n] = c[n] = f[n] * before[n] + i[n] * g[n];
    k_tanh(tanh_c, size);
    for (size_t n = 0; n < size; n++)
        h[n] = o[n] * tanh_c[n];
    return k_finite(h, size) && k_finite(c, size);
}

/* dc_t += dh_t o (1 - tanh(c_t)^2) */
static void through_output(struct rnn *net, size_t t) {
    const double *dh = rnn_state_gradient(net, t), *o = rnn_gate(net, OUTPUT, t),
                 *tanh_c = rnn_gate(net, TANH_C, t);
    double *dc = rnn_cell_gradient(net, t);
    for (size_t n = 0; n < rnn_step_size(net); n++)
        dc[n] += dh[n] * o[n] * (1 - tanh_c[n] * tanh_c[n]);
}

static double backward(struct rnn *net, size_t t, size_t slot) {
    const double *dh = rnn_state_gradient(net, t), *dc = rnn_cell_gradient(net, t),
                 *before = rnn_cell_state(net, t - 1), *tanh_c = rnn_gate(net, TANH_C, t);
    const double *i = rnn_gate(net, INPUT, t), *f = rnn_gate(net, FORGET, t),
                 *g = rnn_gate(net, CANDIDATE, t), *o = rnn_gate(net, OUTPUT, t);
    double *da_i = rnn_gate_gradient(net, net->work->da, INPUT, slot),
           *da_f = rnn_gate_gradient(net, net->work->da, FORGET, slot),
           *da_g = rnn_gate_gradient(net, net->work->da, CANDIDATE, slot),
           *da_o = rnn_gate_gradient(net, net->work->da, OUTPUT, slot);
    for (size_t n = 0; n < rnn_step_size(net); n++) {
        da_i[n] = dc[n] * g[n] * i[n] * (1 - i[n]);
        da_f[n] = dc[n] * before[n] * f[n] * (1 - f[n]);
        da_g[n] = dc[n] * i[n] * (1 - g[n] * g[n]);
        da_o[n] = dh[n] * tanh_c[n] * o[n] * (1 - o[n]);
    }
    return k_sum_squares(dh, rnn_step_size(net));
}

/* dc_{t-1} = dc_t f: the cell path. */
static void carry(struct rnn *net, size_t t) {
    const double *dc = rnn_cell_gradient(net, t), *f = rnn_gate(net, FORGET, t);
    double *to = rnn_cell_gradient(net, t - 1);
    for (size_t n = 0; n < rnn_step_size(net); n++)
        to[n] = dc[n] * f[n];
}

const struct rnn_cell rnn_lstm = { .name = "lstm",
                                   .gates = GATES,
                                   .tapes = 1,
                                   .states = 2,
                                   .forward = forward,
                                   .complete = through_output,
                                   .backward = backward,
                                   .carry = carry };
