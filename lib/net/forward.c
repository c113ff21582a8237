/* Forward through time, whole or a segment at a time. */
#include "net.h"

#include <string.h>

/* The places of the ones of x_t, if it has such; then what stands in packed_x is no W_xh but its table. */
static const uint32_t *ones_of(const struct rnn *net, size_t t) {
    return net->work->one_hot ? net->work->ones + (t - 1) * net->spec.batch : NULL;
}

void rnn_fill_input(double *out, const struct rnn *net, size_t g, size_t t) {
    const size_t B = net->spec.batch, H = net->spec.hidden;
    const struct k_term input = rnn_input_term(net, g, t);
    if (net->work->one_hot)
        k_affine_from(out, 1, 0, input.packed, ones_of(net, t), NULL, 0, B, H, 0);
    else
        k_affine(out, net->p.b_h + g * H, &input, 1, B, H, 0);
}

double *rnn_fill_gates(struct rnn *net, size_t t) {
    const size_t B = net->spec.batch, H = net->spec.hidden, joined = net->spec.cell->joined,
                 apart = rnn_apart(net);
    const struct k_term terms[] = { rnn_input_term(net, 0, t), rnn_recurrent_term(net, 0, t) };
    double *a = rnn_gate(net, 0, t);
    if (net->work->one_hot)
        k_affine_from(a, joined, apart, terms[0].packed, ones_of(net, t), terms + 1, 1, B, H, t % 2);
    else
        k_affine_gates(a, joined, apart, net->p.b_h, terms, 2, B, H, t % 2);
    return a;
}

/* Rows of W that gate g, not joined to the one before it, begins. */
static size_t rows_of(const struct rnn *net, size_t g) {
    return (g ? 1 : net->spec.cell->joined) * net->spec.hidden;
}

static void lay_weights(struct rnn *net, size_t t) {
    const size_t H = net->spec.hidden, rows = net->spec.cell->gates * H;
    const double *W = rnn_weights_of_step(net, t);
    for (size_t row = 0; row < rows; row += rows_of(net, row / H))
        k_pack(rnn_packed_gate(net, net->work->packed, row / H, H), W + row * H, rows_of(net, row / H), H);
}

/* W_xh packed, or its table where rows of x hold a single one. */
static void lay_inputs(struct rnn *net) {
    const struct rnn_spec *s = &net->spec;
    const size_t H = s->hidden, I = s->inputs, rows = s->length * s->batch;
    net->work->one_hot =
        net->work->ones && (net->work->told || k_find_ones(net->work->ones, net->x, rows, I)) ? rows : 0;
    net->work->told = false;
    for (size_t row = 0; row < s->cell->gates * H; row += rows_of(net, row / H)) {
        double *laid = rnn_packed_gate(net, net->work->packed_x, row / H, I);
        if (net->work->one_hot)
            k_tabulate(laid, net->p.b_h + row, net->p.W_xh + row * I, rows_of(net, row / H), I);
        else
            k_pack(laid, net->p.W_xh + row * I, rows_of(net, row / H), I);
    }
}

enum rnn_status rnn_forward_segment(struct rnn *net, size_t last) {
    for (size_t t = net->from + 1; t <= last; t++) {
        if (net->spec.weights == RNN_UNTIED)
            lay_weights(net, t);
        if (!net->work->cell->forward(net, t)) {
            net->stopped_at = t;
            return RNN_DIVERGED;
        }
    }
    return RNN_OK;
}

static size_t segment_end(const struct rnn *net) {
    const size_t end = net->from + rnn_kept(&net->spec);
    return end < net->spec.length ? end : net->spec.length;
}

/* h of the checkpoint of the segment that starts at step `from`; c lies behind it. */
static double *checkpoint_of(const struct rnn *net, size_t from) {
    return net->work->checkpoint + from / net->spec.segment * net->work->checkpoint_step;
}

static void save_checkpoint(struct rnn *net) {
    const size_t size = rnn_step_size(net);
    double *checkpoint = checkpoint_of(net, net->from);
    memcpy(checkpoint, net->h, size * sizeof *net->h);
    if (net->c)
        memcpy(checkpoint + size, net->c, size * sizeof *net->c);
}

void rnn_enter_segment(struct rnn *net, size_t from) {
    const size_t size = rnn_step_size(net);
    const double *checkpoint = checkpoint_of(net, from);
    memcpy(net->h, checkpoint, size * sizeof *net->h);
    if (net->c)
        memcpy(net->c, checkpoint + size, size * sizeof *net->c);
    net->from = from;
}

/* Makes `from`, the last step kept, the first. */
static void pass_on(struct rnn *net, size_t from) {
    const size_t size = rnn_step_size(net);
    memcpy(net->h, rnn_state(net, from), size * sizeof *net->h);
    if (net->c)
        memcpy(net->c, rnn_cell_state(net, from), size * sizeof *net->c);
    net->from = from;
}

enum rnn_status rnn_forward(struct rnn *net) {
    const struct rnn_spec *s = &net->spec;
    net->work->last_gates = net->work->only_loss && !s->cell->in_place;
    net->work->spent = net->work->only_loss;
    lay_inputs(net);
    if (s->weights == RNN_TIED)
        lay_weights(net, 1);
    if (net->from)
        rnn_enter_segment(net, 0);
    for (;;) {
        if (net->work->checkpoint)
            save_checkpoint(net);
        const size_t end = segment_end(net);
        const enum rnn_status status = rnn_forward_segment(net, end);
        if (status != RNN_OK || end == s->length)
            return status;
        pass_on(net, end);
    }
}
