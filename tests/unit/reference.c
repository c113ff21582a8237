#include "reference.h"

#include <string.h>

typedef long double complex number;

struct perturbed {
    const struct rnn *net;
    size_t parameter, t, unit; /* what is perturbed */
    number step;
};

/* theta[index of the flat vector], perturbed if it is the one */
static number theta(const struct perturbed *p, const double *array, size_t index) {
    const size_t flat = (size_t)(array - p->net->theta) + index;
    return array[index] + (flat == p->parameter ? p->step : 0);
}

static number phi(const struct rnn_activation *activation, number a) {
    if (activation == &rnn_sigmoid)
        return 1 / (1 + cexpl(-a));
    if (activation == &rnn_tanh)
        return ctanhl(a);
    if (activation == &rnn_relu)
        return creall(a) > 0 ? a : 0;
    return a;
}

/* The share of row i of W_hh in a_t; row i counts through all gates. */
static number recurrent(const struct perturbed *p, const number *h, size_t t, size_t i, size_t gates) {
    const struct rnn_spec *s = &p->net->spec;
    const size_t H = s->hidden, matrix = s->weights == RNN_UNTIED ? t - 1 : 0;
    number a = 0;
    for (size_t j = 0; j < H; j++)
        a += theta(p, p->net->p.W_hh, (matrix * gates * H + i) * H + j) * h[j];
    return a;
}

/* The share of x_t. */
static number input(const struct perturbed *p, size_t t, size_t b, size_t i) {
    const struct rnn_spec *s = &p->net->spec;
    const double *x = p->net->x + ((t - 1) * s->batch + b) * s->inputs;
    number a = 0;
    for (size_t j = 0; j < s->inputs; j++)
        a += theta(p, p->net->p.W_xh, i * s->inputs + j) * x[j];
    return a;
}

/* The share of x_t and of the bias. */
static number external(const struct perturbed *p, size_t t, size_t b, size_t i) {
    return theta(p, p->net->p.b_h, i) + input(p, t, b, i);
}

/* v of every sequence, less its mean over them and over its deviation; a frozen net brings both. */
static void normalise(const struct perturbed *p, number *v, size_t normaliser, size_t t, size_t i) {
    const struct rnn_spec *s = &p->net->spec;
    number mean = 0, variance = 0;
    for (size_t b = 0; b < s->batch; b++)
        mean += v[b] / s->batch;
    for (size_t b = 0; b < s->batch; b++)
        variance += (v[b] - mean) * (v[b] - mean) / s->batch;
    number deviation = csqrtl(variance + s->epsilon);
    if (p->net->frozen) {
        mean = p->net->mean[(normaliser * s->length + t - 1) * s->hidden + i];
        deviation = p->net->deviation[(normaliser * s->length + t - 1) * s->hidden + i];
    }
    for (size_t b = 0; b < s->batch; b++)
        v[b] = (v[b] - mean) / deviation;
}

/* Unit i of every sequence, into next (B, H) from h (B, H). */
static void elman_unit(const struct perturbed *p, number *next, const number *h, size_t t, size_t i) {
    const struct rnn_spec *s = &p->net->spec;
    const size_t B = s->batch, H = s->hidden;
    const bool full = s->norm == RNN_NORM_FULL, separate = s->norm == RNN_NORM_SEPARATE;
    number u[B], v[B], gain_u = 1, gain_v = 1;
    for (size_t b = 0; b < B; b++) {
        u[b] = recurrent(p, h + b * H, t, i, 1) + (full ? input(p, t, b, i) : 0);
        v[b] = full ? 0 : input(p, t, b, i);
    }
    if (full || separate) {
        normalise(p, u, 0, t, i);
        gain_u = theta(p, p->net->p.gain_h, i);
    }
    if (separate || s->norm == RNN_NORM_INPUT) {
        normalise(p, v, separate, t, i);
        gain_v = theta(p, p->net->p.gain_x, i);
    }
    for (size_t b = 0; b < B; b++)
        next[b * H + i] = phi(s->activation, gain_u * u[b] + gain_v * v[b] + theta(p, p->net->p.b_h, i));
}

static number lstm_unit(const struct perturbed *p, number *c, const number *h, size_t t, size_t b, size_t i) {
    const size_t H = p->net->spec.hidden;
    number a[4];
    for (size_t g = 0; g < 4; g++)
        a[g] = recurrent(p, h, t, g * H + i, 4) + external(p, t, b, g * H + i);
    c[i] = phi(&rnn_sigmoid, a[1]) * c[i] + phi(&rnn_sigmoid, a[0]) * ctanhl(a[2]);
    if (t == p->t && p->unit == (p->net->spec.batch + b) * H + i)
        c[i] += p->step;
    return phi(&rnn_sigmoid, a[3]) * ctanhl(c[i]);
}

