/* A sweep into memory: the same parser, the same grid, the same loop. */
#include "command.h"

#include <stdlib.h>
#include <string.h>

/* The rows of a cell, until all are there. */
struct slot {
    double *values;
    size_t rows;
    char *status;
};
struct collection {
    const struct grid *grid;
    struct slot *slots;
    size_t rows;
};

/* What a table lives on. */
struct sweep_owned {
    struct grid grid;
    struct arena arena;
};

static bool take_slot(struct run *run, uint64_t i, struct worker *worker, struct reason *why) {
    struct collection *collection = run->outlet.self;
    struct sweep_sink *sink = &worker->sink;
    struct slot *slot = &collection->slots[i];
    size_t size = sink->rows * sink->columns * sizeof *sink->values;
    slot->values = malloc(size ? size : 1);
    slot->status = strdup(worker->status);
    if (!slot->values || !slot->status)
        return sweep_no_memory(why);
    if (size)
        memcpy(slot->values, sink->values, size);
    slot->rows = sink->rows;
    collection->rows += sink->rows;
    return true;
}

static void free_slots(struct collection *collection) {
    for (uint64_t i = 0; collection->slots && i < collection->grid->mine; i++) {
        free(collection->slots[i].values);
        free(collection->slots[i].status);
    }
    free(collection->slots);
}

static double axis_number(const struct sweep_point *point, size_t i) {
    const struct axis *axis = &point->grid->axes[i];
    const struct value *value = &axis->values[point->index[i]];
    if (axis->word->kind == KIND_REAL)
        return value->real;
    return axis->word->kind == KIND_COUNT ? (double)value->count : SWEEP_NONE;
}

static void copy_slot(struct sweep_table *table, size_t row, const struct sweep_point *point,
                      const struct slot *slot, const char *status) {
    for (size_t i = 0; i < slot->rows; i++, row++) {
        double *values = table->values + row * (table->axes + table->columns);
        for (size_t axis = 0; axis < table->axes; axis++) {
            values[axis] = axis_number(point, axis);
            table->labels[row * table->axes + axis] = sweep_point_text(point, axis);
        }
        memcpy(values + table->axes, slot->values + i * table->columns, table->columns * sizeof *values);
        table->status[row] = status;
    }
}

static bool name_columns(struct sweep_table *table, struct sweep_owned *owned) {
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

static bool fill_table(struct sweep_table *table, const struct collection *collection) {
    struct sweep_owned *owned = table->owned;
    size_t rows = table->rows = collection->rows;
    table->axes = owned->grid.count;
    table->columns = owned->grid.columns;
    table->values =
        sweep_keep(&owned->arena, rows * (table->axes + table->columns) * sizeof *table->values + 1);
    table->labels = sweep_keep(&owned->arena, rows * table->axes * sizeof *table->labels + 1);
    table->status = sweep_keep(&owned->arena, rows * sizeof *table->status + 1);
    if (!table->values || !table->labels || !table->status || !name_columns(table, owned))
        return false;
    struct sweep_point point = { .grid = &owned->grid };
    size_t row = 0;
    for (uint64_t i = 0; i < owned->grid.mine; i++) {
        const struct slot *slot = &collection->slots[i];
        const char *status = sweep_keep_print(&owned->arena, "%s", slot->status);
        if (!status)
            return false;
        sweep_point_set(&point, sweep_grid_cell(&owned->grid, i));
        copy_slot(table, row, &point, slot, status);
        row += slot->rows;
    }
    return true;
}

static int run_grid(struct sweep_table *table, unsigned jobs) {
    struct sweep_owned *owned = table->owned;
    struct collection collection = { .grid = &owned->grid };
    collection.slots = calloc(owned->grid.mine ? owned->grid.mine : 1, sizeof *collection.slots);
    struct run run = { .grid = &owned->grid,
                       .jobs = jobs,
                       .outlet = { .self = &collection, .take = take_slot } };
    bool filled = false;
    if (!collection.slots)
        sweep_say(table->spec->name, "out of memory");
    else if (sweep_run(&run)) {
        filled = fill_table(table, &collection);
        if (!filled)
            sweep_say(table->spec->name, "out of memory");
    }
    free_slots(&collection);
    return filled ? SWEEP_DONE : SWEEP_FAILED;
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
           sweep_grid_check(&owned->grid, options.jobs, false, sizeof(struct slot), &why);
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
        free(table->owned);
    }
    *table = (struct sweep_table){ .spec = NULL };
}
