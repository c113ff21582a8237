/* What each step brings to dL/dW_hh, and what its input has to do with L. */
#include "measure.h"

#include "steps.h"

#include <math.h>
#include <string.h>

static size_t weight_count(const struct rnn *net) {
    return net->spec.cell->gates * net->spec.hidden * net->spec.hidden;
}

double rnn_lag_work(const struct rnn_spec *spec) {
    const double H = (double)spec->hidden, count = (double)spec->cell->gates * H * H;
    return 2 * (double)spec->length + (spec->weights == RNN_TIED ? 2 : 1) * count;
}

/* part = da_h h_{t-1}^T of step t, seen through the mask. */
static void part_of_step(double *part, const struct rnn *net, size_t t, const double *mask) {
    const struct rnn_spec *s = &net->spec;
    const size_t H = s->hidden, count = weight_count(net);
    memset(part, 0, count * sizeof *part);
    for (size_t g = 0; g < s->cell->gates; g++)
        k_outer_add(part + g * H * H, net->da_h_of_step + ((t - 1) * s->cell->gates + g) * rnn_step_size(net),
                    rnn_state(net, t - 1), s->batch, H, H);
    for (size_t i = 0; mask && i < count; i++)
        part[i] *= mask[(s->weights == RNN_UNTIED ? (t - 1) * count : 0) + i];
}

/* past += part, both on the larger exponent; what underflows is below 2^-600 of the sum. */
static void add_part(struct rnn_lags *lags, double *part, int exponent, size_t count) {
    const int difference = exponent - lags->exponent;
    if (difference > 0) {
        k_scale(lags->past, ldexp(1, -difference), count);
        lags->exponent = exponent;
    } else if (difference < 0) {
        k_scale(part, ldexp(1, difference), count);
    }
    for (size_t i = 0; i < count; i++)
        lags->past[i] += part[i];
}

/* ln sqrt(e^2a + e^2b) */
static double log_hypot(double a, double b) {
    const double high = fmax(a, b), low = fmin(a, b);
    return isinf(low) ? high : high + 0.5 * rnn_log1p(rnn_exp(2 * (low - high)));
}

enum rnn_status rnn_lag_parts(struct rnn_lags *lags, const struct rnn *net, const double *mask,
                              double *work) {
    const size_t count = weight_count(net), T = net->spec.length;
    const bool tied = net->spec.weights == RNN_TIED;
    if (net->spec.record != RNN_EVERYTHING || !rnn_has_steps(net, 1, T))
        return RNN_BAD_RANGE;
    double *log_part = work, *log_past = log_part + T, *part = log_past + T;
    *lags = (struct rnn_lags){ log_part, log_past, tied ? part + count : NULL, 0 };
    if (tied)
        memset(lags->past, 0, count * sizeof *lags->past);
    bool begun = false;
    for (size_t t = 1; t <= T; t++) {
        const int exponent = net->exponent[t - 1];
        part_of_step(part, net, t, mask);
        log_part[t - 1] = rnn_log_norm(part, count) + exponent * M_LN2;
        if (tied) {
            const bool zero = log_part[t - 1] == -INFINITY; /* whose exponent says nothing */
            if (!begun && !zero)
                lags->exponent = exponent;
            begun |= !zero;
            if (!zero)
                add_part(lags, part, exponent, count);
            log_past[t - 1] = rnn_log_norm(lags->past, count) + lags->exponent * M_LN2;
        } else {
            log_past[t - 1] = log_hypot(log_part[t - 1], t > 1 ? log_past[t - 2] : -INFINITY);
        }
    }
    return RNN_OK;
}

enum rnn_status rnn_input_gradient(double *log_norm, const struct rnn *net, size_t t) {
    const size_t B = net->spec.batch, H = net->spec.hidden, I = net->spec.inputs;
    double squares = 0;
    if (!rnn_is_plain(&net->spec))
        return RNN_BAD_LAW;
    if (net->spec.record != RNN_EVERYTHING || !I || t < 1 || t > net->spec.length)
        return RNN_BAD_RANGE;
    for (size_t b = 0; b < B; b++)
        for (size_t i = 0; i < I; i++) {
            double slope = 0;
            for (size_t j = 0; j < H; j++)
                slope += net->p.W_xh[j * I + i] * net->da_h_of_step[((t - 1) * B + b) * H + j];
            squares += slope * slope;
        }
    *log_norm = 0.5 * rnn_log(squares * (double)B) + net->exponent[t - 1] * M_LN2;
    return RNN_OK;
}
