/* What the rooms of the harness share. One run goes: cli.c (flags) -> values.c (axes) -> grid.c (cells) ->
 * sweep.c (the parallel loop) -> an outlet, which is journal.c (a file), stream.c (a pipe) or collect.c
 * (memory). */
#ifndef INTERNAL_H
#define INTERNAL_H

#include "sweep.h"

#include <pthread.h>
#include <stdio.h>

enum { SWEEP_DONE = 0, SWEEP_FAILED = 1, SWEEP_REFUSED = 2 }; /* exit status */
enum { AXES_MAX = 16, COLUMNS_MAX = 64 };

/* ---- memory.c: bytes that grow, bytes that live as long as a run --------------------------------------- */

/* `failed` sticks once memory ran out, so it is checked once, at the end of a text. */
struct buffer {
    char *data;
    size_t size, capacity;
    bool failed;
};
bool sweep_reserve(struct buffer *buffer, size_t more);
void sweep_append(struct buffer *buffer, const char *bytes, size_t size);
void sweep_print(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sweep_buffer_free(struct buffer *buffer);

struct arena_block;
struct arena {
    struct arena_block *last;
};
/* NULL when memory ran out; everything is freed at once. */
void *sweep_keep(struct arena *arena, size_t size);
char *sweep_keep_print(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sweep_arena_free(struct arena *arena);

/* Bytes this process may still take: the least of physical memory, RLIMIT_AS and the control group's limit.
 */
double sweep_memory_available(void);

/* ---- say.c: messages ------------------------------------------------------------------------------------
 */

/* Why something was refused or failed: "--scale -1: must be > 0". */
struct reason {
    char text[640];
    bool failed; /* exit 1: the machine's fault; else exit 2 */
};
/* Always false, so that a refusal is one statement. */
bool sweep_refuse(struct reason *why, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool sweep_no_memory(struct reason *why);
/* "NAME: ...\n" on standard error. */
void sweep_say(const struct sweep_spec *spec, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Edits between two words, a swap of neighbours counting as one (optimal string alignment). */
bool sweep_resembles(const char *typed, const char *word, size_t *distance);
/* Flushes standard output and reports what could not be written. Exit status. */
int sweep_finish_output(const struct sweep_spec *spec);

/* ---- axes.c: the vocabulary -----------------------------------------------------------------------------
 */

enum kind { KIND_NAME, KIND_COUNT, KIND_REAL, KIND_FILE };
struct word {
    const char *name;
    const char *meaning; /* with its unit */
    const char *names[8]; /* KIND_NAME: what is allowed, ends with NULL */
    uint64_t least, most; /* KIND_COUNT */
    double low, high; /* KIND_REAL */
    enum kind kind;
    bool above, below; /* KIND_REAL: the end itself is not allowed */
};
const struct word *sweep_word(const char *name); /* NULL: not in the vocabulary */
/* "> 0", "a whole number >= 1", "one of tied, untied" */
void sweep_word_allowed(const struct word *word, char *text, size_t size);
const struct rnn_activation *sweep_activation_named(const char *name);

/* ---- values.c: the values of an axis --------------------------------------------------------------------
 */

struct value {
    const char *text; /* the spelling, as in the CSV, --list and labels */
    union {
        double real;
        uint64_t count; /* KIND_NAME: index into the word's names */
        struct sweep_text *file;
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

/* ---- text.c: file axes ----------------------------------------------------------------------------------
 */

/* A name without a slash is looked for here, then in the data folder. */
struct sweep_text *sweep_text_read(const char *axis, const char *name, struct arena *arena,
                                   struct reason *why);
/* Length of the valid UTF-8 sequence at `bytes`, 0 if there is none. */
size_t sweep_utf8(const unsigned char *bytes, size_t size);

/* ---- grid.c: cells --------------------------------------------------------------------------------------
 */

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
bool sweep_grid_shard(struct grid *grid, uint64_t shard, uint64_t shards);
void sweep_grid_free(struct grid *grid);
/* The experiment's own check of every point, and the memory of `jobs` cells and of an index of all cells. */
bool sweep_grid_check(const struct grid *grid, unsigned jobs, bool everything, size_t index_bytes,
                      struct reason *why);
const struct axis *sweep_grid_axis(const struct grid *grid, const char *name);

struct worker;
struct sweep_point {
    const struct grid *grid;
    uint64_t cell;
    size_t index[AXES_MAX];
    struct worker *worker; /* NULL while a grid is being checked */
    bool everything; /* --arrays */
};
void sweep_point_set(struct sweep_point *point, uint64_t cell);
/* The number of cell `i` of this shard. */
uint64_t sweep_grid_cell(const struct grid *grid, uint64_t i);
const char *sweep_point_text(const struct sweep_point *point, size_t axis);
/* "activation=tanh scale=0.5" */
void sweep_point_label(struct buffer *buffer, const struct sweep_point *point);

/* ---- cli.c: flags ---------------------------------------------------------------------------------------
 */

enum flag {
    FLAG_OUT,
    FLAG_JOBS,
    FLAG_SHARD,
    FLAG_RESUME,
    FLAG_ARRAYS,
    FLAG_PLOT,
    FLAG_LIST,
    FLAG_QUIET,
    FLAG_HELP,
    FLAG_VERSION,
    FLAGS
};
struct flag_word {
    const char *name, *argument, *meaning; /* argument NULL: a switch */
};
extern const struct flag_word sweep_flags[FLAGS];
struct options {
    const char *axis[AXES_MAX]; /* NULL: not given */
    const char *flag[FLAGS]; /* NULL: not given; "" for a switch */
    unsigned jobs;
    uint64_t shard, shards;
};
bool sweep_options_parse(struct options *options, const struct sweep_spec *spec, int count,
                         const char *const arguments[], struct reason *why);

/* ---- help.c ---------------------------------------------------------------------------------------------
 */

int sweep_help(const struct sweep_spec *spec);
int sweep_version(const struct sweep_spec *spec);
int sweep_list(const struct grid *grid);

/* ---- sweep.c: the parallel loop -------------------------------------------------------------------------
 */

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
/* 0, or the signal that asked to stop. */
int sweep_interrupted(void);
void sweep_signals(void);
/* A closed pipe and a full disk are errors of a write, told with their name, not deaths. */
void sweep_ignore_signals(void);

/* ---- csv.c ----------------------------------------------------------------------------------------------
 */

void sweep_number(struct buffer *buffer, double value); /* %.17g; NAN is an empty field */
void sweep_csv_header(struct buffer *buffer, const struct grid *grid);
void sweep_csv_rows(struct buffer *buffer, const struct sweep_point *point, const struct worker *worker);

/* ---- journal.c, resume.c: completed cells on disk -------------------------------------------------------
 */

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
/* Exit status: 0, or a refusal already said. With `resume` the complete blocks of an older journal are kept.
 */
int sweep_journal_open(struct journal *journal, const struct grid *grid, const char *path, bool resume);
/* Reads the blocks of an older journal. -1: there is nothing to keep; else an exit status. */
int sweep_journal_load(struct journal *journal, const struct buffer *fingerprint);
struct outlet sweep_journal_outlet(struct journal *journal);
/* The rows in the order of the cells. */
bool sweep_journal_sorted(const struct journal *journal, FILE *file);
void sweep_journal_close(struct journal *journal);
/* Checksum of a block: its header line up to " crc" and its rows. */
uint32_t sweep_journal_crc(const char *head, size_t head_size, const char *rows, size_t size);
uint32_t sweep_text_crc(const struct sweep_text *text);
bool sweep_write(int fd, const char *bytes, size_t size);

/* ---- stream.c -------------------------------------------------------------------------------------------
 */

int sweep_stream(const struct grid *grid, const struct options *options, const char *path);

/* ---- results.c: a run into a file; publish.c: its files appear whole ------------------------------------
 */

struct paths {
    const char *out, *part, *summary, *meta; /* summary NULL: none is made */
    const char *stale; /* the summary of an older run */
};
struct facts { /* what meta.json tells of a run */
    const char *command;
    double started, seconds; /* started: seconds since 1970, UTC */
    unsigned jobs;
    uint64_t rows, resumed;
};
int sweep_results(const struct grid *grid, const struct options *options, const char *command);
bool sweep_publish(const struct paths *paths, const struct journal *journal, const struct facts *facts,
                   struct reason *why);
bool sweep_summary(FILE *out, FILE *csv, const struct grid *grid);
bool sweep_meta(FILE *file, const struct grid *grid, const struct facts *facts);
/* Whether the meta file tells of this very sweep, complete; else `differs` names what is not the same. */
bool sweep_meta_matches(const char *path, const struct grid *grid, struct reason *differs);
/* argv as a shell would read it */
void sweep_command(struct buffer *buffer, int argc, char *const argv[]);

/* ---- progress.c, plot.c, arrays.c -----------------------------------------------------------------------
 */

double sweep_clock(void);
void sweep_progress_start(struct progress *progress, uint64_t total, uint64_t before, bool quiet);
void sweep_progress_show(struct progress *progress, uint64_t done);
void sweep_progress_clear(struct progress *progress);
void sweep_progress_end(struct progress *progress, const char *path);

int sweep_plot(const struct grid *grid, const struct paths *paths);
/* The arrays of a cell, whole or not at all; nothing without --arrays. With `seed` the linear loss's v is the
 * target, else the labels of a net with a read-out. False: worker->why says what failed. */
bool sweep_arrays_write(const struct rnn *net, const struct sweep_point *point, const uint64_t *seed,
                        bool with_gradients);
/* Whether the folder --arrays names is there or may be made, before anything is written; then makes it. Exit
 * status. */
int sweep_arrays_check(const struct sweep_spec *spec, const char *folder);
int sweep_arrays_folder(const struct sweep_spec *spec, const char *folder);

/* ---- npy.c ----------------------------------------------------------------------------------------------
 */

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
