/* dL/dW_hh taken apart into what each step brings to it. */
#include "net/net.h"

#include <math.h>
#include <string.h>

static size_t weight_count(const struct rnn *net) {
    return net->spec.cell->gates * net->spec.hidden * net->spec.hidden;
}

/* dW_part = da_h h_{t-1}^T of step t, seen through the mask. */
static void part_of_step(struct rnn *net, size_t t, const double *mask) {
    const struct rnn_spec *s = &net->spec;
    const size_t H = s->hidden, count = weight_count(net);
    memset(net->dW_part, 0, count * sizeof *net->dW_part);
    for (size_t g = 0; g < s->cell->gates; g++)
        k_outer_add(net->dW_part + g * H * H,
                    net->da_h_of_step + ((t - 1) * s->cell->gates + g) * rnn_step_size(net),
                    rnn_state(net, t - 1), s->batch, H, H);
    for (size_t i = 0; mask && i < count; i++)
        net->dW_part[i] *= mask[(s->weights == RNN_UNTIED ? (t - 1) * count : 0) + i];
}

/* dW_past += dW_part, both on the larger exponent; what underflows is below 2^-600 of the sum. */
static void add_part(struct rnn *net, int exponent) {
    const size_t count = weight_count(net);
    const int difference = exponent - net->dW_past_exponent;
    if (difference > 0) {
        k_scale(net->dW_past, ldexp(1, -difference), count);
        net->dW_past_exponent = exponent;
    } else if (difference < 0) {
        k_scale(net->dW_part, ldexp(1, difference), count);
    }
    for (size_t i = 0; i < count; i++)
        net->dW_past[i] += net->dW_part[i];
}

/* ln sqrt(e^2a + e^2b) */
static double log_hypot(double a, double b) {
    const double high = fmax(a, b), low = fmin(a, b);
    return isinf(low) ? high : high + 0.5 * log1p(exp(2 * (low - high)));
}

enum rnn_status rnn_lag_parts(struct rnn *net, const double *mask) {
    const size_t count = weight_count(net), T = net->spec.length;
    const bool tied = net->spec.weights == RNN_TIED;
    if (net->spec.record != RNN_EVERYTHING || rnn_kept(&net->spec) < T)
        return RNN_BAD_RANGE;
    if (tied)
        memset(net->dW_past, 0, count * sizeof *net->dW_past);
    net->dW_past_exponent = net->exponent[0];
    for (size_t t = 1; t <= T; t++) {
        part_of_step(net, t, mask);
        net->log_dW[t - 1] = rnn_log_norm(net->dW_part, count) + net->exponent[t - 1] * M_LN2;
        if (tied) {
            add_part(net, net->exponent[t - 1]);
            net->log_dW_past[t - 1] = rnn_log_norm(net->dW_past, count) + net->dW_past_exponent * M_LN2;
        } else {
            net->log_dW_past[t - 1] =
                log_hypot(net->log_dW[t - 1], t > 1 ? net->log_dW_past[t - 2] : -INFINITY);
        }
    }
    return RNN_OK;
}
