/* How a perturbation of a state grows on its way forward: the counterpart of the backward pass. */
#include "measure.h"

#include "steps.h"

#include <math.h>

double rnn_tangent_work(const struct rnn_spec *spec) {
    return rnn_packed_size(spec->hidden, spec->hidden) + 2 * (double)spec->batch * (double)spec->hidden;
}

/* What a perturbation is pushed with: delta and `row` (B, H), and a packed W_hh. */
struct tangent {
    double *packed, *delta, *row;
    int exponent; /* the true perturbation is 2^exponent delta */
};

/* delta = phi'(a_t) * (W delta), brought near 1 where its norm left the safe range; ln of its true norm. */
static enum rnn_status push(double *log_norm, const struct rnn *net, struct tangent *p, size_t t) {
    const struct rnn_spec *s = &net->spec;
    const size_t size = rnn_step_size(net);
    k_product(p->row, p->packed, p->delta, s->batch, s->hidden, s->hidden);
    s->activation->backward(p->delta, p->row, rnn_state(net, t), size);
    double squares = k_sum_squares(p->delta, size);
    if (!rnn_is_safe(squares)) {
        const enum rnn_status status = rnn_rescale(p->delta, NULL, size, &p->exponent);
        if (status != RNN_OK)
            return status;
        squares = k_sum_squares(p->delta, size);
    }
    *log_norm = 0.5 * rnn_log(squares) + p->exponent * M_LN2;
    return RNN_OK;
}

enum rnn_status rnn_tangent(double *log_growth, struct rnn *net, size_t from, uint64_t seed, double *work) {
    const size_t H = net->spec.hidden, T = net->spec.length, size = rnn_step_size(net);
    double *delta = work + k_packed_size(H, H);
    struct tangent p = { .packed = work, .delta = delta, .row = delta + size };
    double log_norm;
    if (!rnn_is_plain(&net->spec))
        return RNN_BAD_LAW;
    if (from < net->from || from >= T || !rnn_has_steps(net, from + 1, T))
        return RNN_BAD_RANGE;
    rnn_gaussian(p.delta, size, 1, (struct rnn_stream){ seed, RNN_FOR_TANGENT, 0 });
    const double start = 0.5 * rnn_log(k_sum_squares(p.delta, size));
    log_growth[0] = 0;
    for (size_t t = from + 1; t <= T; t++) {
        rnn_pack_step(p.packed, net, t, from + 1);
        const enum rnn_status status = push(&log_norm, net, &p, t);
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
