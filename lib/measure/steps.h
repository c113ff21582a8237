/* Which steps of a net a measurement can look at. */
#ifndef STEPS_H
#define STEPS_H

#include "net/net.h"

/* Whether states first..last, first >= 1, are kept of the last forward pass. */
static inline bool rnn_has_steps(const struct rnn *net, size_t first, size_t last) {
    return first > net->from && first <= last && last <= net->spec.length &&
           last - net->from <= rnn_kept(&net->spec);
}

/* Packs W_hh of step t of an elman net; one that is tied is the same at every step, and packed at `first`. */
static inline void rnn_pack_step(double *packed, const struct rnn *net, size_t t, size_t first) {
    if (t == first || net->spec.weights == RNN_UNTIED)
        k_pack(packed, rnn_weights_of_step(net, t), net->spec.hidden, net->spec.hidden);
}

#endif
