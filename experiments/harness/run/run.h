/* Runs the cells of a grid side by side and puts their rows into a store. */
#ifndef RUN_H
#define RUN_H

#include "store/store.h"

#include <stdatomic.h>

/* ---- run.c: the parallel loop --------------------------------------------------------------------- */

struct sweep_sink {
    const struct sweep_spec *spec;
    size_t columns, rows;
    struct buffer values; /* doubles, (rows, columns) */
    size_t stopped_at;
};

/* How far a long cell is. */
struct lasting {
    bool begun, stopped; /* stopped: it ended before its end, and is to go on another time */
    double saved; /* when, by sweep_clock */
    struct buffer state;
    atomic_uint_fast64_t done, total;
};
struct worker {
    struct run *run;
    struct worker *next; /* of those that run */
    struct rnn *net;
    struct rnn_training *training; /* of sweep_training */
    struct buffer work; /* of sweep_work */
    struct sweep_sink sink;
    struct buffer address; /* of the cell */
    bool arrays_written; /* of the cell */
    struct sweep_text sample; /* for the next of them */
    struct lasting lasting;
    struct reason why; /* set by a call of the experiment that failed in a file */
    char status[STATUS_MAX]; /* of the cell just run */
};

struct progress {
    bool on;
    uint64_t total, before; /* cells there already when the run began */
    double started, shown;
};
struct run {
    const struct grid *grid;
    struct store *store;
    unsigned char *there; /* bit i: cell i of the shard is in the store */
    unsigned jobs;
    const char *arrays; /* folder, or NULL */
    uint64_t program;
    struct progress progress;
    uint64_t before; /* cells there when it began */
    atomic_bool failed;
    bool alone; /* no thread could be made, and the one there is does it all */
    pthread_mutex_t lock; /* what follows */
    pthread_cond_t ended;
    struct worker *workers;
    unsigned working; /* how many they are */
    uint64_t next, done, computed;
};
/* Runs the cells that are not there. False after a failure, already said. */
bool sweep_run(struct run *run);
/* Says how many cells are kept of a run that was interrupted or failed. Exit status. */
int sweep_run_stopped(const struct run *run);

/* ---- progress.c ----------------------------------------------------------------------------------- */

double sweep_clock(void);
void sweep_progress_start(struct progress *progress, uint64_t total, uint64_t before, bool quiet);
/* `workers` are those that run; of their long cells the one nearest to its end is told of. */
void sweep_progress_show(struct progress *progress, uint64_t done, const struct worker *workers);
void sweep_progress_clear(struct progress *progress);
void sweep_progress_end(struct progress *progress, const char *path);

/* ---- arrays.c, npy.c ------------------------------------------------------------------------------ */

/* The arrays of a cell, whole or not at all; nothing without --arrays. With `seed` the linear loss's v is the
 * target, else the labels of a net with a read-out. False: worker->why says what failed. */
bool sweep_arrays_write(const struct rnn *net, const struct sweep_point *point, const uint64_t *seed,
                        bool with_gradients);
/* Those that a training ends with, and the batch it would learn from next, unless they are written. */
bool sweep_arrays_at_end(const struct sweep_point *point);
/* False: they would be written over a text of the grid. */
bool sweep_arrays_spare(const struct run *run, struct reason *why);
/* Whether the folder of a cell is there, whole and of this very cell. */
bool sweep_arrays_there(const struct run *run, uint64_t cell, const struct buffer *address);

struct npy {
    const double *data;
    const uint32_t *labels; /* instead of data */
    size_t shape[3]; /* ends with a 0 */
    const int *exponents; /* a power of two for each row of the first dimension, or NULL */
    int exponent; /* a power of two for all */
};
/* Writes an array as float64, little endian. False with errno. */
bool sweep_npy_write(const char *path, const struct npy *array);

#endif
