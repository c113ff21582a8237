/* A training: what may be asked for, its memory, and its calls: measure, update, test. */
#include "train.h"

#include "net/net.h"
#include "work.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* ---- what may be asked for --------------------------------------------------------------------------- */

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

static bool is_amount(double x) {
    return isfinite(x) && x >= 0;
}

/* Its shortest and its longest sequences can be made and asked of. */
static const char *length_fault(const struct rnn_training_spec *s, const struct rnn_spec *net) {
    if (s->shortest > s->longest)
        return "shortest: must be at most longest";
    const char *fault = rnn_problem_fault(&s->problem, s->shortest, least(net->reads, s->shortest));
    return fault ? fault : rnn_problem_fault(&s->problem, s->longest, least(net->reads, s->longest));
}

static const char *net_fault(const struct rnn_training_spec *s, const struct rnn_spec *net) {
    const size_t window = s->window;
    const struct {
        bool good;
        const char *fault;
    } rules[] = {
        { net->record >= RNN_GRADIENTS, "record: must keep the gradients" },
        { net->inputs % (window ? window : 1) == 0 &&
              net->inputs / (window ? window : 1) == s->problem.task->inputs,
          "inputs: must be those of the task, times window" },
        { net->outputs == s->problem.task->outputs, "outputs: must be those of the task" },
        { window || s->longest <= net->length, "longest: must be at most the length of the net" },
        { !window || net->length == 1, "window: must be 0 unless the net has length 1" },
        { !window || !net->truncation, "truncation: must be 0 with a window, where there is no time" },
        { !s->population || net->norm != RNN_NO_NORM, "population: must be false without a norm" },
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (!rules[i].good)
            return rules[i].fault;
    return NULL;
}

static const char *remedy_fault(const struct rnn_training_spec *s, const struct rnn_spec *net) {
    if (s->clip < RNN_NO_CLIP || s->clip > RNN_CLIP_VALUE)
        return "clip: must be none, norm or value";
    if (s->clip != RNN_NO_CLIP && !(is_amount(s->threshold) && s->threshold > 0))
        return "threshold: must be finite and > 0";
    if (!is_amount(s->omega))
        return "omega: must be finite and >= 0";
    if (s->omega > 0 && (!rnn_is_plain(net) || net->weights != RNN_TIED || s->window))
        return "omega: must be 0 unless the net is a tied elman without norm and window";
    if (s->omega > 0 && (net->record != RNN_EVERYTHING || net->segment < net->length))
        return "record: must keep everything, and segment all states, with omega";
    return NULL;
}

const char *rnn_training_fault(const struct rnn_training_spec *spec, const struct rnn_spec *net) {
    const char *fault = length_fault(spec, net);
    if (!fault)
        fault = net_fault(spec, net);
    if (!fault)
        fault = rnn_optimizer_fault(&spec->optimizer);
    return fault ? fault : remedy_fault(spec, net);
}

const char *rnn_cause_text(enum rnn_cause cause) {
    static const char *const text[] = { "none", "state", "loss", "gradient", "theta" };
    return (size_t)cause < sizeof text / sizeof *text ? text[cause] : "unknown";
}

/* ---- memory ------------------------------------------------------------------------------------------ */

/* What the allocation begins with, and what a state does. */
struct home {
    struct rnn_training training;
    struct rnn_training_work work;
};
struct head {
    uint64_t updates, tested, exploded;
    double momentum_power, decay_power;
};

enum { ALIGNMENT = 64, LINE = ALIGNMENT / sizeof(double) };

static double whole_lines(double doubles) {
    return ceil(doubles / LINE) * LINE;
}

/* Sets every array of `home` from `base` on; returns how many doubles there are. What is not used takes
 * none. */
static double carve(struct home *home, const struct rnn_spec *net, double *base) {
    const struct rnn_training_spec *s = &home->training.spec;
    struct rnn_training_work *w = &home->work;
    struct rnn_moments *m = &home->training.moments;
    double *exponents;
    const double H = (double)net->hidden, B = (double)net->batch, P = rnn_parameter_count(net),
                 T = (double)net->length, statistics = (double)rnn_normalisers(net->norm) * T * H,
                 most = fmax(T, (double)s->longest);
    const struct {
        double **place, count;
    } parts[] = {
        { &w->head, (double)sizeof(struct head) / sizeof(double) },
        { &w->theta, P },
        { &m->v, P },
        { &m->s, P },
        { &exponents, ceil(P * sizeof *m->exponent / sizeof(double)) },
        { &w->population.mean, statistics },
        { &w->population.variance, statistics },
        { &w->population.seen, statistics > 0 ? T : 0 },
        { &w->draws, B * (double)s->problem.task->draws((size_t)most) },
        { &w->sequences, s->window ? most * B * (double)s->problem.task->inputs : 0 },
        { &w->dW, s->omega > 0 ? H * H : 0 },
        { &w->omega, s->omega > 0 ? rnn_omega_work(net) : 0 },
    };
    double total = whole_lines((double)sizeof *home / sizeof(double));
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        *parts[i].place = base ? base + (size_t)total : NULL;
        total += whole_lines(parts[i].count);
    }
    m->exponent = (int *)(void *)exponents;
    return total;
}

