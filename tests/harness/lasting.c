/* A long cell that can go on where it stopped: a chaotic map iterated in rounds, every digit of which depends
 * on all that came before. `length` is how many microseconds a round takes; `first`
 * gives a row every so many rounds. */
#include "sweep.h"

#include <time.h>

static const struct sweep_axis axes[] = {
    { "updates", "40" }, { "first", "10" }, { "length", "1" }, { "seed", "1:3" }, { 0 },
};

static const struct sweep_column columns[] = {
    { "update", "rounds done", .key = true },
    { "value", "of the map", 0 },
    { "sum", "of the values met", 0 },
    { 0 },
};

enum { ROOM = 32 };

static void turn(double *x, uint64_t microseconds) {
    const struct timespec time = { 0, (long)(1000 * microseconds) };
    nanosleep(&time, NULL);
    for (size_t j = 0; j < ROOM; j++)
        x[j] = 3.987 * x[j] * (1 - x[j]);
}

static enum rnn_status run(const struct sweep_point *point, struct sweep_sink *sink) {
    const uint64_t updates = sweep_count(point, "updates"), every = sweep_count(point, "first");
    double x[ROOM];
    uint64_t update = 0;
    struct {
        double sum;
    } own = { 0 };
    rnn_uniform(x, ROOM, (struct rnn_stream){ sweep_count(point, "seed"), RNN_FOR_TASK, 0 });
    const struct sweep_piece state[] = { { x, sizeof x }, { &own, sizeof own }, { 0 } };
    while (sweep_lasting(point, state, &update, updates)) {
        turn(x, sweep_count(point, "length"));
        own.sum += x[update % ROOM];
        update++;
        if (update % every == 0)
            sweep_row(sink, (double[]){ (double)update, x[0], own.sum });
    }
    return RNN_OK;
}

const struct sweep_spec experiment = {
    .name = "lasting",
    .question = "Does a long cell go on to the same numbers?",
    .theory = "it does",
    .axes = axes,
    .columns = columns,
    .plot = { .x = "update", .y = "value", .by = "seed" },
    .run = run,
};
