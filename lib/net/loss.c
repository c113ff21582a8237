/* Losses at the last steps: each starts the backward pass by what its read-outs bring to dL/dh_t. */
#include "net.h"

#include <math.h>
#include <string.h>

/* Sequences times steps read: the rows of y, and of h from first_read on. */
static size_t rows_of(const struct rnn_spec *s) {
    return s->reads * s->batch;
}

static const double *first_read(const struct rnn *net) {
    return rnn_state(net, net->spec.length - net->spec.reads + 1);
}

/* Where the read-outs' share of dL/dh_t goes, (n, B, H), and the last of it to dL/dh_T. */
static double *brought(const struct rnn *net) {
    return net->spec.reads > 1 ? net->work->brought : rnn_state_gradient(net, net->spec.length);
}

static void begin_backward(struct rnn *net) {
    const size_t size = rnn_step_size(net), before = (net->spec.reads - 1) * size;
    if (before)
        memcpy(rnn_state_gradient(net, net->spec.length), net->work->brought + before,
               size * sizeof *net->dh);
}

static void clear_read_out_gradient(struct rnn *net) {
    if (net->gradient)
        memset(net->d.W_hy, 0, net->spec.outputs * (net->spec.hidden + 1) * sizeof *net->d.W_hy);
}

/* y = W_hy h + b_y; the packed W_hy and then dL/dy live in scratch. */
static double *read_out(struct rnn *net) {
    const struct rnn_spec *s = &net->spec;
    const struct k_term term = { net->work->scratch, first_read(net), s->hidden };
    k_pack(net->work->scratch, net->p.W_hy, s->outputs, s->hidden);
    k_affine(net->y, net->p.b_y, &term, 1, rows_of(s), s->outputs, 0);
    return net->work->scratch + k_packed_size(s->hidden, s->outputs);
}

/* W_hy^T dL/dy to dL/dh, dW_hy = sum dL/dy h^T, db_y = sum dL/dy, over steps and sequences, from dy (n, B,
 * O). */
static void pull_back_read_out(struct rnn *net, const double *dy) {
    const struct rnn_spec *s = &net->spec;
    k_pack_transposed(net->work->scratch, net->p.W_hy, s->outputs, s->hidden);
    k_product(brought(net), net->work->scratch, dy, rows_of(s), s->hidden, s->outputs);
    begin_backward(net);
    clear_read_out_gradient(net);
    if (!net->gradient)
        return;
    k_outer_add(net->d.W_hy, dy, first_read(net), rows_of(s), s->outputs, s->hidden);
    k_column_sums_add(net->d.b_y, dy, rows_of(s), s->outputs);
}

enum rnn_status rnn_loss_linear(struct rnn *net, uint64_t seed) {
    const struct rnn_spec *s = &net->spec;
    const size_t size = rnn_step_size(net), count = s->reads * size;
    double *v = brought(net);
    const double *h = first_read(net);
    for (size_t i = 0; i < s->reads; i++)
        rnn_gaussian(v + i * size, size, 1,
                     (struct rnn_stream){ seed, RNN_FOR_LOSS, (uint32_t)(s->reads - 1 - i) });
    k_scale(v, 1 / (double)rows_of(s), count);
    net->loss = 0;
    for (size_t i = 0; i < count; i++)
        net->loss += v[i] * h[i];
    begin_backward(net);
    clear_read_out_gradient(net); /* it takes no part */
    return RNN_OK;
}

enum rnn_status rnn_loss_squared(struct rnn *net) {
    const struct rnn_spec *s = &net->spec;
    if (!s->outputs)
        return RNN_BAD_TARGET;
    const double rows = (double)rows_of(s);
    double *dy = read_out(net);
    net->loss = 0;
    for (size_t i = 0; i < rows_of(s) * s->outputs; i++) {
        const double error = net->y[i] - net->target[i];
        net->loss += error * error / rows;
        dy[i] = 2 * error / rows;
    }
    pull_back_read_out(net, dy);
    return RNN_OK;
}

/* The largest number of a row, and the sum, each in lanes of its own so that neither waits for the last. */
enum { LANES = 8 };

static double largest_of(const double *x, size_t count) {
    double lanes[LANES];
    for (size_t l = 0; l < LANES; l++)
        lanes[l] = x[l < count ? l : 0];
    for (size_t i = LANES; i + LANES <= count; i += LANES)
        for (size_t l = 0; l < LANES; l++)
            lanes[l] = x[i + l] > lanes[l] ? x[i + l] : lanes[l];
    for (size_t i = count - count % LANES; i < count; i++)
        lanes[0] = x[i] > lanes[0] ? x[i] : lanes[0];
    for (size_t l = 1; l < LANES; l++)
        lanes[0] = lanes[l] > lanes[0] ? lanes[l] : lanes[0];
    return lanes[0];
}

static double sum_of(const double *x, size_t count) {
    double lanes[LANES] = { 0 };
    for (size_t i = 0; i + LANES <= count; i += LANES)
        for (size_t l = 0; l < LANES; l++)
            lanes[l] += x[i + l];
    for (size_t i = count - count % LANES; i < count; i++)
        lanes[0] += x[i];
    for (size_t l = 1; l < LANES; l++)
        lanes[0] += lanes[l];
    return lanes[0];
}

/* -ln softmax(y)[label], summed over the rows; dy = (softmax(y) - onehot(label)) / rows. */
static double cross_entropy(double *dy, const double *y, const uint32_t *label, size_t rows, size_t outputs) {
    double loss = 0;
    for (size_t i = 0; i < rows; i++) {
        const double largest = largest_of(y + i * outputs, outputs);
        for (size_t o = i * outputs; o < (i + 1) * outputs; o++)
            dy[o] = y[o] - largest;
        loss -= dy[i * outputs + label[i]];
    }
    k_exp(dy, rows * outputs);
    for (size_t i = 0; i < rows; i++) {
        double *row = dy + i * outputs;
        const double sum = sum_of(row, outputs);
        loss += rnn_log(sum);
        row[label[i]] -= sum;
        k_scale(row, 1 / (sum * (double)rows), outputs);
    }
    return loss;
}

enum rnn_status rnn_loss_softmax(struct rnn *net) {
    const struct rnn_spec *s = &net->spec;
    const size_t rows = rows_of(s);
    for (size_t i = 0; i < rows; i++)
        if (net->label[i] >= s->outputs)
            return RNN_BAD_TARGET;
    double *dy = read_out(net);
    net->loss = cross_entropy(dy, net->y, net->label, rows, s->outputs) / (double)rows;
    pull_back_read_out(net, dy);
    return RNN_OK;
}
