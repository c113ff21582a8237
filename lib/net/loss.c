/* Losses at the last step: each starts the backward pass by setting dL/dh_T. */
#include "net.h"

#include <math.h>
#include <string.h>

/* y = W_hy h_T + b_y; the packed W_hy and then dL/dy live in scratch. */
static double *read_out(struct rnn *net) {
    const struct rnn_spec *s = &net->spec;
    const struct k_term term = { net->work->scratch, rnn_state(net, s->length), s->hidden };
    k_pack(net->work->scratch, net->p.W_hy, s->outputs, s->hidden);
    k_affine(net->y, net->p.b_y, &term, 1, s->batch, s->outputs, 0);
    return net->work->scratch + k_packed_size(s->hidden, s->outputs);
}

/* dL/dh_T = W_hy^T dL/dy, dW_hy = dL/dy h_T^T, db_y = sum_b dL/dy, from dy (B, O). */
static void pull_back_read_out(struct rnn *net, const double *dy) {
    const struct rnn_spec *s = &net->spec;
    k_pack_transposed(net->work->scratch, net->p.W_hy, s->outputs, s->hidden);
    k_product(rnn_state_gradient(net, s->length), net->work->scratch, dy, s->batch, s->hidden, s->outputs);
    if (s->record < RNN_GRADIENTS)
        return;
    memset(net->d.W_hy, 0, s->outputs * s->hidden * sizeof *net->d.W_hy);
    memset(net->d.b_y, 0, s->outputs * sizeof *net->d.b_y);
    k_outer_add(net->d.W_hy, dy, rnn_state(net, s->length), s->batch, s->outputs, s->hidden);
    k_column_sums_add(net->d.b_y, dy, s->batch, s->outputs);
}

enum rnn_status rnn_loss_linear(struct rnn *net, uint64_t seed) {
    const struct rnn_spec *s = &net->spec;
    const size_t count = s->batch * s->hidden;
    double *dh = rnn_state_gradient(net, s->length);
    const double *h = rnn_state(net, s->length);
    rnn_gaussian(dh, count, 1, (struct rnn_stream){ seed, RNN_FOR_LOSS, 0 });
    k_scale(dh, 1 / (double)s->batch, count);
    net->loss = 0;
    for (size_t i = 0; i < count; i++)
        net->loss += dh[i] * h[i];
    if (s->record >= RNN_GRADIENTS) { /* the read-out takes no part */
        memset(net->d.W_hy, 0, s->outputs * s->hidden * sizeof *net->d.W_hy);
        memset(net->d.b_y, 0, s->outputs * sizeof *net->d.b_y);
    }
    return RNN_OK;
}

enum rnn_status rnn_loss_squared(struct rnn *net) {
    const struct rnn_spec *s = &net->spec;
    if (!s->outputs)
        return RNN_BAD_TARGET;
    const double B = (double)s->batch;
    double *dy = read_out(net);
    net->loss = 0;
    for (size_t i = 0; i < s->batch * s->outputs; i++) {
        const double error = net->y[i] - net->target[i];
        net->loss += error * error / (2 * B);
        dy[i] = error / B;
    }
    pull_back_read_out(net, dy);
    return RNN_OK;
}

/* -ln softmax(y)[label] of one sequence; dy = softmax(y) - onehot(label). */
static double cross_entropy(double *dy, const double *y, size_t outputs, uint32_t label) {
    double largest = y[0], sum = 0;
    for (size_t o = 1; o < outputs; o++)
        largest = fmax(largest, y[o]);
    for (size_t o = 0; o < outputs; o++)
        sum += dy[o] = exp(y[o] - largest);
    for (size_t o = 0; o < outputs; o++)
        dy[o] /= sum;
    dy[label] -= 1;
    return log(sum) + largest - y[label];
}

enum rnn_status rnn_loss_softmax(struct rnn *net) {
    const struct rnn_spec *s = &net->spec;
    for (size_t b = 0; b < s->batch; b++)
        if (net->label[b] >= s->outputs)
            return RNN_BAD_TARGET;
    double *dy = read_out(net);
    net->loss = 0;
    for (size_t b = 0; b < s->batch; b++)
        net->loss += cross_entropy(dy + b * s->outputs, net->y + b * s->outputs, s->outputs, net->label[b]);
    net->loss /= (double)s->batch;
    k_scale(dy, 1 / (double)s->batch, s->batch * s->outputs);
    pull_back_read_out(net, dy);
    return RNN_OK;
}
