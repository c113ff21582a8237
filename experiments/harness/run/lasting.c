/* Long cells: how far they are, where they can go on from, and when they stop. */
#include "run.h"

#include <stdlib.h>
#include <string.h>

enum { SECONDS_BETWEEN = 60 };

/* A checkpoint: this, the rows so far, the pieces. */
struct head {
    uint64_t done, rows, stopped_at;
};

static double seconds_between(void) {
    const char *wished = getenv("EVANESCE_CHECKPOINT");
    return wished ? atof(wished) : SECONDS_BETWEEN;
}

static size_t size_of(const struct sweep_piece pieces[]) {
    size_t size = 0;
    for (; pieces->bytes; pieces++)
        size += pieces->size;
    return size;
}

/* Puts back what an earlier run handed in; what does not fit is of another making, and counts for nothing. */
static void restore(struct worker *worker, const struct sweep_piece pieces[], uint64_t *done) {
    struct buffer *state = &worker->lasting.state;
    struct head head;
    state->size = 0;
    if (!sweep_store_resume(worker->run->store, &worker->address, state) || state->size < sizeof head)
        return;
    memcpy(&head, state->data, sizeof head);
    const char *next = state->data + sizeof head;
    const size_t row = worker->sink.columns * sizeof(double), rest = state->size - sizeof head;
    if (head.rows > rest / row || rest - head.rows * row != size_of(pieces))
        return;
    for (uint64_t i = 0; i < head.rows; i++, next += row) {
        double values[COLUMNS_MAX];
        memcpy(values, next, row);
        sweep_row(&worker->sink, values);
    }
    for (; pieces->bytes; next += pieces->size, pieces++)
        memcpy(pieces->bytes, next, pieces->size);
    worker->sink.stopped_at = head.stopped_at;
    *done = head.done;
}

static bool save(struct worker *worker, const struct sweep_piece pieces[], uint64_t done) {
    struct buffer *state = &worker->lasting.state;
    const struct head head = { done, worker->sink.rows, worker->sink.stopped_at };
    state->size = 0;
    state->failed = false;
    sweep_append(state, (const char *)&head, sizeof head);
    sweep_append(state, worker->sink.values.data, worker->sink.values.size);
    for (; pieces->bytes; pieces++)
        sweep_append(state, pieces->bytes, pieces->size);
    return state->failed ? sweep_no_memory(&worker->why)
                         : sweep_store_checkpoint(worker->run->store, &worker->address, state, &worker->why);
}

bool sweep_lasting(const struct sweep_point *point, const struct sweep_piece pieces[], uint64_t *done,
                   uint64_t total) {
    struct worker *worker = point->worker;
    struct lasting *lasting = &worker->lasting;
    const double now = sweep_clock();
    if (!lasting->begun) {
        restore(worker, pieces, done);
        lasting->begun = true;
        lasting->saved = now;
    }
    atomic_store(&lasting->total, total);
    atomic_store(&lasting->done, *done);
    if (*done >= total)
        return false;
    const bool stop = sweep_interrupted() || worker->run->failed;
    if (stop || now - lasting->saved >= seconds_between()) {
        lasting->saved = now;
        lasting->stopped = stop;
        return save(worker, pieces, *done) && !stop;
    }
    return true;
}

bool sweep_stops(const struct sweep_point *point) {
    return point->worker->lasting.stopped;
}
