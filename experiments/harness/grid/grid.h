/* What a command asks for: axes, their values, the cells of their grid. */
#ifndef GRID_H
#define GRID_H

#include "base/base.h"
#include "sweep.h"

#include <sys/stat.h>

enum { AXES_MAX = 16, COLUMNS_MAX = 64, NAMES_MAX = 10 };

/* ---- words.c: the vocabulary ---------------------------------------------------------------------- */

enum kind { KIND_NAME, KIND_COUNT, KIND_REAL, KIND_FILE };
struct word {
    const char *name;
    enum kind kind;
    const char *meaning; /* with its unit */
    const char *names[NAMES_MAX + 1]; /* KIND_NAME: in the order of an enum; ends with NULL */
    uint64_t least; /* KIND_COUNT; the most is LARGEST_EXACT */
    double low, high; /* KIND_REAL */
};
/* Every whole number up to 2^53 is a double of its own, so seeds survive any reader of a CSV. */
#define LARGEST_EXACT (UINT64_C(1) << 53)
const struct word *sweep_word(const char *name); /* NULL: not in the vocabulary */
/* "> 0 (1e-50 to 1e50)", "a whole number >= 1", "one of tied, untied" */
void sweep_word_allowed(const struct word *word, char *text, size_t size);

/* ---- values.c: the values of an axis -------------------------------------------------------------- */

struct file {
    struct sweep_text text;
    dev_t device;
    ino_t inode;
};
struct value {
    const char *text; /* the spelling, as in the CSV, --list and labels */
    const char *content; /* the same for every spelling, and of a file what is in it */
    union {
        double real;
        uint64_t count; /* KIND_NAME: index into the word's names */
        const struct file *file;
    };
};
struct axis {
    const struct word *word;
    struct value *values;
    size_t count, capacity;
    uint64_t stride; /* cells between two neighbours on this axis */
    bool given; /* on the command line */
};
/* Reads a list such as "0.5,1:2:0.25"; spellings live in the arena, `values` is to be freed. */
bool sweep_axis_parse(struct axis *axis, const char *text, struct arena *arena, struct reason *why);
bool sweep_parse_count(uint64_t *count, const char *text);

/* ---- text.c: file axes ---------------------------------------------------------------------------- */

/* A name without a slash is looked for here, then in the data folder. */
const struct file *sweep_file_read(const char *axis, const char *name, struct arena *arena,
                                   struct reason *why);
/* "9644 bytes, crc32 1a2b3c4d, adler32 5e6f7a8b". NULL: no memory. */
const char *sweep_file_content(const struct file *file, struct arena *arena);

/* ---- grid.c: cells -------------------------------------------------------------------------------- */

struct grid {
    const struct sweep_spec *spec;
    struct axis axes[AXES_MAX];
    size_t count; /* axes */
    size_t columns; /* the experiment's own */
    uint64_t cells; /* of all shards */
    uint64_t shard, shards, mine; /* cells k with k mod shards = shard; how many */
    struct arena arena;
};
/* given[i] is the text on the command line for axis i, or NULL for its default. */
bool sweep_grid_create(struct grid *grid, const struct sweep_spec *spec, const char *const given[],
                       struct reason *why);
void sweep_grid_shard(struct grid *grid, uint64_t shard, uint64_t shards);
void sweep_grid_free(struct grid *grid);
const struct axis *sweep_grid_axis(const struct grid *grid, const char *name);
/* The number of cell `i` of this shard. */
uint64_t sweep_grid_cell(const struct grid *grid, uint64_t i);
/* The name of the text axes read that is this very file, or NULL. */
const char *sweep_grid_reads(const struct grid *grid, const struct stat *file);

/* check.c. The experiment's own check of every point, and the memory of `jobs` cells and of `index` bytes. */
bool sweep_grid_check(const struct grid *grid, unsigned jobs, bool everything, double index,
                      struct reason *why);
/* A fault such as "delay: must be below length", with the value there is and what else was given: "--delay 12:
 * must be below length (--length 10 --delay 12)"; false. */
bool sweep_point_fault(char *reason, size_t size, const struct sweep_point *point, const char *fault);

/* ---- point.c -------------------------------------------------------------------------------------- */

struct sweep_point {
    const struct grid *grid;
    uint64_t cell;
    size_t index[AXES_MAX];
    struct worker *worker; /* of the room that runs; NULL while a grid is being checked */
    bool everything; /* --arrays */
};
void sweep_point_set(struct sweep_point *point, uint64_t cell);
const char *sweep_point_text(const struct sweep_point *point, size_t axis);
/* What sweep_real and sweep_count say, or `absent` where there is no such axis; and which of its names a name is,
 * counted from 0, 0 where there is none. */
double sweep_real_or(const struct sweep_point *point, const char *axis, double absent);
uint64_t sweep_count_or(const struct sweep_point *point, const char *axis, uint64_t absent);
unsigned sweep_choice(const struct sweep_point *point, const char *axis);
/* "activation=tanh scale=0.5" */
void sweep_point_label(struct buffer *buffer, const struct sweep_point *point);

#endif
