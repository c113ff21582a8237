/* Does batch normalisation help to learn?
 *
 * Theory: at initialisation the gradient is handed back by a factor that gamma sets, not the scale of W (theory.h), so
 * gamma should decide what is learnt. Tested with the statistics of a batch a sequence sees its companions; with those
 * of the population (Cooijmans et al. 2017) it does not. */
#include "sweep.h"

static const struct sweep_axis axes[] = {
    { "task", "order" },
    { "kind", "tanh" },
    { "norm", "none,input,full,separate" },
    { "gamma", "0.1,1" },
    { "statistics", "batch,population" },
    { "length", "20" },
    { "hidden", "50" },
    { "batch", "20" },
    { "optimizer", "adam" },
    { "rate", "0.002" },
    { "clip", "norm" },
    { "threshold", "1" },
    { "goal", "0.01" },
    { "updates", "1500" },
    { "seed", "1:16" },
    { 0 },
};

const struct sweep_spec experiment = {
    .name = "normalising",
    .question = "Does batch normalisation help to learn?",
    .theory = "gamma, not the scale of W, sets the factor of the gradient, and so what is learnt (Cooijmans "
              "et al. 2017)",
    .axes = axes,
    .columns = sweep_learning_columns,
    .plot = { .x = "gamma", .y = "solved", .by = "norm" },
    .run = sweep_learn,
    .valid = sweep_training_valid,
    .net = sweep_learner_spec,
    .work = sweep_training_work,
};
