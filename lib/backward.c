/* Forward and back-propagation through time, with the norm of dL/dh_t at every step.
 *
 * Back-propagation is linear in dh. So dh is multiplied by an exact power of two whenever its norm leaves
 * [2^-200, 2^200], and the exponent is kept beside it: logarithms of norms are right at any length.
 *
 * Gradients of the weights are sums over time, taken a block of steps at a time while the block is in the
 * cache. Blocks lie at fixed steps, so a segmented net adds up the same numbers in the same order. */
#include "cell.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- forward ----------------------------------------------------------------------------------------- */

static void pack_gates(struct rnn *net, double *packed, const double *W,
                       void (*pack)(double *, const double *, size_t, size_t)) {
    const size_t H = net->spec.hidden;
    for (size_t g = 0; g < net->spec.cell->gates; g++)
        pack(rnn_packed_gate(net, packed, g), W + g * H * H, H, H);
}

/* W_hh of step t, an untied net's own. */
static double *weights_of_step(const struct rnn *net, size_t t) {
    const size_t H = net->spec.hidden;
    return net->W_hh + (net->spec.weights == RNN_UNTIED ? (t - 1) * net->spec.cell->gates * H * H : 0);
}

/* Steps net->from + 1..last, with h of step net->from in place. */
static enum rnn_status forward_segment(struct rnn *net, size_t last) {
    for (size_t t = net->from + 1; t <= last; t++) {
        if (net->spec.weights == RNN_UNTIED)
            pack_gates(net, net->packed, weights_of_step(net, t), k_pack);
        if (!net->cell->forward(net, t)) {
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
    return net->checkpoint + from / net->spec.segment * net->checkpoint_step;
}

static void save_checkpoint(struct rnn *net) {
    const size_t size = rnn_step_size(net);
    double *checkpoint = checkpoint_of(net, net->from);
    memcpy(checkpoint, net->h, size * sizeof *net->h);
    if (net->c)
        memcpy(checkpoint + size, net->c, size * sizeof *net->c);
}

/* Makes `from` the first step kept. */
static void enter_segment(struct rnn *net, size_t from) {
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
        k_pack(net->packed_x + g * k_packed_size(s->hidden, s->inputs), net->W_xh + g * s->hidden * s->inputs,
               s->hidden, s->inputs);
    if (s->weights == RNN_TIED)
        pack_gates(net, net->packed, net->W_hh, k_pack);
    if (net->from)
        enter_segment(net, 0);
    for (;;) {
        if (net->checkpoint)
            save_checkpoint(net);
        const size_t end = segment_end(net);
        const enum rnn_status status = forward_segment(net, end);
        if (status != RNN_OK || end == s->length)
            return status;
        pass_on(net, end);
    }
}

/* ---- scaling by powers of two -------------------------------------------------------------------------- */

static double largest_magnitude(const double *x, size_t count) {
    double largest = 0;
    for (size_t i = 0; i < count; i++)
        largest = fmax(largest, fabs(x[i]));
    return largest;
}

/* x *= 2^exponent, exactly; in two halves, since 2^exponent itself may overflow. */
static void scale_by_power(double *x, int exponent, size_t count) {
    k_scale(x, ldexp(1, exponent / 2), count);
    k_scale(x, ldexp(1, exponent - exponent / 2), count);
}

/* y may be NULL */
static double largest_of_both(const double *x, const double *y, size_t count) {
    const double largest = largest_magnitude(x, count);
    return y ? fmax(largest, largest_magnitude(y, count)) : largest;
}

enum rnn_status rnn_rescale(double *x, double *y, size_t count, int *exponent) {
    const double largest = largest_of_both(x, y, count);
    if (!k_finite(x, count) || (y && !k_finite(y, count)))
        return RNN_DIVERGED;
    if (largest == 0)
        return RNN_ZERO;
    scale_by_power(x, -ilogb(largest), count);
    *exponent += ilogb(largest);
    if (y)
        scale_by_power(y, -ilogb(largest), count);
    return RNN_OK;
}

/* ln||x|| from sum x^2, or from x itself where that sum is too small: one of dh and dc may be far below the
 * other. */
static double log_norm(double squares, const double *x, size_t count) {
    return rnn_is_safe(squares) ? 0.5 * log(squares) : rnn_log_norm(x, count);
}

/* ---- sums over time ------------------------------------------------------------------------------------ */

/* Steps first..last whose da wait to be summed, all of one exponent; none if first > last. */
struct pending {
    size_t first, last;
    int exponent;
};

static size_t slot_of(const struct rnn *net, size_t t) {
    return (t - 1) % net->block;
}

/* The waiting steps of one array of dL/da, all gates, times 2^exponent. */
static void scale_pending(struct rnn *net, const struct pending *p, double *da, int exponent) {
    const size_t count = (p->last - p->first + 1) * rnn_step_size(net);
    for (size_t g = 0; g < net->spec.cell->gates; g++)
        scale_by_power(rnn_gate_gradient(net, da, g, slot_of(net, p->first)), exponent, count);
}

/* Puts the sums so far and the pending steps on one exponent, the larger. What underflows is below 2^-600 of
 * the sum. */
static void align(struct rnn *net, const struct pending *p) {
    if (p->last == net->spec.length)
        net->gradient_exponent = p->exponent;
    const int difference = p->exponent - net->gradient_exponent;
    if (difference > 0) {
        scale_by_power(net->gradient, -difference, (size_t)(net->dW_hy - net->gradient));
        net->gradient_exponent = p->exponent;
    }
    if (difference >= 0)
        return;
    scale_pending(net, p, net->da, difference);
    if (net->da_h != net->da)
        scale_pending(net, p, net->da_h, difference);
    if (net->da_x != net->da && net->da_x != net->da_h)
        scale_pending(net, p, net->da_x, difference);
}

/* dW_hh += sum_t da_h h_{t-1}^T, dW_xh += sum_t da_x x_t^T, db_h += sum_t da over the pending steps. */
static void sum_pending(struct rnn *net, struct pending *p) {
    const struct rnn_spec *s = &net->spec;
    const size_t H = s->hidden, I = s->inputs, count = (p->last - p->first + 1) * s->batch;
    if (p->first > p->last)
        return;
    const size_t slot = slot_of(net, p->first);
    align(net, p);
    double *dW = net->dW_hh + (weights_of_step(net, p->first) - net->W_hh);
    for (size_t g = 0; g < s->cell->gates; g++) {
        k_outer_add(dW + g * H * H, rnn_gate_gradient(net, net->da_h, g, slot), rnn_state(net, p->first - 1),
                    count, H, H);
        if (I)
            k_outer_add(net->dW_xh + g * H * I, rnn_gate_gradient(net, net->da_x, g, slot),
                        net->x + (p->first - 1) * s->batch * I, count, H, I);
        k_column_sums_add(net->db_h + g * H, rnn_gate_gradient(net, net->da, g, slot), count, H);
    }
    if (net->cell->sum)
        net->cell->sum(net, p->first, p->last, slot);
    p->last = p->first - 1;
}

/* Takes step t, just done, into the pending steps; sums them where a block ends, or where W_hh is not shared.
 */
static void add_step(struct rnn *net, struct pending *p, size_t t, int exponent) {
    if (p->first <= p->last && p->exponent != exponent)
        sum_pending(net, p);
    if (p->first > p->last)
        p->last = t;
    p->first = t;
    p->exponent = exponent;
    if (slot_of(net, t) == 0 || net->spec.weights == RNN_UNTIED)
        sum_pending(net, p);
}

/* Gives the gradient its true size where double can hold it; otherwise carries the exponent, and brings the
 * read-out's part, which has none, to the same one. */
static void settle_exponent(struct rnn *net) {
    const size_t recurrent = (size_t)(net->dW_hy - net->gradient);
    const int exponent = net->gradient_exponent;
    if (exponent == 0)
        return;
    const double largest = largest_magnitude(net->gradient, recurrent);
    if (largest == 0 || abs(ilogb(largest) + exponent) < 900) {
        scale_by_power(net->gradient, exponent, recurrent);
        net->gradient_exponent = 0;
    } else {
        scale_by_power(net->dW_hy, -exponent, net->parameters - recurrent);
    }
}

/* ---- backward ------------------------------------------------------------------------------------------ */

/* da_t from dh_t and dc_t; ||dh_t||^2 and ||dc_t||^2, the latter 0 without c. */
struct squares {
    double dh, dc;
};
static struct squares gate_gradients(struct rnn *net, size_t t) {
    const double dc = net->dc ? k_sum_squares(rnn_cell_gradient(net, t), rnn_step_size(net)) : 0;
    return (struct squares){ net->cell->backward(net, t, slot_of(net, t)), dc };
}

/* da_t, ln||dh_t|| and ln||dc_t|| from dh_t and dc_t. RNN_ZERO or RNN_DIVERGED if both have no finite
 * logarithm. */
static enum rnn_status step_back(struct rnn *net, size_t t, int *exponent) {
    const size_t size = rnn_step_size(net);
    double *dh = rnn_state_gradient(net, t), *dc = net->dc ? rnn_cell_gradient(net, t) : NULL;
    if (dc)
        net->spec.cell->complete(net, t);
    struct squares squares = gate_gradients(net, t);
    if (!rnn_is_safe(squares.dh + squares.dc)) {
        const enum rnn_status status = rnn_rescale(dh, dc, size, exponent);
        if (status != RNN_OK)
            return status;
        squares = gate_gradients(net, t);
    }
    if (net->exponent)
        net->exponent[t - 1] = *exponent;
    net->log_dh[t - 1] = log_norm(squares.dh, dh, size) + *exponent * M_LN2;
    if (dc)
        net->log_dc[t - 1] = log_norm(squares.dc, dc, size) + *exponent * M_LN2;
    return RNN_OK;
}

/* Takes da_h of step t into the record. */
static void keep_da_h(struct rnn *net, size_t t) {
    const size_t size = rnn_step_size(net), gates = net->spec.cell->gates;
    for (size_t g = 0; g < gates; g++)
        memcpy(net->da_h_of_step + ((t - 1) * gates + g) * size,
               rnn_gate_gradient(net, net->da_h, g, slot_of(net, t)), size * sizeof *net->da_h);
}

/* dh_{t-1} = W_hh^T da_h, summed over the gates, and what a cell carries past W_hh. */
static void carry_back(struct rnn *net, size_t t) {
    const size_t H = net->spec.hidden, gates = net->spec.cell->gates;
    struct k_term terms[RNN_MOST_GATES];
    if (net->spec.weights == RNN_UNTIED)
        pack_gates(net, net->transposed, weights_of_step(net, t), k_pack_transposed);
    for (size_t g = 0; g < gates; g++)
        terms[g] = (struct k_term){ rnn_packed_gate(net, net->transposed, g),
                                    rnn_gate_gradient(net, net->da_h, g, slot_of(net, t)), H };
    k_affine(rnn_state_gradient(net, t - 1), NULL, terms, gates, net->spec.batch, H, t % 2);
    if (net->spec.cell->carry)
        net->spec.cell->carry(net, t);
}

/* Everything from step t down, once dh_t is exactly zero. */
static void all_zero(struct rnn *net, size_t t) {
    for (size_t i = 0; i < t; i++)
        net->log_dh[i] = -INFINITY;
    for (size_t i = 0; net->log_dc && i < t; i++)
        net->log_dc[i] = -INFINITY;
    if (net->spec.record != RNN_EVERYTHING)
        return;
    memset(net->dh, 0, t * rnn_step_size(net) * sizeof *net->dh);
    if (net->dc)
        memset(net->dc, 0, t * rnn_step_size(net) * sizeof *net->dc);
    memset(net->da_h_of_step, 0, t * net->spec.cell->gates * rnn_step_size(net) * sizeof *net->da_h_of_step);
    memset(net->exponent, 0, t * sizeof *net->exponent);
}

/* From dL/dh_T down to step 1 or to what stops the pass; the states of earlier segments are computed again.
 */
static enum rnn_status through_time(struct rnn *net) {
    const bool gradients = net->spec.record >= RNN_GRADIENTS;
    struct pending pending = { .first = 1, .last = 0 };
    enum rnn_status status = RNN_OK;
    int exponent = 0;
    for (size_t t = net->spec.length; t >= 1; t--) {
        if (t == net->from) {
            enter_segment(net, t - net->spec.segment);
            forward_segment(net, t);
        }
        status = step_back(net, t, &exponent);
        if (status != RNN_OK) {
            net->stopped_at = t;
            break;
        }
        if (t > 1)
            carry_back(net, t);
        if (net->da_h_of_step)
            keep_da_h(net, t);
        if (gradients)
            add_step(net, &pending, t, exponent);
    }
    if (gradients)
        sum_pending(net, &pending);
    return status;
}

enum rnn_status rnn_backward(struct rnn *net) {
    if (net->spec.weights == RNN_TIED)
        pack_gates(net, net->transposed, net->W_hh, k_pack_transposed);
    if (net->gradient)
        memset(net->gradient, 0, (size_t)(net->dW_hy - net->gradient) * sizeof *net->gradient);
    if (net->dc)
        memset(rnn_cell_gradient(net, net->spec.length), 0, rnn_step_size(net) * sizeof *net->dc);
    net->gradient_exponent = 0;
    const enum rnn_status status = through_time(net);
    if (status == RNN_ZERO)
        all_zero(net, net->stopped_at);
    if (net->gradient)
        settle_exponent(net);
    return status;
}
