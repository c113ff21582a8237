/* A cell that takes as long as it is asked to, and the ways in which an experiment can go wrong.
 *
 *     first   rows of the cell            length   nanoseconds it sleeps, if 1000 or more
 *     limit   1 works; 2 gives an infinite value; 3 diverges at step 57 for odd seeds; 4 fails; 5 diverges
 * without a row; 6 is zero at step 43 after its rows; 7 leaves fields empty; 8 has one row for odd seeds;
 * 9 gives numbers that a text or a sum might change; 10 has its rows backwards for odd seeds, and one without key;
 * 11 gives numbers 4e307 times as large */
#include "sweep.h"

#include <math.h>
#include <stdio.h>
#include <time.h>

static const struct sweep_axis axes[] = {
    { "scale", "0.5,1" }, { "first", "2" }, { "length", "10" }, { "limit", "1" }, { "seed", "1:3" }, { 0 },
};

static const struct sweep_column columns[] = {
    { "row", "number of the row", .key = true },
    { "value", "scale times a number drawn from the seed", 0 },
    { "work", "what the work came to", 0 },
    { 0 },
};

static double work(uint64_t nanoseconds) {
    const struct timespec time = { (time_t)(nanoseconds / 1000000000), (long)(nanoseconds % 1000000000) };
    if (nanoseconds >= 1000)
        nanosleep(&time, NULL);
    return 1;
}

static bool odd(const struct sweep_point *point) {
    return sweep_count(point, "seed") % 2 != 0;
}

static enum rnn_status end(const struct sweep_point *point, struct sweep_sink *sink, int mode) {
    struct rnn net = { .stopped_at = mode == 6 ? 43 : 57 };
    if (mode == 4)
        return RNN_NO_CONVERGENCE;
    if (mode == 5 || (mode == 3 && odd(point)))
        return sweep_stopped(sink, RNN_DIVERGED, &net);
    return mode == 6 ? sweep_stopped(sink, RNN_ZERO, &net) : RNN_OK;
}

static enum rnn_status run(const struct sweep_point *point, struct sweep_sink *sink) {
    const uint64_t wanted = sweep_count(point, "first"), seed = sweep_count(point, "seed");
    const int mode = (int)sweep_real(point, "limit");
    const uint64_t rows = mode == 8 && odd(point) ? 1 : wanted;
    const double done = work(sweep_count(point, "length"));
    static const double numbers[] = { -0.0, 1e15,      0x1p53, -1e16, 5e-324, 1.7976931348623157e308,
                                      0.1,  -123456789 };
    for (uint64_t row = 0; row < rows && mode != 5; row++) {
        const uint64_t i = mode == 10 && odd(point) ? rows - 1 - row : row;
        double value;
        rnn_gaussian(&value, 1, sweep_real(point, "scale"),
                     (struct rnn_stream){ seed, RNN_FOR_TASK, (uint32_t)i });
#ifdef CHANGED
        value = -value;
#endif
        value = mode == 2                 ? INFINITY
                : mode == 7 && odd(point) ? SWEEP_NONE
                : mode == 9               ? numbers[i % 8]
                : mode == 11              ? 4e307 * value
                                          : value;
        sweep_row(sink, (double[]){ mode == 10 && i == 0 ? SWEEP_NONE : (double)i, value, done });
    }
    return end(point, sink, mode);
}

static bool valid(const struct sweep_point *point, char *reason, size_t size) {
    if (sweep_count(point, "first") != 13)
        return true;
    snprintf(reason, size, "--first 13: must not be 13");
    return false;
}

const struct sweep_spec experiment = {
    .name = "busy",
    .question = "Does the harness keep what a cell has computed?",
    .theory = "it does",
    .axes = axes,
    .columns = columns,
    .plot = { .x = "row", .y = "value", .by = "scale" },
    .run = run,
    .valid = valid,
};