static number gru_unit(const struct perturbed *p, const number *h, size_t t, size_t b, size_t i) {
    const size_t H = p->net->spec.hidden;
    const number r = phi(&rnn_sigmoid, recurrent(p, h, t, i, 3) + external(p, t, b, i));
    const number z = phi(&rnn_sigmoid, recurrent(p, h, t, H + i, 3) + external(p, t, b, H + i));
    const number n = ctanhl(r * recurrent(p, h, t, 2 * H + i, 3) + external(p, t, b, 2 * H + i));
    return (1 - z) * n + z * h[i];
}

/* All arrays (B, H). */
static void step_forward(const struct perturbed *p, number *next, number *c, const number *h, size_t t) {
    const struct rnn_spec *s = &p->net->spec;
    for (size_t i = 0; i < s->hidden; i++)
        if (s->cell == &rnn_elman)
            elman_unit(p, next, h, t, i);
        else
            for (size_t b = 0; b < s->batch; b++)
                next[b * s->hidden + i] = s->cell == &rnn_lstm
                                              ? lstm_unit(p, c + b * s->hidden, h + b * s->hidden, t, b, i)
                                              : gru_unit(p, h + b * s->hidden, t, b, i);
}

/* Of sequence b at one of the steps read: `b` counts through those before it. */
static number loss_of(const struct reference *r, const struct perturbed *p, number *y, const number *h,
                      size_t b) {
    const struct rnn_spec *s = &r->net->spec;
    number loss = 0, sum = 0;
    if (r->loss == LINEAR) {
        for (size_t i = 0; i < s->hidden; i++)
            loss += r->weight[b * s->hidden + i] * h[i];
        return loss;
    }
    for (size_t o = 0; o < s->outputs; o++) {
        y[o] = theta(p, r->net->p.b_y, o);
        for (size_t i = 0; i < s->hidden; i++)
            y[o] += theta(p, r->net->p.W_hy, o * s->hidden + i) * h[i];
        sum += cexpl(y[o]);
        if (r->loss == SQUARED)
            loss += (y[o] - r->weight[b * s->outputs + o]) * (y[o] - r->weight[b * s->outputs + o]);
    }
    return r->loss == SQUARED ? loss : clogl(sum) - y[r->label[b]];
}

static bool is_truncated(const struct rnn_spec *s, size_t t) {
    return s->truncation && (s->length - t) % s->truncation == 0;
}

long double complex reference_loss(const struct reference *r, size_t parameter, size_t t_hit, size_t unit,
                                   long double complex step) {
    const struct rnn_spec *s = &r->net->spec;
    const size_t size = s->batch * s->hidden;
    const struct perturbed p = { r->net, parameter, t_hit, unit, step };
    number *h = r->work, *next = h + size, *c = next + size, *y = c + size, loss = 0;
    for (size_t i = 0; i < size; i++) {
        h[i] = r->net->h[i];
        c[i] = r->net->c ? r->net->c[i] : 0;
    }
    for (size_t t = 1; t <= s->length; t++) {
        for (size_t i = 0; is_truncated(s, t - 1) && i < size; i++) { /* only its value goes on */
            h[i] = creall(h[i]);
            c[i] = creall(c[i]);
        }
        step_forward(&p, next, c, h, t);
        memcpy(h, next, size * sizeof *h);
        if (t == t_hit && unit < size)
            h[unit] += step;
        const size_t before = (t + s->reads - s->length - 1) * s->batch;
        for (size_t b = 0; t + s->reads > s->length && b < s->batch; b++)
            loss += loss_of(r, &p, y, h + b * s->hidden, before + b);
    }
    return loss / (s->reads * s->batch);
}

double reference_complex_step(const struct reference *r, size_t parameter, size_t t, size_t unit) {
    const long double step = 1e-40L;
    return (double)(cimagl(reference_loss(r, parameter, t, unit, step * I)) / step);
}

double reference_central(const struct reference *r, size_t parameter, size_t t, size_t unit) {
    const long double e = 1e-5L;
    const long double far = creall(reference_loss(r, parameter, t, unit, 2 * e)) -
                            creall(reference_loss(r, parameter, t, unit, -2 * e));
    const long double near =
        creall(reference_loss(r, parameter, t, unit, e)) - creall(reference_loss(r, parameter, t, unit, -e));
    return (double)((8 * near - far) / (12 * e));
}
