/* The Elman cell with batch normalisation, per unit and per step (rnn.h, enum rnn_norm). Normaliser n of a
 * step, with v what enters it, (B, H), and the means taken over the batch:
 *
 *     forward    x = (v - mean(v)) / deviation         deviation = sqrt(mean((v - mean(v))^2) + epsilon)
 *     backward   dv = gain / deviation * (dy - mean(dy) - x mean(dy x))        dgain = sum_b dy x
 *
 * where gain * x goes into a_t and dy = dL/da_t. The two means are the paths through mean and deviation; a
 * net whose statistics are frozen lacks them. Of two normalisers, 0 is that of W_hh h_{t-1}, 1 that of W_xh
 * x_t. */
#include "net.h"

#include <math.h>
#include <string.h>

/* ---- one normaliser, on flat arrays --------------------------------------------------------------- */

/* Over the rows of v (batch, hidden). A deviation beyond double is NaN, lest it normalise v to zero. */
static void moments(double *mean, double *deviation, const double *v, size_t batch, size_t hidden,
                    double epsilon) {
    memset(mean, 0, hidden * sizeof *mean);
    memset(deviation, 0, hidden * sizeof *deviation);
    k_column_sums_add(mean, v, batch, hidden);
    k_scale(mean, 1 / (double)batch, hidden);
    for (size_t b = 0; b < batch; b++)
        for (size_t i = 0; i < hidden; i++) {
            const double centred = v[b * hidden + i] - mean[i];
            deviation[i] += centred * centred;
        }
    for (size_t i = 0; i < hidden; i++) {
        const double root = sqrt(deviation[i] / (double)batch + epsilon);
        deviation[i] = root + 0 * root;
    }
}

/* x = (v - mean) / deviation; x may be v */
static void standardise(double *x, const double *v, const double *mean, const double *deviation, size_t batch,
                        size_t hidden) {
    for (size_t b = 0; b < batch; b++)
        for (size_t i = 0; i < hidden; i++)
            x[b * hidden + i] = (v[b * hidden + i] - mean[i]) / deviation[i];
}

/* out = gain * x + bias */
static void scale_columns(double *out, const double *gain, const double *x, const double *bias, size_t batch,
                          size_t hidden) {
    for (size_t b = 0; b < batch; b++)
        for (size_t i = 0; i < hidden; i++)
            out[b * hidden + i] = gain[i] * x[b * hidden + i] + bias[i];
}

/* sums += sum_b dy x */
static void column_products_add(double *sums, const double *dy, const double *x, size_t batch,
                                size_t hidden) {
    for (size_t b = 0; b < batch; b++)
        for (size_t i = 0; i < hidden; i++)
            sums[i] += dy[b * hidden + i] * x[b * hidden + i];
}

/* dv = gain / deviation * (dy - along - x across), with along = mean(dy) and across = mean(dy x) (hidden) */
static void pull_back_columns(double *dv, const double *dy, const double *x, const double *gain,
                              const double *deviation, const double *along, const double *across,
                              size_t batch, size_t hidden) {
    for (size_t b = 0; b < batch; b++)
        for (size_t i = 0; i < hidden; i++)
            dv[b * hidden + i] =
                gain[i] / deviation[i] * (dy[b * hidden + i] - along[i] - x[b * hidden + i] * across[i]);
}

/* ---- normaliser n of a net at step t -------------------------------------------------------------- */

static double *statistic(const struct rnn *net, double *statistics, size_t n, size_t t) {
    return statistics + (n * net->longest + t - 1) * net->spec.hidden;
}

static double *normalised(const struct rnn *net, size_t n, size_t t) {
    return net->work->normalised + (n * rnn_kept(&net->spec) + t - 1 - net->from) * rnn_step_size(net);
}

/* The gains follow one another, and one that is off takes no room. */
static double *gain(const struct rnn *net, size_t n) {
    return net->p.gain_h + n * net->spec.hidden;
}

/* The normalised v (B, H), kept for the way back; v may lie where it is kept. */
static const double *normalise(struct rnn *net, size_t n, size_t t, const double *v) {
    const struct rnn_spec *s = &net->spec;
    double *mean = statistic(net, net->mean, n, t), *deviation = statistic(net, net->deviation, n, t);
    if (!net->frozen)
        moments(mean, deviation, v, s->batch, s->hidden, s->epsilon);
    standardise(normalised(net, n, t), v, mean, deviation, s->batch, s->hidden);
    return normalised(net, n, t);
}

/* The gradient of what enters the normaliser, into `dv`, from dL/da_t in `slot` of net->work->da. */
static void pull_back(struct rnn *net, size_t n, size_t t, size_t slot, double *dv) {
    const size_t B = net->spec.batch, H = net->spec.hidden;
    const double *dy = rnn_gate_gradient(net, net->work->da, 0, slot), *x = normalised(net, n, t);
    double *along = net->work->scratch, *across = along + H;
    memset(along, 0, 2 * H * sizeof *along);
    if (!net->frozen) {
        k_column_sums_add(along, dy, B, H);
        column_products_add(across, dy, x, B, H);
        k_scale(along, 1 / (double)B, 2 * H);
    }
    pull_back_columns(rnn_gate_gradient(net, dv, 0, slot), dy, x, gain(net, n),
                      statistic(net, net->deviation, n, t), along, across, B, H);
}

