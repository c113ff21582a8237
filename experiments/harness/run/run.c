/* The parallel loop over cells. Workers claim them in order and put their rows into the store; the thread
 * that started them keeps what is put, a few times a second, shows how far they are, and heeds signals: the
 * first lets the cells that run come to their end, the second ends at once. */
#include "run.h"

#include <dlfcn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { KEEP_MILLISECONDS = 200 };

static bool claim(struct run *run, uint64_t *i) {
    pthread_mutex_lock(&run->lock);
    while (run->next < run->grid->mine && (run->there[run->next / 8] >> run->next % 8 & 1))
        run->next++;
    bool more = run->next < run->grid->mine && !run->failed && !sweep_interrupted();
    *i = run->next;
    run->next += more;
    pthread_mutex_unlock(&run->lock);
    return more;
}

/* Says the first failure, of a cell or of the store; false. */
static bool fail(struct run *run, const struct sweep_point *point, const char *reason) {
    pthread_mutex_lock(&run->lock);
    if (!run->failed) {
        struct buffer label = { .data = NULL };
        sweep_progress_clear(&run->progress);
        if (point)
            sweep_point_label(&label, point);
        sweep_append(&label, "", 1);
        if (point && !label.failed)
            sweep_say(run->grid->spec->name, "cell %llu (%s): %s", (unsigned long long)point->cell,
                      label.data, reason);
        else
            sweep_say(run->grid->spec->name, "%s", reason);
        sweep_buffer_free(&label);
    }
    run->failed = true;
    pthread_mutex_unlock(&run->lock);
    return false;
}

static void name_status(struct worker *worker, enum rnn_status status) {
    const char *word = status == RNN_OK ? "ok" : status == RNN_ZERO ? "zero" : "diverged";
    if (status == RNN_OK || !worker->sink.stopped_at)
        snprintf(worker->status, sizeof worker->status, "%s", word);
    else
        snprintf(worker->status, sizeof worker->status, "%s at step %zu", word, worker->sink.stopped_at);
}

/* NULL if the cell's rows are good, else why not. */
static const char *judge(struct worker *worker, enum rnn_status status) {
    struct sweep_sink *sink = &worker->sink;
    if (worker->why.text[0])
        return worker->why.text;
    if (sink->values.failed || status == RNN_NO_MEMORY)
        return sweep_tr("out of memory");
    if (status != RNN_OK && status != RNN_DIVERGED && status != RNN_ZERO)
        return sweep_tr(rnn_status_text(status));
    double empty[COLUMNS_MAX];
    for (size_t i = 0; i < sink->columns; i++)
        empty[i] = SWEEP_NONE;
    if (sink->rows == 0 && status != RNN_OK)
        sweep_row(sink, empty);
    name_status(worker, status);
    return sink->values.failed ? sweep_tr("out of memory") : NULL;
}

static bool keep(struct run *run) {
    struct reason why = { .failed = true };
    return sweep_store_flush(run->store, &why) || fail(run, NULL, why.text);
}

static bool hand_over(struct worker *worker, const struct sweep_point *point, uint64_t i) {
    struct run *run = worker->run;
    const struct rows rows = { (const double *)(const void *)worker->sink.values.data, worker->sink.rows,
                               worker->sink.columns, worker->status };
    struct reason why = { .failed = true };
    if (!sweep_store_put(run->store, &worker->address, &rows, &why))
        return fail(run, point, why.text);
    pthread_mutex_lock(&run->lock);
    run->there[i / 8] |= (unsigned char)(1u << i % 8);
    run->done++;
    run->computed++;
    pthread_mutex_unlock(&run->lock);
    return true;
}

static bool run_cell(struct worker *worker, struct sweep_point *point, uint64_t i) {
    const struct grid *grid = worker->run->grid;
    sweep_point_set(point, sweep_grid_cell(grid, i));
    worker->sink.rows = worker->sink.values.size = worker->sink.stopped_at = worker->address.size = 0;
    worker->lasting.begun = worker->lasting.stopped = worker->arrays_written = false;
    sweep_address(&worker->address, point);
    if (worker->address.failed)
        return fail(worker->run, point, "out of memory");
    const enum rnn_status status = grid->spec->run(point, &worker->sink);
    atomic_store(&worker->lasting.total, 0);
    if (worker->lasting.stopped && !worker->why.text[0])
        return false;
    if (status == RNN_OK || status == RNN_DIVERGED)
        sweep_arrays_at_end(point);
    const char *reason = judge(worker, status);
    return reason ? fail(worker->run, point, reason) : hand_over(worker, point, i);
}

static void begin(struct worker *worker) {
    struct run *run = worker->run;
    pthread_mutex_lock(&run->lock);
    worker->next = run->workers;
    run->workers = worker;
    pthread_mutex_unlock(&run->lock);
}

