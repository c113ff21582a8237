/* Data to run a network on: each task fills x and the targets (rnn.h). */
#include "rnn.h"

#include <string.h>

enum rnn_status rnn_task_text(struct rnn *net, const unsigned char *text, size_t size, uint64_t seed) {
    const struct rnn_spec *s = &net->spec;
    if (s->inputs != RNN_BYTES || s->outputs != RNN_BYTES || size <= s->length)
        return RNN_BAD_SIZE;
    memset(net->x, 0, s->length * s->batch * s->inputs * sizeof *net->x);
    for (size_t b = 0; b < s->batch; b++) {
        double place;
        rnn_uniform(&place, 1, (struct rnn_stream){ seed, RNN_FOR_TASK, (uint32_t)b });
        const unsigned char *window = text + (size_t)(place * (double)(size - s->length));
        for (size_t t = 0; t < s->length; t++)
            net->x[(t * s->batch + b) * s->inputs + window[t]] = 1;
        net->label[b] = window[s->length];
    }
    return RNN_OK;
}
