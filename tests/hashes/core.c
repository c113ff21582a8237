/* What the core of the library computes, as bytes on standard output, for hashes.py to compare between machines:
 *
 *     core LEVEL            fused or plain
 *     core LEVEL SECTION    the numbers of random, elementary, passes, measures, theory or trainings
 *
 * Doubles are little endian, and every NaN is the same NaN. */
#include "measure.h"
#include "theory.h"
#include "train.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { MANY = 4096 };

static void need(bool well, const char *what) {
    if (well)
        return;
    fprintf(stderr, "core: %s\n", what);
    exit(1);
}

static void put(const double *x, size_t count) {
    for (size_t i = 0; i < count; i++) {
        const double value = isnan(x[i]) ? (double)NAN : x[i];
        fwrite(&value, sizeof value, 1, stdout);
    }
}

static void put_one(double x) {
    put(&x, 1);
}

static double *room(double count) {
    double *x = calloc((size_t)count, sizeof *x);
    need(x, "no memory");
    return x;
}

static struct rnn *made(const struct rnn_spec *spec, uint64_t seed) {
    struct rnn *net = NULL;
    const char *fault = rnn_spec_fault(spec);
    need(!fault, fault);
    need(rnn_create(&net, spec) == RNN_OK, "no memory");
    rnn_draw(net, seed);
    return net;
}

static const struct rnn_spec usual = { .cell = &rnn_elman,
                                       .activation = &rnn_tanh,
                                       .init = RNN_GAUSSIAN,
                                       .weights = RNN_TIED,
                                       .record = RNN_EVERYTHING,
                                       .norm = RNN_NO_NORM,
                                       .gamma = 0.713,
                                       .epsilon = 1e-5,
                                       .scale = 1.385,
                                       .drive = 0.1,
                                       .length = 45,
                                       .hidden = 21,
                                       .batch = 5,
                                       .inputs = 6,
                                       .outputs = 3,
                                       .reads = 1,
                                       .segment = 45 };
static const struct rnn_activation *const activations[] = { &rnn_sigmoid, &rnn_tanh, &rnn_relu, &rnn_linear };
static const struct rnn_cell *const cells[] = { &rnn_elman, &rnn_lstm, &rnn_gru };

/* ---- sections ------------------------------------------------------------------------------------------ */

static void random_numbers(void) {
    static double x[MANY], work[64];
    for (uint32_t purpose = RNN_FOR_W_HH; purpose <= RNN_FOR_LENGTH; purpose++) {
        rnn_uniform(x, 61, (struct rnn_stream){ 0x123456789abcdef, purpose, 7 });
        put(x, 61);
        rnn_gaussian(x, MANY, 2.385, (struct rnn_stream){ purpose, purpose, 0 });
        put(x, MANY);
    }
    for (enum rnn_init init = RNN_GAUSSIAN; init <= RNN_IDENTITY; init++) {
        rnn_draw_matrix(x, 37, init, 0.713, work, (struct rnn_stream){ 3, RNN_FOR_W_HH, 0 });
        put(x, 37 * 37);
    }
}

/* Functions of numbers of all sizes; the second is the first over the next. */
static void elementary_functions(void) {
    static double x[MANY];
    rnn_gaussian(x, MANY, 1, (struct rnn_stream){ 5, RNN_FOR_TASK, 0 });
    for (size_t i = 0; i < MANY; i++) {
        const double wide = ldexp(x[i], (int)(i % 2099) - 1074), mild = 20 * x[i];
        put_one(rnn_exp(mild * 10));
        put_one(rnn_expm1(mild));
        put_one(rnn_log(fabs(wide)));
        put_one(rnn_log1p(fabs(wide)));
        put_one(rnn_log10(fabs(wide)));
        put_one(rnn_asin(fmin(1, fabs(x[i]) / 3)));
        put_one(rnn_hypot(wide, x[(i + 1) % MANY]));
        put_one(rnn_power(x[i], i));
        for (size_t k = 0; k < sizeof activations / sizeof *activations; k++) {
            put_one(activations[k]->value(mild));
            put_one(activations[k]->derivative(mild));
        }
    }
}

