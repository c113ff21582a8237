/* Trainings from axes, and the protocol that most experiments on learning share. */
#include "run.h"

#include "train.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static bool has(const struct sweep_point *point, const char *axis) {
    return sweep_grid_axis(point->grid, axis) != NULL;
}

static double real_or(const struct sweep_point *point, const char *axis, double absent) {
    return has(point, axis) ? sweep_real(point, axis) : absent;
}

static size_t count_or(const struct sweep_point *point, const char *axis, size_t absent) {
    return has(point, axis) ? sweep_count(point, axis) : absent;
}

/* Whether there is such an axis, at this name. */
static bool is(const struct sweep_point *point, const char *axis, const char *name) {
    return has(point, axis) && strcmp(sweep_name(point, axis), name) == 0;
}

/* ---- what the names on the axes stand for --------------------------------------------------------- */

static const struct rnn_task *task_of(const struct sweep_point *point) {
    const struct rnn_task *const tasks[] = { &rnn_task_adding, &rnn_task_adding_anywhere,
                                             &rnn_task_order,  &rnn_task_order3,
                                             &rnn_task_copy,   &rnn_task_recall,
                                             &rnn_task_last,   &rnn_task_text };
    const char *name = has(point, "task") ? sweep_name(point, "task") : "text";
    size_t i = 0;
    while (strcmp(tasks[i]->name, name) != 0)
        i++;
    return tasks[i];
}

/* A whole set-up under one name: see sweep_training_spec in sweep.h. */
struct setup {
    const char *name;
    const struct rnn_cell *cell;
    const struct rnn_activation *activation;
    enum rnn_init init;
    double weight; /* deviation of W_xh; 0: such that it adds variance 1 to a_t where x ~ N(0, 1) */
    double read_out; /* of W_hy; 0: 1 / sqrt(H) */
    double forget;
};
static const struct setup setups[] = {
    { "sigmoid", &rnn_elman, &rnn_sigmoid, RNN_GAUSSIAN, 0, 0, 0 },
    { "tanh", &rnn_elman, &rnn_tanh, RNN_GAUSSIAN, 0, 0, 0 },
    { "relu", &rnn_elman, &rnn_relu, RNN_GAUSSIAN, 0, 0, 0 },
    { "linear", &rnn_elman, &rnn_linear, RNN_GAUSSIAN, 0, 0, 0 },
    { "irnn", &rnn_elman, &rnn_relu, RNN_IDENTITY, 0.1, 0, 0 },
    { "orthogonal", &rnn_elman, &rnn_tanh, RNN_ORTHOGONAL, 0, 0, 0 },
    { "lstm", &rnn_lstm, &rnn_tanh, RNN_GAUSSIAN, 0, 0, 1 },
    { "gru", &rnn_gru, &rnn_tanh, RNN_GAUSSIAN, 0, 0, 0 },
    { "weak", &rnn_elman, &rnn_tanh, RNN_GAUSSIAN, 0.1, 0, 0 }, /* at scale 0.7 the tanh of Pascanu's code */
    { "faint", &rnn_elman, &rnn_relu, RNN_IDENTITY, 0.01, 0.01, 0 },
};

static const struct setup *setup_of(const struct sweep_point *point) {
    const char *name = sweep_name(point, "kind");
    const struct setup *setup = setups;
    while (strcmp(setup->name, name) != 0)
        setup++;
    return setup;
}

static struct rnn_optimizer optimizer_of(const struct sweep_point *point) {
    const char *name = sweep_name(point, "optimizer");
    const double rate = sweep_real(point, "rate");
    struct rnn_optimizer optimizer = strcmp(name, "adam") == 0      ? rnn_adam(rate)
                                     : strcmp(name, "rmsprop") == 0 ? rnn_rmsprop(rate)
                                                                    : rnn_sgd(rate);
    optimizer.momentum = real_or(point, "momentum", optimizer.momentum);
    return optimizer;
}

static enum rnn_clip clip_of(const struct sweep_point *point) {
    const char *name = sweep_name(point, "clip");
    return strcmp(name, "norm") == 0    ? RNN_CLIP_NORM
           : strcmp(name, "value") == 0 ? RNN_CLIP_VALUE
                                        : RNN_NO_CLIP;
}

