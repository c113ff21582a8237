/* The gated recurrent unit (Cho et al. 2014), in the variant of cuDNN and PyTorch, where the reset gate acts
 * on the recurrent product and not on the state before it:
 *
 *     r, z = sigmoid(a)    n = tanh(W_xn x_t + b_n + r (W_hn h_{t-1}))    h_t = (1 - z) n + z h_{t-1}
 *
 * W_hn h_{t-1} is kept for the way back. W_hn sees dL/da_n times r, so da_h is an array of its own. */
#include "net.h"

enum { RESET, UPDATE = RNN_KEEPING_GATE, CANDIDATE, GATES, PRODUCT = GATES };

static bool forward(struct rnn *net, size_t t) {
    const size_t B = net->spec.batch, H = net->spec.hidden, size = B * H;
    const struct k_term input = rnn_input_term(net, CANDIDATE, t),
                        state = rnn_recurrent_term(net, CANDIDATE, t);
    const double *before = rnn_state(net, t - 1);
    double *r = rnn_fill_gate(net, RESET, t), *z = rnn_fill_gate(net, UPDATE, t),
           *n = rnn_gate(net, CANDIDATE, t), *u = rnn_gate(net, PRODUCT, t), *h = rnn_state(net, t);
    k_sigmoid(r, size);
    k_sigmoid(z, size);
    k_affine(n, net->p.b_h + CANDIDATE * H, &input, 1, B, H, 0);
    k_affine(u, NULL, &state, 1, B, H, t % 2);
    for (size_t i = 0; i < size; i++)
        n[i] += r[i] * u[i];
    k_tanh(n, size);
    for (size_t i = 0; i < size; i++)
        h[i] = (1 - z[i]) * n[i] + z[i] * before[i];
    return k_finite(h, size);
}

static double backward(struct rnn *net, size_t t, size_t slot) {
    const double *dh = rnn_state_gradient(net, t), *before = rnn_state(net, t - 1);
    const double *r = rnn_gate(net, RESET, t), *z = rnn_gate(net, UPDATE, t),
                 *n = rnn_gate(net, CANDIDATE, t), *u = rnn_gate(net, PRODUCT, t);
    double *da_r = rnn_gate_gradient(net, net->work->da, RESET, slot),
           *da_z = rnn_gate_gradient(net, net->work->da, UPDATE, slot),
           *da_n = rnn_gate_gradient(net, net->work->da, CANDIDATE, slot);
    double *h_r = rnn_gate_gradient(net, net->work->da_h, RESET, slot),
           *h_z = rnn_gate_gradient(net, net->work->da_h, UPDATE, slot),
           *h_n = rnn_gate_gradient(net, net->work->da_h, CANDIDATE, slot);
    for (size_t i = 0; i < rnn_step_size(net); i++) {
        da_n[i] = dh[i] * (1 - z[i]) * (1 - n[i] * n[i]);
        h_n[i] = da_n[i] * r[i];
        h_z[i] = da_z[i] = dh[i] * (before[i] - n[i]) * z[i] * (1 - z[i]);
        h_r[i] = da_r[i] = da_n[i] * u[i] * r[i] * (1 - r[i]);
    }
    return k_sum_squares(dh, rnn_step_size(net));
}

/* dh_{t-1} += dh_t z: the direct path. */
static void carry(struct rnn *net, size_t t) {
    const double *dh = rnn_state_gradient(net, t), *z = rnn_gate(net, UPDATE, t);
    double *to = rnn_state_gradient(net, t - 1);
    for (size_t i = 0; i < rnn_step_size(net); i++)
        to[i] += dh[i] * z[i];
}

const struct rnn_cell rnn_gru = { .name = "gru",
                                  .gates = GATES,
                                  .tapes = 1,
                                  .states = 1,
                                  .own_da_h = true,
                                  .forward = forward,
                                  .backward = backward,
                                  .carry = carry };
