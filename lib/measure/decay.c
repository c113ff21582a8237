/* The rate of decay in a gradient log: least squares of y(k) = ln ||dL/dh_{T-k}|| against lag k. */
#include "measure.h"

#include "steps.h"

#include <math.h>
#include <string.h>

/* RNN_ZERO if a norm in the range is zero: there is no slope then, and *decay is left as it was. */
enum rnn_status rnn_decay_fit_log(struct rnn_decay *decay, const double *log_norm, size_t length,
                                  size_t first, size_t last) {
    if (last >= length || last < 2 || first > last - 2)
        return RNN_BAD_RANGE;
    const double *y = log_norm + length - 1; /* y[-k] is that of lag k */
    const double middle = ((double)first + (double)last) / 2;
    double mean = 0;
    for (size_t k = first; k <= last; k++)
        mean += *(y - k) / (double)(last - first + 1);
    if (!isfinite(mean))
        return RNN_ZERO;
    double xx = 0, xy = 0, rest = 0;
    for (size_t k = first; k <= last; k++) {
        const double x = (double)k - middle;
        xx += x * x;
        xy += x * (*(y - k) - mean);
    }
    const double slope = xy / xx;
    for (size_t k = first; k <= last; k++) {
        const double residual = *(y - k) - mean - slope * ((double)k - middle);
        rest += residual * residual;
    }
    *decay = (struct rnn_decay){ .slope = slope,
                                 .error = sqrt(rest / (double)(last - first - 1) / xx),
                                 .r = rnn_exp(slope),
                                 .half_life = M_LN2 / fabs(slope) };
    return RNN_OK;
}

enum rnn_status rnn_decay_fit(struct rnn_decay *decay, const struct rnn *net, size_t first, size_t last) {
    return rnn_decay_fit_log(decay, net->log_dh, net->spec.length, first, last);
}

static enum rnn_status pull_back_and_fit(struct rnn_decay *decay, struct rnn *net, uint64_t seed,
                                         size_t first, size_t last) {
    enum rnn_status status = rnn_loss_linear(net, seed);
    if (status == RNN_OK)
        status = rnn_backward(net);
    return status == RNN_OK ? rnn_decay_fit(decay, net, first, last) : status;
}

enum rnn_status rnn_decay_measure(struct rnn_decay *decay, struct rnn *net, uint64_t seed, size_t first,
                                  size_t last) {
    const enum rnn_status status = rnn_forward(net);
    return status == RNN_OK ? pull_back_and_fit(decay, net, seed, first, last) : status;
}

enum rnn_status rnn_back_from_last(struct rnn *net) {
    const size_t truncation = net->spec.truncation, B = net->spec.batch;
    if (!net->spec.outputs)
        return RNN_BAD_TARGET;
    memmove(net->label, net->label + (net->spec.reads - 1) * B, B * sizeof *net->label);
    net->spec.reads = 1;
    net->spec.truncation = 0;
    enum rnn_status status = rnn_forward(net);
    if (status == RNN_OK)
        status = rnn_loss_softmax(net);
    if (status == RNN_OK)
        status = rnn_backward(net);
    net->spec.truncation = truncation;
    return status;
}

enum rnn_status rnn_decay_of_weights(struct rnn_decay *decay, struct rnn *net, uint64_t seed, size_t first,
                                     size_t last) {
    const struct rnn_activation *activation = net->spec.activation;
    if (!rnn_is_plain(&net->spec))
        return RNN_BAD_LAW;
    if (net->work->checkpoint) /* whose states would be computed again, by the wrong activation */
        return RNN_BAD_RANGE;
    net->spec.activation = &rnn_linear;
    const enum rnn_status status = pull_back_and_fit(decay, net, seed, first, last);
    net->spec.activation = activation;
    return status;
}
