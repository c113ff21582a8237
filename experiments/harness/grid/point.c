/* A cell of the grid: what an experiment may ask of it, and its label. */
#include "grid.h"

#include <assert.h>
#include <stdlib.h>
#include <string.h>

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

/* The value on an axis of one of two kinds. */
static const struct value *value_of(const struct sweep_point *point, const char *axis, enum kind kind,
                                    enum kind other) {
    for (size_t i = 0; i < point->grid->count; i++) {
        const struct axis *here = &point->grid->axes[i];
        if (strcmp(here->word->name, axis) == 0) {
            assert(here->word->kind == kind || here->word->kind == other);
            return &here->values[point->index[i]];
        }
    }
    assert(axis == NULL); /* the experiment lacks the axis it asks for */
    abort();
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

const struct rnn_activation *sweep_activation(const struct sweep_point *point) {
    return sweep_activation_named(sweep_name(point, "activation"));
}