static void put_passes(const struct rnn *net) {
    const size_t T = net->spec.length, B = net->spec.batch, H = net->spec.hidden;
    put(&net->loss, 1);
    put(net->log_dh, T);
    if (net->log_dc)
        put(net->log_dc, T);
    if (net->from == 0 && net->spec.segment >= T)
        put(net->h, (T + 1) * B * H);
    put(net->gradient, net->parameters);
    put_one(net->gradient_exponent);
}

/* One net through a loss of each kind; a finding is a result too. */
static void pass(const struct rnn_spec *spec) {
    struct rnn *net = made(spec, 11);
    put(net->theta, net->parameters);
    rnn_gaussian(net->target, spec->batch * spec->outputs, 1, (struct rnn_stream){ 12, RNN_FOR_TASK, 0 });
    for (size_t b = 0; b < spec->batch; b++)
        net->label[b] = (uint32_t)(b % spec->outputs);
    for (int loss = 0; loss < 3; loss++) {
        enum rnn_status status = rnn_forward(net);
        if (status == RNN_OK)
            status = loss == 0   ? rnn_loss_linear(net, 13)
                     : loss == 1 ? rnn_loss_squared(net)
                                 : rnn_loss_softmax(net);
        if (status == RNN_OK)
            status = rnn_backward(net);
        put_one(status);
        if (status == RNN_OK || status == RNN_ZERO)
            put_passes(net);
    }
    rnn_free(&net);
}

static void passes(void) {
    for (size_t k = 0; k < sizeof activations / sizeof *activations; k++)
        for (enum rnn_norm norm = RNN_NO_NORM; norm <= RNN_NORM_SEPARATE; norm++)
            for (enum rnn_weights weights = RNN_TIED; weights <= RNN_UNTIED; weights++) {
                struct rnn_spec spec = usual;
                spec.activation = activations[k];
                spec.norm = norm;
                spec.weights = weights;
                pass(&spec);
            }
    for (size_t k = 0; k < sizeof cells / sizeof *cells; k++)
        for (enum rnn_init init = RNN_GAUSSIAN; init <= RNN_IDENTITY; init++) {
            struct rnn_spec spec = usual;
            spec.cell = cells[k];
            spec.init = init;
            spec.forget = 1;
            pass(&spec);
            spec.scale = 2.385; /* chaos, beyond the range of a double, and with states computed again */
            spec.length = 400;
            spec.segment = rnn_segment(spec.length, spec.batch);
            spec.record = RNN_GRADIENTS;
            pass(&spec);
        }
}

static void measures(void) {
    for (size_t k = 0; k < sizeof activations / sizeof *activations; k++) {
        struct rnn_spec spec = usual;
        spec.activation = activations[k];
        struct rnn *net = made(&spec, 17);
        double *work = room(fmax(rnn_lag_work(&spec), rnn_tangent_work(&spec))), growth[46], scale;
        struct rnn_decay decay;
        struct rnn_slopes slopes;
        struct rnn_lags lags;
        need(rnn_decay_measure(&decay, net, 18, 1, 40) == RNN_OK, "no decay");
        put((double[]){ decay.slope, decay.error, decay.r, decay.half_life }, 4);
        need(rnn_slopes_measure(&slopes, net, 1, 45) == RNN_OK, "no slopes");
        put((double[]){ slopes.mean_square_derivative, slopes.saturated, slopes.dead }, 3);
        need(rnn_lag_parts(&lags, net, NULL, work) == RNN_OK, "no parts");
        put(lags.log_part, spec.length);
        put(lags.log_past, spec.length);
        put(lags.past, spec.hidden * spec.hidden);
        need(rnn_tangent(growth, net, 0, 19, work) == RNN_OK, "no tangent");
        put(growth, 46);
        need(rnn_decay_of_weights(&decay, net, 18, 1, 40) == RNN_OK, "no weights");
        put_one(decay.slope);
        put_one(rnn_crossing(&scale, net, 18, 1, 40, 1.2));
        put_one(scale);
        free(work);
        rnn_free(&net);
    }
}

