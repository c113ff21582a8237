#include "reference.h"

#include <string.h>

typedef long double complex number;

struct perturbed {
    const struct rnn *net;
    size_t parameter;
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

static void step_forward(const struct perturbed *p, number *next, const number *h, size_t t, size_t b) {
    const struct rnn_spec *s = &p->net->spec;
    const double *W = p->net->W_hh + (s->weights == RNN_UNTIED ? (t - 1) * s->hidden * s->hidden : 0);
    const double *x = p->net->x + ((t - 1) * s->batch + b) * s->inputs;
    for (size_t i = 0; i < s->hidden; i++) {
        number a = theta(p, p->net->b_h, i);
        for (size_t j = 0; j < s->hidden; j++)
            a += theta(p, W, i * s->hidden + j) * h[j];
        for (size_t j = 0; j < s->inputs; j++)
            a += theta(p, p->net->W_xh, i * s->inputs + j) * x[j];
        next[i] = phi(s->activation, a);
    }
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
    const struct perturbed p = { r->net, parameter, step };
    number *h = r->work, *next = h + s->hidden, *y = next + s->hidden, loss = 0;
    for (size_t b = 0; b < s->batch; b++) {
        for (size_t i = 0; i < s->hidden; i++)
            h[i] = r->net->h[b * s->hidden + i];
        for (size_t t = 1; t <= s->length; t++) {
            step_forward(&p, next, h, t, b);
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
