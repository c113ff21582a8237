/* A sweep into memory: the same parser, the same grid, the same loop, and a store that is a file nowhere. */
#include "command.h"

#include <stdlib.h>
#include <string.h>

/* What a table lives on. */
struct sweep_owned {
    struct grid grid;
    struct arena arena;
    struct buffer values, labels, status;
};

static double axis_number(const struct value *value, enum kind kind) {
    return kind == KIND_REAL ? value->real : kind == KIND_COUNT ? (double)value->count : SWEEP_NONE;
}

/* Appends the rows of a cell: its axes, then its columns. */
static bool take(void *self, const struct sweep_point *point, const struct rows *rows) {
    struct sweep_owned *owned = self;
    const struct grid *grid = point->grid;
    const char *status = sweep_keep_print(&owned->arena, "%s", rows->status);
    for (size_t row = 0; row < rows->count; row++) {
        for (size_t i = 0; i < grid->count; i++) {
            const struct value *value = &grid->axes[i].values[point->index[i]];
            const double number = axis_number(value, grid->axes[i].word->kind);
            sweep_append(&owned->values, (const char *)&number, sizeof number);
            sweep_append(&owned->labels, (const char *)&value->text, sizeof value->text);
        }
        sweep_append(&owned->values, (const char *)(rows->values + row * rows->columns),
                     rows->columns * sizeof *rows->values);
        sweep_append(&owned->status, (const char *)&status, sizeof status);
    }
    return status && !owned->values.failed && !owned->labels.failed && !owned->status.failed;
}

static bool name_columns(struct sweep_table *table) {
    struct sweep_owned *owned = table->owned;
    const struct grid *grid = &owned->grid;
    const char **names = sweep_keep(&owned->arena, (grid->count + grid->columns) * sizeof *names + 1);
    for (size_t i = 0; names && i < grid->count; i++)
        names[i] = grid->axes[i].word->name;
    for (size_t i = 0; names && i < grid->columns; i++)
        names[grid->count + i] = table->spec->columns[i].name;
    table->names = names;
    table->axes = grid->count;
    table->columns = grid->columns;
    table->values = (double *)(void *)owned->values.data;
    table->labels = (const char **)(void *)owned->labels.data;
    table->status = (const char **)(void *)owned->status.data;
    table->rows = owned->status.size / sizeof *table->status;
    return names != NULL;
}

static int run_grid(struct sweep_table *table, unsigned jobs) {
    struct sweep_owned *owned = table->owned;
    const struct store_spec spec = { .experiment = table->spec->name, .timed = true };
    const struct outlet outlet = { .take = take, .self = owned };
    struct tally tally = { .there = calloc(owned->grid.cells / 8 + 1, 1) };
    struct reason why;
    sweep_no_memory(&why); /* until something else is known to be wrong */
    struct run run = { .grid = &owned->grid, .jobs = jobs, .there = tally.there };
    run.store = tally.there ? sweep_store_open(&spec, &why) : NULL;
    const bool ran = run.store && sweep_run(&run);
    const bool good = ran && sweep_export(run.store, &owned->grid, 1, &outlet, &tally, &why) &&
                      !tally.lacking && name_columns(table);
    if (!good && (ran || !run.store))
        sweep_say(table->spec->name, "%s", why.text);
    if (run.store)
        sweep_store_close(run.store);
    free(tally.there);
    return good ? SWEEP_DONE : SWEEP_FAILED;
}

static bool refuse_others(const struct options *options, struct reason *why) {
    for (int i = 0; i < FLAGS; i++)
        if (options->flag[i] && i != FLAG_JOBS)
            return sweep_refuse(why, "--%s: a sweep into memory takes axes and --jobs only",
                                sweep_flags[i].name);
    return true;
}

int sweep_collect(struct sweep_table *table, const struct sweep_spec *spec, const char *const arguments[]) {
    struct options options;
    struct reason why = { .failed = false };
    int count = 0;
    *table = (struct sweep_table){ .spec = spec };
    while (arguments && arguments[count])
        count++;
    struct sweep_owned *owned = table->owned = calloc(1, sizeof *owned);
    bool good = owned || sweep_no_memory(&why);
    good = good && sweep_options_parse(&options, spec, count, arguments, &why) &&
           refuse_others(&options, &why) && sweep_grid_create(&owned->grid, spec, options.axis, &why) &&
           sweep_grid_check(&owned->grid, options.jobs, false, (double)(owned->grid.cells / 8 + 1), &why);
    if (!good)
        sweep_say(spec->name, "%s", why.text);
    int status = !good ? why.failed ? SWEEP_FAILED : SWEEP_REFUSED : run_grid(table, options.jobs);
    if (status != SWEEP_DONE)
        sweep_table_free(table);
    return status;
}

void sweep_table_free(struct sweep_table *table) {
    if (table->owned) {
        sweep_grid_free(&table->owned->grid);
        sweep_arena_free(&table->owned->arena);
        sweep_buffer_free(&table->owned->values);
        sweep_buffer_free(&table->owned->labels);
        sweep_buffer_free(&table->owned->status);
        free(table->owned);
    }
    *table = (struct sweep_table){ .spec = NULL };
}