static void theory(void) {
    for (size_t k = 0; k < sizeof activations / sizeof *activations; k++)
        for (int i = 1; i < 9; i++) {
            struct rnn_theory point = { 0 };
            double scale = 0;
            put_one(rnn_theory_fixed_point(&point, activations[k], 0.31 * i, 0.1 * (i % 3)));
            put((double[]){ point.q, point.chi, point.r }, 3);
            put_one(rnn_theory_critical_scale(&scale, activations[k], 0.05 * i));
            put_one(scale);
            put_one(rnn_theory_norm(&point, activations[k], i % 2 ? RNN_NORM_FULL : RNN_NORM_SEPARATE,
                                    0.3 * i, 1.1, 0.1));
            put((double[]){ point.q, point.chi, point.r }, 3);
        }
    for (size_t k = 0; k < sizeof cells / sizeof *cells; k++) {
        struct rnn_spec spec = usual;
        spec.cell = cells[k];
        double *work = room(rnn_theory_wide_work(&spec, 10, 30)), log_dh[45] = { 0 };
        need(rnn_theory_wide(log_dh, &spec, 10, 30, 23, work) == RNN_OK, "no wide net");
        put(log_dh, 45);
        free(work);
    }
    for (int i = 0; i < 400; i++) {
        const struct rnn_cliff cliff = rnn_cliff(3 + 0.01 * i, -1 - 0.007 * i, 50);
        put((double[]){ cliff.error, cliff.dw, cliff.db }, 3);
    }
}

static void train(const struct rnn_task *task, size_t k) {
    static const unsigned char letters[] =
        "Algum tempo hesitei se devia abrir estas memorias pelo principio ou pelo fim.";
    const struct rnn_text text = { letters, sizeof letters - 1 };
    struct rnn_optimizer optimizer = k % 3 == 0   ? rnn_adam(0.01)
                                     : k % 3 == 1 ? rnn_rmsprop(0.001)
                                                  : rnn_sgd(0.1);
    struct rnn_spec spec = usual;
    spec.inputs = task->inputs;
    spec.outputs = task->outputs;
    spec.length = spec.segment = 31;
    const struct rnn_training_spec how = {
        .problem = { .task = task, .delay = 3, .text = text, .held_out = text },
        .optimizer = optimizer,
        .clip = k % 2 ? RNN_CLIP_NORM : RNN_CLIP_VALUE,
        .threshold = 0.713,
        .omega = 0.5,
        .shortest = 31,
        .longest = 31,
        .seed = 29
    };
    struct rnn *net = made(&spec, 31);
    struct rnn_training *training = NULL;
    struct rnn_score score;
    const char *fault = rnn_training_fault(&how, &spec);
    need(!fault, fault);
    need(rnn_training_create(&training, net, &how) == RNN_OK, "no memory");
    for (int update = 0; update < 20; update++) {
        need(rnn_training_measure(training) == RNN_OK, "a training that cannot be measured");
        need(rnn_training_update(training) == RNN_OK, "an update that is lost");
        put((double[]){ net->loss, training->omega, training->log_norm }, 3);
    }
    put(net->theta, net->parameters);
    need(rnn_training_test(&score, training, 31, 20) == RNN_OK, "no test");
    put((double[]){ score.loss, score.error }, 2);
    rnn_training_free(&training);
    rnn_free(&net);
}

static void trainings(void) {
    static const struct rnn_task *const tasks[] = { &rnn_task_adding, &rnn_task_adding_anywhere,
                                                    &rnn_task_order,  &rnn_task_order3,
                                                    &rnn_task_copy,   &rnn_task_recall,
                                                    &rnn_task_last,   &rnn_task_text };
    for (size_t k = 0; k < sizeof tasks / sizeof *tasks; k++)
        train(tasks[k], k);
}

static const struct {
    const char *name;
    void (*write)(void);
} sections[] = { { "random", random_numbers }, { "elementary", elementary_functions },
                 { "passes", passes },         { "measures", measures },
                 { "theory", theory },         { "trainings", trainings } };

int main(int count, char **arguments) {
    need(count > 1 && rnn_choose_level(arguments[1]), "usage: core LEVEL [SECTION]");
    if (count == 2)
        puts(rnn_fused() ? "fused" : "plain");
    for (size_t k = 0; count > 2 && k < sizeof sections / sizeof *sections; k++)
        if (strcmp(sections[k].name, arguments[2]) == 0)
            sections[k].write();
    return fflush(stdout) != 0;
}
