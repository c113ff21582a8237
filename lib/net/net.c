/* A network's memory: one allocation, carved and measured by the same function. */
#include "net.h"

#include <math.h>
#include <stdlib.h>

enum { ALIGNMENT = 64, FEW_INPUTS = 4 };

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

double rnn_parameter_count(const struct rnn_spec *spec) {
    struct rnn_parameters none;
    return carve_parameters(&none, spec, NULL);
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

/* Where knowing it spares work: of few inputs in a training, which has gradients. */
static bool may_be_one_hot(const struct rnn_spec *s) {
    const size_t least = s->record >= RNN_GRADIENTS ? FEW_INPUTS : RNN_MANY_INPUTS;
    return s->inputs >= least && s->norm == RNN_NO_NORM;
}

static void carve_work(struct rnn *net, struct carver *carver) {
    const struct rnn_spec *s = &net->spec;
    const double B = (double)s->batch, H = (double)s->hidden, O = (double)s->outputs,
                 G = (double)s->cell->gates, rows = (double)s->reads * B;
    net->work->packed = take_doubles(carver, G * rnn_packed_size(s->hidden, s->hidden));
    net->work->transposed = take_doubles(carver, G * rnn_packed_size(s->hidden, s->hidden));
    net->work->packed_x = take_doubles(carver, G * rnn_packed_size(s->hidden, s->inputs));
    net->work->scratch = take_doubles(
        carver, fmax(2 * H, (rows > RNN_ROWS_READ ? 2 : 1) * rnn_packed_size(s->hidden, s->outputs) + rows +
                                fmin(rows, RNN_ROWS_READ) * O));
    net->work->ones = may_be_one_hot(s) ? take(carver, (double)s->length * B, sizeof *net->work->ones) : NULL;
    net->work->brought = s->reads > 1 ? take_doubles(carver, (double)s->reads * B * H) : NULL;
}

/* log_dh, and a checkpoint of `size` doubles a segment. One that is no larger than a segment has steps takes
 * no room: it waits in front of the norms of its segment, where the way back writes only after using it. */
static void carve_checkpoints(struct rnn *net, struct carver *carver, double size) {
    const double T = (double)net->spec.length, kept = (double)rnn_kept(&net->spec);
    const bool within = kept < T && size <= kept;
    double *norms = take_doubles(carver, T + (within ? size : 0));
    net->log_dh = norms && within ? norms + (size_t)size : norms;
    net->work->checkpoint = kept == T ? NULL : within ? norms : take_doubles(carver, ceil(T / kept) * size);
    net->work->checkpoint_step = (size_t)(within ? kept : size);
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
    if (!s->cell->in_place)
        net->work->a = take_doubles(carver, (G + tapes) * kept * step);
    else
        net->work->a = net->h ? net->h + s->batch * s->hidden : NULL;
    carve_checkpoints(net, carver, states * step);
    net->log_dc = states > 1 ? take_doubles(carver, T) : NULL;
    net->exponent = s->record == RNN_EVERYTHING ? take(carver, T, sizeof *net->exponent) : NULL;
    net->dh = take_doubles(carver, rows * step);
    net->dc = states > 1 ? take_doubles(carver, rows * step) : NULL;
    net->work->da = s->cell->in_place ? take_doubles(carver, (double)net->work->block * step) : net->work->a;
    net->work->carried = s->cell->in_place ? NULL : take_doubles(carver, step);
    net->work->da_h = net->work->da_x = net->work->da;
    net->da_h_of_step = s->record == RNN_EVERYTHING ? take_doubles(carver, T * G * step) : NULL;
}

/* What normalisers keep, and the gradients on the far side of them. */
static void carve_norm(struct rnn *net, struct carver *carver) {
    const struct rnn_spec *s = &net->spec;
    const double N = (double)rnn_normalisers(s->norm), H = (double)s->hidden, step = (double)s->batch * H;
    if (N == 0)
        return;
    net->mean = take_doubles(carver, N * (double)s->length * H);
    net->deviation = take_doubles(carver, N * (double)s->length * H);
    net->work->normalised = take_doubles(carver, N * (double)rnn_kept(s) * step);
    if (s->norm != RNN_NORM_INPUT)
        net->work->da_h = take_doubles(carver, (double)net->work->block * step);
    net->work->da_x =
        s->norm == RNN_NORM_FULL ? net->work->da_h : take_doubles(carver, (double)net->work->block * step);
}

/* What the allocation begins with. */
struct home {
    struct rnn net;
    struct rnn_work work;
};

/* Sets every pointer from the net's spec; returns the bytes the whole takes. */
static double carve(struct home *home, char *base) {
    struct rnn *net = &home->net;
    const struct rnn_spec *s = &net->spec;
    const double T = (double)s->length, B = (double)s->batch, rows = (double)s->reads * B;
    struct carver carver = { base, 0 };
    take(&carver, 1, sizeof *home);
    net->work = &home->work;

    const double parameters = carve_parameters(&net->p, s, NULL);
    net->theta = take_doubles(&carver, parameters);
    carve_parameters(&net->p, s, net->theta);
    net->gradient = s->record >= RNN_GRADIENTS ? take_doubles(&carver, parameters) : NULL;
    carve_parameters(&net->d, s, net->gradient);

    net->x = take_doubles(&carver, T * B * (double)s->inputs);
    net->target = take_doubles(&carver, rows * (double)s->outputs);
    net->label = take(&carver, rows, sizeof *net->label);
    net->y = take_doubles(&carver, rows * (double)s->outputs);
    carve_steps(net, &carver);
    carve_norm(net, &carver);
    carve_work(net, &carver);
    if (base)
        net->parameters = (size_t)parameters;
    return carver.bytes;
}

/* A net without memory: the spec with its segment rounded, and the block that follows from it. */
static struct home bare_home(const struct rnn_spec *spec) {
    const size_t block = block_of(spec->batch);
    struct home home = { .net = { .spec = *spec, .longest = spec->length, .gates = spec->cell->gates },
                         .work = { .cell = rnn_cell_of(spec), .block = 1, .most_reads = spec->reads } };
    if (spec->record >= RNN_GRADIENTS)
        home.work.block = block < spec->length ? block : spec->length;
    if (spec->segment < spec->length)
        home.net.spec.segment = whole_blocks(spec->segment, spec->batch);
    return home;
}

double rnn_bytes(const struct rnn_spec *spec) {
    if (rnn_spec_fault(spec))
        return NAN;
    struct home home = bare_home(spec);
    return carve(&home, NULL);
}

/* Room for `bytes` in place of *net, which stays where it is if it has that. */
static struct home *make_room(struct rnn **net, double bytes, size_t *capacity) {
    *capacity = *net ? (*net)->work->capacity : 0;
    if ((double)*capacity >= bytes)
        return (struct home *)*net;
    rnn_free(net);
    if (bytes > (double)PTRDIFF_MAX)
        return NULL;
    *capacity = (size_t)bytes;
    return aligned_alloc(ALIGNMENT, *capacity);
}

enum rnn_status rnn_create(struct rnn **net, const struct rnn_spec *spec) {
    const struct rnn_spec own = *spec; /* which may be that of the net reused */
    size_t capacity;
    if (rnn_spec_fault(&own)) {
        rnn_free(net);
        return RNN_BAD_SPEC;
    }
    struct home *home = make_room(net, rnn_bytes(&own), &capacity);
    if (!home)
        return RNN_NO_MEMORY;
    *home = bare_home(&own);
    home->work.capacity = capacity;
    carve(home, (char *)home);
    *net = &home->net;
    return RNN_OK;
}

enum rnn_status rnn_set_length(struct rnn *net, size_t length) {
    if (length < 1 || length > net->longest)
        return RNN_BAD_RANGE;
    net->spec.length = length;
    net->spec.reads = net->work->most_reads < length ? net->work->most_reads : length;
    return RNN_OK;
}

void rnn_free(struct rnn **net) {
    free(*net);
    *net = NULL;
}
