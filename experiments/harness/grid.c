/* The grid: every combination of the values of all axes, numbered with the last axis fastest. */
#include "internal.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

static bool add_axis(struct grid *grid, const struct sweep_axis *declared, const char *given,
                     struct reason *why) {
    if (grid->count == AXES_MAX)
        return sweep_refuse(why, "the experiment has more than %d axes", AXES_MAX);
    struct axis *axis = &grid->axes[grid->count++];
    axis->word = sweep_word(declared->name);
    axis->given = given != NULL;
    if (!axis->word)
        return sweep_refuse(why, "the axis '%s' is not in the vocabulary", declared->name);
    return sweep_axis_parse(axis, given ? given : declared->initial, &grid->arena, why);
}

static bool number_cells(struct grid *grid, struct reason *why) {
    double cells = 1;
    grid->cells = 1;
    for (size_t i = grid->count; i-- > 0;) {
        grid->axes[i].stride = grid->cells;
        cells *= (double)grid->axes[i].count;
        grid->cells *= grid->axes[i].count;
    }
    if (cells > 0x1p62)
        return sweep_refuse(why, "the grid has %.15g cells, more than 2^62", cells);
    return true;
}

bool sweep_grid_create(struct grid *grid, const struct sweep_spec *spec, const char *const given[],
                       struct reason *why) {
    *grid = (struct grid){ .spec = spec };
    while (spec->columns[grid->columns].name)
        grid->columns++;
    if (grid->columns > COLUMNS_MAX)
        return sweep_refuse(why, "the experiment has more than %d columns", COLUMNS_MAX);
    for (size_t i = 0; spec->axes[i].name; i++)
        if (!add_axis(grid, &spec->axes[i], given[i], why))
            return false;
    return number_cells(grid, why) && sweep_grid_shard(grid, 0, 1);
}

bool sweep_grid_shard(struct grid *grid, uint64_t shard, uint64_t shards) {
    grid->shard = shard;
    grid->shards = shards;
    grid->mine = shard < grid->cells ? (grid->cells - shard - 1) / shards + 1 : 0;
    return true;
}

void sweep_grid_free(struct grid *grid) {
    for (size_t i = 0; i < grid->count; i++)
        free(grid->axes[i].values);
    sweep_arena_free(&grid->arena);
    *grid = (struct grid){ .spec = NULL };
}

const struct axis *sweep_grid_axis(const struct grid *grid, const char *name) {
    for (size_t i = 0; i < grid->count; i++)
        if (strcmp(grid->axes[i].word->name, name) == 0)
            return &grid->axes[i];
    return NULL;
}

uint64_t sweep_grid_cell(const struct grid *grid, uint64_t i) {
    return grid->shard + i * grid->shards;
}

void sweep_point_set(struct sweep_point *point, uint64_t cell) {
    const struct grid *grid = point->grid;
    point->cell = cell;
    for (size_t i = 0; i < grid->count; i++)
        point->index[i] = (size_t)(cell / grid->axes[i].stride % grid->axes[i].count);
}

const char *sweep_point_text(const struct sweep_point *point, size_t axis) {
    return point->grid->axes[axis].values[point->index[axis]].text;
}

void sweep_point_label(struct buffer *buffer, const struct sweep_point *point) {
    for (size_t i = 0; i < point->grid->count; i++) {
        const char *name = point->grid->axes[i].word->name, *text = sweep_point_text(point, i);
        sweep_append(buffer, " ", i ? 1 : 0);
        sweep_append(buffer, name, strlen(name));
        sweep_append(buffer, "=", 1);
        sweep_append(buffer, text, strlen(text));
    }
}

/* ---- before anything runs -------------------------------------------------------------------------------
 */

/* "--hidden 1000000000: ", the flags the user gave, or all axes if there are none. */
static void print_settings(struct buffer *out, const struct sweep_point *point) {
    bool any = false;
    for (size_t i = 0; i < point->grid->count; i++)
        any = any || point->grid->axes[i].given;
    for (size_t i = 0; i < point->grid->count; i++)
        if (!any || point->grid->axes[i].given)
            sweep_print(out, "%s--%s %s", out->size ? " " : "", point->grid->axes[i].word->name,
                        sweep_point_text(point, i));
    sweep_append(out, "", 1);
}

static bool refuse_point(const struct sweep_point *point, double bytes, unsigned jobs, double available,
                         struct reason *why) {
    struct buffer settings = { .data = NULL };
    print_settings(&settings, point);
    const char *given = settings.failed ? "this grid" : settings.data;
    if (isnan(bytes))
        sweep_refuse(why, "%.300s: no network has these values; --help has their ranges", given);
    else
        sweep_refuse(why, "%.300s: needs %.15g bytes for each of %u jobs, but only %.15g are available%s",
                     given, bytes, jobs, available, bytes <= available ? "; --jobs 1 would fit" : "");
    sweep_buffer_free(&settings);
    return false;
}

static bool check_point(const struct sweep_point *point, unsigned jobs, double available,
                        struct reason *why) {
    const struct sweep_spec *spec = point->grid->spec;
    if (spec->valid && !spec->valid(point, why->text, sizeof why->text))
        return false;
    double bytes = spec->bytes ? spec->bytes(point) : 0;
    return bytes * jobs <= available || refuse_point(point, bytes, jobs, available, why);
}

/* Neither `valid` nor `bytes` depends on the seed, so one seed stands for all. */
static bool check_points(const struct grid *grid, unsigned jobs, bool everything, double available,
                         struct reason *why) {
    struct sweep_point point = { .grid = grid, .everything = everything };
    const struct axis *seed = sweep_grid_axis(grid, "seed");
    uint64_t step = seed && seed->stride == 1 ? seed->count : 1;
    for (uint64_t cell = 0; cell < grid->cells; cell += step) {
        sweep_point_set(&point, cell);
        if (!check_point(&point, jobs, available, why))
            return false;
    }
    return true;
}

bool sweep_grid_check(const struct grid *grid, unsigned jobs, bool everything, size_t index_bytes,
                      struct reason *why) {
    double available = sweep_memory_available(), index = (double)grid->mine * (double)index_bytes;
    if (index > available)
        return sweep_refuse(why, "%llu cells need %.15g bytes for their index, but only %.15g are available",
                            (unsigned long long)grid->mine, index, available);
    return check_points(grid, jobs, everything, available - index, why);
}
