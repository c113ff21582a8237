/* A cell of the grid: what an experiment may ask of it, and its label. */
#include "grid.h"

#include <assert.h>

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
        sweep_append_text(buffer, i ? " " : "");
        sweep_append_text(buffer, point->grid->axes[i].word->name);
        sweep_append_text(buffer, "=");
        sweep_append_text(buffer, sweep_point_text(point, i));
    }
}

/* The value on an axis, of one of two kinds; NULL: there is none. */
static const struct value *find(const struct sweep_point *point, const char *name, enum kind kind,
                                enum kind other) {
    const struct axis *axis = sweep_grid_axis(point->grid, name);
    assert(!axis || axis->word->kind == kind || axis->word->kind == other);
    return axis ? &axis->values[point->index[axis - point->grid->axes]] : NULL;
}

static const struct value *value_of(const struct sweep_point *point, const char *name, enum kind kind,
                                    enum kind other) {
    const struct value *value = find(point, name, kind, other);
    assert(value); /* or the experiment lacks the axis it asks for */
    return value;
}

double sweep_real(const struct sweep_point *point, const char *axis) {
    return value_of(point, axis, KIND_REAL, KIND_REAL)->real;
}

uint64_t sweep_count(const struct sweep_point *point, const char *axis) {
    return value_of(point, axis, KIND_COUNT, KIND_COUNT)->count;
}

const char *sweep_name(const struct sweep_point *point, const char *axis) {
    return value_of(point, axis, KIND_NAME, KIND_FILE)->text;
}

struct sweep_text sweep_text(const struct sweep_point *point, const char *axis) {
    return value_of(point, axis, KIND_FILE, KIND_FILE)->file->text;
}

double sweep_real_or(const struct sweep_point *point, const char *axis, double absent) {
    const struct value *value = find(point, axis, KIND_REAL, KIND_REAL);
    return value ? value->real : absent;
}

uint64_t sweep_count_or(const struct sweep_point *point, const char *axis, uint64_t absent) {
    const struct value *value = find(point, axis, KIND_COUNT, KIND_COUNT);
    return value ? value->count : absent;
}

unsigned sweep_choice(const struct sweep_point *point, const char *axis) {
    const struct value *value = find(point, axis, KIND_NAME, KIND_NAME);
    return value ? (unsigned)value->count : 0;
}
