/* The gated recurrent unit (Cho et al. 2014), in the variant of cuDNN and PyTorch, where the reset gate acts
 * on the recurrent product and not on the state before it:
 *
 *     r, z = sigmoid(a)    n = tanh(W_xn x_t + b_n + r (W_hn h_{t-1}))    h_t = (1 - z) n + z h_{t-1}
 *
 * W_hn h_{t-1} is kept for the way back. W_hn sees dL/da_n times r, so its da_h is an array of its own, the fourth. */
#include "net.h"

enum { RESET, UPDATE = RNN_KEEPING_GATE, CANDIDATE, GATES, PRODUCT = GATES };

static bool forward(struct rnn *net, size_t t) {
    const size_t B = net->spec.batch, H = net->spec.hidden, size = B * H;
    const struct k_term state = rnn_recurrent_term(net, CANDIDATE, t);
    const double *before = rnn_state(net, t - 1);
    double *r = rnn_fill_gates(net, t), *z = rnn_gate(net, UPDATE, t), *n = rnn_gate(net, CANDIDATE, t),
           *u = rnn_gate(net, PRODUCT, t), *h = rnn_state(net, t);
    k_sigmoid(r, size);
    bool finite = k_sigmoid(z, size) && (t > 1 || k_finite(before, size));
    rnn_fill_input(n, net, CANDIDATE, t);
    k_affine(u, NULL, &state, 1, B, H, t % 2);
    k_multiply_add(n, r, u, size);
    finite &= k_tanh(n, size);
    k_gru_state(h, z, n, before, size);
    return finite;
}

/* da_n = dh (1 - z) (1 - n^2)    da_z = dh (h_{t-1} - n) z (1 - z)    da_r = da_n u r (1 - r), u = W_hn h_{t-1}
 * dL/du = da_n r                 dh_{t-1} gains dh_t z: the direct path */
static void gates_back(struct rnn *net, size_t t) {
    k_gru_back(rnn_gate(net, 0, t), rnn_apart(net), net->work->carried, rnn_state_gradient(net, t),
               rnn_state(net, t - 1), rnn_step_size(net));
}

const struct rnn_cell rnn_gru = { .name = "gru",
                                  .gates = GATES,
                                  .joined = CANDIDATE,
                                  .tapes = 1,
                                  .states = 1,
                                  .forward = forward,
                                  .gates_back = gates_back };
