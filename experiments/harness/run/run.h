/* Runs the cells of a grid side by side and hands their rows over. */
#ifndef RUN_H
#define RUN_H

#include "grid/grid.h"
#include "store/store.h"

#include <pthread.h>
#include <stdio.h>

/* ---- run.c: the parallel loop -------------------------------------------------------------------------- */

struct sweep_sink {
    const struct sweep_spec *spec;
    size_t columns, rows, capacity; /* capacity in doubles */
    double *values; /* (rows, columns) */
    size_t stopped_at;
    const char *bad; /* a column given inf */
    bool no_memory;
};
struct worker {
    struct rnn *net;
    struct rnn_training *training; /* of sweep_training */
    struct buffer work; /* of sweep_work */
    struct sweep_sink sink;
    struct buffer text;
    size_t head; /* bytes of the block's head in `text` */
    const char *arrays; /* folder, or NULL */
    uint64_t arrays_written;
    struct reason why; /* set by a call of the experiment that failed in a file */
    char status[48]; /* of the cell just run: "ok", "diverged at step 57" */
};

struct run;
/* Where the rows of a finished cell go. `format` may be NULL; it runs in parallel and fills worker->text.
 * `take` runs alone; `i` counts the cells of this shard. */
struct outlet {
    void *self;
    bool (*has)(const void *self, uint64_t i); /* NULL: nothing is there yet */
    bool (*format)(const struct sweep_point *point, struct worker *worker);
    bool (*take)(struct run *run, uint64_t i, struct worker *worker, struct reason *why);
};
struct progress {
    bool on;
    uint64_t total, before; /* cells there already when the run began */
    double started, shown;
};
struct run {
    const struct grid *grid;
    unsigned jobs;
    const char *arrays;
    struct outlet outlet;
    struct progress progress;
    pthread_mutex_t lock; /* everything below, and `take` */
    pthread_cond_t moved; /* a stream went on, or the run failed */
    uint64_t next, done, arrays_written;
    bool failed;
};
/* Runs the cells the outlet does not have. False after a failure, already said. */
bool sweep_run(struct run *run);
/* The rows of the cell just run. */
struct rows sweep_worker_rows(const struct worker *worker);

/* ---- progress.c ---------------------------------------------------------------------------------------- */

double sweep_clock(void);
void sweep_progress_start(struct progress *progress, uint64_t total, uint64_t before, bool quiet);
void sweep_progress_show(struct progress *progress, uint64_t done);
void sweep_progress_clear(struct progress *progress);
void sweep_progress_end(struct progress *progress, const char *path);

/* ---- journal.c, resume.c: completed cells on disk ------------------------------------------------------ */

struct entry {
    uint64_t offset, size; /* of the rows in the journal; offset 0: not there */
};
struct journal {
    const struct grid *grid;
    const char *path;
    int fd;
    struct entry *entries; /* (mine) */
    uint64_t size, rows, kept;
};
/* Exit status: 0, or a refusal already said. With `resume` the complete blocks of an older journal are kept. */
int sweep_journal_open(struct journal *journal, const struct grid *grid, const char *path, bool resume);
/* Reads the blocks of an older journal. -1: there is nothing to keep; else an exit status. */
int sweep_journal_load(struct journal *journal, const struct buffer *fingerprint);
struct outlet sweep_journal_outlet(struct journal *journal);
/* The rows in the order of the cells. */
bool sweep_journal_sorted(const struct journal *journal, FILE *file);
void sweep_journal_close(struct journal *journal);
/* Checksum of a block: its header line up to " crc" and its rows. */
uint32_t sweep_journal_crc(const char *head, size_t head_size, const char *rows, size_t size);
bool sweep_write(int fd, const char *bytes, size_t size);

/* ---- stream.c ------------------------------------------------------------------------------------------ */

/* Grid, jobs and arrays of `wanted`, to a pipe or a device. Exit status. */
int sweep_stream(const struct run *wanted, bool quiet, const char *path);

/* ---- publish.c: the files of a run appear whole -------------------------------------------------------- */

struct paths {
    const char *out, *part, *summary, *meta; /* summary NULL: none is made */
    const char *stale; /* the summary of an older run */
};
bool sweep_publish(const struct paths *paths, const struct journal *journal, const struct facts *facts,
                   struct reason *why);

/* ---- arrays.c, npy.c ----------------------------------------------------------------------------------- */

/* The arrays of a cell, whole or not at all; nothing without --arrays. With `seed` the linear loss's v is the
 * target, else the labels of a net with a read-out. False: worker->why says what failed. */
bool sweep_arrays_write(const struct rnn *net, const struct sweep_point *point, const uint64_t *seed,
                        bool with_gradients);
/* Whether the folder --arrays names is there or may be made, before anything is written; then makes it. Exit
 * status. */
int sweep_arrays_check(const struct sweep_spec *spec, const char *folder);
int sweep_arrays_folder(const struct sweep_spec *spec, const char *folder);

struct npy {
    const char *name;
    const double *data;
    const uint32_t *labels; /* instead of data */
    size_t shape[3]; /* ends with a 0 */
    const int *exponents; /* a power of two for each row of the first dimension, or NULL */
    int exponent; /* a power of two for all */
};
/* Writes folder/name.npy, float64 little endian. False with errno. */
bool sweep_npy_write(const char *folder, const struct npy *array);

#endif
