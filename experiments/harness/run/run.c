/* The parallel loop over cells. A cell is claimed under the lock, in order, so what was claimed is always a
 * prefix: a sweep that is asked to stop finishes those and leaves no gap. */
#include "run.h"

#include <dlfcn.h>
#include <stdlib.h>
#include <string.h>

static bool claim(struct run *run, uint64_t *i) {
    pthread_mutex_lock(&run->lock);
    const struct outlet *outlet = &run->outlet;
    while (outlet->has && run->next < run->grid->mine && outlet->has(outlet->self, run->next))
        run->next++;
    bool more = run->next < run->grid->mine && !run->failed && !sweep_interrupted();
    *i = run->next;
    run->next += more;
    pthread_mutex_unlock(&run->lock);
    return more;
}

/* Says the first failure and wakes whoever waits; false. */
static bool fail(struct run *run, const struct sweep_point *point, const char *reason) {
    pthread_mutex_lock(&run->lock);
    if (!run->failed) {
        struct buffer label = { .data = NULL };
        sweep_point_label(&label, point);
        sweep_progress_clear(&run->progress);
        sweep_say(run->grid->spec->name, "cell %llu (%.*s): %s", (unsigned long long)point->cell,
                  label.failed ? 0 : (int)label.size, label.failed || !label.size ? "" : label.data, reason);
        sweep_buffer_free(&label);
    }
    run->failed = true;
    pthread_cond_broadcast(&run->moved);
    pthread_mutex_unlock(&run->lock);
    return false;
}

static void name_status(struct worker *worker, enum rnn_status status) {
    if (status == RNN_OK)
        snprintf(worker->status, sizeof worker->status, "ok");
    else if (worker->sink.stopped_at)
        snprintf(worker->status, sizeof worker->status, "%s at step %zu",
                 status == RNN_ZERO ? "zero" : "diverged", worker->sink.stopped_at);
    else
        snprintf(worker->status, sizeof worker->status, "%s", status == RNN_ZERO ? "zero" : "diverged");
}

/* NULL if the cell's rows are good, else why not. */
static const char *judge(struct worker *worker, enum rnn_status status) {
    struct sweep_sink *sink = &worker->sink;
    if (worker->why.text[0])
        return worker->why.text;
    if (sink->no_memory || status == RNN_NO_MEMORY)
        return "out of memory";
    if (sink->bad) {
        sweep_refuse(&worker->why, "internal error: the column %s is infinite", sink->bad);
        return worker->why.text;
    }
    if (status != RNN_OK && status != RNN_DIVERGED && status != RNN_ZERO)
        return rnn_status_text(status);
    double empty[COLUMNS_MAX];
    for (size_t i = 0; i < sink->columns; i++)
        empty[i] = SWEEP_NONE;
    if (sink->rows == 0 && status != RNN_OK)
        sweep_row(sink, empty);
    name_status(worker, status);
    return sink->no_memory ? "out of memory" : NULL;
}

struct rows sweep_worker_rows(const struct worker *worker) {
    return (struct rows){ worker->sink.values, worker->sink.rows, worker->status };
}

static bool hand_over(struct run *run, uint64_t i, const struct sweep_point *point, struct worker *worker) {
    if (run->outlet.format && !run->outlet.format(point, worker))
        return fail(run, point, "out of memory");
    struct reason why = { .failed = false };
    pthread_mutex_lock(&run->lock);
    bool taken = run->outlet.take(run, i, worker, &why);
    run->done += taken;
    if (taken)
        sweep_progress_show(&run->progress, run->done);
    pthread_mutex_unlock(&run->lock);
    return taken || fail(run, point, why.text);
}

static void *run_cells(void *self) {
    struct run *run = self;
    const struct sweep_spec *spec = run->grid->spec;
    struct worker worker = { .sink = { .spec = spec, .columns = run->grid->columns }, .arrays = run->arrays };
    struct sweep_point point = { .grid = run->grid, .worker = &worker, .everything = run->arrays != NULL };
    uint64_t i;
    while (claim(run, &i)) {
        sweep_point_set(&point, sweep_grid_cell(run->grid, i));
        worker.sink.rows = worker.sink.stopped_at = 0;
        const char *reason = judge(&worker, spec->run(&point, &worker.sink));
        if (reason ? !fail(run, &point, reason) : !hand_over(run, i, &point, &worker))
            break;
    }
    pthread_mutex_lock(&run->lock);
    run->arrays_written += worker.arrays_written;
    pthread_mutex_unlock(&run->lock);
    rnn_free(&worker.net);
    rnn_training_free(&worker.training);
    sweep_buffer_free(&worker.work);
    free(worker.sink.values);
    sweep_buffer_free(&worker.text);
    return NULL;
}

/* Cells are what is spread over the cores. A BLAS behind LAPACK that starts threads of its own would make
 * them wait for each other, and may add up in another order. */
static void keep_blas_to_one_thread(void) {
    void (*set_threads)(int);
    *(void **)&set_threads = dlsym(RTLD_DEFAULT, "openblas_set_num_threads");
    if (set_threads)
        set_threads(1);
}

bool sweep_run(struct run *run) {
    uint64_t left = run->grid->mine - run->done;
    unsigned jobs = left < run->jobs ? (unsigned)(left ? left : 1) : run->jobs;
    keep_blas_to_one_thread();
    pthread_mutex_init(&run->lock, NULL);
    pthread_cond_init(&run->moved, NULL);
    struct team team;
    if (sweep_team_start(&team, jobs - 1, run_cells, run) < jobs - 1)
        sweep_say(run->grid->spec->name, "only %u of %u jobs could be started", team.count + 1, jobs);
    run_cells(run);
    sweep_team_join(&team);
    pthread_cond_destroy(&run->moved);
    pthread_mutex_destroy(&run->lock);
    return !run->failed;
}
