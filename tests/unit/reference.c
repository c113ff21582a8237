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
        a += theta(p, p->net->W_hh, (matrix * gates * H + i) * H + j) * h[j];
    return a;
}

/* The share of x_t and of the bias. */
static number external(const struct perturbed *p, size_t t, size_t b, size_t i) {
    const struct rnn_spec *s = &p->net->spec;
    const double *x = p->net->x + ((t - 1) * s->batch + b) * s->inputs;
    number a = theta(p, p->net->b_h, i);
    for (size_t j = 0; j < s->inputs; j++)
        a += theta(p, p->net->W_xh, i * s->inputs + j) * x[j];
    return a;
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

static void step_forward(const struct perturbed *p, number *next, number *c, const number *h, size_t t,
                         size_t b) {
    const struct rnn_spec *s = &p->net->spec;
    for (size_t i = 0; i < s->hidden; i++)
        if (s->cell == &rnn_lstm)
            next[i] = lstm_unit(p, c, h, t, b, i);
        else if (s->cell == &rnn_gru)
            next[i] = gru_unit(p, h, t, b, i);
        else
            next[i] = phi(s->activation, recurrent(p, h, t, i, 1) + external(p, t, b, i));
}

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
        y[o] = theta(p, r->net->b_y, o);
        for (size_t i = 0; i < s->hidden; i++)
            y[o] += theta(p, r->net->W_hy, o * s->hidden + i) * h[i];
        sum += cexpl(y[o]);
        if (r->loss == SQUARED)
            loss += (y[o] - r->weight[b * s->outputs + o]) * (y[o] - r->weight[b * s->outputs + o]) / 2;
    }
    return r->loss == SQUARED ? loss : clogl(sum) - y[r->label[b]];
}

long double complex reference_loss(const struct reference *r, size_t parameter, size_t t_hit, size_t unit,
                                   long double complex step) {
    const struct rnn_spec *s = &r->net->spec;
    const struct perturbed p = { r->net, parameter, t_hit, unit, step };
    number *h = r->work, *next = h + s->hidden, *y = next + s->hidden, *c = y + s->outputs, loss = 0;
    for (size_t b = 0; b < s->batch; b++) {
        for (size_t i = 0; i < s->hidden; i++)
            h[i] = r->net->h[b * s->hidden + i];
        for (size_t i = 0; i < s->hidden && r->net->c; i++)
            c[i] = r->net->c[b * s->hidden + i];
        for (size_t t = 1; t <= s->length; t++) {
            step_forward(&p, next, c, h, t, b);
            memcpy(h, next, s->hidden * sizeof *h);
            if (t == t_hit && unit / s->hidden == b)
                h[unit % s->hidden] += step;
        }
        loss += loss_of(r, &p, y, h, b) / s->batch;
    }
    return loss;
}

double reference_complex_step(const struct reference *r, size_t parameter, size_t t, size_t unit) {
    const long double step = 1e-40L;
    return (double)(cimagl(reference_loss(r, parameter, t, unit, step * I)) / step);
}

double reference_central(const struct reference *r, size_t parameter, size_t t, size_t unit) {
    const long double e = 2e-4L;
    const long double far = creall(reference_loss(r, parameter, t, unit, 2 * e)) -
                            creall(reference_loss(r, parameter, t, unit, -2 * e));
    const long double near =
        creall(reference_loss(r, parameter, t, unit, e)) - creall(reference_loss(r, parameter, t, unit, -e));
    return (double)((8 * near - far) / (12 * e));
}
