/* A network's memory: one allocation, carved and measured by the same function. */
#include "net/net.h"

#include <math.h>
#include <stdlib.h>

enum { ALIGNMENT = 64 };

/* Walks the allocation: `bytes` grows in double, which cannot overflow; base is NULL while measuring. */
struct carver {
    char *base;
    double bytes;
};

static void *take(struct carver *carver, double count, size_t size) {
    void *here = carver->base ? carver->base + (size_t)carver->bytes : NULL;
    carver->bytes += ceil(count * (double)size / ALIGNMENT) * ALIGNMENT;
    return here;
}

static double *take_doubles(struct carver *carver, double count) {
    return take(carver, count, sizeof(double));
}

/* Sets every view of `p` into `flat`, in the order they lie in; returns how many doubles there are. */
static double carve_parameters(struct rnn_parameters *p, const struct rnn_spec *s, double *flat) {
    const double H = (double)s->hidden, I = (double)s->inputs, O = (double)s->outputs,
                 G = (double)s->cell->gates;
    const double steps = s->weights == RNN_UNTIED ? (double)s->length : 1;
    const bool gain_h = s->norm == RNN_NORM_FULL || s->norm == RNN_NORM_SEPARATE;
    const bool gain_x = s->norm == RNN_NORM_INPUT || s->norm == RNN_NORM_SEPARATE;
    const struct {
        double **view, count;
    } parts[] = {
        { &p->W_hh, steps * G * H * H },
        { &p->W_xh, G * H * I },
        { &p->b_h, G * H },
        { &p->gain_h, gain_h ? H : 0 },
        { &p->gain_x, gain_x ? H : 0 },
        { &p->W_hy, O * H },
        { &p->b_y, O },
    };
    double total = 0;
    for (size_t i = 0; i < sizeof parts / sizeof *parts; i++) {
        *parts[i].view = flat ? flat + (size_t)total : NULL;
        total += parts[i].count;
    }
    return total;
}

/* Steps summed at once into a gradient: 256 rows of da and h stay in the second-level cache. */
static size_t block_of(size_t batch) {
    return batch < 256 ? 256 / batch : 1;
}

static size_t whole_blocks(size_t steps, size_t batch) {
    const size_t block = block_of(batch);
    return (steps - 1) / block * block + block;
}

size_t rnn_segment(size_t length, size_t batch) {
    return whole_blocks((size_t)ceil(sqrt((double)length)), batch);
}

/* k_packed_size in double; a size too large for size_t is refused before anything is packed. */
static double packed_size(size_t rows, size_t cols) {
    const double plain = (double)rows * (double)cols;
    return plain < 1e15 ? (double)k_packed_size(rows, cols) : plain;
}

static void carve_work(struct rnn *net, struct carver *carver) {
    const struct rnn_spec *s = &net->spec;
    const double B = (double)s->batch, H = (double)s->hidden, O = (double)s->outputs,
                 G = (double)s->cell->gates;
    net->packed = take_doubles(carver, G * packed_size(s->hidden, s->hidden));
    net->transposed = take_doubles(carver, G * packed_size(s->hidden, s->hidden));
    net->packed_x = take_doubles(carver, G * packed_size(s->hidden, s->inputs));
    net->scratch =
        take_doubles(carver, fmax(fmax((H + 2) * H, B * H), packed_size(s->hidden, s->outputs) + B * O));
}

/* log_dh, and a checkpoint of `size` doubles a segment. One that is no larger than a segment has steps takes
 * no room: it waits in front of the norms of its segment, where the way back writes only after using it. */
static void carve_checkpoints(struct rnn *net, struct carver *carver, double size) {
    const double T = (double)net->spec.length, kept = (double)rnn_kept(&net->spec);
    const bool within = kept < T && size <= kept;
    double *norms = take_doubles(carver, T + (within ? size : 0));
    net->log_dh = norms && within ? norms + (size_t)size : norms;
    net->checkpoint = kept == T ? NULL : within ? norms : take_doubles(carver, ceil(T / kept) * size);
    net->checkpoint_step = (size_t)(within ? kept : size);
}

/* States kept, and what the two passes leave behind. */
static void carve_steps(struct rnn *net, struct carver *carver) {
    const struct rnn_spec *s = &net->spec;
    const double T = (double)s->length, step = (double)s->batch * (double)s->hidden,
                 G = (double)s->cell->gates;
    const double kept = (double)rnn_kept(s), tapes = (double)s->cell->tapes, states = (double)s->cell->states,
                 rows = s->record == RNN_EVERYTHING ? T : 2;
    net->h = take_doubles(carver, (kept + 1) * step);
    net->c = states > 1 ? take_doubles(carver, (kept + 1) * step) : NULL;
    net->a = s->cell->in_place ? net->h + (net->h ? s->batch * s->hidden : 0)
                               : take_doubles(carver, (G + tapes) * kept * step);
    carve_checkpoints(net, carver, states * step);
    net->log_dc = states > 1 ? take_doubles(carver, T) : NULL;
    net->exponent = s->record == RNN_EVERYTHING ? take(carver, T, sizeof *net->exponent) : NULL;
    net->dh = take_doubles(carver, rows * step);
    net->dc = states > 1 ? take_doubles(carver, rows * step) : NULL;
    net->da = take_doubles(carver, G * (double)net->block * step);
    net->da_x = net->da;
    net->da_h = s->cell->own_da_h ? take_doubles(carver, G * (double)net->block * step) : net->da;
}