double rnn_training_bytes(const struct rnn_training_spec *spec, const struct rnn_spec *net) {
    if (rnn_spec_fault(net) || rnn_training_fault(spec, net))
        return NAN;
    struct home home = { .training = { .spec = *spec } };
    return carve(&home, net, NULL) * sizeof(double);
}

/* Room for `bytes` in place of *training, which stays where it is if it has that. */
static struct home *make_room(struct rnn_training **training, double bytes, size_t *capacity) {
    *capacity = *training ? (*training)->work->capacity : 0;
    if ((double)*capacity >= bytes)
        return (struct home *)*training;
    rnn_training_free(training);
    if (bytes > (double)PTRDIFF_MAX)
        return NULL;
    *capacity = (size_t)bytes;
    return aligned_alloc(ALIGNMENT, *capacity);
}

enum rnn_status rnn_training_create(struct rnn_training **training, struct rnn *net,
                                    const struct rnn_training_spec *spec) {
    struct rnn_spec full = net->spec; /* as it was made */
    const struct rnn_training_spec own = *spec; /* which may be that of the training reused */
    size_t capacity;
    full.length = net->longest;
    full.reads = net->work->most_reads;
    const double bytes = rnn_training_bytes(&own, &full);
    if (isnan(bytes)) {
        rnn_training_free(training);
        return RNN_BAD_SPEC;
    }
    struct home *home = make_room(training, bytes, &capacity);
    if (!home)
        return RNN_NO_MEMORY;
    memset(home, 0, (size_t)bytes);
    home->training = (struct rnn_training){
        .spec = own, .net = net, .moments = { .momentum_power = 1, .decay_power = 1 }, .work = &home->work
    };
    home->work.capacity = capacity;
    carve(home, &full, (double *)(void *)home);
    home->work.state_size = (size_t)(home->work.draws - home->work.head) * sizeof(double);
    *training = &home->training;
    return RNN_OK;
}

void rnn_training_free(struct rnn_training **training) {
    free(*training);
    *training = NULL;
}

/* ---- checkpoints ------------------------------------------------------------------------------------- */

void *rnn_training_state(struct rnn_training *t, size_t *size) {
    const struct head head = { t->updates, t->tested, t->moments.exploded, t->moments.momentum_power,
                               t->moments.decay_power };
    memcpy(t->work->head, &head, sizeof head);
    memcpy(t->work->theta, t->net->theta, t->net->parameters * sizeof(double));
    *size = t->work->state_size;
    return t->work->head;
}

enum rnn_status rnn_training_restore(struct rnn_training *t, const void *state, size_t size) {
    struct head head;
    if (size != t->work->state_size)
        return RNN_BAD_SIZE;
    memmove(t->work->head, state, size);
    memcpy(&head, t->work->head, sizeof head);
    memcpy(t->net->theta, t->work->theta, t->net->parameters * sizeof(double));
    t->updates = head.updates;
    t->tested = head.tested;
    t->moments.momentum_power = head.momentum_power;
    t->moments.decay_power = head.decay_power;
    t->moments.exploded = head.exploded;
    t->cause = RNN_GOES_ON;
    t->stopped_at = 0;
    t->work->measured = false;
    return RNN_OK;
}

