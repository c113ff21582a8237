/* Forward through time, whole or a segment at a time. */
#include "net.h"

#include <string.h>

void rnn_pack_gates(struct rnn *net, double *packed, const double *W,
                    void (*pack)(double *, const double *, size_t, size_t)) {
    const size_t H = net->spec.hidden;
    for (size_t g = 0; g < net->spec.cell->gates; g++)
        pack(rnn_packed_gate(net, packed, g), W + g * H * H, H, H);
}

void rnn_fill_input(double *out, const struct rnn *net, size_t g, size_t t) {
    const size_t B = net->spec.batch, H = net->spec.hidden;
    const double *bias = net->p.b_h + g * H;
    const struct k_term input = rnn_input_term(net, g, t);
    if (net->work->one_hot)
        k_pick(out, bias, input.packed, net->work->ones + (t - 1) * B, B, H, input.cols);
    else
        k_affine(out, bias, &input, 1, B, H, 0);
}

double *rnn_fill_gate(struct rnn *net, size_t g, size_t t) {
    const size_t B = net->spec.batch, H = net->spec.hidden;
    const struct k_term terms[] = { rnn_input_term(net, g, t), rnn_recurrent_term(net, g, t) };
    double *a = rnn_gate(net, g, t);
    if (net->work->one_hot) {
        rnn_fill_input(a, net, g, t);
        k_product_add(a, terms[1].packed, terms[1].x, B, H, H);
    } else {
        k_affine(a, net->p.b_h + g * H, terms, 2, B, H, t % 2);
    }
    return a;
}

enum rnn_status rnn_forward_segment(struct rnn *net, size_t last) {
    for (size_t t = net->from + 1; t <= last; t++) {
        if (net->spec.weights == RNN_UNTIED)
            rnn_pack_gates(net, net->work->packed, rnn_weights_of_step(net, t), k_pack);
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
    for (size_t g = 0; g < s->cell->gates; g++)
        k_pack(net->work->packed_x + g * k_packed_size(s->hidden, s->inputs),
               net->p.W_xh + g * s->hidden * s->inputs, s->hidden, s->inputs);
    net->work->one_hot = net->work->ones && (net->work->told || k_find_ones(net->work->ones, net->x,
                                                                            s->length * s->batch, s->inputs));
    net->work->told = false;
    if (s->weights == RNN_TIED)
        rnn_pack_gates(net, net->work->packed, net->p.W_hh, k_pack);
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