/* What rnn_lag_parts fills. */
static void carve_parts(struct rnn *net, struct carver *carver) {
    const struct rnn_spec *s = &net->spec;
    const double T = (double)s->length, GH = (double)s->cell->gates * (double)s->hidden;
    if (s->record != RNN_EVERYTHING)
        return;
    net->da_h_of_step = take_doubles(carver, T * (double)s->batch * GH);
    net->log_dW = take_doubles(carver, T);
    net->log_dW_past = take_doubles(carver, T);
    net->dW_part = take_doubles(carver, GH * (double)s->hidden);
    net->dW_past = s->weights == RNN_TIED ? take_doubles(carver, GH * (double)s->hidden) : NULL;
}

/* What normalisers keep, and the gradients on the far side of them. */
static void carve_norm(struct rnn *net, struct carver *carver) {
    const struct rnn_spec *s = &net->spec;
    const double N = (double)rnn_normalisers(s->norm), H = (double)s->hidden, step = (double)s->batch * H;
    if (N == 0)
        return;
    net->mean = take_doubles(carver, N * (double)s->length * H);
    net->deviation = take_doubles(carver, N * (double)s->length * H);
    net->normalised = take_doubles(carver, N * (double)rnn_kept(s) * step);
    if (s->norm != RNN_NORM_INPUT)
        net->da_h = take_doubles(carver, (double)net->block * step);
    net->da_x = s->norm == RNN_NORM_FULL ? net->da_h : take_doubles(carver, (double)net->block * step);
}

/* Sets every pointer of `net` from net->spec; returns the bytes the whole takes. */
static double carve(struct rnn *net, char *base) {
    const struct rnn_spec *s = &net->spec;
    const double T = (double)s->length, B = (double)s->batch;
    struct carver carver = { base, 0 };
    take(&carver, 1, sizeof *net);

    const double parameters = carve_parameters(&net->p, s, NULL);
    net->theta = take_doubles(&carver, parameters);
    carve_parameters(&net->p, s, net->theta);
    net->gradient = s->record >= RNN_GRADIENTS ? take_doubles(&carver, parameters) : NULL;
    carve_parameters(&net->d, s, net->gradient);

    net->x = take_doubles(&carver, T * B * (double)s->inputs);
    net->target = take_doubles(&carver, B * (double)s->outputs);
    net->label = take(&carver, B, sizeof *net->label);
    net->y = take_doubles(&carver, B * (double)s->outputs);
    carve_steps(net, &carver);
    carve_parts(net, &carver);
    carve_norm(net, &carver);
    carve_work(net, &carver);
    if (base)
        net->parameters = (size_t)parameters;
    return carver.bytes;
}

static enum rnn_status norm_status(const struct rnn_spec *s) {
    if (s->norm == RNN_NO_NORM)
        return RNN_OK;
    if (s->norm < RNN_NO_NORM || s->norm > RNN_NORM_SEPARATE || s->cell != &rnn_elman)
        return RNN_BAD_LAW;
    const bool lawful = isfinite(s->gamma) && s->gamma > 0 && isfinite(s->epsilon) && s->epsilon > 0;
    return !lawful ? RNN_BAD_LAW : s->batch < 2 ? RNN_BAD_SIZE : RNN_OK;
}

static enum rnn_status spec_status(const struct rnn_spec *s) {
    if (!s->length || !s->hidden || !s->batch || !s->segment || (s->drive > 0 && !s->inputs))
        return RNN_BAD_SIZE;
    const bool named = s->cell && s->activation && s->init >= RNN_GAUSSIAN && s->init <= RNN_IDENTITY &&
                       s->weights >= RNN_TIED && s->weights <= RNN_UNTIED && s->record >= RNN_NORMS &&
                       s->record <= RNN_EVERYTHING;
    const bool lawful = isfinite(s->scale) && s->scale > 0 && isfinite(s->drive) && s->drive >= 0 &&
                        isfinite(s->start) && s->start >= 0 && isfinite(s->forget);
    return named && lawful ? norm_status(s) : RNN_BAD_LAW;
}

/* A net without memory: the spec with its segment rounded, and the block that follows from it. */
static struct rnn bare_net(const struct rnn_spec *spec) {
    const size_t block = block_of(spec->batch);
    struct rnn net = { .spec = *spec, .gates = spec->cell->gates, .block = 1, .cell = spec->cell };
    if (spec->norm != RNN_NO_NORM)
        net.cell = rnn_norm_cell(spec->norm);
    if (spec->record >= RNN_GRADIENTS)
        net.block = block < spec->length ? block : spec->length;
    if (spec->segment < spec->length)
        net.spec.segment = whole_blocks(spec->segment, spec->batch);
    return net;
}

double rnn_bytes(const struct rnn_spec *spec) {
    if (spec_status(spec) != RNN_OK)
        return NAN;
    struct rnn net = bare_net(spec);
    return carve(&net, NULL);
}

/* `net` with room for `bytes`, the old one if it has it. */
static struct rnn *with_room(struct rnn *net, double bytes) {
    if (net && (double)net->capacity >= bytes)
        return net;
    free(net);
    if (bytes > (double)PTRDIFF_MAX)
        return NULL;
    net = aligned_alloc(ALIGNMENT, (size_t)bytes);
    if (net)
        net->capacity = (size_t)bytes;
    return net;
}

enum rnn_status rnn_create(struct rnn **net, const struct rnn_spec *spec) {
    const enum rnn_status status = spec_status(spec);
    if (status != RNN_OK) {
        rnn_free(net);
        return status;
    }
    *net = with_room(*net, rnn_bytes(spec));
    if (!*net)
        return RNN_NO_MEMORY;
    const size_t capacity = (*net)->capacity;
    **net = bare_net(spec);
    (*net)->capacity = capacity;
    carve(*net, (char *)*net);
    return RNN_OK;
}

void rnn_free(struct rnn **net) {
    free(*net);
    *net = NULL;
}
