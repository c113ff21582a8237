/* What the files of this room know of each other, and the rooms above of them. One file a cell. */
#ifndef NET_H
#define NET_H

#include "kernels/kernels.h"
#include "rnn.h"

/* ---- a cell ----------------------------------------------------------------------------------------- */

struct rnn_cell {
    const char *name;
    size_t gates; /* G: blocks of H rows in W_hh, W_xh and b_h */
    size_t joined; /* so many of them, the first, have their a_t from one product; in that of the others
                      W_hh h_{t-1} has a factor, so their da_h is not their da */
    size_t tapes; /* further (B, H) a step kept for the way back: rnn_gate G and up */
    size_t states; /* 1: h_t is all that is carried; 2: c_t too */
    bool in_place; /* the one gate is h itself: a_t becomes h_t where it stands, and stays that on the way
                      back, where the gates of the others become dL/da_t */

    /* h_t from h_{t-1} and x_t; whether all of it is finite, c_t too. */
    bool (*forward)(struct rnn *net, size_t t);

    /* With two states: adds to dc_t what comes through h_t, once, before `gates_back`. */
    void (*complete)(struct rnn *net, size_t t);

    /* in_place: sets `slot` of da, and of da_h and da_x where those are arrays of their own, from dh_t, and returns
     * ||dh_t||^2. It may be called again for the same step with dh_t rescaled. */
    double (*backward)(struct rnn *net, size_t t, size_t slot);

    /* The others: turns the gates of step t into dL/da_t, and the tapes behind them into da_h of the gates not joined,
     * once; sets dc_{t-1}, or `carried`. What W_hh^T carries to dh_{t-1} is added by the caller. */
    void (*gates_back)(struct rnn *net, size_t t);

    /* Adds what steps first..last, whose dL/da_t wait from `slot` on, give to the gradients of parameters
     * only this cell has; NULL if there are none. */
    void (*sum)(struct rnn *net, size_t first, size_t last, size_t slot);
};

enum { RNN_MOST_GATES = 4 };

/* Rows of y that are read out, and their gradient brought back, at a time. */
enum { RNN_ROWS_READ = 128 };

/* From so many inputs on, gradients are picked where x_t has its one; a product with all of x_t is quicker below. */
enum { RNN_MANY_INPUTS = 64 };

/* The gate whose bias the spec's `forget` sets, and whose product over time is what a state keeps. */
enum { RNN_KEEPING_GATE = 1 };

/* The spec's cell, or the elman cell that normalises as it says (norm.c); and its number of normalisers,
 * N. */
const struct rnn_cell *rnn_cell_of(const struct rnn_spec *spec);
static inline size_t rnn_normalisers(enum rnn_norm norm) {
    return norm == RNN_NO_NORM ? 0 : norm == RNN_NORM_SEPARATE ? 2 : 1;
}

/* h_t = phi(W_hh h_{t-1} + ...), which is all that some measurements know. */
static inline bool rnn_is_plain(const struct rnn_spec *spec) {
    return spec->cell == &rnn_elman && spec->norm == RNN_NO_NORM;
}

/* ---- where things lie: net.c ------------------------------------------------------------------------ */