/* ---- measure ----------------------------------------------------------------------------------------- */

static enum rnn_status stop(struct rnn_training *t, enum rnn_cause cause, size_t step) {
    t->cause = cause;
    t->stopped_at = step;
    return RNN_DIVERGED;
}

/* T of the batch of update number `update`. */
static size_t length_of(const struct rnn_training_spec *s, size_t update) {
    double u = 0;
    if (s->shortest < s->longest)
        rnn_uniform(&u, 1, (struct rnn_stream){ s->seed, RNN_FOR_LENGTH, (uint32_t)update });
    return s->shortest + (size_t)(u * (double)(s->longest - s->shortest + 1));
}

/* The last k inputs of each sequence side by side, zeros where there are fewer. */
static void fill_window(struct rnn_training *t, size_t length) {
    const size_t k = t->spec.window, B = t->net->spec.batch, I = t->spec.problem.task->inputs;
    for (size_t b = 0; b < B; b++)
        for (size_t j = 0; j < k; j++) {
            double *to = t->net->x + (b * k + j) * I;
            if (length + j < k)
                memset(to, 0, I * sizeof *to);
            else
                memcpy(to, t->work->sequences + ((length + j - k) * B + b) * I, I * sizeof *to);
        }
}

static void draw(struct rnn_training *t, enum rnn_purpose purpose, size_t index, size_t length) {
    struct rnn *net = t->net;
    if (!t->spec.window)
        rnn_set_length(net, length);
    const size_t known = !t->spec.window && net->spec.inputs >= RNN_MANY_INPUTS ? net->work->one_hot : 0;
    const struct rnn_batch batch = { .length = length,
                                     .batch = net->spec.batch,
                                     .reads = net->spec.reads,
                                     .x = t->spec.window ? t->work->sequences : net->x,
                                     .target = net->target,
                                     .label = net->label,
                                     .ones = t->spec.window ? NULL : net->work->ones,
                                     .known = known };
    rnn_problem_fill(&batch, &t->spec.problem, (struct rnn_stream){ t->spec.seed, purpose, (uint32_t)index },
                     t->work->draws);
    if (t->spec.window)
        fill_window(t, length);
    net->work->told = batch.ones && t->spec.problem.task->one_hot;
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

/* Adds the gradient of the regulariser, which is of ordinary size, to that of the loss. */
static void add_omega(struct rnn_training *t) {
    struct rnn *net = t->net;
    t->omega = rnn_omega(t->work->dW, net, t->work->omega);
    if (net->gradient_exponent < 0) {
        rnn_scale_by_power(net->gradient, net->gradient_exponent, net->parameters);
        net->gradient_exponent = 0;
    }
    const double weight = ldexp(t->spec.omega, -net->gradient_exponent);
    for (size_t i = 0; i < net->spec.hidden * net->spec.hidden; i++)
        net->d.W_hh[i] += weight * t->work->dW[i];
}

enum rnn_status rnn_training_measure(struct rnn_training *t) {
    t->work->measured = false;
    draw(t, RNN_FOR_BATCH, t->updates, length_of(&t->spec, t->updates));
    const enum rnn_status status = look(t);
    if (status != RNN_OK)
        return status;
    if (rnn_backward(t->net) == RNN_DIVERGED)
        return stop(t, RNN_LOST_GRADIENT, t->net->stopped_at);
    if (t->spec.omega > 0)
        add_omega(t);
    t->work->measured = true;
    return RNN_OK;
}

/* ---- update ------------------------------------------------------------------------------------------ */

static enum rnn_status clip(struct rnn_training *t) {
    struct rnn *net = t->net;
    const size_t count = net->parameters;
    const double threshold = t->spec.threshold;
    double *g = net->gradient;
    if (t->spec.clip == RNN_CLIP_NORM) {
        const enum rnn_status status =
            rnn_clip_norm(&t->log_norm, g, count, &net->gradient_exponent, threshold);
        t->clipped = t->log_norm > rnn_log(threshold);
        return status;
    }
    t->log_norm = rnn_log_norm(g, count) + net->gradient_exponent * M_LN2;
    if (t->spec.clip == RNN_NO_CLIP)
        return k_finite(g, count) ? RNN_OK : RNN_DIVERGED;
    t->clipped = ldexp(rnn_largest_magnitude(g, count), net->gradient_exponent) > threshold;
    return rnn_clip_value(g, count, &net->gradient_exponent, threshold);
}

enum rnn_status rnn_training_update(struct rnn_training *t) {
    struct rnn *net = t->net;
    if (!t->work->measured)
        return RNN_BAD_RANGE;
    t->work->measured = false;
    if (clip(t) != RNN_OK)
        return stop(t, RNN_LOST_GRADIENT, 0);
    const bool finite = rnn_step(net->theta, net->gradient, net->parameters, &net->gradient_exponent,
                                 &t->spec.optimizer, &t->moments);
    if (net->spec.norm != RNN_NO_NORM)
        rnn_population_add(&t->work->population, net);
    t->updates++;
    return finite ? RNN_OK : stop(t, RNN_LOST_THETA, 0);
}

/* ---- test -------------------------------------------------------------------------------------------- */

/* Whether the answer of row i of y is wrong: another is larger, or as large and before it. */
static bool is_wrong(const struct rnn *net, size_t i) {
    const size_t O = net->spec.outputs, label = net->label[i];
    const double *y = net->y + i * O;
    for (size_t o = 0; o < O; o++)
        if (o < label ? y[o] >= y[label] : y[o] > y[label])
            return true;
    return false;
}

/* Whether the answer of row i of y is wrong, or by how much. */
static double error_of(const struct rnn_training *t, size_t i) {
    const struct rnn *net = t->net;
    double squares = 0;
    if (t->spec.problem.task->classes)
        return is_wrong(net, i);
    for (size_t o = i * net->spec.outputs; o < (i + 1) * net->spec.outputs; o++)
        squares += (net->y[o] - net->target[o]) * (net->y[o] - net->target[o]);
    return squares;
}

/* The mean over the answers of the first `count` sequences. */
static double mean_error(const struct rnn_training *t, size_t count) {
    const size_t n = t->net->spec.reads, B = t->net->spec.batch,
                 answers = least(t->spec.problem.task->answers, n);
    double sum = 0;
    for (size_t r = n - answers; r < n; r++)
        for (size_t b = 0; b < count; b++)
            sum += error_of(t, r * B + b);
    return sum / (double)(answers * count);
}

/* Until the error is at least `enough`, which more batches cannot undo. */
static enum rnn_status score_batches(struct rnn_score *score, struct rnn_training *t, size_t length,
                                     double enough) {
    const size_t B = t->net->spec.batch, batches = (score->sequences + B - 1) / B, first = t->tested;
    t->tested += batches;
    for (size_t i = 0; i < batches && score->error < enough; i++) {
        const size_t count = least(score->sequences - i * B, B);
        draw(t, RNN_FOR_TEST, first + i, length);
        const enum rnn_status status = look(t);
        if (status != RNN_OK)
            return status;
        score->loss += t->net->loss / (double)batches;
        score->error += mean_error(t, count) * (double)count / (double)score->sequences;
    }
    return RNN_OK;
}

enum rnn_status rnn_training_pass(struct rnn_score *score, struct rnn_training *t, size_t length,
                                  size_t sequences, double goal) {
    struct rnn *net = t->net;
    const size_t most = t->spec.window ? t->spec.longest : net->longest;
    if (!sequences || isnan(goal) || length > most ||
        rnn_problem_fault(&t->spec.problem, length, least(net->work->most_reads, length)))
        return RNN_BAD_RANGE;
    const bool frozen = net->frozen;
    *score = (struct rnn_score){ .sequences = sequences };
    t->work->measured = false;
    if (t->spec.population) {
        rnn_population_use(net, &t->work->population);
        rnn_norm_freeze(net, true);
    }
    net->work->only_loss = true;
    const enum rnn_status status = score_batches(score, t, length, goal);
    net->work->only_loss = false;
    if (t->spec.population)
        rnn_norm_freeze(net, frozen);
    return status;
}

enum rnn_status rnn_training_test(struct rnn_score *score, struct rnn_training *t, size_t length,
                                  size_t sequences) {
    return rnn_training_pass(score, t, length, sequences, INFINITY);
}
