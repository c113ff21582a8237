/* When does a training never converge, and what does clipping buy?
 *
 * Theory: where the error has a cliff, one step along an exploded gradient throws the weights off (Pascanu, Mikolov
 * and Bengio 2013, section 2.3); a bound on the step keeps them. A threshold far below the usual norm only makes the
 * rate smaller, and under Adam, which divides by the size of the gradient, it changes hardly anything. */
#include "sweep.h"

static const struct sweep_axis axes[] = {
    { "task", "order" },    { "kind", "tanh" },       { "scale", "0.5,1,2" },
    { "length", "20" },     { "hidden", "50" },       { "batch", "20" },
    { "optimizer", "sgd" }, { "rate", "0.01,0.1,1" }, { "clip", "none,norm" },
    { "threshold", "1" },   { "omega", "0" },         { "goal", "0.01" },
    { "updates", "1000" },  { "seed", "1:16" },       { 0 },
};

const struct sweep_spec experiment = {
    .name = "diverging",
    .question = "When does a training never converge, and what does clipping buy?",
    .theory = "an exploded gradient throws the weights off, and a bound on the step keeps them (Pascanu, "
              "Mikolov, Bengio 2013)",
    .axes = axes,
    .columns = sweep_learning_columns,
    .plot = { .x = "rate", .y = "solved", .by = "clip", .held = { "scale", "1" } },
    .run = sweep_learn,
    .valid = sweep_training_valid,
    .net = sweep_learner_spec,
    .work = sweep_training_work,
};
