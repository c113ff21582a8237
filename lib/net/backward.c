/* Back-propagation through time, with the norm of dL/dh_t at every step.
 *
 * It is linear in dh. So dh is multiplied by an exact power of two whenever its norm leaves [2^-200, 2^200],
 * and the exponent is kept beside it: logarithms of norms are right at any length. */
#include "net.h"

#include <math.h>
#include <string.h>

/* ln||x|| from sum x^2, or from x itself where that sum is too small: one of dh and dc may be far below the
 * other. */
static double log_norm(double squares, const double *x, size_t count) {
    return rnn_is_safe(squares) ? 0.5 * rnn_log(squares) : rnn_log_norm(x, count);
}

/* ||dh_t||^2 and ||dc_t||^2, the latter 0 without c; and da_t, of a cell that finds them in one pass. */
struct squares {
    double dh, dc;
};
static struct squares squares_of(struct rnn *net, size_t t) {
    const struct rnn_cell *cell = net->work->cell;
    const size_t size = rnn_step_size(net);
    return (struct squares){ cell->backward ? cell->backward(net, t, rnn_slot(net, t))
                                            : k_sum_squares(rnn_state_gradient(net, t), size),
                             net->dc ? k_sum_squares(rnn_cell_gradient(net, t), size) : 0 };
}

/* da_t, ln||dh_t|| and ln||dc_t|| from dh_t and dc_t. RNN_ZERO, with da_t zero too, or RNN_DIVERGED if
 * both have no finite logarithm. */
static enum rnn_status step_back(struct rnn *net, size_t t, int *exponent) {
    const size_t size = rnn_step_size(net);
    double *dh = rnn_state_gradient(net, t), *dc = net->dc ? rnn_cell_gradient(net, t) : NULL;
    if (dc)
        net->spec.cell->complete(net, t);
    struct squares squares = squares_of(net, t);
    enum rnn_status status = RNN_OK;
    if (!rnn_is_safe(squares.dh + squares.dc)) {
        status = rnn_rescale(dh, dc, size, exponent);
        if (status == RNN_DIVERGED)
            return status;
        squares = squares_of(net, t);
    }
    if (net->work->cell->gates_back)
        net->work->cell->gates_back(net, t);
    if (net->exponent)
        net->exponent[t - 1] = *exponent;
    net->log_dh[t - 1] = log_norm(squares.dh, dh, size) + *exponent * M_LN2;
    if (dc)
        net->log_dc[t - 1] = log_norm(squares.dc, dc, size) + *exponent * M_LN2;
    return status;
}

/* Takes da_h of step t into the record. */
static void keep_da_h(struct rnn *net, size_t t) {
    const size_t size = rnn_step_size(net), gates = net->spec.cell->gates;
    for (size_t g = 0; g < gates; g++)
        memcpy(net->da_h_of_step + ((t - 1) * gates + g) * size,
               rnn_recurrent_gradient(net, g, rnn_slot(net, t)), size * sizeof *net->work->da_h);
}

/* Gate g's share of W_hh^T, packed. */
static double *transposed_gate(const struct rnn *net, size_t g) {
    return net->work->transposed + g * k_packed_size(net->spec.hidden, net->spec.hidden);
}

static void lay_transposed(struct rnn *net, size_t t) {
    const size_t H = net->spec.hidden;
    for (size_t g = 0; g < net->spec.cell->gates; g++)
        k_pack_transposed(transposed_gate(net, g), rnn_weights_of_step(net, t) + g * H * H, H, H);
}

/* dh_{t-1} = W_hh^T da_h, summed over the gates, and what a cell carries past W_hh. */
static void carry_back(struct rnn *net, size_t t) {
    const size_t H = net->spec.hidden, gates = net->spec.cell->gates;
    struct k_term terms[RNN_MOST_GATES];
    if (net->spec.weights == RNN_UNTIED)
        lay_transposed(net, t);
    for (size_t g = 0; g < gates; g++)
        terms[g] =
            (struct k_term){ transposed_gate(net, g), rnn_recurrent_gradient(net, g, rnn_slot(net, t)), H };
    k_affine(rnn_state_gradient(net, t - 1), NULL, terms, gates, net->spec.batch, H, t % 2);
    if (net->work->carried && !net->dc)
        k_add(rnn_state_gradient(net, t - 1), net->work->carried, rnn_step_size(net));
}

