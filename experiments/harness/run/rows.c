/* The rows an experiment gives to its sink. */
#include "run.h"

#include <math.h>

void sweep_row(struct sweep_sink *sink, const double *values) {
    for (size_t i = 0; i < sink->columns; i++) {
        const double value = isfinite(values[i]) ? values[i] : SWEEP_NONE; /* of all nans the same one */
        sweep_append(&sink->values, (const char *)&value, sizeof value);
    }
    sink->rows++;
}

enum rnn_status sweep_stopped(struct sweep_sink *sink, enum rnn_status status, const struct rnn *net) {
    sink->stopped_at = net->stopped_at;
    return status;
}
