/* The command line of an experiment, and what it shows. */
#ifndef COMMAND_H
#define COMMAND_H

#include "grid/grid.h"
#include "run/run.h"

/* ---- flags.c -------------------------------------------------------------------------------------- */

enum flag {
    FLAG_OUT,
    FLAG_JOBS,
    FLAG_SHARD,
    FLAG_MERGE,
    FLAG_FRESH,
    FLAG_ARRAYS,
    FLAG_PLOT,
    FLAG_LIST,
    FLAG_QUIET,
    FLAG_HELP,
    FLAG_VERSION,
    FLAGS
};
enum { MERGES_MAX = 64 };
struct flag_word {
    const char *name, *argument, *meaning; /* argument NULL: a switch */
};
extern const struct flag_word sweep_flags[FLAGS];
struct options {
    const char *axis[AXES_MAX]; /* NULL: not given */
    const char *flag[FLAGS]; /* NULL: not given; "" for a switch */
    const char *merge[MERGES_MAX]; /* folders */
    size_t merges;
    unsigned jobs;
    uint64_t shard, shards;
};
bool sweep_options_parse(struct options *options, const struct sweep_spec *spec, int count,
                         const char *const arguments[], struct reason *why);
/* What EVANESCE_LEVEL may be here: "plain, avx2". */
void sweep_levels(char *text, size_t size);

/* ---- help.c --------------------------------------------------------------------------------------- */

int sweep_help(const struct sweep_spec *spec);
int sweep_version(const struct sweep_spec *spec);
int sweep_list(const struct grid *grid);

/* ---- plot.c --------------------------------------------------------------------------------------- */

/* Draws a CSV, or the summary of one, in the terminal. */
bool sweep_plot(const struct grid *grid, const struct buffer *csv, bool means, struct reason *why);

#endif
