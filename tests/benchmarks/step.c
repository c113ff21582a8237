/* The time of one step, forward and backward, of a tanh net, or of a gated one: one line of CSV, with H, B, T, mode,
 * microseconds a step, GFLOP/s, share of the measured peak, and bytes.
 *
 *     step --hidden H --batch B [--length T] --mode norms|train [--checkpoints 1] [--cell elman|lstm|gru]
 *
 * T is 100 unless said, and fewer at sizes where a pass would take longer than about a tenth of a second.
 * norms: forward, a linear loss, backward with ||dL/dh_t|| of every step. train: also the gradient of every
 * parameter, clipping by norm and Adam. With checkpoints memory grows like sqrt(T). Times are medians over
 * repetitions of the whole pass, divided by T, without the random vector of the loss; the share is that of
 * the fused multiply-adds per second measured between the repetitions, so that both see the same clock. flop:
 * 4 H^2 B, in training 6 H^2 B, and so many times more as there are gates. */
#include "kernels/kernels.h"
#include "kernels/level.h"
#include "train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined __clang__
#define UNROLL _Pragma("clang loop unroll(full)")
#else
#define UNROLL _Pragma("GCC unroll 16")
#endif

static const double SECONDS = 1.5; /* of measuring; at least LEAST repetitions */
enum { LEAST = 15, MOST = 20000 };

struct options {
    const struct rnn_cell *cell;
    size_t hidden, batch, length;
    int train, checkpoints;
};

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time); /* what other programs take is not counted */
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

/* ---- the peak --------------------------------------------------------------------------------------- */

/* Twelve independent chains of a * b + sum on registers; built with -ffp-contract=fast, as the kernels are. */
enum { CHAINS = 12, ROUNDS = 20000 };
#define PEAK(name, lanes, level)                                                                             \
    typedef double name##_vec __attribute__((vector_size(lanes * sizeof(double))));                          \
    level static double name(const double *from) {                                                           \
        name##_vec sum[CHAINS], a, b;                                                                        \
        memcpy(sum, from, sizeof sum);                                                                       \
        memcpy(&a, from, sizeof a);                                                                          \
        memcpy(&b, from + lanes, sizeof b);                                                                  \
        for (int n = 0; n < ROUNDS; n++)                                                                     \
            UNROLL                                                                                           \
        for (int i = 0; i < CHAINS; i++)                                                                     \
            sum[i] = a * b + sum[i];                                                                         \
        UNROLL                                                                                               \
        for (int i = 1; i < CHAINS; i++)                                                                     \
            sum[0] += sum[i];                                                                                \
        return sum[0][0];                                                                                    \
    }
PEAK(plain_chains, 2, __attribute__((noinline)))
#if defined __x86_64__
PEAK(avx2_chains, 4, __attribute__((noinline, target("avx2,fma"))))
PEAK(avx512_chains, 8, __attribute__((noinline, target("avx512f,fma"))))
#endif

/* GFLOP/s of one burst (some seventy microseconds, beside which reading the clock is nothing) at the level
 * the library uses here */
static double burst(void) {
    double (*chains)(const double *) = plain_chains;
    double from[CHAINS * 8], lanes = 2;
#if defined __x86_64__
    if (k_level(1))
        chains = avx2_chains, lanes = 4;
    if (k_level(2))
        chains = avx512_chains, lanes = 8;
#endif
    for (int i = 0; i < CHAINS * 8; i++)
        from[i] = 1e-3 * (i + 1);
    const double start = now();
    volatile double keep = chains(from);
    (void)keep;
    return 2e-9 * lanes * CHAINS * ROUNDS / (now() - start);
}

/* ---- a training step beyond the gradient -------------------------------------------------------------- */

/* Clipping by norm, and Adam at a rate so small that the net stays what it is however long it is measured. */
static void update(struct rnn *net, struct rnn_moments *moments) {
    const struct rnn_optimizer adam = rnn_adam(1e-9);
    rnn_clip_norm(NULL, net->gradient, net->parameters, &net->gradient_exponent, 1);
    rnn_step(net->theta, net->gradient, net->parameters, &net->gradient_exponent, &adam, moments);
}

/* ---- measuring ---------------------------------------------------------------------------------------- */

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

static double median(double *x, size_t count) {
    qsort(x, count, sizeof *x, ascending);
    return x[count / 2];
}

/* Seconds of one pass, the loss left out; negative if it fails. */
static double pass(struct rnn *net, struct rnn_moments *moments) {
    const double begin = now();
    if (rnn_forward(net) != RNN_OK)
        return -1;
    const double middle = now();
    rnn_loss_linear(net, 1);
    const double again = now();
    if (rnn_backward(net) != RNN_OK)
        return -1;
    if (moments->v)
        update(net, moments);
    return now() - again + middle - begin;
}

