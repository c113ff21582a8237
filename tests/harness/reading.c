/* A file axis, and no seed: how many bytes a text has, and their sum. */
#include "sweep.h"

static const struct sweep_axis axes[] = { { "file", "memoria.txt" }, { "length", "1" }, { 0 } };

static const struct sweep_column columns[] = {
    { "bytes", "bytes of the text", 0 },
    { "sum", "their sum", 0 },
    { 0 },
};

static enum rnn_status run(const struct sweep_point *point, struct sweep_sink *sink) {
    const struct sweep_text text = sweep_text(point, "file");
    double sum = 0;
    for (size_t i = 0; i < text.size; i++)
        sum += text.bytes[i];
    sweep_row(sink, (double[]){ (double)text.size, sum });
    return RNN_OK;
}

const struct sweep_spec experiment = {
    .name = "reading",
    .question = "Is a text read as it is?",
    .theory = "it is",
    .axes = axes,
    .columns = columns,
    .plot = { .x = "length", .y = "bytes", .by = "file" },
    .run = run,
    .valid = sweep_text_valid,
};
