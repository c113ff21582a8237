/* Gradients of the weights: sums over time.
 *
 * They are taken a block of steps at a time while the block is in the cache. Blocks lie at fixed steps, so a
 * segmented net adds up the same numbers in the same order. */
#include "net.h"

#include <math.h>
#include <stdlib.h>

/* The waiting steps of one array of dL/da, all gates and what lies behind them, times 2^exponent. */
static void scale_pending(struct rnn *net, const struct rnn_pending *p, double *da, int exponent) {
    const size_t count = (p->last - p->first + 1) * rnn_step_size(net);
    for (size_t g = 0; g < 2 * net->spec.cell->gates - net->spec.cell->joined; g++)
        rnn_scale_by_power(rnn_gate_gradient(net, da, g, rnn_slot(net, p->first)), exponent, count);
}

/* Puts the sums so far and the pending steps on one exponent, the larger. What underflows is below 2^-600 of
 * the sum. */
static void align(struct rnn *net, const struct rnn_pending *p) {
    if (p->last == net->spec.length)
        net->gradient_exponent = p->exponent;
    const int difference = p->exponent - net->gradient_exponent;
    if (difference > 0) {
        rnn_scale_by_power(net->gradient, -difference, (size_t)(net->d.W_hy - net->gradient));
        net->gradient_exponent = p->exponent;
    }
    if (difference >= 0)
        return;
    scale_pending(net, p, net->work->da, difference);
    if (net->work->da_h != net->work->da)
        scale_pending(net, p, net->work->da_h, difference);
    if (net->work->da_x != net->work->da && net->work->da_x != net->work->da_h)
        scale_pending(net, p, net->work->da_x, difference);
}

/* Of gate g and all that are joined to it, to dW_hh and, unless inputs are picked, to dW_xh: at once where both see
 * the same. */
static void sum_gates(struct rnn *net, const struct rnn_pending *p, size_t g, bool picks) {
    const struct rnn_spec *s = &net->spec;
    const size_t H = s->hidden, I = s->inputs, count = (p->last - p->first + 1) * s->batch,
                 gates = g ? 1 : s->cell->joined, slot = rnn_slot(net, p->first);
    const double *da_h = rnn_recurrent_gradient(net, g, slot),
                 *da_x = rnn_gate_gradient(net, net->work->da_x, g, slot);
    double *dW = net->d.W_hh + (rnn_weights_of_step(net, p->first) - net->p.W_hh);
    const struct k_outer W_hh = { dW + g * H * H, rnn_state(net, p->first - 1), H },
                         W_xh = { net->d.W_xh + g * H * I, net->x + (p->first - 1) * s->batch * I,
                                  picks ? 0 : I },
                         none = { dW, net->x, 0 };
    k_outer_add_gates((struct k_outer[]){ W_hh, da_h == da_x ? W_xh : none }, da_h, gates, rnn_da_apart(net),
                      count, H);
    if (da_h != da_x)
        k_outer_add_gates((struct k_outer[]){ W_xh, none }, da_x, gates, rnn_da_apart(net), count, H);
}

void rnn_sum_pending(struct rnn *net, struct rnn_pending *p) {
    const struct rnn_spec *s = &net->spec;
    const size_t H = s->hidden, I = s->inputs, count = (p->last - p->first + 1) * s->batch,
                 slot = rnn_slot(net, p->first);
    if (p->first > p->last)
        return;
    align(net, p);
    const bool picks = net->work->one_hot && I >= RNN_MANY_INPUTS;
    for (size_t g = 0; g < s->cell->gates; g++) {
        if (g == 0 || g >= s->cell->joined)
            sum_gates(net, p, g, picks);
        if (picks)
            k_outer_pick_add(net->d.W_xh + g * H * I, rnn_gate_gradient(net, net->work->da_x, g, slot),
                             net->work->ones + (p->first - 1) * s->batch, count, H, I);
        k_column_sums_add(net->d.b_h + g * H, rnn_gate_gradient(net, net->work->da, g, slot), count, H);
    }
    if (net->work->cell->sum)
        net->work->cell->sum(net, p->first, p->last, slot);
    p->last = p->first - 1;
}

void rnn_add_step(struct rnn *net, struct rnn_pending *p, size_t t, int exponent) {
    if (p->first <= p->last && p->exponent != exponent)
        rnn_sum_pending(net, p);
    if (p->first > p->last)
        p->last = t;
    p->first = t;
    p->exponent = exponent;
    if (rnn_begins_block(net, t) || net->spec.weights == RNN_UNTIED)
        rnn_sum_pending(net, p);
}

void rnn_settle_exponent(struct rnn *net) {
    const size_t recurrent = (size_t)(net->d.W_hy - net->gradient);
    const int exponent = net->gradient_exponent;
    if (exponent == 0)
        return;
    const double largest = rnn_largest_magnitude(net->gradient, recurrent),
                 read_out = rnn_largest_magnitude(net->d.W_hy, net->parameters - recurrent);
    const bool fits = largest == 0 || !isfinite(largest) || abs(ilogb(largest) + exponent) < 900;
    if (fits || (read_out > 0 && isfinite(read_out) && ilogb(read_out) - exponent > 900)) {
        rnn_scale_by_power(net->gradient, exponent, recurrent);
        net->gradient_exponent = 0;
    } else {
        rnn_scale_by_power(net->d.W_hy, -exponent, net->parameters - recurrent);
    }
}