static int measure(const struct options *o, struct rnn *net, struct rnn_moments *moments) {
    static double seconds[MOST], peak[MOST];
    int count = 0;
    rnn_draw(net, 1);
    if (pass(net, moments) < 0)
        return 1;
    for (const double start = now(); count < MOST && (count < LEAST || now() - start < SECONDS); count++) {
        seconds[count] = pass(net, moments);
        if (seconds[count] < 0)
            return 1;
        peak[count] = burst();
    }
    const double T = (double)o->length, H = (double)o->hidden, B = (double)o->batch;
    const double flop = (o->train ? 6 : 4) * (double)net->gates * H * H * B,
                 step = median(seconds, (size_t)count) / T;
    printf("%zu,%zu,%zu,%s,%.4g,%.4g,%.3f,%.0f\n", o->hidden, o->batch, o->length,
           o->train ? "train" : "norms", 1e6 * step, 1e-9 * flop / step,
           1e-9 * flop / step / median(peak, (size_t)count), rnn_bytes(&net->spec));
    return 0;
}

static size_t usual_length(const struct options *o) {
    const double steps = 8e9 / (6.0 * (double)o->hidden * (double)o->hidden * (double)o->batch);
    return (size_t)fmax(10, fmin(100, steps));
}

static const struct rnn_cell *cell_named(const char *name) {
    return !strcmp(name, "elman")  ? &rnn_elman
           : !strcmp(name, "lstm") ? &rnn_lstm
           : !strcmp(name, "gru")  ? &rnn_gru
                                   : NULL;
}

static int parse(struct options *o, int count, char **words) {
    for (int i = 1; i + 1 < count; i += 2) {
        char *end;
        const size_t value = strtoul(words[i + 1], &end, 10);
        const int whole = *end == '\0' && *words[i + 1] != '-' && end > words[i + 1];
        if (!strcmp(words[i], "--mode") && (!strcmp(words[i + 1], "norms") || !strcmp(words[i + 1], "train")))
            o->train = words[i + 1][0] == 't';
        else if (!strcmp(words[i], "--cell") && cell_named(words[i + 1]))
            o->cell = cell_named(words[i + 1]);
        else if (!whole)
            return 0;
        else if (!strcmp(words[i], "--hidden"))
            o->hidden = value;
        else if (!strcmp(words[i], "--batch"))
            o->batch = value;
        else if (!strcmp(words[i], "--length"))
            o->length = value;
        else if (!strcmp(words[i], "--checkpoints"))
            o->checkpoints = value == 1;
        else
            return 0;
    }
    return count % 2 && o->hidden && o->batch;
}

int main(int count, char **words) {
    struct options o = { &rnn_elman, 64, 32, 0, 0, 0 };
    if (!parse(&o, count, words)) {
        fprintf(stderr, "usage: step --hidden H --batch B [--length T] --mode norms|train [--checkpoints 1] "
                        "[--cell elman|lstm|gru]\n");
        return 2;
    }
    if (!o.length)
        o.length = usual_length(&o);
    /* orthogonal and slightly below 1: no norm leaves the safe range in some thousand steps */
    const struct rnn_spec spec = {
        .cell = o.cell,
        .activation = &rnn_tanh,
        .init = RNN_ORTHOGONAL,
        .weights = RNN_TIED,
        .record = o.train ? RNN_GRADIENTS : RNN_NORMS,
        .norm = RNN_NO_NORM,
        .scale = 0.95,
        .drive = 0.1,
        .length = o.length,
        .hidden = o.hidden,
        .batch = o.batch,
        .inputs = 1,
        .segment = o.checkpoints ? rnn_segment(o.length, o.batch) : o.length,
        .reads = 1,
    };
    struct rnn *net = NULL;
    if (rnn_create(&net, &spec) != RNN_OK) {
        fprintf(stderr, "step: cannot create this net\n");
        return 1;
    }
    const size_t P = net->parameters;
    double *room = o.train ? calloc(3 * P, sizeof *room) : NULL;
    struct rnn_moments moments = {
        room, room ? room + P : NULL, room ? (int *)(void *)(room + 2 * P) : NULL, 1, 1, false
    };
    const int failed = (o.train && !room) || measure(&o, net, &moments);
    if (failed)
        fprintf(stderr, "step: a pass failed\n");
    free(room);
    rnn_free(&net);
    return failed;
}
