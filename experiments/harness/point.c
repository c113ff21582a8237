/* What `run` may ask of its point, and the rows it gives to its sink. */
#include "internal.h"

#include <assert.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

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
    return *value_of(point, axis, KIND_FILE, KIND_FILE)->file;
}

const struct rnn_activation *sweep_activation(const struct sweep_point *point) {
    return sweep_activation_named(sweep_name(point, "activation"));
}

/* ---- rows ------------------------------------------------------------------------------------------------
 */

static bool sink_reserve(struct sweep_sink *sink) {
    if ((sink->rows + 1) * sink->columns <= sink->capacity)
        return true;
    size_t capacity = sink->capacity ? 2 * sink->capacity : 64 * sink->columns;
    double *values =
        capacity > SIZE_MAX / sizeof *values ? NULL : realloc(sink->values, capacity * sizeof *values);
    if (!values) {
        sink->no_memory = true;
        return false;
    }
    sink->values = values;
    sink->capacity = capacity;
    return true;
}

void sweep_row(struct sweep_sink *sink, const double *values) {
    if (sink->no_memory || !sink_reserve(sink))
        return;
    for (size_t i = 0; i < sink->columns && !sink->bad; i++)
        if (isinf(values[i]))
            sink->bad = sink->spec->columns[i].name;
    memcpy(sink->values + sink->rows * sink->columns, values, sink->columns * sizeof *values);
    sink->rows++;
}

enum rnn_status sweep_stopped(struct sweep_sink *sink, enum rnn_status status, const struct rnn *net) {
    sink->stopped_at = net->stopped_at;
    return status;
}