/* ---- the three cells ---------------------------------------------------------------------------------- */

static bool activate(struct rnn *net, size_t t) {
    return net->spec.activation->forward(rnn_state(net, t), rnn_step_size(net));
}

static double activate_back(struct rnn *net, size_t t, size_t slot) {
    return net->spec.activation->backward(rnn_gate_gradient(net, net->work->da, 0, slot),
                                          rnn_state_gradient(net, t), rnn_state(net, t), rnn_step_size(net));
}

static bool forward_input(struct rnn *net, size_t t) {
    const size_t B = net->spec.batch, H = net->spec.hidden;
    const struct k_term input = rnn_input_term(net, 0, t);
    double *h = rnn_state(net, t);
    k_affine(h, NULL, &input, 1, B, H, 0);
    scale_columns(h, gain(net, 0), normalise(net, 0, t, h), net->p.b_h, B, H);
    k_product_add(h, net->work->packed, rnn_state(net, t - 1), B, H, H);
    return activate(net, t);
}

static double backward_input(struct rnn *net, size_t t, size_t slot) {
    const double squares = activate_back(net, t, slot);
    if (net->gradient)
        pull_back(net, 0, t, slot, net->work->da_x);
    return squares;
}

static bool forward_full(struct rnn *net, size_t t) {
    const size_t B = net->spec.batch, H = net->spec.hidden;
    const struct k_term terms[] = { rnn_input_term(net, 0, t), rnn_recurrent_term(net, 0, t) };
    double *h = rnn_state(net, t);
    k_affine(h, NULL, terms, 2, B, H, t % 2);
    scale_columns(h, gain(net, 0), normalise(net, 0, t, h), net->p.b_h, B, H);
    return activate(net, t);
}

static double backward_full(struct rnn *net, size_t t, size_t slot) {
    const double squares = activate_back(net, t, slot);
    pull_back(net, 0, t, slot, net->work->da_h);
    return squares;
}

static bool forward_separate(struct rnn *net, size_t t) {
    const size_t B = net->spec.batch, H = net->spec.hidden;
    const struct k_term input = rnn_input_term(net, 0, t), state = rnn_recurrent_term(net, 0, t);
    double *h = rnn_state(net, t), *recurrent = normalised(net, 0, t);
    k_affine(h, NULL, &input, 1, B, H, 0);
    const double *x = normalise(net, 1, t, h);
    k_affine(recurrent, NULL, &state, 1, B, H, t % 2);
    normalise(net, 0, t, recurrent);
    for (size_t b = 0; b < B; b++)
        for (size_t i = 0; i < H; i++)
            h[b * H + i] =
                net->p.gain_h[i] * recurrent[b * H + i] + net->p.gain_x[i] * x[b * H + i] + net->p.b_h[i];
    return activate(net, t);
}

static double backward_separate(struct rnn *net, size_t t, size_t slot) {
    const double squares = activate_back(net, t, slot);
    pull_back(net, 0, t, slot, net->work->da_h);
    if (net->gradient)
        pull_back(net, 1, t, slot, net->work->da_x);
    return squares;
}

/* dgain += sum_t sum_b dL/da_t x, both of steps first..last lying side by side */
static void sum_gains(struct rnn *net, size_t first, size_t last, size_t slot) {
    const size_t H = net->spec.hidden, rows = (last - first + 1) * net->spec.batch;
    for (size_t n = 0; n < rnn_normalisers(net->spec.norm); n++)
        column_products_add(net->d.gain_h + n * H, rnn_gate_gradient(net, net->work->da, 0, slot),
                            normalised(net, n, first), rows, H);
}

const struct rnn_cell *rnn_cell_of(const struct rnn_spec *spec) {
    static const struct rnn_cell cells[] = {
        [RNN_NORM_INPUT] = { .gates = 1,
                             .in_place = true,
                             .forward = forward_input,
                             .backward = backward_input,
                             .sum = sum_gains },
        [RNN_NORM_FULL] = { .gates = 1,
                            .in_place = true,
                            .forward = forward_full,
                            .backward = backward_full,
                            .sum = sum_gains },
        [RNN_NORM_SEPARATE] = { .gates = 1,
                                .in_place = true,
                                .forward = forward_separate,
                                .backward = backward_separate,
                                .sum = sum_gains },
    };
    return spec->norm == RNN_NO_NORM ? spec->cell : &cells[spec->norm];
}

enum rnn_status rnn_norm_freeze(struct rnn *net, bool frozen) {
    if (net->spec.norm == RNN_NO_NORM)
        return RNN_BAD_LAW;
    net->frozen = frozen;
    return RNN_OK;
}