/* What only the passes and the draw use. */
struct rnn_work {
    const struct rnn_cell *cell; /* rnn_cell_of the spec */
    size_t block; /* steps summed at once into a gradient */
    double *checkpoint; /* if there are several segments: h, then c, (1 or 2, B, H), at the start of each */
    size_t checkpoint_step; /* doubles from one checkpoint to the next */
    double *a; /* (G + tapes, segment, B, H): pre-activations, then gates, and what the cell keeps beside
                  them; in_place: h itself */
    double *da; /* in_place: (block, B, H), dL/da_t of the steps not yet summed, what b_h sees. Else `a`, with
                   the same with respect to W_hh h_{t-1}, of the gates not joined, behind that of all */
    double *carried; /* not in_place: (B, H), what a step carries past W_hh, to dh_{t-1} of the gru or dc_0 of
                        the lstm; else NULL */
    double *da_h, *da_x; /* of a norm, the same with respect to W_hh h_{t-1} and to W_xh x_t; else `da` */
    double *normalised; /* (N, segment, B, H): what N(v) gave */
    double *packed, *transposed, *packed_x; /* W_hh, its transpose and W_xh as kernels.h packs them; of W_xh
                                               its table if `one_hot` */
    uint32_t *ones; /* (T, B): where x_t has its one, of the first `one_hot` rows; NULL where there are few
                       inputs, whose products are cheap, or a norm sees them apart from b_h */
    size_t one_hot; /* all rows of x in the last forward pass if each was zeros but a one, else 0 */
    bool told; /* who filled x has also filled `ones`: of the next forward pass alone */
    bool only_loss; /* nothing goes back: a loss does not set dL/dh and adds nothing to dL/dW_hy */
    bool last_gates; /* so the last forward pass kept the gates of one step alone, which stay in the cache */
    bool spent; /* the way back has written over the gates, or left the last segment */
    double *brought; /* (n, B, H), what the read-outs bring to dL/dh_t; NULL if n is 1 and dL/dh_T holds it */
    size_t most_reads; /* n of a net at its longest */
    double *scratch; /* two rows of H, or what loss.c says: of one call at a time */
    size_t capacity; /* bytes of the whole allocation */
};

/* k_packed_size in double; a size too large for size_t is refused before anything is packed. */
static inline double rnn_packed_size(size_t rows, size_t cols) {
    const double plain = (double)rows * (double)cols;
    return plain < 1e15 ? (double)k_packed_size(rows, cols) : plain;
}

/* How many doubles theta of a net holds. */
double rnn_parameter_count(const struct rnn_spec *spec);

static inline size_t rnn_step_size(const struct rnn *net) {
    return net->spec.batch * net->spec.hidden;
}

/* Steps kept at once. */
static inline size_t rnn_kept(const struct rnn_spec *spec) {
    return spec->segment < spec->length ? spec->segment : spec->length;
}

/* Gate g of step t: (B, H); and doubles from one gate to the next. */
static inline size_t rnn_apart(const struct rnn *net) {
    return rnn_kept(&net->spec) * rnn_step_size(net);
}
static inline double *rnn_gate(const struct rnn *net, size_t g, size_t t) {
    const size_t step = net->work->last_gates ? 0 : t - 1 - net->from;
    return net->work->a + g * rnn_apart(net) + step * rnn_step_size(net);
}

/* Whether a block begins with step t. Where t lies in `da`, one of da, da_h and da_x; gate g at that place, (B, H); and
 * doubles from one gate of it to the next. */
static inline bool rnn_begins_block(const struct rnn *net, size_t t) {
    return (t - 1) % net->work->block == 0;
}
static inline size_t rnn_slot(const struct rnn *net, size_t t) {
    return net->spec.cell->in_place ? (t - 1) % net->work->block : t - 1 - net->from;
}
static inline size_t rnn_da_apart(const struct rnn *net) {
    return net->spec.cell->in_place ? net->work->block * rnn_step_size(net) : rnn_apart(net);
}
static inline double *rnn_gate_gradient(const struct rnn *net, double *da, size_t g, size_t slot) {
    return da + g * rnn_da_apart(net) + slot * rnn_step_size(net);
}

/* What W_hh of gate g sees at that place: da_h. */
static inline double *rnn_recurrent_gradient(const struct rnn *net, size_t g, size_t slot) {
    const size_t G = net->spec.cell->gates, joined = net->spec.cell->joined;
    return g < joined ? rnn_gate_gradient(net, net->work->da_h, g, slot)
                      : rnn_gate_gradient(net, net->work->da, G + g - joined, slot);
}

