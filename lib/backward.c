/* Forward and back-propagation through time, with the norm of dL/dh_t at every step.
 *
 * Back-propagation is linear in dh. So dh is multiplied by an exact power of two whenever its norm leaves
 * [2^-200, 2^200], and the exponent is kept beside it: logarithms of norms are right at any length. */
#include "kernels.h"
#include "rnn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static const double SAFE_LOW = 0x1p-400, SAFE_HIGH = 0x1p400; /* of the squared norm */

/* W_xh x_t for every t in one product, into h_1..h_T. */
static void project_input(struct rnn *net) {
    const struct rnn_spec *s = &net->spec;
    k_pack(net->packed_x, net->W_xh, s->hidden, s->inputs);
    k_product(rnn_state(net, 1), net->packed_x, net->x, s->length * s->batch, s->hidden, s->inputs);
}

enum rnn_status rnn_forward(struct rnn *net) {
    const struct rnn_spec *s = &net->spec;
    const size_t H = s->hidden, B = s->batch;
    if (s->inputs)
        project_input(net);
    else
        memset(rnn_state(net, 1), 0, s->length * B * H * sizeof *net->h);
    if (s->weights == RNN_TIED)
        k_pack(net->packed, net->W_hh, H, H);
    for (size_t t = 1; t <= s->length; t++) {
        double *h = rnn_state(net, t);
        if (s->weights == RNN_UNTIED)
            k_pack(net->packed, net->W_hh + (t - 1) * H * H, H, H);
        k_product_add(h, net->packed, rnn_state(net, t - 1), B, H, H);
        s->activation->forward(h, net->b_h, B, H);
        if (!k_finite(h, B * H)) {
            net->stopped_at = t;
            return RNN_DIVERGED;
        }
    }
    return RNN_OK;
}

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

/* Brings dh near 1 by a power of two; returns the exponent taken out. */
static int rescale(double *dh, size_t count) {
    const int exponent = ilogb(largest_magnitude(dh, count));
    scale_by_power(dh, -exponent, count);
    return exponent;
}

/* da_t and ln||dh_t|| from dh_t. RNN_ZERO or RNN_DIVERGED if dh_t has no finite logarithm. */
static enum rnn_status step_back(struct rnn *net, size_t t, double *da, double *dh, int *exponent) {
    const size_t count = net->spec.batch * net->spec.hidden;
    const double *h = rnn_state(net, t);
    double squares = net->spec.activation->backward(da, dh, h, count);
    if (!(squares >= SAFE_LOW && squares <= SAFE_HIGH)) {
        if (largest_magnitude(dh, count) == 0)
            return RNN_ZERO;
        if (!k_finite(dh, count))
            return RNN_DIVERGED;
        *exponent += rescale(dh, count);
        squares = net->spec.activation->backward(da, dh, h, count);
    }
    net->exponent[t - 1] = *exponent;
    net->log_dh[t - 1] = 0.5 * log(squares) + *exponent * M_LN2;
    return RNN_OK;
}

/* Everything from step t down, once dh_t is exactly zero. */
static void all_zero(struct rnn *net, size_t t, int exponent) {
    const size_t count = net->spec.batch * net->spec.hidden;
    for (size_t i = 0; i < t; i++) {
        net->log_dh[i] = -INFINITY;
        net->exponent[i] = exponent;
    }
    if (net->spec.record >= RNN_GRADIENTS)
        memset(net->da, 0, t * count * sizeof *net->da);
    if (net->spec.record == RNN_EVERYTHING)
        memset(net->dh, 0, t * count * sizeof *net->dh);
}

static enum rnn_status through_time(struct rnn *net) {
    const struct rnn_spec *s = &net->spec;
    const size_t H = s->hidden, B = s->batch;
    int exponent = 0;
    if (s->weights == RNN_TIED)
        k_pack_transposed(net->transposed, net->W_hh, H, H);
    for (size_t t = s->length; t >= 1; t--) {
        double *da = s->record >= RNN_GRADIENTS ? net->da + (t - 1) * B * H : net->da;
        const enum rnn_status status = step_back(net, t, da, rnn_state_gradient(net, t), &exponent);
        if (status == RNN_ZERO)
            all_zero(net, t, exponent);
        if (status != RNN_OK) {
            net->stopped_at = t;
            return status;
        }
        if (t == 1)
            break;
        if (s->weights == RNN_UNTIED)
            k_pack_transposed(net->transposed, net->W_hh + (t - 1) * H * H, H, H);
        k_product(rnn_state_gradient(net, t - 1), net->transposed, da, B, H, H);
    }
    return RNN_OK;
}

/* Puts every da_t on the exponent of the largest, so that steps can be summed; returns that exponent. What
 * underflows here is below 2^-800 of the sum. */
static int align_steps(struct rnn *net) {
    const size_t count = net->spec.batch * net->spec.hidden;
    int largest = net->exponent[net->spec.length - 1];
    for (size_t t = 0; t < net->spec.length; t++)
        largest = net->exponent[t] > largest ? net->exponent[t] : largest;
    for (size_t t = 0; t < net->spec.length; t++)
        if (net->exponent[t] != largest)
            scale_by_power(net->da + t * count, net->exponent[t] - largest, count);
    return largest;
}

/* dW_hh, dW_xh and db_h, each one product over all steps. */
static void sum_over_time(struct rnn *net) {
    const struct rnn_spec *s = &net->spec;
    const size_t H = s->hidden, B = s->batch, recurrent = (size_t)(net->dW_hy - net->gradient);
    memset(net->gradient, 0, recurrent * sizeof *net->gradient);
    if (s->weights == RNN_TIED)
        k_outer_add(net->dW_hh, net->da, net->h, s->length * B, H, H);
    for (size_t t = 0; s->weights == RNN_UNTIED && t < s->length; t++)
        k_outer_add(net->dW_hh + t * H * H, net->da + t * B * H, net->h + t * B * H, B, H, H);
    if (s->inputs)
        k_outer_add(net->dW_xh, net->da, net->x, s->length * B, H, s->inputs);
    k_column_sums_add(net->db_h, net->da, s->length * B, H);
}

/* Gives the gradient its true size where double can hold it; otherwise carries the exponent, and brings the
 * read-out's part, which has none, to the same one. */
static void settle_exponent(struct rnn *net, int exponent) {
    const size_t recurrent = (size_t)(net->dW_hy - net->gradient);
    const double largest = largest_magnitude(net->gradient, recurrent);
    const bool holds = exponent == 0 || largest == 0 || abs(ilogb(largest) + exponent) < 900;
    net->gradient_exponent = holds ? 0 : exponent;
    if (holds && exponent != 0)
        scale_by_power(net->gradient, exponent, recurrent);
    else if (!holds)
        scale_by_power(net->dW_hy, -exponent, net->parameters - recurrent);
}

enum rnn_status rnn_backward(struct rnn *net) {
    const enum rnn_status status = through_time(net);
    if (net->spec.record >= RNN_GRADIENTS && status != RNN_DIVERGED) {
        const int exponent = align_steps(net);
        sum_over_time(net);
        settle_exponent(net, exponent);
    }
    return status;
}
