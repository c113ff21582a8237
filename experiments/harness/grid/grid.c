/* The grid: every combination of the values of all axes, numbered with the last axis fastest. */
#include "grid.h"

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
    if (!number_cells(grid, why))
        return false;
    sweep_grid_shard(grid, 0, 1);
    return true;
}

void sweep_grid_shard(struct grid *grid, uint64_t shard, uint64_t shards) {
    grid->shard = shard;
    grid->shards = shards;
    grid->mine = shard < grid->cells ? (grid->cells - shard - 1) / shards + 1 : 0;
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

const char *sweep_grid_reads(const struct grid *grid, const struct stat *file) {
    for (size_t i = 0; i < grid->count; i++)
        for (size_t j = 0; j < grid->axes[i].count && grid->axes[i].word->kind == KIND_FILE; j++) {
            const struct value *value = &grid->axes[i].values[j];
            if (value->file->device == file->st_dev && value->file->inode == file->st_ino)
                return value->text;
        }
    return NULL;
}

uint64_t sweep_grid_cell(const struct grid *grid, uint64_t i) {
    return grid->shard + i * grid->shards;
}
