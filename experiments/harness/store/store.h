/* What is kept of a run. Every finished cell lies in one SQLite file, under an address made of what it
 * depends on; files, pipes and tables are read from there. */
#ifndef STORE_H
#define STORE_H

#include "grid/grid.h"

/* ---- address.c ------------------------------------------------------------------------------------ */

/* "activation=tanh scale=0.5 seed=1 arithmetic=fused": the values of all axes in one spelling, of a text what
 * is in it. Appended to `out`. */
void sweep_address(struct buffer *out, const struct sweep_point *point);

/* ---- database.c, cells.c -------------------------------------------------------------------------- */

enum { STATUS_MAX = 48 };
/* The rows of a cell. */
struct rows {
    const double *values; /* (count, columns) */
    size_t count, columns;
    const char *status; /* "ok", "diverged at step 57"; shorter than STATUS_MAX */
};

struct store_spec {
    const char *experiment;
    const char *path; /* NULL: in memory */
    uint64_t program; /* of what computes: a cell of another program counts for nothing, and is replaced */
    bool fresh; /* nor does a cell that was there before */
    bool timed; /* cells hold seconds: two of one address may differ */
};
struct store;
/* Opens or begins a store; one that cannot be used is set aside as PATH~, and what can be read of it kept.
 * NULL on failure. What follows may be called by any thread. */
struct store *sweep_store_open(const struct store_spec *spec, struct reason *why);
void sweep_store_close(struct store *store);
const struct store_spec *sweep_store_spec(const struct store *store);
/* Where the cells are, for messages: the path, or "memory". */
const char *sweep_store_name(const struct store *store);

/* A finished cell, kept for good at the next flush. Other rows of the same cell and program fail that flush,
 * unless the store is fresh or timed. */
bool sweep_store_put(struct store *store, const struct buffer *address, const struct rows *rows,
                     struct reason *why);
/* From where an unfinished cell can go on, until it is put. */
bool sweep_store_checkpoint(struct store *store, const struct buffer *address, const struct buffer *state,
                            struct reason *why);
bool sweep_store_flush(struct store *store, struct reason *why);
uint64_t sweep_store_written(struct store *store); /* cells flushed since it was opened */
uint64_t sweep_store_changed(const struct store *store); /* cells that came out other than they were there */

/* has and get stand between hold, which waits for other programs and threads, and release. */
bool sweep_store_hold(struct store *store, struct reason *why);
void sweep_store_release(struct store *store);
bool sweep_store_has(struct store *store, const struct buffer *address);
/* Appends the doubles of a cell; false if it is not there, or damaged. */
bool sweep_store_get(struct store *store, const struct buffer *address, struct buffer *values,
                     char status[STATUS_MAX]);
/* Likewise the bytes of a checkpoint; holds by itself. */
bool sweep_store_resume(struct store *store, const struct buffer *address, struct buffer *state);

/* ---- csv.c, summary.c ----------------------------------------------------------------------------- */

void sweep_csv_header(struct buffer *out, const struct grid *grid);
void sweep_csv_rows(struct buffer *out, const struct sweep_point *point, const struct rows *rows);
void sweep_csv_number(struct buffer *out, double value); /* %.17g; NAN is an empty field */

/* The mean over seeds, which are the last axis. Cells come in order; the rows of a setting are appended once
 * all its seeds are there, at the latest by sweep_summary_end. NULL, false: no memory. */
struct summary;
struct summary *sweep_summary_begin(struct buffer *out, const struct grid *grid);
bool sweep_summary_take(struct summary *summary, struct buffer *out, const struct sweep_point *point,
                        const struct rows *rows);
bool sweep_summary_end(struct summary *summary, struct buffer *out);
void sweep_summary_free(struct summary *summary);

/* ---- export.c, meta.c ----------------------------------------------------------------------------- */

/* Where rows go, each unless it is NULL. */
struct outlet {
    struct draft *csv, *summary;
    bool (*take)(void *self, const struct sweep_point *point, const struct rows *rows); /* false: no memory */
    void *self;
};
/* A cell that turns out not to be there, or damaged, loses its bit, and the outlets are worthless. */
struct tally {
    unsigned char *there; /* bit i: cell i of the shard is in the store */
    uint64_t lacking, rows;
};
/* The cells of a shard from the store, in order, on up to `jobs` threads. */
bool sweep_export(struct store *store, const struct grid *grid, unsigned jobs, const struct outlet *outlet,
                  struct tally *tally, struct reason *why);

struct facts { /* what meta.json tells of a run */
    const char *command;
    uint64_t program;
    double started, seconds; /* started: seconds since 1970, UTC */
    unsigned jobs;
    uint64_t computed;
    const struct draft *csv, *summary;
    const struct tally *tally;
};
void sweep_meta(struct buffer *out, const struct grid *grid, const struct facts *facts);
/* argv as a shell would read it */
void sweep_command(struct buffer *buffer, int argc, char *const argv[]);

/* ---- merge.c -------------------------------------------------------------------------------------- */

/* Takes in the cells of all other stores of this experiment in a folder, NAME.sqlite and NAME-*.sqlite;
 * refuses, by their names, those that hold none that this program could have computed. Without a store it
 * only looks. */
bool sweep_merge(struct store *store, const struct store_spec *spec, const char *folder, struct reason *why);

#endif
