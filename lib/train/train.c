/* A training: its memory, its data and its three calls, measure, update and test. */
#include "train.h"

#include "net/net.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

enum { ALIGNMENT = 64 };

/* ---- what may be asked for ------------------------------------------------------------------------ */

static const char *clip_fault(const struct rnn_training_spec *spec) {
    if (spec->clip < RNN_NO_CLIP || spec->clip > RNN_CLIP_VALUE)
        return "clip must be none, norm or value";
    if (spec->clip != RNN_NO_CLIP && !(isfinite(spec->threshold) && spec->threshold > 0))
        return "threshold must be finite and > 0";
    return NULL;
}

static const char *net_fault(const struct rnn_training_spec *spec, const struct rnn_spec *net) {
    if (net->record < RNN_GRADIENTS)
        return "record must keep the gradients";
    if (net->inputs != spec->problem.task->inputs)
        return "inputs must be those of the task";
    if (net->outputs != spec->problem.task->outputs)
        return "outputs must be those of the task";
    if (spec->shortest > spec->longest || spec->longest > net->length)
        return "length must be in order and at most the net's";
    return NULL;
}

const char *rnn_training_fault(const struct rnn_training_spec *spec, const struct rnn_spec *net) {
    const char *fault = rnn_problem_fault(&spec->problem, spec->shortest, 1);
    if (!fault)
        fault = net_fault(spec, net);
    if (!fault)
        fault = rnn_problem_fault(&spec->problem, spec->longest, 1);
    if (!fault)
        fault = rnn_optimizer_fault(&spec->optimizer);
    return fault ? fault : clip_fault(spec);
}

/* ---- memory --------------------------------------------------------------------------------------- */

/* The head of a state; theta, v and s follow. */
struct head {
    uint64_t updates, tested;
    double momentum_power, decay_power;
    int64_t exponent;
};

static double whole_lines(double bytes) {
    return ceil(bytes / ALIGNMENT) * ALIGNMENT;
}

static double draws_bytes(const struct rnn_training_spec *spec, const struct rnn_spec *net) {
    const double T = (double)spec->problem.task->draws(net->length);
    return whole_lines(T * (double)net->batch * sizeof(double));
}

static double state_bytes(double parameters) {
    return whole_lines(sizeof(struct head)) + 3 * parameters * sizeof(double);
}

static double parameters_of(const struct rnn_spec *net) {
    const double G = (double)net->cell->gates, H = (double)net->hidden,
                 steps = net->weights == RNN_UNTIED ? (double)net->length : 1;
    return steps * G * H * H + G * H * (double)net->inputs + G * H + (double)rnn_normalisers(net->norm) * H +
           (double)net->outputs * (H + 1);
}

double rnn_training_bytes(const struct rnn_training_spec *spec, const struct rnn_spec *net) {
    if (rnn_training_fault(spec, net) || isnan(rnn_bytes(net)))
        return NAN;
    return whole_lines(sizeof(struct rnn_training)) + draws_bytes(spec, net) +
           whole_lines(state_bytes(parameters_of(net)));
}

static struct rnn_training *with_room(struct rnn_training *training, double bytes) {
    if (training && (double)training->capacity >= bytes)
        return training;
    free(training);
    training = bytes < (double)PTRDIFF_MAX ? aligned_alloc(ALIGNMENT, (size_t)bytes) : NULL;
    if (training)
        training->capacity = (size_t)bytes;
    return training;
}

static void carve(struct rnn_training *t) {
    char *place = (char *)t + (size_t)whole_lines(sizeof *t);
    t->draws = (double *)(void *)place;
    t->state = place + (size_t)draws_bytes(&t->spec, &t->net->spec);
    t->state_size = (size_t)state_bytes((double)t->net->parameters);
    double *theta = (double *)(void *)(t->state + (size_t)whole_lines(sizeof(struct head)));
    t->moments.v = theta + t->net->parameters;
    t->moments.s = t->moments.v + t->net->parameters;
}

enum rnn_status rnn_training_create(struct rnn_training **training, struct rnn *net,
                                    const struct rnn_training_spec *spec) {
    const double bytes = rnn_training_bytes(spec, &net->spec);
    if (isnan(bytes)) {
        rnn_training_free(training);
        return RNN_BAD_LAW;
    }
    struct rnn_training *t = *training = with_room(*training, bytes);
    if (!t)
        return RNN_NO_MEMORY;
    *t = (struct rnn_training){ .spec = *spec,
                                .net = net,
                                .moments = { .momentum_power = 1, .decay_power = 1 },
                                .capacity = t->capacity };
    carve(t);
    memset(t->state, 0, t->state_size);
    return RNN_OK;
}

void rnn_training_free(struct rnn_training **training) {
    free(*training);
    *training = NULL;
}

/* ---- checkpoints ---------------------------------------------------------------------------------- */

static double *theta_of_state(const struct rnn_training *t) {
    return t->moments.v - t->net->parameters;
}

const void *rnn_training_state(struct rnn_training *t, size_t *size) {
    const struct head head = { t->updates, t->tested, t->moments.momentum_power, t->moments.decay_power,
                               t->moments.exponent };
    memcpy(t->state, &head, sizeof head);
    memcpy(theta_of_state(t), t->net->theta, t->net->parameters * sizeof(double));
    *size = t->state_size;
    return t->state;
}

