/* Which spec makes a net, and what is wrong with one that does not. */
#include "net.h"

#include <math.h>

static bool positive(double x) {
    return isfinite(x) && x > 0;
}

static bool amount(double x) {
    return isfinite(x) && x >= 0;
}

const char *rnn_spec_fault(const struct rnn_spec *s) {
    const bool norm = s->norm != RNN_NO_NORM;
    const struct {
        bool good;
        const char *fault;
    } rules[] = {
        { s->cell, "cell: must be set" },
        { s->activation, "activation: must be set" },
        { s->init >= RNN_GAUSSIAN && s->init <= RNN_IDENTITY, "init: must be a named one" },
        { s->weights >= RNN_TIED && s->weights <= RNN_UNTIED, "weights: must be tied or untied" },
        { s->record >= RNN_NORMS && s->record <= RNN_EVERYTHING, "record: must be a named one" },
        { s->norm >= RNN_NO_NORM && s->norm <= RNN_NORM_SEPARATE, "norm: must be a named one" },
        { !norm || s->cell == &rnn_elman, "norm: must be none unless the cell is elman" },
        { !norm || positive(s->gamma), "gamma: must be finite and > 0" },
        { !norm || positive(s->epsilon), "epsilon: must be finite and > 0" },
        { positive(s->scale), "scale: must be finite and > 0" },
        { amount(s->drive), "drive: must be finite and >= 0" },
        { amount(s->start), "start: must be finite and >= 0" },
        { isfinite(s->forget), "forget: must be finite" },
        { s->length >= 1, "length: must be at least 1" },
        { s->hidden >= 1, "hidden: must be at least 1" },
        { s->batch >= 1, "batch: must be at least 1" },
        { !norm || s->batch >= 2, "batch: must be at least 2 with a norm" },
        { s->inputs >= 1 || !(s->drive > 0), "inputs: must be at least 1 where drive > 0" },
        { s->segment >= 1, "segment: must be at least 1" },
        { s->reads >= 1 && s->reads <= s->length, "reads: must be at least 1 and at most length" },
        { s->reads == 1 || s->segment >= s->length, "reads: must be 1 unless segment is at least length" },
    };
    for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
        if (!rules[i].good)
            return rules[i].fault;
    return NULL;
}
