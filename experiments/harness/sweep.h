/* An experiment is one table of axes, one table of columns and one function; the harness does the rest:
 * command line, grid, threads, files, progress, interrupts. An experiment defines `experiment` and nothing
 * else that is not static; it never allocates, prints or exits. */
#ifndef SWEEP_H
#define SWEEP_H

#include "rnn.h"
#include "train.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* ---- what an experiment declares ----------------------------------------------------------------- */

/* The kind, range, unit and meaning of an axis live in one vocabulary (words.c), so that `scale` means the
 * same in every experiment; an experiment names the axis and its default, in the spelling of the flag. */
struct sweep_axis {
    const char *name;
    const char *initial;
};

struct sweep_column {
    const char *name;
    const char *meaning;
    bool key; /* tells the rows of one cell apart, as `lag` does: grouped by, never averaged */
};

/* Where there is a `seed` axis, FILE.summary.csv has a row for each setting of the other axes and the key
 * columns: for every other column X its mean X and sample standard deviation X_sd over the cells with status
 * ok that have a value, and `seeds`, how many cells with status ok gave the row. */

struct sweep_point; /* one cell of the grid: a value on every axis */
struct sweep_sink; /* takes the rows of one cell */

struct sweep_spec {
    const char *name;
    const char *question; /* one sentence, printed by --help */
    const char *theory; /* what theory expects, and its source; printed by --help */
    const struct sweep_axis *axes; /* ends with a null name; `seed` last where there is one */
    const struct sweep_column *columns; /* ends with a null name */
    struct { /* what --plot draws in the terminal */
        const char *x, *y, *by; /* a column or axis, a column, an axis that tells curves apart */
        const char *theory, *beside; /* columns: dots under y; a second picture; NULL: none */
        /* An axis, and its value where only one can be drawn; or a key column, and "last" of the rows that it
         * alone tells apart. Else the first is drawn. */
        const char *held[2];
        struct {
            double at; /* of y */
            const char *meaning; /* "r = 1"; NULL: no line */
        } guide;
    } plot;

    bool everything; /* nets of sweep_net_spec and sweep_learner_spec record RNN_EVERYTHING */
    bool timed; /* a column holds seconds, so every command runs its cells anew */

    /* Rows of one cell. RNN_DIVERGED and RNN_ZERO are data: their status is written beside the rows, or on
     * one empty row if there are none. Any other failure ends the sweep with exit 1. */
    enum rnn_status (*run)(const struct sweep_point *point, struct sweep_sink *sink);

    /* Optional: why this point cannot be run ("--lag 200: must be below --length"), written into `reason`;
     * false refuses the whole command with exit 2 before anything is written. Called for one seed of each
     * setting: none of these three depends on the seed. */
    bool (*valid)(const struct sweep_point *point, char *reason, size_t size);

    /* Optional, for the check before allocation: the network of a cell, and how many doubles it needs beside
     * that, in sweep_work or in many rows. A spec of which no network can be made refuses the command; without
     * a network --arrays does. */
    struct rnn_spec (*net)(const struct sweep_point *point);
    double (*work)(const struct sweep_point *point);
};

/* The one symbol an experiment exports. */
extern const struct sweep_spec experiment;

/* ---- what `run` may ask -------------------------------------------------------------------------- */

/* The value on an axis. An axis the experiment does not have, or of another kind, is a bug: asserted.
 * sweep_name also gives the name of a file, as it was written. */
double sweep_real(const struct sweep_point *point, const char *axis);
uint64_t sweep_count(const struct sweep_point *point, const char *axis);
const char *sweep_name(const struct sweep_point *point, const char *axis);

/* The bytes of a file axis, read and checked (UTF-8, not empty) before the sweep; valid throughout it. */
struct sweep_text {
    const unsigned char *bytes;
    size_t size;
};
struct sweep_text sweep_text(const struct sweep_point *point, const char *axis);

