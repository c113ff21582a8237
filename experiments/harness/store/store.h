/* What is kept of a run: rows as text, their mean over seeds, how they were made. */
#ifndef STORE_H
#define STORE_H

#include "grid/grid.h"

#include <stdio.h>

/* ---- csv.c --------------------------------------------------------------------------------------------- */

/* The rows of a cell. */
struct rows {
    const double *values; /* (count, the experiment's columns) */
    size_t count;
    const char *status; /* "ok", "diverged at step 57" */
};
void sweep_number(struct buffer *buffer, double value); /* %.17g; NAN is an empty field */
void sweep_csv_header(struct buffer *buffer, const struct grid *grid);
void sweep_csv_rows(struct buffer *buffer, const struct sweep_point *point, const struct rows *rows);

/* ---- summary.c, meta.c --------------------------------------------------------------------------------- */

struct facts { /* what meta.json tells of a run */
    const char *command;
    double started, seconds; /* started: seconds since 1970, UTC */
    unsigned jobs;
    uint64_t rows, resumed;
};
bool sweep_summary(FILE *out, FILE *csv, const struct grid *grid);
bool sweep_meta(FILE *file, const struct grid *grid, const struct facts *facts);
/* Whether the meta file tells of this very sweep, complete; else `differs` names what is not the same. */
bool sweep_meta_matches(const char *path, const struct grid *grid, struct reason *differs);
/* argv as a shell would read it */
void sweep_command(struct buffer *buffer, int argc, char *const argv[]);

#endif