static void end(struct worker *worker) {
    struct run *run = worker->run;
    pthread_mutex_lock(&run->lock);
    struct worker **place = &run->workers;
    while (*place != worker)
        place = &(*place)->next;
    *place = worker->next;
    run->working--;
    pthread_cond_signal(&run->ended);
    pthread_mutex_unlock(&run->lock);
}

static void *run_cells(void *self) {
    struct run *run = self;
    struct worker worker = { .run = run, .sink = { .spec = run->grid->spec, .columns = run->grid->columns } };
    struct sweep_point point = { .grid = run->grid, .worker = &worker, .everything = run->arrays != NULL };
    uint64_t i;
    begin(&worker);
    while (claim(run, &i) && run_cell(&worker, &point, i) && (!run->alone || keep(run)))
        ;
    rnn_free(&worker.net);
    rnn_training_free(&worker.training);
    sweep_buffer_free(&worker.work);
    sweep_buffer_free(&worker.address);
    sweep_buffer_free(&worker.lasting.state);
    sweep_buffer_free(&worker.sink.values);
    end(&worker);
    return NULL;
}

/* What the same command would make of the cells that are kept. */
static const char *then(const struct store_spec *store) {
    if (!store->path)
        return sweep_tr("no store could be made, so they are lost");
    if (store->fresh && store->timed)
        return sweep_tr("the same command takes the time of all of them anew");
    return store->fresh ? sweep_tr("the same command without --fresh goes on")
                        : sweep_tr("the same command goes on");
}

int sweep_run_stopped(const struct run *run) {
    const int number = run->failed ? 0 : sweep_interrupted();
    const uint64_t kept = run->before + sweep_store_written(run->store);
    const char *format = number ? sweep_tr("interrupted: %llu of %llu cells kept in %s; %s")
                                : sweep_tr("failed: %llu of %llu cells kept in %s; %s");
    sweep_say(run->grid->spec->name, format, (unsigned long long)kept, (unsigned long long)run->grid->mine,
              sweep_store_name(run->store), then(sweep_store_spec(run->store)));
    return number ? 128 + number : SWEEP_FAILED;
}

/* Until all workers have ended. Whoever asks twice does not wait for their cells. */
static void attend(struct run *run) {
    struct timespec until;
    pthread_mutex_lock(&run->lock);
    while (run->working) {
        clock_gettime(CLOCK_MONOTONIC, &until);
        until.tv_nsec += KEEP_MILLISECONDS * 1000000L;
        until.tv_sec += until.tv_nsec / 1000000000L;
        until.tv_nsec %= 1000000000L;
        pthread_cond_timedwait(&run->ended, &run->lock, &until);
        sweep_progress_show(&run->progress, run->done, run->workers);
        pthread_mutex_unlock(&run->lock);
        keep(run);
        if (sweep_interrupts() > 1) {
            sweep_progress_clear(&run->progress);
            _exit(sweep_run_stopped(run));
        }
        pthread_mutex_lock(&run->lock);
    }
    pthread_mutex_unlock(&run->lock);
}

/* Cells are what is spread over the cores. A BLAS behind LAPACK that starts threads of its own would make
 * them wait for each other, and may add up in another order. */
static void keep_blas_to_one_thread(void) {
    void (*set_threads)(int);
    *(void **)&set_threads = dlsym(RTLD_DEFAULT, "openblas_set_num_threads");
    if (set_threads)
        set_threads(1);
}

static void start_and_attend(struct run *run, unsigned jobs) {
    struct team team;
    run->working = jobs; /* each is counted before it can end */
    const unsigned started = sweep_team_start(&team, jobs, run_cells, run);
    if (started < jobs)
        sweep_say(run->grid->spec->name, "only %u of %u jobs could be started", started ? started : 1, jobs);
    if (started == 0)
        run->alone = true;
    pthread_mutex_lock(&run->lock);
    run->working -= jobs - (started ? started : 1);
    pthread_mutex_unlock(&run->lock);
    if (run->alone)
        run_cells(run);
    attend(run);
    sweep_team_join(&team);
}

bool sweep_run(struct run *run) {
    pthread_condattr_t monotonic;
    const uint64_t left = run->grid->mine - run->done;
    keep_blas_to_one_thread();
    pthread_mutex_init(&run->lock, NULL);
    pthread_condattr_init(&monotonic);
    pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
    pthread_cond_init(&run->ended, &monotonic);
    pthread_condattr_destroy(&monotonic);
    run->next = 0;
    start_and_attend(run, left < run->jobs ? (unsigned)left : run->jobs);
    keep(run);
    sweep_progress_clear(&run->progress);
    pthread_cond_destroy(&run->ended);
    pthread_mutex_destroy(&run->lock);
    return !run->failed;
}
