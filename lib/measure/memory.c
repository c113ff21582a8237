/* Short-term memory (Jaeger 2001): a ridge read-out of past inputs from the state, out of sample. */
#include "measure.h"

#include "steps.h"

#include <lapacke.h>
#include <math.h>
#include <string.h>

/* Arrays of one measurement, carved from the caller's work. K lags, B sequences, H units. */
struct desk {
    const struct rnn *net;
    const struct rnn_memory *memory;
    size_t H, B, K, samples; /* samples: of either half */
    double deviation; /* of the noise */
    double *Z; /* (H, H) */
    double *w; /* (K, H): first sum_t x_{t-k} z, then the read-outs */
    double *packed; /* w */
    double *mean_h, *mean_x; /* (H), (K) */
    double *z, *x, *guess; /* (B, H), (B, K), (B, K) */
    double *rest, *total; /* (K) sums of squares of the test */
};

double rnn_memory_work(const struct rnn_spec *spec, size_t lags) {
    const double H = (double)spec->hidden, B = (double)spec->batch, K = (double)lags;
    return H * H + K * H + rnn_packed_size(lags, spec->hidden) + H + B * H + 2 * B * K + 3 * K;
}

static struct desk lay_out(const struct rnn *net, const struct rnn_memory *memory, double *work) {
    const size_t H = net->spec.hidden, B = net->spec.batch, K = memory->lags;
    struct desk d = { .net = net, .memory = memory, .H = H, .B = B, .K = K };
    double **const places[] = { &d.Z, &d.w, &d.packed, &d.mean_h, &d.mean_x,
                                &d.z, &d.x, &d.guess,  &d.rest,   &d.total };
    const size_t sizes[] = { H * H, K * H, k_packed_size(K, H), H, K, B * H, B * K, B * K, K, K };
    for (size_t i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        *places[i] = work;
        work += sizes[i];
    }
    d.samples = (net->spec.length - memory->first + 1 - K) / 2;
    return d;
}

/* z and x of step t, as observed, less the means. */
static void observe(const struct desk *d, size_t t) {
    const double *h = rnn_state(d->net, t), *x = d->net->x + (t - 1) * d->B;
    rnn_gaussian(d->z, d->B * d->H, d->deviation,
                 (struct rnn_stream){ d->memory->seed, RNN_FOR_NOISE, (uint32_t)t });
    for (size_t b = 0; b < d->B; b++) {
        for (size_t i = 0; i < d->H; i++)
            d->z[b * d->H + i] += h[b * d->H + i] - d->mean_h[i];
        for (size_t k = 0; k < d->K; k++)
            d->x[b * d->K + k] = *(x + b - k * d->B) - d->mean_x[k];
    }
}

/* Means over the training half, and the deviation of the noise from the variance there. */
static void take_means(struct desk *d) {
    const size_t first = d->memory->first;
    const double count = (double)(d->samples * d->B);
    double squares = 0;
    memset(d->mean_h, 0, d->H * sizeof *d->mean_h);
    memset(d->mean_x, 0, d->K * sizeof *d->mean_x);
    d->deviation = 0;
    for (size_t t = first; t < first + d->samples; t++) {
        k_column_sums_add(d->mean_h, rnn_state(d->net, t), d->B, d->H);
        for (size_t k = 0; k < d->K; k++)
            for (size_t b = 0; b < d->B; b++)
                d->mean_x[k] += d->net->x[(t - 1 - k) * d->B + b];
    }
    k_scale(d->mean_h, 1 / count, d->H);
    k_scale(d->mean_x, 1 / count, d->K);
    for (size_t t = first; t < first + d->samples; t++) {
        observe(d, t);
        squares += k_sum_squares(d->z, d->B * d->H);
    }
    d->deviation = d->memory->noise * sqrt(squares / count / (double)d->H);
}

/* w = (Z + lambda I)^-1 sum_t x_{t-k} z. Rows of w are the right-hand sides, columns to LAPACK. */
static enum rnn_status train(struct desk *d) {
    const size_t first = d->memory->first, H = d->H;
    double trace = 0;
    memset(d->Z, 0, H * H * sizeof *d->Z);
    memset(d->w, 0, d->K * H * sizeof *d->w);
    for (size_t t = first; t < first + d->samples; t++) {
        observe(d, t);
        k_outer_add(d->Z, d->z, d->z, d->B, H, H);
        k_outer_add(d->w, d->x, d->z, d->B, d->K, H);
    }
    for (size_t i = 0; i < H; i++)
        trace += d->Z[i * H + i];
    for (size_t i = 0; i < H; i++)
        d->Z[i * H + i] += d->memory->ridge * trace / (double)H;
    const lapack_int order = (lapack_int)H, lags = (lapack_int)d->K;
    if (!k_finite(d->Z, H * H) || !k_finite(d->w, d->K * H) ||
        LAPACKE_dposv(LAPACK_COL_MAJOR, 'U', order, lags, d->Z, order, d->w, order) != 0)
        return RNN_NO_CONVERGENCE;
    k_pack(d->packed, d->w, d->K, H);
    return RNN_OK;
}

static void test(double *r2, struct desk *d) {
    const size_t first = d->memory->first + d->samples + d->K;
    memset(d->rest, 0, d->K * sizeof *d->rest);
    memset(d->total, 0, d->K * sizeof *d->total);
    for (size_t t = first; t < first + d->samples; t++) {
        observe(d, t);
        k_product(d->guess, d->packed, d->z, d->B, d->K, d->H);
        for (size_t i = 0; i < d->B * d->K; i++) {
            const double miss = d->x[i] - d->guess[i];
            d->rest[i % d->K] += miss * miss;
            d->total[i % d->K] += d->x[i] * d->x[i];
        }
    }
    for (size_t k = 0; k < d->K; k++)
        r2[k] = 1 - d->rest[k] / d->total[k];
}

static enum rnn_status check(const struct rnn *net, const struct rnn_memory *m) {
    const size_t T = net->spec.length;
    if (net->spec.inputs != 1)
        return RNN_BAD_SIZE;
    if (!isfinite(m->noise) || m->noise < 0 || !isfinite(m->ridge) || m->ridge < 0)
        return RNN_BAD_LAW;
    if (!m->lags || m->first < m->lags || m->first <= net->from || m->first > T || T - m->first + 1 < 2 ||
        T - m->first - 1 < m->lags || T - net->from > rnn_kept(&net->spec))
        return RNN_BAD_RANGE;
    return RNN_OK;
}

enum rnn_status rnn_memory_measure(double *r2, const struct rnn *net, const struct rnn_memory *memory,
                                   double *work) {
    enum rnn_status status = check(net, memory);
    if (status != RNN_OK)
        return status;
    struct desk desk = lay_out(net, memory, work);
    take_means(&desk);
    status = train(&desk);
    if (status == RNN_OK)
        test(r2, &desk);
    return status;
}
