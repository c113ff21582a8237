/* Networks from axes, and the measurement at initialisation. */
#include "run.h"
#include "train.h"

#include <time.h>

const struct rnn_activation *sweep_activation(const struct sweep_point *point) {
    static const struct rnn_activation *const known[] = { &rnn_sigmoid, &rnn_tanh, &rnn_relu, &rnn_linear };
    return known[sweep_choice(point, "activation")];
}

struct rnn_spec sweep_net_spec(const struct sweep_point *point) {
    static const struct rnn_cell *const cells[] = { &rnn_elman, &rnn_lstm, &rnn_gru };
    const bool everything = point->everything || point->grid->spec->everything;
    const size_t length = sweep_count_or(point, "length", 0);
    struct rnn_spec spec = {
        .cell = cells[sweep_choice(point, "architecture")],
        .activation = sweep_grid_axis(point->grid, "activation") ? sweep_activation(point) : &rnn_tanh,
        .init = RNN_GAUSSIAN + sweep_choice(point, "init"),
        .weights = RNN_TIED + sweep_choice(point, "weights"),
        .record = everything ? RNN_EVERYTHING : RNN_NORMS,
        .norm = RNN_NO_NORM + sweep_choice(point, "norm"),
        .gamma = sweep_real_or(point, "gamma", 1),
        .epsilon = sweep_real_or(point, "epsilon", 1e-5),
        .scale = sweep_real_or(point, "scale", 1),
        .forget = sweep_real_or(point, "forget", 0),
        .drive = sweep_real_or(point, "drive", 0),
        .length = length,
        .segment = length,
        .reads = 1,
        .hidden = sweep_count_or(point, "hidden", 0),
        .batch = sweep_count_or(point, "batch", 1),
        .inputs = sweep_count_or(point, "inputs", 0),
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
        rnn_draw(worker->net, sweep_count_or(point, "seed", 1));
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
    return sweep_measure_back(net, point, rnn_forward(net));
}

enum rnn_status sweep_measure_back(struct rnn *net, const struct sweep_point *point, enum rnn_status status) {
    uint64_t seed = sweep_count_or(point, "seed", 1);
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
    const enum rnn_clip clip = RNN_NO_CLIP + sweep_choice(point, "clip");
    const double threshold = sweep_real(point, "threshold");
    if (clip == RNN_CLIP_NORM)
        return rnn_clip_norm(NULL, gradient, count, exponent, threshold);
    return clip == RNN_CLIP_VALUE ? rnn_clip_value(gradient, count, exponent, threshold) : RNN_OK;
}

enum rnn_status sweep_arrays_and_sample(const struct rnn *net, const struct sweep_point *point,
                                        struct sweep_text sample) {
    point->worker->sample = sample;
    return sweep_arrays(net, point);
}

enum rnn_status sweep_arrays(const struct rnn *net, const struct sweep_point *point) {
    return sweep_arrays_write(net, point, NULL, true) ? RNN_OK : RNN_NO_MEMORY;
}
