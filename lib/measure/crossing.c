/* The scale at which one draw of W neither shrinks nor grows a gradient. */
#include "measure.h"

#include "steps.h"

#include <math.h>

static void scale_weights(struct rnn *net, double scale) {
    k_scale(net->p.W_hh, scale / net->spec.scale, (size_t)(net->p.W_xh - net->p.W_hh));
    net->spec.scale = scale;
}

/* A point of the search: ln(scale) and the slope there. */
struct trial {
    double x, slope;
};

/* Puts a trial at its end, 0 below and 1 above zero. When one end moves twice in a row, the other's slope is
 * halved (Illinois rule), lest it never move. */
static void narrow(struct trial bracket[2], bool known[2], int *moved, struct trial trial) {
    const int end = trial.slope > 0;
    if (*moved == end)
        bracket[!end].slope /= 2;
    bracket[end] = trial;
    known[end] = true;
    *moved = end;
}

/* Regula falsi in ln(scale), where the slope of a linear or relu net is a straight line of gain 1: the first
 * step is nearly the last. Steps double until zero lies between two trials; a chaotic net has a rough slope,
 * and then the bracket closes on one of its changes of sign. */
enum rnn_status rnn_crossing(double *scale, struct rnn *net, uint64_t seed, size_t first, size_t last,
                             double guess) {
    static const double tolerance = 1e-6, range = 100;
    struct trial bracket[2] = { 0 };
    bool known[2] = { false, false };
    int moved = -1;
    double x = rnn_log(guess), reach = 1;
    for (int i = 0; i < 60 && fabs(x - rnn_log(guess)) < rnn_log(range); i++) {
        struct rnn_decay decay;
        scale_weights(net, rnn_exp(x));
        const enum rnn_status status = rnn_decay_measure(&decay, net, seed, first, last);
        if (status != RNN_OK)
            return status;
        *scale = net->spec.scale;
        if (fabs(decay.slope) < tolerance)
            return RNN_OK;
        narrow(bracket, known, &moved, (struct trial){ x, decay.slope });
        const struct trial low = bracket[0], high = bracket[1];
        if (known[0] && known[1] && fabs(high.x - low.x) < tolerance)
            return RNN_OK;
        if (known[0] && known[1])
            x = (low.x * high.slope - high.x * low.slope) / (high.slope - low.slope);
        else
            x -= reach * decay.slope;
        reach *= 2;
    }
    return RNN_NO_CONVERGENCE;
}