/* In place of that where the gradient is truncated. */
static void cut(struct rnn *net, size_t t, int *exponent) {
    memset(rnn_state_gradient(net, t - 1), 0, rnn_step_size(net) * sizeof *net->dh);
    if (net->dc)
        memset(rnn_cell_gradient(net, t - 1), 0, rnn_step_size(net) * sizeof *net->dc);
    *exponent = 0;
}

static bool is_truncated(const struct rnn *net, size_t t) {
    return net->spec.truncation && (net->spec.length - t) % net->spec.truncation == 0;
}

static bool is_read(const struct rnn *net, size_t t) {
    return t + net->spec.reads > net->spec.length;
}

/* Gives dh_t and dc_t, which are below their true size, that size: what underflows is lost in a read-out's
 * sum. */
static void unscale(struct rnn *net, size_t t, int *exponent) {
    rnn_scale_by_power(rnn_state_gradient(net, t), *exponent, rnn_step_size(net));
    if (net->dc)
        rnn_scale_by_power(rnn_cell_gradient(net, t), *exponent, rnn_step_size(net));
    *exponent = 0;
}

/* Whether nothing comes from later. */
static bool is_zero(const struct rnn *net, size_t t) {
    const size_t size = rnn_step_size(net);
    return rnn_largest_magnitude(rnn_state_gradient(net, t), size) == 0 &&
           (!net->dc || rnn_largest_magnitude(rnn_cell_gradient(net, t), size) == 0);
}

/* Adds what the read-out of step t brings, which has no exponent. */
static void add_read_out(struct rnn *net, size_t t, int *exponent) {
    const size_t size = rnn_step_size(net);
    double *dh = rnn_state_gradient(net, t);
    const double *brought = net->work->brought + (t + net->spec.reads - net->spec.length - 1) * size;
    if (*exponent < 0 && rnn_largest_magnitude(brought, size) > 0)
        unscale(net, t, exponent);
    if (*exponent > 0 && is_zero(net, t))
        *exponent = 0;
    for (size_t i = 0; i < size; i++)
        dh[i] += *exponent ? ldexp(brought[i], -*exponent) : brought[i];
}

/* dh_{t-1}, and dc_{t-1}, from step t and from the loss. */
static void pass_back(struct rnn *net, size_t t, int *exponent) {
    if (is_truncated(net, t - 1))
        cut(net, t, exponent);
    else
        carry_back(net, t);
    if (is_read(net, t - 1))
        add_read_out(net, t - 1, exponent);
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

/* From dL/dh_T down to step 1 or to what stops the pass; states of earlier segments are computed again. */
static enum rnn_status through_time(struct rnn *net) {
    struct rnn_pending pending = { .first = 1, .last = 0 };
    enum rnn_status status = RNN_OK;
    int exponent = 0;
    for (size_t t = net->spec.length; t >= 1; t--) {
        if (t == net->from) {
            rnn_enter_segment(net, t - net->spec.segment);
            rnn_forward_segment(net, t);
        }
        status = step_back(net, t, &exponent);
        const bool heard = t > 1 && is_read(net, t - 1); /* then a zero is not the end */
        if (status == RNN_DIVERGED || (status == RNN_ZERO && !heard)) {
            net->stopped_at = t;
            break;
        }
        const int own = exponent;
        if (t > 1)
            pass_back(net, t, &exponent);
        if (net->da_h_of_step)
            keep_da_h(net, t);
        if (net->gradient)
            rnn_add_step(net, &pending, t, own);
    }
    if (net->gradient)
        rnn_sum_pending(net, &pending);
    return status;
}

enum rnn_status rnn_backward(struct rnn *net) {
    if (net->work->spent || net->work->last_gates)
        return RNN_BAD_RANGE;
    net->work->spent = !net->spec.cell->in_place || net->work->checkpoint;
    if (net->spec.weights == RNN_TIED)
        lay_transposed(net, 1);
    if (net->gradient)
        memset(net->gradient, 0, (size_t)(net->d.W_hy - net->gradient) * sizeof *net->gradient);
    if (net->dc)
        memset(rnn_cell_gradient(net, net->spec.length), 0, rnn_step_size(net) * sizeof *net->dc);
    net->gradient_exponent = 0;
    const enum rnn_status status = through_time(net);
    if (status == RNN_ZERO)
        all_zero(net, net->stopped_at);
    if (net->gradient)
        rnn_settle_exponent(net);
    return status;
}
