/* The limit of infinitely many units, of any cell and of shared weights (theory.h): nothing of W_hh is left but
 * the gaussian fields it makes of the states, and their covariance over time is found as time goes on. */
#include "net/net.h"
#include "theory.h"

#include <math.h>
#include <string.h>

/* Something every site has at every step, h_t or its perturbation, and the fields W_hh makes of it: of gate g,
 * scale * sum_s factor[t][s] normal[s][g], so that fields of steps t and s have the covariance scale^2
 * E[path_t path_s]. */
struct process {
    size_t steps, count; /* room for so many steps, and how many there are */
    double *path; /* (steps, N) */
    double *factor; /* (steps, steps), lower triangle: Cholesky's factor of the covariance of the path */
    double *normal; /* (steps, G, N) */
};

struct wide {
    const struct rnn_spec *spec;
    size_t sites, gates; /* N, G */
    struct rnn_stream stream; /* of the next draw */
    struct process state, tangent; /* h_t, delta h_t */
    double *a, *da; /* (G, N): fields, then gates, and their perturbations */
    double *noise; /* (G, N): W_xh x_t */
    double *c, *dc, *tanh_c, *dtanh_c; /* (N) */
    double *still; /* (N) zeros: delta h_t before there is one */
};

static void gaussian(struct wide *w, double *out, size_t count, double deviation) {
    rnn_gaussian(out, count, deviation, w->stream);
    w->stream.index++;
}

/* ---- fields ----------------------------------------------------------------------------------------- */

/* Four chains, so that a processor need not wait for one. */
static double mean_product(const double *x, const double *y, size_t count) {
    double sum[4] = { 0 };
    for (size_t i = 0; i < count; i++)
        sum[i % 4] += x[i] * y[i];
    return (sum[0] + sum[1] + (sum[2] + sum[3])) / (double)count;
}

/* The row of the factor for the newest step, from its covariance with those from `first` on. A path
 * that stands still has nothing left. */
static void factorise(const struct wide *w, struct process *p, size_t first) {
    const size_t N = w->sites, t = p->count - 1;
    const double *newest = p->path + t * N;
    double *row = p->factor + t * p->steps, left = mean_product(newest, newest, N);
    for (size_t s = first; s < t; s++) {
        const double *other = p->factor + s * p->steps;
        double covariance = mean_product(newest, p->path + s * N, N);
        for (size_t u = first; u < s; u++)
            covariance -= row[u] * other[u];
        row[s] = other[s] > 0 ? covariance / other[s] : 0;
        left -= row[s] * row[s];
    }
    row[t] = left > 0 ? sqrt(left) : 0;
}

/* field (G, N) of the newest step: with shared weights it remembers the earlier ones. */
static void draw_fields(double *field, struct wide *w, struct process *p) {
    const size_t size = w->gates * w->sites, t = p->count - 1;
    const size_t first = w->spec->weights == RNN_TIED ? 0 : t;
    factorise(w, p, first);
    gaussian(w, p->normal + t * size, size, w->spec->scale);
    memset(field, 0, size * sizeof *field);
    k_outer_add(field, p->factor + t * p->steps + first, p->normal + first * size, t - first + 1, 1, size);
}

/* ---- cells: a step of every site, and of its perturbation by the product rule ------------------------- */

/* x = phi(x), dx = phi'(x) dx */
static void activate(const struct rnn_activation *phi, double *x, double *dx, size_t count) {
    phi->forward(x, count);
    phi->backward(dx, dx, x, count);
}

/* Gate g from its field. */
static void open_gate(struct wide *w, const struct rnn_activation *phi, size_t g, double bias) {
    double *a = w->a + g * w->sites;
    for (size_t n = 0; n < w->sites; n++)
        a[n] += w->noise[g * w->sites + n] + bias;
    activate(phi, a, w->da + g * w->sites, w->sites);
}

/* From h_{t-1} and its perturbation those of step t. */
struct step {
    const double *before, *dbefore;
    double *h, *dh;
};

static void elman_step(struct wide *w, struct step s) {
    open_gate(w, w->spec->activation, 0, 0);
    memcpy(s.h, w->a, w->sites * sizeof *s.h);
    memcpy(s.dh, w->da, w->sites * sizeof *s.dh);
}

static void lstm_step(struct wide *w, struct step s) {
    const size_t N = w->sites;
    const double *i = w->a, *f = i + N, *g = f + N, *out = g + N;
    const double *di = w->da, *df = di + N, *dg = df + N, *dout = dg + N;
    open_gate(w, &rnn_sigmoid, 0, 0);
    open_gate(w, &rnn_sigmoid, 1, w->spec->forget);
    open_gate(w, &rnn_tanh, 2, 0);
    open_gate(w, &rnn_sigmoid, 3, 0);
    for (size_t n = 0; n < N; n++) {
        w->dtanh_c[n] = w->dc[n] = df[n] * w->c[n] + f[n] * w->dc[n] + di[n] * g[n] + i[n] * dg[n];
        w->tanh_c[n] = w->c[n] = f[n] * w->c[n] + i[n] * g[n];
    }
    activate(&rnn_tanh, w->tanh_c, w->dtanh_c, N);
    for (size_t n = 0; n < N; n++) {
        s.h[n] = out[n] * w->tanh_c[n];
        s.dh[n] = dout[n] * w->tanh_c[n] + out[n] * w->dtanh_c[n];
    }
}

