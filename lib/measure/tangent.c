/* How a perturbation of a state grows on its way forward: the counterpart of the backward pass. */
#include "net/net.h"

#include <math.h>

void rnn_pack_step(struct rnn *net, size_t t) {
    const size_t H = net->spec.hidden;
    if (net->spec.weights == RNN_UNTIED)
        k_pack(net->packed, net->p.W_hh + (t - 1) * H * H, H, H);
}

/* delta = phi'(a_t) * (W delta) 2^-n, with n added to *exponent where the norm left the safe range, and ln of
 * its true norm. delta and `row`, which is work, are (B, H). */
static enum rnn_status push(double *log_norm, struct rnn *net, double *delta, double *row, size_t t,
                            int *exponent) {
    const struct rnn_spec *s = &net->spec;
    const size_t size = rnn_step_size(net);
    rnn_pack_step(net, t);
    k_product(row, net->packed, delta, s->batch, s->hidden, s->hidden);
    s->activation->backward(delta, row, rnn_state(net, t), size);
    double squares = k_sum_squares(delta, size);
    if (!rnn_is_safe(squares)) {
        const enum rnn_status status = rnn_rescale(delta, NULL, size, exponent);
        if (status != RNN_OK)
            return status;
        squares = k_sum_squares(delta, size);
    }
    *log_norm = 0.5 * log(squares) + *exponent * M_LN2;
    return RNN_OK;
}

enum rnn_status rnn_tangent(double *log_growth, struct rnn *net, size_t from, uint64_t seed) {
    const size_t size = rnn_step_size(net), T = net->spec.length;
    double *delta = net->da, log_norm;
    int exponent = 0;
    if (!rnn_is_plain(&net->spec))
        return RNN_BAD_LAW;
    if (from < net->from || from >= T || T - net->from > rnn_kept(&net->spec))
        return RNN_BAD_RANGE;
    rnn_gaussian(delta, size, 1, (struct rnn_stream){ seed, RNN_FOR_TANGENT, 0 });
    const double start = 0.5 * log(k_sum_squares(delta, size));
    log_growth[0] = 0;
    for (size_t t = from + 1; t <= T; t++) {
        const enum rnn_status status = push(&log_norm, net, delta, net->scratch, t, &exponent);
        if (status != RNN_OK) {
            net->stopped_at = t;
            for (; t <= T; t++)
                log_growth[t - from] = status == RNN_ZERO ? -INFINITY : INFINITY;
            return status;
        }
        log_growth[t - from] = log_norm - start;
    }
    return RNN_OK;
}
