/* A net that guesses letters, writing: each byte it draws is the next it reads. */
#include "train.h"

#include "net/net.h"

#include <string.h>

/* Byte number i with probability softmax(y)_i, from u in (0, 1). */
static size_t drawn(const double *y, double u) {
    double sum = 0, largest = y[0];
    size_t i = 0;
    for (size_t k = 0; k < RNN_BYTES; k++)
        largest = y[k] > largest ? y[k] : largest;
    for (size_t k = 0; k < RNN_BYTES; k++)
        sum += rnn_exp(y[k] - largest);
    for (double left = u * sum; i < RNN_BYTES - 1; i++) {
        left -= rnn_exp(y[i] - largest);
        if (left < 0)
            break;
    }
    return i;
}

/* All sequences read the same byte, after the states `from`. */
static enum rnn_status read_byte(struct rnn *net, size_t byte, size_t from) {
    const size_t B = net->spec.batch, size = rnn_step_size(net);
    memset(net->x, 0, B * RNN_BYTES * sizeof *net->x);
    for (size_t b = 0; b < B; b++)
        net->x[b * RNN_BYTES + byte] = 1;
    memmove(net->h, net->h + from * size, size * sizeof *net->h);
    if (net->c)
        memmove(net->c, net->c + from * size, size * sizeof *net->c);
    const enum rnn_status status = rnn_forward(net);
    return status == RNN_OK ? rnn_loss_softmax(net) : status;
}

static void forget(struct rnn *net) {
    memset(net->h, 0, rnn_step_size(net) * sizeof *net->h);
    if (net->c)
        memset(net->c, 0, rnn_step_size(net) * sizeof *net->c);
}

enum rnn_status rnn_write_text(unsigned char *bytes, size_t count, struct rnn *net, uint64_t seed) {
    if (net->spec.inputs != RNN_BYTES || net->spec.outputs != RNN_BYTES ||
        rnn_kept(&net->spec) < net->spec.length)
        return RNN_BAD_SIZE;
    enum rnn_status status = rnn_set_length(net, 1);
    size_t byte = '\n';
    forget(net);
    memset(net->label, 0, net->spec.batch * sizeof *net->label);
    for (size_t i = 0; i < count && status == RNN_OK; i++) {
        double u;
        rnn_uniform(&u, 1, (struct rnn_stream){ seed, RNN_FOR_SAMPLE, (uint32_t)i });
        status = read_byte(net, byte, i > 0);
        if (status == RNN_OK)
            bytes[i] = (unsigned char)(byte = drawn(net->y, u));
    }
    forget(net);
    rnn_set_length(net, net->longest);
    return status;
}