/* W_hh of step t, an untied net's own. */
static inline double *rnn_weights_of_step(const struct rnn *net, size_t t) {
    const size_t H = net->spec.hidden;
    return net->p.W_hh + (net->spec.weights == RNN_UNTIED ? (t - 1) * net->spec.cell->gates * H * H : 0);
}

/* ---- forward.c --------------------------------------------------------------------------------------- */

/* Where gate g, which is not joined to the one before it, lies in W_hh or W_xh (G H, cols) as they are packed. */
static inline double *rnn_packed_gate(const struct rnn *net, double *packed, size_t g, size_t cols) {
    const size_t H = net->spec.hidden, joined = net->spec.cell->joined;
    return g ? packed + k_packed_size(joined * H, cols) + (g - joined) * k_packed_size(H, cols) : packed;
}

/* The terms of gate g before it is activated, a_t = b_h + W_xh x_t + W_hh h_{t-1}; of gate 0 those of all that are
 * joined to it. */
static inline struct k_term rnn_input_term(const struct rnn *net, size_t g, size_t t) {
    const size_t I = net->spec.inputs;
    return (struct k_term){ rnn_packed_gate(net, net->work->packed_x, g, I),
                            net->x + (t - 1) * net->spec.batch * I, I };
}
static inline struct k_term rnn_recurrent_term(const struct rnn *net, size_t g, size_t t) {
    const size_t H = net->spec.hidden;
    return (struct k_term){ rnn_packed_gate(net, net->work->packed, g, H), rnn_state(net, t - 1), H };
}

/* out (B, H) = b_h + W_xh x_t of gate g. */
void rnn_fill_input(double *out, const struct rnn *net, size_t g, size_t t);

/* Sets the joined gates of step t to a_t; returns the first. Steps take the rows of W_hh in turn downwards and
 * upwards. */
double *rnn_fill_gates(struct rnn *net, size_t t);

/* Steps net->from + 1..last, with h of step net->from in place. */
enum rnn_status rnn_forward_segment(struct rnn *net, size_t last);

/* Makes `from` the first step kept. */
void rnn_enter_segment(struct rnn *net, size_t from);

/* ---- numbers of any size: rescale.c ------------------------------------------------------------------ */

/* Whether a squared norm is within [2^-400, 2^400]; a vector whose is not is to be rescaled. */
static inline bool rnn_is_safe(double squares) {
    return squares >= 0x1p-400 && squares <= 0x1p400;
}

double rnn_largest_magnitude(const double *x, size_t count);

/* x *= 2^exponent, exactly where the result is a normal double. */
void rnn_scale_by_power(double *x, int exponent, size_t count);

/* ||x|| = n 2^*exponent: returns n, in 1..2 sqrt(count), or 0. */
double rnn_scaled_norm(int *exponent, const double *x, size_t count);

/* Brings x, and y with it unless y is NULL, near 1 by an exact power of two, 2^-n; adds n to *exponent.
 * RNN_ZERO if both are all zero, RNN_DIVERGED if one is not finite. */
enum rnn_status rnn_rescale(double *x, double *y, size_t count, int *exponent);

/* ---- gradients of the weights, sums over time: sums.c ------------------------------------------------ */

/* Steps first..last whose da wait to be summed, all of one exponent; none if first > last. */
struct rnn_pending {
    size_t first, last;
    int exponent;
};

/* dW_hh += sum_t da_h h_{t-1}^T, dW_xh += sum_t da_x x_t^T, db_h += sum_t da over the pending steps. */
void rnn_sum_pending(struct rnn *net, struct rnn_pending *p);

/* Takes step t, just done, into the pending steps; sums them where a block ends or W_hh is not shared. */
void rnn_add_step(struct rnn *net, struct rnn_pending *p, size_t t, int exponent);

/* Gives the gradient its true size where double can hold it, or where the read-out's part, which has no
 * exponent, is larger by more than double can hold; otherwise carries the exponent, and brings that part
 * to the same one. */
void rnn_settle_exponent(struct rnn *net);

#endif
