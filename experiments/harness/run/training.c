/* Trainings from axes. */
#include "run.h"

#include "train.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* ---- what the names on the axes stand for --------------------------------------------------------- */

static const struct rnn_task *task_of(const struct sweep_point *point) {
    const struct rnn_task *const tasks[] = { &rnn_task_adding, &rnn_task_adding_anywhere,
                                             &rnn_task_order,  &rnn_task_order3,
                                             &rnn_task_copy,   &rnn_task_recall,
                                             &rnn_task_last,   &rnn_task_text };
    const char *name = sweep_grid_axis(point->grid, "task") ? sweep_name(point, "task") : "text";
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

/* ---- specs ---------------------------------------------------------------------------------------- */

/* The longest sequences a run sees: those it trains on, or those it is tested on at the end. */
static size_t longest_of(const struct sweep_point *point) {
    const size_t length = sweep_count(point, "length"), reach = sweep_count_or(point, "reach", 0);
    return reach > length ? reach : length;
}

/* What the loss is read at: the symbols copied, every byte of a text, else the last step. */
static size_t reads_of(const struct rnn_task *task, size_t length) {
    return task == &rnn_task_copy ? task->answers : task == &rnn_task_text ? length : 1;
}

struct rnn_spec sweep_learner_spec(const struct sweep_point *point) {
    const struct setup *setup = setup_of(point);
    const struct rnn_task *task = task_of(point);
    const size_t window = sweep_count_or(point, "window", 0);
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
    spec.truncation = sweep_count_or(point, "truncation", 0);
    if (spec.record != RNN_EVERYTHING)
        spec.record = sweep_real_or(point, "omega", 0) > 0 ? RNN_EVERYTHING : RNN_GRADIENTS;
    return spec;
}

/* The last tenth of a text is held out. */
static void split_text(struct rnn_problem *problem, struct sweep_text text) {
    const size_t size = text.size - text.size / 10;
    problem->text = (struct rnn_text){ text.bytes, size };
    problem->held_out = (struct rnn_text){ text.bytes + size, text.size - size };
}

struct rnn_training_spec sweep_training_spec(const struct sweep_point *point) {
    static struct rnn_optimizer (*const rules[])(double rate) = { rnn_sgd, rnn_rmsprop, rnn_adam };
    const struct rnn_task *task = task_of(point);
    const size_t length = sweep_count(point, "length"), shortest = sweep_count_or(point, "shortest", 0);
    struct rnn_training_spec spec = {
        .problem = { .task = task,
                     .delay = sweep_count_or(point, "delay", task == &rnn_task_recall ? length - 1 : 1) },
        .optimizer = rules[sweep_choice(point, "optimizer")](sweep_real(point, "rate")),
        .clip = RNN_NO_CLIP + sweep_choice(point, "clip"),
        .threshold = sweep_real(point, "threshold"),
        .omega = sweep_real_or(point, "omega", 0),
        .window = sweep_count_or(point, "window", 0),
        .population = sweep_choice(point, "statistics") && sweep_choice(point, "norm"),
        .shortest = shortest ? shortest : length,
        .longest = length,
        .seed = sweep_count(point, "seed"),
    };
    if (sweep_grid_axis(point->grid, "file"))
        split_text(&spec.problem, sweep_text(point, "file"));
    return spec;
}

double sweep_training_work(const struct sweep_point *point) {
    const struct rnn_spec spec = point->grid->spec->net(point);
    const struct rnn_training_spec training = sweep_training_spec(point);
    return rnn_training_bytes(&training, &spec) / (double)sizeof(double);
}

bool sweep_training_valid(const struct sweep_point *point, char *reason, size_t size) {
    const struct rnn_spec spec = point->grid->spec->net(point);
    const struct rnn_training_spec training = sweep_training_spec(point);
    const size_t least = training.problem.task->least, reach = sweep_count_or(point, "reach", 0);
    const char *fault = rnn_training_fault(&training, &spec);
    if (training.longest < least)
        return sweep_invalid(reason, size, "--length %zu: must be at least %zu with --task %s",
                             training.longest, least, training.problem.task->name);
    if (training.shortest < least || training.shortest > training.longest)
        return sweep_invalid(reason, size, "--shortest %zu: must be 0, or from %zu to --length %zu",
                             training.shortest, least, training.longest);
    if (reach && reach < least)
        return sweep_invalid(reason, size, "--reach %zu: must be 0, or at least %zu with --task %s", reach,
                             least, training.problem.task->name);
    return !fault || sweep_point_fault(reason, size, point, fault);
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

enum rnn_status sweep_training_step(struct rnn_training *training, struct sweep_notes *notes) {
    enum rnn_status status = rnn_training_measure(training);
    if (status == RNN_OK)
        status = rnn_training_update(training);
    if (status != RNN_OK)
        return status;
    if (training->updates == 1)
        notes->first = training->log_norm;
    notes->most = fmax(notes->most, training->log_norm);
    notes->clipped += training->clipped;
    return RNN_OK;
}
