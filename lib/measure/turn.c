/* What became of a gradient: how far it has turned, and in how many of its entries. */
#include "measure.h"

#include <math.h>

enum rnn_status rnn_turn_measure(struct rnn_turn *turn, const double *g, const double *c, size_t count) {
    const double before = rnn_exp(rnn_log_norm(g, count)), after = rnn_exp(rnn_log_norm(c, count));
    double cosine = 0, squares = 0, changed = 0;
    if (!isfinite(before) || !isfinite(after))
        return RNN_DIVERGED;
    if (before == 0 || after == 0)
        return RNN_ZERO;
    for (size_t i = 0; i < count; i++) {
        const double x = g[i] / before, y = c[i] / after;
        cosine += x * y;
        squares += (x - y) * (x - y);
        changed += c[i] != g[i];
    }
    *turn = (struct rnn_turn){ .cosine = cosine,
                               .angle = 2 * rnn_asin(fmin(sqrt(squares) / 2, 1)),
                               .changed = changed / (double)count };
    return RNN_OK;
}
