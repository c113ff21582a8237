/* The LSTM (Hochreiter and Schmidhuber 1997) with a forget gate (Gers, Schmidhuber, Cummins 2000):
 *
 *     i, f, o = sigmoid(a)    g = tanh(a)    c_t = f c_{t-1} + i g    h_t = o tanh(c_t)
 *
 * each gate with its own a = W_hh h_{t-1} + W_xh x_t + b_h. tanh(c_t) is kept for the way back. */
#include "net.h"

enum { INPUT, FORGET = RNN_KEEPING_GATE, CANDIDATE, OUTPUT, GATES, TANH_C = GATES };

static bool forward(struct rnn *net, size_t t) {
    const size_t size = rnn_step_size(net);
    bool finite = t > 1 || k_finite(rnn_cell_state(net, 0), size);
    rnn_fill_gates(net, t);
    for (size_t gate = 0; gate < GATES; gate++)
        finite &= (gate == CANDIDATE ? k_tanh : k_sigmoid)(rnn_gate(net, gate, t), size);
    const double *o = rnn_gate(net, OUTPUT, t);
    double *c = rnn_cell_state(net, t), *tanh_c = rnn_gate(net, TANH_C, t), *h = rnn_state(net, t);
    k_lstm_state(c, tanh_c, rnn_gate(net, INPUT, t), rnn_gate(net, FORGET, t), rnn_gate(net, CANDIDATE, t),
                 rnn_cell_state(net, t - 1), size);
    finite &= k_tanh(tanh_c, size);
    k_multiply(h, o, tanh_c, size);
    return finite;
}

/* dc_t += dh_t o (1 - tanh(c_t)^2) */
static void through_output(struct rnn *net, size_t t) {
    k_lstm_output_back(rnn_cell_gradient(net, t), rnn_state_gradient(net, t), rnn_gate(net, OUTPUT, t),
                       rnn_gate(net, TANH_C, t), rnn_step_size(net));
}

/* da_i = dc g i (1 - i)    da_f = dc c_{t-1} f (1 - f)    da_g = dc i (1 - g^2)    da_o = dh tanh(c) o (1 - o)
 * dc_{t-1} = dc_t f: the cell path */
static void gates_back(struct rnn *net, size_t t) {
    double *dc_before = t > 1 ? rnn_cell_gradient(net, t - 1) : net->work->carried;
    k_lstm_back(rnn_gate(net, 0, t), rnn_apart(net), dc_before, rnn_state_gradient(net, t),
                rnn_cell_gradient(net, t), rnn_cell_state(net, t - 1), rnn_gate(net, TANH_C, t),
                rnn_step_size(net));
}

const struct rnn_cell rnn_lstm = { .name = "lstm",
                                   .gates = GATES,
                                   .joined = GATES,
                                   .tapes = 1,
                                   .states = 2,
                                   .forward = forward,
                                   .complete = through_output,
                                   .gates_back = gates_back };
