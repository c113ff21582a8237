/* The rate of one draw of W measured: with its activation, without it, and the scale at which it is 1. */
#include "kernels.h"
#include "rnn.h"

#include <math.h>

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

enum rnn_status rnn_decay_of_weights(struct rnn_decay *decay, struct rnn *net, uint64_t seed, size_t first,
                                     size_t last) {
    const struct rnn_activation *activation = net->spec.activation;
    net->spec.activation = &rnn_linear;
    const enum rnn_status status = pull_back_and_fit(decay, net, seed, first, last);
    net->spec.activation = activation;
    return status;
}

static void scale_weights(struct rnn *net, double scale) {
    k_scale(net->W_hh, scale / net->spec.scale, (size_t)(net->W_xh - net->W_hh));
    net->spec.scale = scale;
}

/* The slope of a linear or relu net is ln(scale) plus a constant, so a gain of 1 is right at once; a
 * saturating net has less. The gain is kept within bounds so that a noisy slope cannot throw the search far.
 */
enum rnn_status rnn_crossing(double *scale, struct rnn *net, uint64_t seed, size_t first, size_t last,
                             double guess) {
    static const double tolerance = 1e-6, gain_low = 0.1, gain_high = 4, range = 100;
    double x = log(guess), gain = 1, previous_x = x, previous_slope = 0;
    for (int i = 0; i < 20; i++) {
        struct rnn_decay decay;
        scale_weights(net, exp(x));
        const enum rnn_status status = rnn_decay_measure(&decay, net, seed, first, last);
        if (status != RNN_OK)
            return status;
        if (fabs(decay.slope) < tolerance) {
            *scale = net->spec.scale;
            return RNN_OK;
        }
        if (i > 0)
            gain = fmin(fmax((decay.slope - previous_slope) / (x - previous_x), gain_low), gain_high);
        previous_x = x;
        previous_slope = decay.slope;
        x -= decay.slope / gain;
        if (fabs(x - log(guess)) > log(range))
            break;
    }
    return RNN_NO_CONVERGENCE;
}
