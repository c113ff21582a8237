/* A sweep into memory: the same parser, the same grid, the same loop, and a store that is a file nowhere. */
#include "command.h"

#include <stdlib.h>
#include <string.h>

/* What a table lives on. */
struct sweep_owned {
    struct grid grid;
    struct arena arena;
    struct buffer values; /* (rows, columns), as they come from the store */
    size_t *rows; /* of each cell */
    const char **status;
};

static double axis_number(const struct sweep_point *point, size_t i) {
    const struct axis *axis = &point->grid->axes[i];
    const struct value *value = &axis->values[point->index[i]];
    if (axis->word->kind == KIND_REAL)
        return value->real;
    return axis->word->kind == KIND_COUNT ? (double)value->count : SWEEP_NONE;
}

static bool name_columns(struct sweep_table *table) {
    struct sweep_owned *owned = table->owned;
    const char **names = sweep_keep(&owned->arena, (table->axes + table->columns) * sizeof *names + 1);
    if (!names)
        return false;
    for (size_t i = 0; i < table->axes; i++)
        names[i] = owned->grid.axes[i].word->name;
    for (size_t i = 0; i < table->columns; i++)
        names[table->axes + i] = table->spec->columns[i].name;
    table->names = names;
    return true;
}

/* Axes, then columns; `from` is where the cell's rows begin in what was read. */
static void fill_cell(struct sweep_table *table, size_t row, const struct sweep_point *point,
                      const double *from) {
    const size_t width = table->axes + table->columns;
    for (size_t i = 0; i < table->owned->rows[point->cell]; i++, row++, from += table->columns) {
        double *values = table->values + row * width;
        for (size_t axis = 0; axis < table->axes; axis++) {
            values[axis] = axis_number(point, axis);
            table->labels[row * table->axes + axis] = sweep_point_text(point, axis);
        }
        memcpy(values + table->axes, from, table->columns * sizeof *values);
        table->status[row] = table->owned->status[point->cell];
    }
}

static bool fill_table(struct sweep_table *table) {
    struct sweep_owned *owned = table->owned;
    struct sweep_point point = { .grid = &owned->grid };
    const size_t axes = table->axes = owned->grid.count, columns = table->columns = owned->grid.columns;
    const size_t rows = table->rows = owned->values.size / (columns * sizeof(double));
    table->values = sweep_keep(&owned->arena, rows * (axes + columns) * sizeof *table->values + 1);
    table->labels = sweep_keep(&owned->arena, rows * axes * sizeof *table->labels + 1);
    table->status = sweep_keep(&owned->arena, rows * sizeof *table->status + 1);
    if (!table->values || !table->labels || !table->status || !name_columns(table))
        return false;
    const double *from = (const double *)(void *)owned->values.data;
    for (size_t cell = 0, row = 0; cell < owned->grid.cells; row += owned->rows[cell++]) {
        sweep_point_set(&point, cell);
        fill_cell(table, row, &point, from + row * columns);
    }
    return true;
}

static bool read_cell(struct sweep_owned *owned, struct store *store, struct buffer *address, uint64_t cell) {
    struct sweep_point point = { .grid = &owned->grid };
    char status[STATUS_MAX];
    const size_t before = owned->values.size;
    address->size = 0;
    sweep_point_set(&point, cell);
    sweep_address(address, &point);
    if (!sweep_store_get(store, address, &owned->values, status))
        return false;
    owned->rows[cell] = (owned->values.size - before) / (owned->grid.columns * sizeof(double));
    owned->status[cell] = sweep_keep_print(&owned->arena, "%s", status);
    return owned->status[cell] != NULL;
}

static bool read_store(struct sweep_owned *owned, struct store *store, struct reason *why) {
    struct buffer address = { .data = NULL };
    owned->rows = sweep_keep(&owned->arena, owned->grid.cells * sizeof *owned->rows + 1);
    owned->status = sweep_keep(&owned->arena, owned->grid.cells * sizeof *owned->status + 1);
    bool good = owned->rows && owned->status && sweep_store_hold(store, false, why);
    if (good) {
        for (uint64_t cell = 0; cell < owned->grid.cells && good; cell++)
            good = read_cell(owned, store, &address, cell);
        good = sweep_store_release(store, why) && good;
    }
    sweep_buffer_free(&address);
    return good;
}

static int run_grid(struct sweep_table *table, unsigned jobs) {
    struct sweep_owned *owned = table->owned;
    const struct store_spec spec = { .experiment = table->spec->name, .timed = true };
    struct reason why;
    sweep_no_memory(&why); /* until something else is known to be wrong */
    struct run run = { .grid = &owned->grid, .jobs = jobs, .there = calloc(owned->grid.cells / 8 + 1, 1) };
    run.store = run.there ? sweep_store_open(&spec, &why) : NULL;
    const bool ran = run.store && sweep_run(&run);
    const bool good = ran && read_store(owned, run.store, &why) && fill_table(table);
    if (!good && (ran || !run.store))
        sweep_say(table->spec->name, "%s", why.text);
    if (run.store)
        sweep_store_close(run.store);
    free(run.there);
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
    good =
        good && sweep_options_parse(&options, spec, count, arguments, &why) &&
        refuse_others(&options, &why) && sweep_grid_create(&owned->grid, spec, options.axis, &why) &&
        sweep_grid_check(&owned->grid, options.jobs, false, (double)owned->grid.cells * sizeof(void *), &why);
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
        free(table->owned);
    }
    *table = (struct sweep_table){ .spec = NULL };
}