static void gru_step(struct wide *w, struct step s) {
    const size_t N = w->sites;
    double *r = w->a, *z = r + N, *c = z + N, *dr = w->da, *dz = dr + N, *dc = dz + N;
    open_gate(w, &rnn_sigmoid, 0, 0);
    open_gate(w, &rnn_sigmoid, 1, w->spec->forget);
    for (size_t n = 0; n < N; n++) {
        dc[n] = dr[n] * c[n] + r[n] * dc[n];
        c[n] = r[n] * c[n];
    }
    open_gate(w, &rnn_tanh, 2, 0);
    for (size_t n = 0; n < N; n++) {
        s.dh[n] = dz[n] * (s.before[n] - c[n]) + (1 - z[n]) * dc[n] + z[n] * s.dbefore[n];
        s.h[n] = (1 - z[n]) * c[n] + z[n] * s.before[n];
    }
}

/* ---- the paths -------------------------------------------------------------------------------------- */

static double *take(double **work, size_t count) {
    double *here = *work;
    *work += count;
    return here;
}

static struct process process_of(double **work, size_t steps, size_t sites, size_t gates) {
    return (struct process){ .steps = steps,
                             .path = take(work, steps * sites),
                             .factor = take(work, steps * steps),
                             .normal = take(work, steps * gates * sites) };
}

double rnn_theory_wide_work(const struct rnn_spec *spec, size_t from, size_t sites) {
    const double T = (double)spec->length, L = T - (double)from, N = (double)sites;
    const double G = (double)spec->cell->gates;
    return (T + L) * N + T * T + L * L + (T + L) * G * N + (3 * G + 5) * N;
}

static struct wide wide_of(const struct rnn_spec *spec, size_t from, size_t sites, uint64_t seed,
                           double *work) {
    const size_t G = spec->cell->gates, N = sites;
    struct wide w = { .spec = spec, .sites = N, .gates = G, .stream = { seed, RNN_FOR_THEORY, 0 } };
    w.state = process_of(&work, spec->length, N, G);
    w.tangent = process_of(&work, spec->length - from, N, G);
    w.a = take(&work, 3 * G * N);
    w.da = w.a + G * N;
    w.noise = w.da + G * N;
    w.c = take(&work, 5 * N);
    w.dc = w.c + N;
    w.tanh_c = w.dc + N;
    w.dtanh_c = w.tanh_c + N;
    w.still = w.dtanh_c + N;
    memset(w.dc, 0, N * sizeof *w.dc);
    memset(w.still, 0, N * sizeof *w.still);
    gaussian(&w, w.state.path, N, spec->start);
    gaussian(&w, w.c, N, spec->start);
    w.state.count = 1;
    return w;
}

/* Step t of every site; of its perturbation too, once there is one. */
static void advance(struct wide *w, size_t t) {
    const size_t N = w->sites, k = w->tangent.count;
    const struct step s = { w->state.path + (t - 1) * N, k ? w->tangent.path + (k - 1) * N : w->still,
                            w->state.path + t * N, k ? w->tangent.path + k * N : w->still };
    draw_fields(w->a, w, &w->state);
    gaussian(w, w->noise, w->gates * N, sqrt(w->spec->drive));
    memset(w->da, 0, w->gates * N * sizeof *w->da);
    if (k)
        draw_fields(w->da, w, &w->tangent);
    (w->spec->cell == &rnn_lstm ? lstm_step : w->spec->cell == &rnn_gru ? gru_step : elman_step)(w, s);
    w->state.count++;
    w->tangent.count += k > 0;
}

enum rnn_status rnn_theory_wide(double *log_dh, const struct rnn_spec *spec, size_t from, size_t sites,
                                uint64_t seed, double *work) {
    if (isnan(rnn_bytes(spec)) || spec->norm != RNN_NO_NORM || spec->init != RNN_GAUSSIAN)
        return RNN_BAD_LAW;
    if (from >= spec->length || sites == 0)
        return RNN_BAD_RANGE;
    const size_t N = sites, T = spec->length;
    struct wide w = wide_of(spec, from, sites, seed, work);
    for (size_t t = 0; t < T; t++) {
        if (t > 0)
            advance(&w, t);
        if (t == from) {
            gaussian(&w, w.tangent.path, N, 1);
            w.tangent.count = 1;
        }
    }
    const double first = mean_product(w.tangent.path, w.tangent.path, N);
    for (size_t k = 0; k < T - from; k++) {
        const double *delta = w.tangent.path + k * N, square = mean_product(delta, delta, N);
        log_dh[T - 1 - k] = 0.5 * rnn_log(square / first);
        if (!isfinite(log_dh[T - 1 - k]))
            return square == 0 ? RNN_ZERO : RNN_DIVERGED;
    }
    return RNN_OK;
}
