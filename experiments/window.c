/* What can a fixed window never see?
 *
 * Theory: a layer over the last k inputs is a function of those alone. Asked for a symbol shown `delay` steps before the
 * last, it may know it if delay < k, and is at chance from delay = k on, whatever it has learnt: there is no path for it.
 * A recurrent net of the same size has a path of any length; how much comes along it is another question. */
#include "sweep.h"

#include <inttypes.h>

static const struct sweep_axis axes[] = {
    { "task", "last" },
    { "kind", "tanh" },
    { "window", "0,4,8" },
    { "delay", "0:11,13,15,17,19" },
    { "length", "20" },
    { "hidden", "50" },
    { "batch", "20" },
    { "optimizer", "adam" },
    { "rate", "0.002" },
    { "clip", "norm" },
    { "threshold", "1" },
    { "goal", "0.01" },
    { "updates", "1000" },
    { "seed", "1:16" },
    { 0 },
};

/* A window may not be longer than the sequence it looks at. */
static bool valid(const struct sweep_point *point, char *reason, size_t size) {
    const uint64_t window = sweep_count(point, "window"), length = sweep_count(point, "length");
    if (window <= length)
        return sweep_training_valid(point, reason, size);
    return sweep_invalid(reason, size, "--window %" PRIu64 ": must be at most --length %" PRIu64, window,
                         length);
}

const struct sweep_spec experiment = {
    .name = "window",
    .question = "What can a fixed window never see?",
    .theory = "a layer over the last k inputs is at chance for what stood k steps back or more; a recurrent "
              "net is not",
    .axes = axes,
    .columns = sweep_learning_columns,
    .plot = { .x = "delay", .y = "error", .by = "window" },
    .run = sweep_learn,
    .valid = valid,
    .net = sweep_learner_spec,
    .work = sweep_training_work,
};
