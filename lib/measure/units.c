/* What the units of a net are like: how saturated, how dead, and what its gates keep. */
#include "measure.h"

#include "steps.h"

#include <math.h>

/* ---- slopes: phi'(a) as the backward pass sees it, a function of h --------------------------------- */

enum { BLOCK = 64 }; /* units looked at together */

struct tally {
    double squares;
    size_t saturated, dead;
};

static void count_row(struct tally *tally, unsigned char alive[BLOCK],
                      const struct rnn_activation *activation, const double *h, size_t units) {
    double ones[BLOCK], slope[BLOCK];
    for (size_t i = 0; i < BLOCK; i++)
        ones[i] = 1;
    activation->backward(slope, ones, h, units);
    tally->squares += k_sum_squares(slope, units);
    for (size_t i = 0; i < units; i++) {
        tally->saturated += fabs(slope[i]) < 0.01 * activation->gamma;
        alive[i] |= slope[i] != 0;
    }
}

/* Units unit..unit+units-1 over all sequences of steps first..last. */
static void count_block(struct tally *tally, const struct rnn *net, size_t first, size_t last, size_t unit,
                        size_t units) {
    const size_t hidden = net->spec.hidden, batch = net->spec.batch;
    unsigned char alive[BLOCK] = { 0 };
    for (size_t row = first * batch; row < (last + 1) * batch; row++)
        count_row(tally, alive, net->spec.activation, net->h + (row - net->from * batch) * hidden + unit,
                  units);
    for (size_t i = 0; i < units; i++)
        tally->dead += !alive[i];
}

enum rnn_status rnn_slopes_measure(struct rnn_slopes *slopes, const struct rnn *net, size_t first,
                                   size_t last) {
    const size_t hidden = net->spec.hidden;
    if (net->spec.cell != &rnn_elman)
        return RNN_BAD_LAW;
    if (!rnn_has_steps(net, first, last))
        return RNN_BAD_RANGE;
    struct tally tally = { 0 };
    for (size_t unit = 0; unit < hidden; unit += BLOCK)
        count_block(&tally, net, first, last, unit, hidden - unit < BLOCK ? hidden - unit : BLOCK);
    const double count = (double)(last - first + 1) * (double)net->spec.batch * (double)hidden;
    *slopes = (struct rnn_slopes){ .mean_square_derivative = tally.squares / count,
                                   .saturated = (double)tally.saturated / count,
                                   .dead = (double)tally.dead / (double)hidden };
    return RNN_OK;
}

/* ---- the gate that keeps ------------------------------------------------------------------------------- */

enum rnn_status rnn_keep_measure(double *mean_log, const struct rnn *net, size_t first, size_t last) {
    if (net->gates <= RNN_KEEPING_GATE)
        return RNN_BAD_LAW;
    if (!rnn_has_steps(net, first, last) || net->work->last_gates || net->work->spent)
        return RNN_BAD_RANGE;
    const double *keep = rnn_gate(net, RNN_KEEPING_GATE, first);
    const size_t count = (last - first + 1) * rnn_step_size(net);
    double sum = 0;
    for (size_t i = 0; i < count; i++)
        sum += rnn_log(keep[i]);
    *mean_log = sum / (double)count;
    return RNN_OK;
}