enum rnn_status rnn_training_restore(struct rnn_training *t, const void *state, size_t size) {
    struct head head;
    if (size != t->state_size)
        return RNN_BAD_SIZE;
    memcpy(t->state, state, size);
    memcpy(&head, state, sizeof head);
    memcpy(t->net->theta, theta_of_state(t), t->net->parameters * sizeof(double));
    t->updates = head.updates;
    t->tested = head.tested;
    t->moments.momentum_power = head.momentum_power;
    t->moments.decay_power = head.decay_power;
    t->moments.exponent = (int)head.exponent;
    t->cause = RNN_GOES_ON;
    return RNN_OK;
}

/* ---- the three calls ------------------------------------------------------------------------------ */

static enum rnn_status stop(struct rnn_training *t, enum rnn_cause cause, size_t step) {
    t->cause = cause;
    t->stopped_at = step;
    return RNN_DIVERGED;
}

static void draw(struct rnn_training *t, uint32_t purpose, size_t index) {
    struct rnn *net = t->net;
    const struct rnn_batch batch = { net->spec.length, net->spec.batch, 1, net->x, net->target, net->label };
    rnn_problem_fill(&batch, &t->spec.problem, (struct rnn_stream){ t->spec.seed, purpose, (uint32_t)index },
                     t->draws);
}

/* The states and the loss of the batch drawn. */
static enum rnn_status look(struct rnn_training *t) {
    struct rnn *net = t->net;
    if (rnn_forward(net) != RNN_OK)
        return stop(t, RNN_LOST_STATE, net->stopped_at);
    const enum rnn_status status =
        t->spec.problem.task->classes ? rnn_loss_softmax(net) : rnn_loss_squared(net);
    if (status != RNN_OK)
        return status;
    return isfinite(net->loss) ? RNN_OK : stop(t, RNN_LOST_LOSS, 0);
}

enum rnn_status rnn_training_measure(struct rnn_training *t) {
    draw(t, RNN_FOR_BATCH, t->updates);
    enum rnn_status status = look(t);
    if (status == RNN_OK && rnn_backward(t->net) == RNN_DIVERGED)
        status = stop(t, RNN_LOST_GRADIENT, t->net->stopped_at);
    return status;
}

static enum rnn_status clip(struct rnn_training *t) {
    struct rnn *net = t->net;
    const size_t count = net->parameters;
    double *g = net->gradient;
    if (t->spec.clip == RNN_CLIP_NORM) {
        const enum rnn_status status =
            rnn_clip_norm(&t->log_norm, g, count, &net->gradient_exponent, t->spec.threshold);
        t->clipped = t->log_norm > log(t->spec.threshold);
        return status;
    }
    t->log_norm = rnn_log_norm(g, count) + net->gradient_exponent * M_LN2;
    if (t->spec.clip == RNN_NO_CLIP)
        return k_finite(g, count) ? RNN_OK : RNN_DIVERGED;
    t->clipped = ldexp(rnn_largest_magnitude(g, count), net->gradient_exponent) > t->spec.threshold;
    return rnn_clip_value(g, count, &net->gradient_exponent, t->spec.threshold);
}

enum rnn_status rnn_training_update(struct rnn_training *t) {
    struct rnn *net = t->net;
    if (clip(t) != RNN_OK)
        return stop(t, RNN_LOST_GRADIENT, 0);
    const bool finite = rnn_step(net->theta, net->gradient, net->parameters, &net->gradient_exponent,
                                 &t->spec.optimizer, &t->moments);
    t->updates++;
    return finite ? RNN_OK : stop(t, RNN_LOST_THETA, 0);
}

/* The first `count` sequences of the batch just looked at: sum of -ln p or of squared errors, and of errors. */
static void count_errors(struct rnn_score *score, const struct rnn_training *t, size_t count) {
    const struct rnn *net = t->net;
    const size_t O = net->spec.outputs;
    for (size_t b = 0; b < count; b++) {
        const double *y = net->y + b * O;
        size_t best = 0;
        for (size_t o = 1; o < O; o++)
            best = y[o] > y[best] ? o : best;
        score->error += t->spec.problem.task->classes ? best != net->label[b]
                                                      : (y[0] - net->target[b]) * (y[0] - net->target[b]);
    }
}

enum rnn_status rnn_training_test(struct rnn_score *score, struct rnn_training *t, size_t length,
                                  size_t sequences) {
    const size_t B = t->net->spec.batch;
    (void)length;
    *score = (struct rnn_score){ .sequences = sequences };
    for (size_t done = 0; done < sequences; done += B) {
        const size_t count = sequences - done < B ? sequences - done : B;
        draw(t, RNN_FOR_TEST, t->tested++);
        const enum rnn_status status = look(t);
        if (status != RNN_OK)
            return status;
        score->loss += t->net->loss * (double)count / (double)sequences;
        count_errors(score, t, count);
    }
    score->error /= (double)sequences;
    return RNN_OK;
}
