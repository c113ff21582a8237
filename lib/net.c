/* A network's memory: one allocation, carved and measured by the same function, and its random draw. */
#include "kernels.h"
#include "rnn.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

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

/* Consecutive views into one flat vector: W_hh | W_xh | b_h | W_hy | b_y. */
static double carve_parameters(const struct rnn_spec *s, double *flat, double **views[5]) {
    const double H = (double)s->hidden, I = (double)s->inputs, O = (double)s->outputs;
    const double steps = s->weights == RNN_UNTIED ? (double)s->length : 1;
    const double counts[5] = { steps * H * H, H * I, H, O * H, O };
    double total = 0;
    for (int i = 0; i < 5; i++) {
        *views[i] = flat ? flat + (size_t)total : NULL;
        total += counts[i];
    }
    return total;
}

/* k_packed_size in double; a size too large for size_t is refused before anything is packed. */
static double packed_size(size_t rows, size_t cols) {
    const double plain = (double)rows * (double)cols;
    return plain < 1e15 ? (double)k_packed_size(rows, cols) : plain;
}

static void carve_work(struct rnn *net, struct carver *carver) {
    const struct rnn_spec *s = &net->spec;
    const double B = (double)s->batch, H = (double)s->hidden, O = (double)s->outputs;
    net->packed = take_doubles(carver, packed_size(s->hidden, s->hidden));
    net->transposed = take_doubles(carver, packed_size(s->hidden, s->hidden));
    net->packed_x = take_doubles(carver, packed_size(s->hidden, s->inputs));
    net->scratch = take_doubles(carver, fmax((H + 2) * H, packed_size(s->hidden, s->outputs) + B * O));
}

/* Sets every pointer of `net` from net->spec; returns the bytes the whole takes. */
static double carve(struct rnn *net, char *base) {
    const struct rnn_spec *s = &net->spec;
    const double T = (double)s->length, B = (double)s->batch, H = (double)s->hidden;
    const bool gradients = s->record >= RNN_GRADIENTS;
    struct carver carver = { base, 0 };
    take(&carver, 1, sizeof *net);

    double **theta[] = { &net->W_hh, &net->W_xh, &net->b_h, &net->W_hy, &net->b_y };
    const double parameters = carve_parameters(s, NULL, theta);
    net->theta = take_doubles(&carver, parameters);
    carve_parameters(s, net->theta, theta);
    double **gradient[] = { &net->dW_hh, &net->dW_xh, &net->db_h, &net->dW_hy, &net->db_y };
    net->gradient = gradients ? take_doubles(&carver, parameters) : NULL;
    carve_parameters(s, net->gradient, gradient);

    net->x = take_doubles(&carver, T * B * (double)s->inputs);
    net->target = take_doubles(&carver, B * (double)s->outputs);
    net->label = take(&carver, B, sizeof *net->label);
    net->h = take_doubles(&carver, (T + 1) * B * H);
    net->y = take_doubles(&carver, B * (double)s->outputs);
    net->log_dh = take_doubles(&carver, T);
    net->exponent = take(&carver, T, sizeof *net->exponent);
    net->dh = take_doubles(&carver, (s->record == RNN_EVERYTHING ? T : 2) * B * H);
    net->da = take_doubles(&carver, (gradients ? T : 1) * B * H);
    carve_work(net, &carver);
    if (base)
        net->parameters = (size_t)parameters;
    return carver.bytes;
}

static enum rnn_status spec_status(const struct rnn_spec *s) {
    if (!s->length || !s->hidden || !s->batch || (s->drive > 0 && !s->inputs))
        return RNN_BAD_SIZE;
    const bool named = s->activation && s->init >= RNN_GAUSSIAN && s->init <= RNN_IDENTITY &&
                       s->weights >= RNN_TIED && s->weights <= RNN_UNTIED && s->record >= RNN_NORMS &&
                       s->record <= RNN_EVERYTHING;
    const bool lawful = isfinite(s->scale) && s->scale > 0 && isfinite(s->drive) && s->drive >= 0 &&
                        isfinite(s->start) && s->start >= 0;
    return named && lawful ? RNN_OK : RNN_BAD_LAW;
}

double rnn_bytes(const struct rnn_spec *spec) {
    struct rnn net = { .spec = *spec };
    return spec_status(spec) == RNN_OK ? carve(&net, NULL) : NAN;
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
    **net = (struct rnn){ .spec = *spec, .capacity = capacity };
    carve(*net, (char *)*net);
    return RNN_OK;
}

void rnn_free(struct rnn **net) {
    free(*net);
    *net = NULL;
}

void rnn_draw(struct rnn *net, uint64_t seed) {
    const struct rnn_spec *s = &net->spec;
    const size_t H = s->hidden, BI = s->batch * s->inputs;
    memset(net->theta, 0, net->parameters * sizeof *net->theta);
    for (uint32_t t = 0; t < (s->weights == RNN_UNTIED ? s->length : 1); t++)
        rnn_draw_matrix(net->W_hh + t * H * H, H, s->init, s->scale, net->scratch,
                        (struct rnn_stream){ seed, RNN_FOR_W_HH, t });
    if (s->inputs)
        rnn_gaussian(net->W_xh, H * s->inputs, sqrt(s->drive / (double)s->inputs),
                     (struct rnn_stream){ seed, RNN_FOR_W_XH, 0 });
    if (s->outputs)
        rnn_gaussian(net->W_hy, s->outputs * H, sqrt(1 / (double)H),
                     (struct rnn_stream){ seed, RNN_FOR_W_HY, 0 });
    rnn_gaussian(net->h, s->batch * H, s->start, (struct rnn_stream){ seed, RNN_FOR_START, 0 });
    for (uint32_t t = 0; s->inputs && t < s->length; t++)
        rnn_gaussian(net->x + t * BI, BI, 1, (struct rnn_stream){ seed, RNN_FOR_INPUT, t + 1 });
}
