/* Batch normalisation where there is no batch to trust: statistics of each step over the updates
 * (Cooijmans et al. 2017), as means of those of the batches, variances by B - 1 (Ioffe and Szegedy 2015,
 * algorithm 2). */
#include "work.h"

#include "net/net.h"

#include <math.h>

static const double newest = 0.1; /* its weight, once there are ten */

/* Of normaliser n, step t and unit 0. */
static size_t place(const struct rnn *net, size_t n, size_t t) {
    return (n * net->longest + t - 1) * net->spec.hidden;
}

void rnn_population_add(const struct rnn_population *p, const struct rnn *net) {
    const double B = (double)net->spec.batch, epsilon = net->spec.epsilon;
    for (size_t t = 1; t <= net->spec.length; t++) {
        const double weight = fmax(newest, 1 / ++p->seen[t - 1]);
        for (size_t n = 0; n < rnn_normalisers(net->spec.norm); n++)
            for (size_t i = place(net, n, t); i < place(net, n, t + 1); i++) {
                const double biased = fmax(net->deviation[i] * net->deviation[i] - epsilon, 0);
                p->mean[i] += weight * (net->mean[i] - p->mean[i]);
                p->variance[i] += weight * (biased * B / (B - 1) - p->variance[i]);
            }
    }
}

void rnn_population_use(struct rnn *net, const struct rnn_population *p) {
    const size_t H = net->spec.hidden;
    for (size_t t = 1, last = 1; t <= net->longest; t++) {
        last = p->seen[t - 1] > 0 ? t : last;
        for (size_t n = 0; n < rnn_normalisers(net->spec.norm); n++)
            for (size_t i = 0; i < H; i++) {
                const size_t from = place(net, n, last) + i, to = place(net, n, t) + i;
                net->mean[to] = p->mean[from];
                net->deviation[to] = p->seen[last - 1] > 0 ? sqrt(p->variance[from] + net->spec.epsilon) : 1;
            }
    }
}
