/* Who learns what, at which length?
 *
 * Theory: a net at initialisation hands back r^k of the gradient, so what lies far back is learnt late or never
 * where r < 1 (Bengio, Simard, Frasconi 1994); identity and orthogonal starts, and gates, reach further. The
 * task `last`, whose answer lies one step back, is the control: all learn it, at any length. */
#include "sweep.h"

static const struct sweep_axis axes[] = {
    { "task", "order" },
    { "kind", "sigmoid,tanh,relu,linear,irnn,orthogonal,lstm,gru" },
    { "length", "10,20,30,50,70" },
    { "shortest", "0" },
    { "reach", "0" },
    { "hidden", "50" },
    { "batch", "20" },
    { "optimizer", "adam" },
    { "rate", "0.002" },
    { "clip", "norm" },
    { "threshold", "1" },
    { "goal", "0.01" },
    { "updates", "600" },
    { "seed", "1:16" },
    { 0 },
};

const struct sweep_spec experiment = {
    .name = "learning",
    .question = "Who learns what, at which length?",
    .theory =
        "what lies further back than the gradient reaches is learnt late or never (Bengio, Simard, Frasconi "
        "1994); identity (Le et al. 2015), orthogonal starts and gates reach further",
    .axes = axes,
    .columns = sweep_learning_columns,
    .plot = { .x = "length", .y = "solved", .by = "kind" },
    .run = sweep_learn,
    .valid = sweep_training_valid,
    .net = sweep_learner_spec,
    .work = sweep_training_work,
};
