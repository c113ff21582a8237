/* The rows an experiment gives to its sink. */
#include "run.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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
    double *row = sink->values + sink->rows * sink->columns;
    for (size_t i = 0; i < sink->columns; i++)
        row[i] = isnan(values[i]) ? SWEEP_NONE : values[i]; /* of all nans the same one */
    sink->rows++;
}

enum rnn_status sweep_stopped(struct sweep_sink *sink, enum rnn_status status, const struct rnn *net) {
    sink->stopped_at = net->stopped_at;
    return status;
}