const struct rnn_activation *sweep_activation(const struct sweep_point *point);

/* One row, in the order of the columns. What does not apply, SWEEP_NONE, and what double does not hold, such as the
 * logarithm of zero, is written as an empty field: inf and nan never reach a file. */
#define SWEEP_NONE __builtin_nan("")
static inline double sweep_log10(double natural) { /* log10 of what this is ln of */
    return natural / 2.30258509299404568402;
}
void sweep_row(struct sweep_sink *sink, const double *values);

/* ---- long cells ----------------------------------------------------------------------------------- */

/* Memory a long cell lives on, without pointers. A list ends with a null. */
struct sweep_piece {
    void *bytes;
    size_t size;
};

/* To be asked before each of the `total` rounds of a long cell, of which *done are done: whether to go on. The
 * first time in a cell it puts back what an earlier run handed in, if there is any: the pieces, *done, and the
 * rows so far. Then it hands these in once a minute (EVANESCE_CHECKPOINT: other seconds), and when the run is
 * to stop. False when all rounds are done, and when the run stops: what `run` then returns counts for nothing.
 *
 *     while (sweep_lasting(point, state, &update, updates)) {
 *         ... one update, maybe a row ...
 *         update++;
 *     } */
bool sweep_lasting(const struct sweep_point *point, const struct sweep_piece pieces[], uint64_t *done,
                   uint64_t total);
/* Whether that was because the run stops, so that what would take long after the last round need not be done. */
bool sweep_stops(const struct sweep_point *point);

/* ---- networks from axes -------------------------------------------------------------------------- */

/* A spec filled from the axes architecture, activation, init, scale, forget, weights, norm, gamma, epsilon,
 * length, hidden, batch, inputs and drive, those the experiment has; without the axis: elman, tanh, gaussian,
 * scale 1, forget 0, tied, no norm, gamma 1, epsilon 1e-5 (Cooijmans et al. 2017), batch 1, no drive, no
 * inputs, and a length and a hidden of 0 for the experiment to set. record is RNN_NORMS, or RNN_EVERYTHING
 * where the experiment wants it, and under --arrays. Without drive there are no inputs, and the state starts
 * from h_0 ~ N(0, 1) instead of 0 so that there is a trajectory to measure. */
struct rnn_spec sweep_net_spec(const struct sweep_point *point);

/* This worker's net, created or reused for `spec` and drawn with the point's seed. Borrowed until `run`
 * returns. */
enum rnn_status sweep_net(struct rnn **net, const struct sweep_point *point, const struct rnn_spec *spec);

/* This worker's room for the doubles of the spec's `work`, undefined at first; NULL: no memory. Borrowed until
 * `run` returns. */
double *sweep_work(const struct sweep_point *point);

/* Processor seconds of this thread so far. For a column that says what a pass cost; no result may depend on
 * it. */
double sweep_seconds(void);

/* The measurement at initialisation: forward, linear loss with the point's seed, backward; under --arrays
 * then writes the cell's arrays. For another loss, use the rnn_ calls and end with sweep_arrays, whose
 * target.npy holds the labels of a net with a read-out. A training need not: it leaves the net it ends with, and the
 * batch it would learn from next. */
enum rnn_status sweep_measure(struct rnn *net, const struct sweep_point *point);
/* Its second half, for who looks at what the forward pass left, which ended in `status`. */
enum rnn_status sweep_measure_back(struct rnn *net, const struct sweep_point *point, enum rnn_status status);
enum rnn_status sweep_arrays(const struct rnn *net, const struct sweep_point *point);
/* The same with sample.txt beside the arrays, bytes that the net has written. */
enum rnn_status sweep_arrays_and_sample(const struct rnn *net, const struct sweep_point *point,
                                        struct sweep_text sample);

/* Clips a gradient as the axes clip and threshold say: see rnn_clip_norm. */
enum rnn_status sweep_clip(const struct sweep_point *point, double *gradient, size_t count, int *exponent);