/* ---- specs ---------------------------------------------------------------------------------------- */

/* The longest sequences a run sees: those it trains on, or those it is tested on at the end. */
static size_t longest_of(const struct sweep_point *point) {
    const size_t length = sweep_count(point, "length"), reach = count_or(point, "reach", 0);
    return reach > length ? reach : length;
}

/* What the loss is read at: the symbols copied, every byte of a text, else the last step. */
static size_t reads_of(const struct rnn_task *task, size_t length) {
    return task == &rnn_task_copy ? task->answers : task == &rnn_task_text ? length : 1;
}

struct rnn_spec sweep_learner_spec(const struct sweep_point *point) {
    const struct setup *setup = setup_of(point);
    const struct rnn_task *task = task_of(point);
    const size_t window = count_or(point, "window", 0);
    struct rnn_spec spec = sweep_net_spec(point); /* for the axes scale, norm, gamma and epsilon */
    spec.cell = setup->cell;
    spec.activation = setup->activation;
    spec.init = setup->init;
    spec.forget = setup->forget;
    spec.inputs = window ? window * task->inputs : task->inputs;
    spec.outputs = task->outputs;
    spec.drive = setup->weight > 0 ? setup->weight * setup->weight * (double)spec.inputs : 1;
    spec.start = 0;
    spec.length = spec.segment = window ? 1 : longest_of(point);
    spec.reads = reads_of(task, spec.length);
    spec.truncation = count_or(point, "truncation", 0);
    spec.record = point->everything || real_or(point, "omega", 0) > 0 ? RNN_EVERYTHING : RNN_GRADIENTS;
    return spec;
}

/* The last tenth of a text is held out. */
static void split_text(struct rnn_problem *problem, struct sweep_text text) {
    const size_t size = text.size - text.size / 10;
    problem->text = (struct rnn_text){ text.bytes, size };
    problem->held_out = (struct rnn_text){ text.bytes + size, text.size - size };
}

struct rnn_training_spec sweep_training_spec(const struct sweep_point *point) {
    const struct rnn_task *task = task_of(point);
    const size_t length = sweep_count(point, "length"), shortest = count_or(point, "shortest", 0);
    struct rnn_training_spec spec = {
        .problem = { .task = task,
                     .delay = count_or(point, "delay", task == &rnn_task_recall ? length - 1 : 1) },
        .optimizer = optimizer_of(point),
        .clip = clip_of(point),
        .threshold = sweep_real(point, "threshold"),
        .omega = real_or(point, "omega", 0),
        .window = count_or(point, "window", 0),
        .population = is(point, "statistics", "population") && !is(point, "norm", "none"),
        .shortest = shortest ? shortest : length,
        .longest = length,
        .seed = sweep_count(point, "seed"),
    };
    if (has(point, "file"))
        split_text(&spec.problem, sweep_text(point, "file"));
    return spec;
}

double sweep_training_work(const struct sweep_point *point) {
    const struct rnn_spec spec = point->grid->spec->net(point);
    const struct rnn_training_spec training = sweep_training_spec(point);
    return rnn_training_bytes(&training, &spec) / (double)sizeof(double);
}

/* "delay: must be below length" with the value there is: "--delay 12: must be below length" */
static void name_fault(char *reason, size_t size, const struct sweep_point *point, const char *fault) {
    const size_t word = strcspn(fault, ":");
    for (size_t i = 0; i < point->grid->count; i++) {
        const char *name = point->grid->axes[i].word->name;
        if (strlen(name) == word && strncmp(name, fault, word) == 0) {
            snprintf(reason, size, "--%s %s%s", name, sweep_point_text(point, i), sweep_tr(fault) + word);
            return;
        }
    }
    sweep_invalid(reason, size, "%s", sweep_tr(fault));
}

bool sweep_training_valid(const struct sweep_point *point, char *reason, size_t size) {
    const struct rnn_spec spec = point->grid->spec->net(point);
    const struct rnn_training_spec training = sweep_training_spec(point);
    const size_t least = training.problem.task->least;
    const char *fault = rnn_training_fault(&training, &spec);
    if (training.longest < least)
        sweep_invalid(reason, size, "--length %zu: must be at least %zu with --task %s", training.longest,
                      least, training.problem.task->name);
    else if (training.shortest < least || training.shortest > training.longest)
        sweep_invalid(reason, size, "--shortest %zu: must be 0, or from %zu to --length %zu",
                      training.shortest, least, training.longest);
    else if (fault)
        name_fault(reason, size, point, fault);
    return !fault;
}

