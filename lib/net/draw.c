/* Random streams, and the draw of a network from them: parameters, first states and noise inputs. */
#include "net.h"

#include <math.h>
#include <string.h>

static uint64_t purpose_and_index(struct rnn_stream stream) {
    return (uint64_t)stream.purpose << 32 | stream.index;
}

void rnn_uniform(double *out, size_t count, struct rnn_stream stream) {
    k_uniform(out, count, (uint64_t[]){ stream.seed, purpose_and_index(stream) });
}

void rnn_gaussian(double *out, size_t count, double deviation, struct rnn_stream stream) {
    k_gaussian(out, count, deviation, (uint64_t[]){ stream.seed, purpose_and_index(stream) });
}

/* W_hh of every step, a matrix of its own for each gate. */
static void draw_recurrent(struct rnn *net, uint64_t seed) {
    const struct rnn_spec *s = &net->spec;
    const size_t H = s->hidden, matrices = (size_t)(net->p.W_xh - net->p.W_hh) / (H * H);
    for (size_t i = 0; i < matrices; i++)
        rnn_draw_matrix(net->p.W_hh + i * H * H, H, s->init, s->scale, net->work->scratch,
                        (struct rnn_stream){ seed, RNN_FOR_W_HH, (uint32_t)i });
}

/* Gains, and the statistics of a net that has seen nothing. */
static void draw_norm(struct rnn *net) {
    const size_t count = rnn_normalisers(net->spec.norm) * net->spec.hidden;
    for (size_t i = 0; i < count; i++)
        net->p.gain_h[i] = net->spec.gamma;
    for (size_t i = 0; i < count * net->longest; i++) {
        net->mean[i] = 0;
        net->deviation[i] = 1;
    }
    net->frozen = false;
}

void rnn_draw(struct rnn *net, uint64_t seed) {
    const struct rnn_spec *s = &net->spec;
    const size_t H = s->hidden, BI = s->batch * s->inputs;
    memset(net->theta, 0, net->parameters * sizeof *net->theta);
    draw_recurrent(net, seed);
    if (s->inputs)
        rnn_gaussian(net->p.W_xh, s->cell->gates * H * s->inputs, sqrt(s->drive / (double)s->inputs),
                     (struct rnn_stream){ seed, RNN_FOR_W_XH, 0 });
    if (s->outputs)
        rnn_gaussian(net->p.W_hy, s->outputs * H, sqrt(1 / (double)H),
                     (struct rnn_stream){ seed, RNN_FOR_W_HY, 0 });
    for (size_t i = 0; s->cell->gates > RNN_KEEPING_GATE && i < H; i++)
        net->p.b_h[RNN_KEEPING_GATE * H + i] = s->forget;
    draw_norm(net);
    net->from = 0;
    net->work->one_hot = 0;
    rnn_gaussian(net->h, s->batch * H, s->start, (struct rnn_stream){ seed, RNN_FOR_START, 0 });
    if (net->c)
        rnn_gaussian(net->c, s->batch * H, s->start, (struct rnn_stream){ seed, RNN_FOR_START, 1 });
    for (uint32_t t = 0; s->inputs && t < s->length; t++)
        rnn_gaussian(net->x + t * BI, BI, 1, (struct rnn_stream){ seed, RNN_FOR_INPUT, t + 1 });
}
