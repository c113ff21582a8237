/* Networks from axes, and the measurement at initialisation. */
#include "run.h"
#include "train.h"

#include <assert.h>
#include <string.h>
#include <time.h>

static bool has(const struct sweep_point *point, const char *axis) {
    return sweep_grid_axis(point->grid, axis) != NULL;
}

static enum rnn_init init_named(const char *name) {
    if (strcmp(name, "orthogonal") == 0)
        return RNN_ORTHOGONAL;
    return strcmp(name, "identity") == 0 ? RNN_IDENTITY : RNN_GAUSSIAN;
}

static enum rnn_norm norm_named(const char *name) {
    if (strcmp(name, "input") == 0)
        return RNN_NORM_INPUT;
    if (strcmp(name, "full") == 0)
        return RNN_NORM_FULL;
    return strcmp(name, "separate") == 0 ? RNN_NORM_SEPARATE : RNN_NO_NORM;
}

static const struct rnn_cell *cell_named(const char *name) {
    if (strcmp(name, "lstm") == 0)
        return &rnn_lstm;
    return strcmp(name, "gru") == 0 ? &rnn_gru : &rnn_elman;
}

static size_t count_or(const struct sweep_point *point, const char *axis, size_t absent) {
    return has(point, axis) ? sweep_count(point, axis) : absent;
}

struct rnn_spec sweep_net_spec(const struct sweep_point *point) {
    struct rnn_spec spec = {
        .cell = has(point, "architecture") ? cell_named(sweep_name(point, "architecture")) : &rnn_elman,
        .activation = has(point, "activation") ? sweep_activation(point) : &rnn_tanh,
        .init = has(point, "init") ? init_named(sweep_name(point, "init")) : RNN_GAUSSIAN,
        .weights = has(point, "weights") && strcmp(sweep_name(point, "weights"), "untied") == 0 ? RNN_UNTIED
                                                                                                : RNN_TIED,
        .record = point->everything ? RNN_EVERYTHING : RNN_NORMS,
        .norm = has(point, "norm") ? norm_named(sweep_name(point, "norm")) : RNN_NO_NORM,
        .gamma = has(point, "gamma") ? sweep_real(point, "gamma") : 1,
        .epsilon = has(point, "epsilon") ? sweep_real(point, "epsilon") : 1e-5,
        .scale = has(point, "scale") ? sweep_real(point, "scale") : 1,
        .forget = has(point, "forget") ? sweep_real(point, "forget") : 0,
        .drive = has(point, "drive") ? sweep_real(point, "drive") : 0,
        .length = count_or(point, "length", 0),
        .segment = count_or(point, "length", 0),
        .reads = 1,
        .hidden = count_or(point, "hidden", 0),
        .batch = count_or(point, "batch", 1),
        .inputs = count_or(point, "inputs", 0),
    };
    if (spec.drive == 0) {
        spec.inputs = 0;
        spec.start = 1;
    }
    return spec;
}

enum rnn_status sweep_net(struct rnn **net, const struct sweep_point *point, const struct rnn_spec *spec) {
    struct worker *worker = point->worker;
    enum rnn_status status = rnn_create(&worker->net, spec);
    *net = worker->net;
    if (status == RNN_OK)
        rnn_draw(worker->net, count_or(point, "seed", 1));
    return status;
}

double *sweep_work(const struct sweep_point *point) {
    const double count = point->grid->spec->work(point);
    struct buffer *work = &point->worker->work;
    work->failed = false; /* of another cell */
    const bool there = count * (double)sizeof(double) < (double)PTRDIFF_MAX &&
                       sweep_reserve(work, (size_t)count * sizeof(double));
    return there ? (double *)(void *)work->data : NULL;
}

double sweep_seconds(void) {
    struct timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

enum rnn_status sweep_measure(struct rnn *net, const struct sweep_point *point) {
    uint64_t seed = count_or(point, "seed", 1);
    enum rnn_status status = rnn_forward(net);
    if (status == RNN_OK)
        status = rnn_loss_linear(net, seed);
    if (status == RNN_OK)
        status = rnn_backward(net);
    bool wanted = status == RNN_OK || status == RNN_DIVERGED || status == RNN_ZERO;
    if (wanted && !sweep_arrays_write(net, point, &seed, status != RNN_DIVERGED))
        return RNN_NO_MEMORY;
    return status;
}

enum rnn_status sweep_clip(const struct sweep_point *point, double *gradient, size_t count, int *exponent) {
    const char *clip = sweep_name(point, "clip");
    const double threshold = sweep_real(point, "threshold");
    if (strcmp(clip, "norm") == 0)
        return rnn_clip_norm(NULL, gradient, count, exponent, threshold);
    return strcmp(clip, "value") == 0 ? rnn_clip_value(gradient, count, exponent, threshold) : RNN_OK;
}

enum rnn_status sweep_arrays_and_sample(const struct rnn *net, const struct sweep_point *point,
                                        struct sweep_text sample) {
    point->worker->sample = sample;
    return sweep_arrays(net, point);
}

enum rnn_status sweep_arrays(const struct rnn *net, const struct sweep_point *point) {
    return sweep_arrays_write(net, point, NULL, true) ? RNN_OK : RNN_NO_MEMORY;
}