/* Brings W_hy, drawn with variance 1 / H, to this deviation; 0: leaves it. */
static void begin_read_out(struct rnn *net, double deviation) {
    const size_t H = net->spec.hidden;
    for (size_t i = 0; deviation > 0 && i < net->spec.outputs * H; i++)
        net->p.W_hy[i] *= deviation * sqrt((double)H);
}

enum rnn_status sweep_training(struct rnn_training **training, const struct sweep_point *point) {
    const struct rnn_spec spec = point->grid->spec->net(point);
    const struct rnn_training_spec how = sweep_training_spec(point);
    struct rnn *net;
    enum rnn_status status = sweep_net(&net, point, &spec);
    if (status == RNN_OK)
        begin_read_out(net, setup_of(point)->read_out);
    if (status == RNN_OK)
        status = rnn_training_create(&point->worker->training, net, &how);
    *training = point->worker->training;
    return status;
}

/* Between two looks at the clock a run makes so many updates. */
enum { UPDATES_AT_ONCE = 10 };

bool sweep_training_goes_on(struct rnn_training *training, const struct sweep_point *point, void *own,
                            size_t size) {
    const uint64_t total = sweep_count(point, "updates");
    uint64_t done = training->updates;
    size_t state_size;
    if (training->cause != RNN_GOES_ON)
        return false;
    if (done % UPDATES_AT_ONCE)
        return done < total;
    void *state = rnn_training_state(training, &state_size);
    const struct sweep_piece pieces[] = { { state, state_size }, { own, size }, { NULL, 0 } };
    const bool more = sweep_lasting(point, pieces, &done, total);
    if (done != training->updates)
        rnn_training_restore(training, state, state_size);
    return more;
}

/* ---- until solved --------------------------------------------------------------------------------- */

enum {
    EVERY = 100,
    QUICK = 500,
    THOROUGH = 10000,
    ELSEWHERE = 1000
}; /* updates between tests; sequences of a test */

enum {
    TESTED,
    SOLVED,
    SOLVED_AT,
    NEEDED,
    DIVERGED,
    DIVERGED_AT,
    ERROR,
    LOSS,
    NORM_FIRST,
    NORM_MOST,
    CLIPPED,
    COST,
    COLUMNS
};
const struct sweep_column sweep_learning_columns[] = {
    { "tested", "length of the sequences tested on at the end", .key = true },
    { "solved", "1 if the error came below goal on 10 000 fresh sequences, else 0, also where it diverged",
      0 },
    { "solved_at", "updates made then; empty if never", 0 },
    { "needed", "the same, but the cap --updates if never: what a mean may be taken of", 0 },
    { "diverged", "1 if a number was no longer finite, else 0; neither solved nor diverged is stuck", 0 },
    { "diverged_at", "updates made when a number was no longer finite; empty if never", 0 },
    { "error",
      "share of wrong answers, of adding the mean squared error, on fresh sequences at the end: 500, or 10 000 "
      "where these passed (1000 of a length not trained on)",
      0 },
    { "loss", "cross-entropy in nats or the mean squared error, likewise", 0 },
    { "log10_norm_first", "log10 of ||g||, all parameters, before the first update's clip", 0 },
    { "log10_norm_most", "the largest of all updates", 0 },
    { "clipped", "share of updates whose gradient the clip changed", 0 },
    { "cost", "multiply-adds of the products of one update, in millions", 0 },
    { 0 },
};

/* What a run has come to; without pointers, as it goes into checkpoints. */
struct outcome {
    uint64_t solved_at, clipped;
    double first, most; /* ln ||g|| */
    struct rnn_score score;
};

static void note(struct outcome *outcome, const struct rnn_training *training) {
    if (training->updates == 1)
        outcome->first = outcome->most = training->log_norm;
    outcome->most = fmax(outcome->most, training->log_norm);
    outcome->clipped += training->clipped;
}