/* Tells the sink the step at which a net stopped, so that the status column can say
 * "diverged at step 57" or "zero at step 43". Returns `status`. */
enum rnn_status sweep_stopped(struct sweep_sink *sink, enum rnn_status status, const struct rnn *net);

/* ---- trainings from axes -------------------------------------------------------------------------- */

/* The net that learns and its training, from the axes task, kind, length, hidden, batch, optimizer, rate, clip,
 * threshold, seed and, of those the experiment has, shortest, reach, scale, norm, gamma, epsilon. `kind` names a
 * whole set-up: see its meaning in words.c. */
struct rnn_spec sweep_learner_spec(const struct sweep_point *point);
struct rnn_training_spec sweep_training_spec(const struct sweep_point *point);
double sweep_training_work(const struct sweep_point *point); /* doubles, beside the net */
bool sweep_training_valid(const struct sweep_point *point, char *reason, size_t size);

/* This worker's training, of the net that the experiment's `net` asks for, drawn. Borrowed until `run` returns. */
enum rnn_status sweep_training(struct rnn_training **training, const struct sweep_point *point);

/* Whether there is an update to make: the condition of a training's loop, which first takes up a run that was
 * stopped, then hands in checkpoints, shows how far it is, and says when to stop. `own` is what the loop itself
 * keeps, `size` bytes without pointers, and goes into the checkpoint. */
bool sweep_training_goes_on(struct rnn_training *training, const struct sweep_point *point, void *own,
                            size_t size);

/* What the updates of a run have come to: ln ||g|| of the first and the largest, how many the clip changed. */
struct sweep_notes {
    double first, most; /* -INFINITY before there is one */
    uint64_t clipped;
};
/* The next update: measures, makes and notes it. */
enum rnn_status sweep_training_step(struct rnn_training *training, struct sweep_notes *notes);

/* A whole `run`: trains until the task is solved, a number is no longer finite, or the axis updates is reached.
 * Tested on 500 fresh sequences every 100 updates; solved when the error is below the axis goal there and then on
 * 10 000 more. A run that diverged is an answer: solved 0, status ok. */
enum rnn_status sweep_learn(const struct sweep_point *point, struct sweep_sink *sink);
extern const struct sweep_column sweep_learning_columns[];

/* ---- checks several experiments share, for `valid` ------------------------------------------------ */

/* Writes why a point cannot be run, in the user's language; false. */
bool sweep_invalid(char *reason, size_t size, const char *format, ...) __attribute__((format(printf, 3, 4)));
bool sweep_lags_valid(const struct sweep_point *point, char *reason, size_t size); /* first, last, length */
bool sweep_text_valid(const struct sweep_point *point, char *reason, size_t size); /* file, length */

/* ---- running a sweep from C: the claim tests ------------------------------------------------------ */

/* A finished sweep in memory. `values` is (rows, columns): first every axis (NAN for names), then every
 * column (NAN for an empty field). */
struct sweep_table {
    const struct sweep_spec *spec;
    size_t rows, axes, columns; /* columns counts the experiment's own, without the axes */
    const char *const *names; /* axes + columns */
    double *values;
    const char **labels; /* (rows, axes): the spelling of each axis value */
    const char **status; /* (rows) */
    struct sweep_owned *owned; /* what all of this lives on; freed by sweep_table_free */
};

/* Runs `spec` as its command line would with these arguments (axes and --jobs only; NULL ends them), and
 * gathers the rows. Returns 0, or the exit status with the message printed on stderr. */
int sweep_collect(struct sweep_table *table, const struct sweep_spec *spec, const char *const arguments[]);
void sweep_table_free(struct sweep_table *table);

/* The whole program; `program` is the hash of what computes. */
int sweep_main(const struct sweep_spec *spec, uint64_t program, int argc, char **argv);

#endif
