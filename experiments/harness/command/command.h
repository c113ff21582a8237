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
    FLAG_PICTURE,
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
bool sweep_flag_applies(enum flag flag, const struct sweep_spec *spec);
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

/* ---- fold.c --------------------------------------------------------------------------------------- */

/* Where standard output is read: the size of its terminal, else COLUMNS and LINES, else 80 x 24. */
struct screen {
    int columns, rows;
    bool unicode;
};
struct screen sweep_screen(void);
/* Words from column `indent` on, in lines of at most `width` columns; the first one has `at` columns already.
 * A tab is a blank at which no line ends. */
void sweep_fold(struct buffer *out, const char *text, int indent, int at, int width);

/* ---- help.c --------------------------------------------------------------------------------------- */

int sweep_help(const struct sweep_spec *spec);
int sweep_help_data(const struct sweep_spec *spec); /* --help=json */
int sweep_version(const struct sweep_spec *spec);
int sweep_list(const struct grid *grid);

/* ---- slice.c: what of a result --plot draws ------------------------------------------------------- */

enum { MARKS = 9, SHADES = 5, COLUMNS_DRAWN = 3, FIELDS_MAX = 2 * (AXES_MAX + COLUMNS_MAX) };

struct range {
    double low, high;
    bool log;
};
struct mark {
    int curve; /* the number of the value of `by`, or of a map's shade */
    size_t row;
    double late; /* the value of a key column that is held; -INFINITY: none */
    double x, y[COLUMNS_DRAWN]; /* the column, one beside it, its theory; NAN: empty */
};
struct slice {
    const struct grid *grid;
    const struct axis *by; /* a curve for each of its values; NULL: one curve */
    const struct value *held[AXES_MAX]; /* the one value of the other axes; NULL: x, by, seeds of means */
    const char *column[COLUMNS_DRAWN]; /* NULL: none */
    bool means, map; /* map: numbers too many for curves stand on the y axis, and y[0] is one of them */
    bool met; /* a row is of this slice */
    bool folded; /* rows that a key column tells apart were left out */
    double fewest; /* seeds of a mean that is drawn */
    struct range x, y[2], level; /* level: of a map's shades */
    struct buffer marks; /* of struct mark, by curve and x */
};
/* Of a CSV or, of seeds, the summary of one. False: no memory. */
bool sweep_slice(struct slice *slice, const struct grid *grid, const struct buffer *csv, bool means);

/* ---- gnuplot.c ------------------------------------------------------------------------------------ */

/* What gnuplot makes of a script. It writes no file, so that no name of the user's is among what it reads. */
bool sweep_gnuplot(struct buffer *drawn, const struct buffer *script, const char *flag, struct reason *why);

/* ---- plot.c --------------------------------------------------------------------------------------- */

/* Whether that will be possible. */
bool sweep_can_plot(const struct sweep_spec *spec, const char *file, struct reason *why);
/* Draws a CSV, or the summary of one, into a file, .svg or .png; NULL: in the terminal. */
bool sweep_plot(const struct grid *grid, const struct buffer *csv, bool means, const char *file,
                struct reason *why);

#endif