/* Every so often a quick test, and where that is passed a thorough one. */
static enum rnn_status examine(struct outcome *outcome, struct rnn_training *training, double goal) {
    const size_t length = training->spec.longest;
    if (training->updates % EVERY)
        return RNN_OK;
    enum rnn_status status = rnn_training_test(&outcome->score, training, length, QUICK);
    if (status == RNN_OK && outcome->score.error < goal)
        status = rnn_training_test(&outcome->score, training, length, THOROUGH);
    if (status == RNN_OK && outcome->score.error < goal && outcome->score.sequences == THOROUGH)
        outcome->solved_at = training->updates;
    return status;
}

/* Multiply-adds: a state takes a product forward, one back, and one into the gradient; inputs two. */
static double cost_of(const struct rnn *net, double length) {
    const struct rnn_spec *s = &net->spec;
    const double H = (double)s->hidden, GH = (double)net->gates * H, B = (double)s->batch;
    return 1e-6 * B * length * GH * (3 * H + 2 * (double)s->inputs);
}

static void fill(double *row, const struct outcome *o, const struct rnn_training *training,
                 uint64_t updates) {
    const bool lost = training->cause != RNN_GOES_ON;
    const double made = (double)training->updates;
    row[SOLVED] = o->solved_at > 0;
    row[SOLVED_AT] = o->solved_at ? (double)o->solved_at : SWEEP_NONE;
    row[NEEDED] = (double)(o->solved_at ? o->solved_at : updates);
    row[DIVERGED] = lost;
    row[DIVERGED_AT] = lost ? made : SWEEP_NONE;
    row[ERROR] = lost ? SWEEP_NONE : o->score.error;
    row[LOSS] = lost ? SWEEP_NONE : o->score.loss;
    row[NORM_FIRST] = made > 0 ? sweep_log10(o->first) : SWEEP_NONE;
    row[NORM_MOST] = made > 0 ? sweep_log10(o->most) : SWEEP_NONE;
    row[CLIPPED] = made > 0 ? (double)o->clipped / made : SWEEP_NONE;
    row[COST] = cost_of(training->net, (double)training->spec.longest);
}

/* The row of the length trained on, then, with `reach`, one for each of these that is not longer. */
static enum rnn_status write_rows(struct sweep_sink *sink, struct outcome *o, struct rnn_training *training,
                                  const struct sweep_point *point) {
    static const size_t lengths[] = { 10, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000 };
    const size_t length = training->spec.longest, reach = count_or(point, "reach", 0);
    double row[COLUMNS] = { [TESTED] = (double)length };
    enum rnn_status status = RNN_OK;
    if (training->cause == RNN_GOES_ON && (!training->updates || training->updates % EVERY))
        status = rnn_training_test(&o->score, training, length, THOROUGH);
    fill(row, o, training, sweep_count(point, "updates"));
    sweep_row(sink, row);
    for (size_t i = 0; training->cause == RNN_GOES_ON && i < sizeof lengths / sizeof *lengths; i++) {
        if (lengths[i] == length || lengths[i] > reach || lengths[i] < training->spec.problem.task->least)
            continue;
        status = rnn_training_test(&o->score, training, lengths[i], ELSEWHERE);
        row[TESTED] = (double)lengths[i];
        row[ERROR] = status == RNN_OK ? o->score.error : SWEEP_NONE;
        row[LOSS] = status == RNN_OK ? o->score.loss : SWEEP_NONE;
        sweep_row(sink, row);
    }
    return status == RNN_DIVERGED ? RNN_OK : status;
}

enum rnn_status sweep_learn(const struct sweep_point *point, struct sweep_sink *sink) {
    struct rnn_training *training;
    struct outcome outcome = { .first = -INFINITY, .most = -INFINITY };
    enum rnn_status status = sweep_training(&training, point);
    while (status == RNN_OK && !outcome.solved_at &&
           sweep_training_goes_on(training, point, &outcome, sizeof outcome)) {
        status = rnn_training_measure(training);
        if (status == RNN_OK)
            status = rnn_training_update(training);
        if (status == RNN_OK) {
            note(&outcome, training);
            status = examine(&outcome, training, sweep_real(point, "goal"));
        }
    }
    if (sweep_stops(point) || (status != RNN_OK && status != RNN_DIVERGED))
        return status;
    return write_rows(sink, &outcome, training, point);
}
