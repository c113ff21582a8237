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

/* In scratch: W_hy packed, and its transpose, in the same place if all rows are read at once; the sums of a softmax
 * (n, B); and RNN_ROWS_READ rows of dL/dy. */
static double *transposed(const struct rnn *net) {
    const bool at_once = rows_of(&net->spec) <= RNN_ROWS_READ;
    return net->work->scratch + (at_once ? 0 : k_packed_size(net->spec.outputs, net->spec.hidden));
}
static double *softmax_sums(const struct rnn *net) {
    return transposed(net) + k_packed_size(net->spec.outputs, net->spec.hidden);
}

/* A loss of rows first..first + count - 1 of y: adds it up, and sets dy (count, O) to dL/dy. */
typedef void rows_loss(struct rnn *net, double *dy, size_t first, size_t count);

/* y = W_hy h + b_y, the loss, W_hy^T dL/dy to dL/dh, dW_hy = sum dL/dy h^T, db_y = sum dL/dy, over steps and
 * sequences, so many rows at a time that what one of these leaves is in the cache for the next. */
static void read_out(struct rnn *net, rows_loss *loss) {
    const struct rnn_spec *s = &net->spec;
    const size_t H = s->hidden, O = s->outputs, rows = rows_of(s);
    double *packed = net->work->scratch, *dy = softmax_sums(net) + rows;
    clear_read_out_gradient(net);
    net->loss = 0;
    for (size_t first = 0; first < rows; first += RNN_ROWS_READ) {
        const size_t count = rows - first < RNN_ROWS_READ ? rows - first : RNN_ROWS_READ;
        const double *h = first_read(net) + first * H;
        if (first == 0)
            k_pack(packed, net->p.W_hy, O, H);
        k_affine(net->y + first * O, net->p.b_y, &(struct k_term){ packed, h, H }, 1, count, O, 0);
        loss(net, dy, first, count);
        if (net->work->only_loss)
            continue;
        if (first == 0)
            k_pack_transposed(transposed(net), net->p.W_hy, O, H);
        k_product(brought(net) + first * H, transposed(net), dy, count, H, O);
        if (net->gradient) {
            k_outer_add(net->d.W_hy, dy, h, count, O, H);
            k_column_sums_add(net->d.b_y, dy, count, O);
        }
    }
    if (!net->work->only_loss)
        begin_backward(net);
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

static void squared(struct rnn *net, double *dy, size_t first, size_t count) {
    const size_t O = net->spec.outputs;
    const double rows = (double)rows_of(&net->spec), *y = net->y + first * O,
                 *target = net->target + first * O;
    for (size_t i = 0; i < count * O; i++) {
        const double error = y[i] - target[i];
        net->loss += error * error / rows;
        dy[i] = 2 * error / rows;
    }
}

enum rnn_status rnn_loss_squared(struct rnn *net) {
    if (!net->spec.outputs)
        return RNN_BAD_TARGET;
    read_out(net, squared);
    return RNN_OK;
}

/* Rows of a softmax found together, and still in the cache when they become a gradient. */
enum { AT_ONCE = 8 };

/* -ln softmax(y)[label]; dy = (softmax(y) - onehot(label)) / rows. The logarithms of the sums are added last. */
static void cross_entropy(struct rnn *net, double *dy, size_t first, size_t count) {
    const size_t O = net->spec.outputs;
    const double *y = net->y + first * O;
    double largest[AT_ONCE], *sum = softmax_sums(net) + first;
    for (size_t i = 0; i < count; i++, y += O, dy += O) {
        const uint32_t label = net->label[first + i];
        if (i % AT_ONCE == 0)
            k_softmax(dy, largest, sum + i, y, count - i < AT_ONCE ? count - i : AT_ONCE, O);
        net->loss -= y[label] - largest[i % AT_ONCE];
        dy[label] -= sum[i];
        k_scale(dy, 1 / (sum[i] * (double)rows_of(&net->spec)), O);
    }
}

enum rnn_status rnn_loss_softmax(struct rnn *net) {
    const size_t rows = rows_of(&net->spec);
    for (size_t i = 0; i < rows; i++)
        if (net->label[i] >= net->spec.outputs)
            return RNN_BAD_TARGET;
    read_out(net, cross_entropy);
    for (size_t i = 0; i < rows; i++)
        net->loss += rnn_log(softmax_sums(net)[i]);
    net->loss /= (double)rows;
    return RNN_OK;
}
