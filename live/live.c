/* The library for a web page: plain numbers in, arrays of doubles out. Built for WebAssembly, with memory of its own and no
 * imports; a page or a test calls what is exported under these names (live.js). The nets are those of the experiments at the same
 * settings: sweep_net_spec, prose's byte_net_spec and sweep_learner_spec, which tests/live holds. */
#include "measure.h"
#include "theory.h"
#include "train.h"

#include <math.h>
#include <string.h>

#define EXPORT(name) __attribute__((export_name(#name))) name

enum { MOST_LETTERS = 2000, ROOM = 1 << 15 };
#define MOST_BYTES 3e8 /* what one net may take of a tab */

static struct rnn_spec spec;
static struct rnn *net, *learner;
static struct rnn_training *training;
static unsigned char text[MOST_LETTERS + 1];
static double room[ROOM], out[8];

static const struct rnn_cell *const cells[] = { &rnn_elman, &rnn_lstm, &rnn_gru };
static const struct rnn_activation *const activations[] = { &rnn_sigmoid, &rnn_tanh, &rnn_relu, &rnn_linear };
static const struct rnn_task *const tasks[] = { &rnn_task_order, &rnn_task_last, &rnn_task_adding };

/* The numbers a call leaves beside its status, in the order its comment gives. */
double *EXPORT(live_out)(void) {
    return out;
}

/* What the next net is to be. Counts from 0 name a cell, an activation, an init and a norm in the order of spec.h. */
void EXPORT(live_spec)(int cell, int activation, int init, int norm, double gamma, double scale,
                       double forget, double drive, int length, int hidden, int batch, int inputs) {
    spec = (struct rnn_spec){
        .cell = cells[cell],
        .activation = activations[activation],
        .init = (enum rnn_init)(RNN_GAUSSIAN + init),
        .weights = RNN_TIED,
        .record = RNN_NORMS,
        .norm = (enum rnn_norm)(RNN_NO_NORM + norm),
        .gamma = gamma,
        .epsilon = 1e-5,
        .scale = scale,
        .drive = drive,
        .start = drive == 0,
        .forget = forget,
        .length = (size_t)length,
        .segment = (size_t)length,
        .reads = 1,
        .hidden = (size_t)hidden,
        .batch = (size_t)batch,
        .inputs = drive == 0 ? 0 : (size_t)inputs,
    };
}

static enum rnn_status create(struct rnn **made, const struct rnn_spec *wanted) {
    if (rnn_bytes(wanted) > MOST_BYTES)
        return RNN_NO_MEMORY;
    return rnn_create(made, wanted);
}

/* The gradient on its way back: forward, linear loss, backward. record as in spec.h, from 1. */
int EXPORT(live_fade)(double seed, int record) {
    spec.record = (enum rnn_record)record;
    enum rnn_status status = create(&net, &spec);
    if (status != RNN_OK)
        return status;
    rnn_draw(net, (uint64_t)seed);
    status = rnn_forward(net);
    if (status == RNN_OK)
        status = rnn_loss_linear(net, (uint64_t)seed);
    return status == RNN_OK ? rnn_backward(net) : status;
}

/* Of the last fade: slope and its error, r, half-life over those lags. */
int EXPORT(live_fit)(int first, int last) {
    struct rnn_decay decay;
    const enum rnn_status status = rnn_decay_fit(&decay, net, (size_t)first, (size_t)last);
    memcpy(out, (double[]){ decay.slope, decay.error, decay.r, decay.half_life }, 4 * sizeof *out);
    return status;
}

/* log10 of the mean-field factor a step, or of the gate alone where the cell has gates; nan where there is no theory. */
double EXPORT(live_theory)(void) {
    struct rnn_theory theory;
    enum rnn_status status = RNN_BAD_LAW;
    if (spec.cell != &rnn_elman)
        return rnn_log10(rnn_sigmoid.value(spec.forget));
    if (spec.init != RNN_IDENTITY)
        status =
            spec.norm == RNN_NO_NORM
                ? rnn_theory_fixed_point(&theory, spec.activation, spec.scale, spec.drive)
                : rnn_theory_norm(&theory, spec.activation, spec.norm, spec.gamma, spec.scale, spec.drive);
    return status == RNN_OK ? rnn_log10(theory.r) : NAN;
}

/* Clips dL/dW_hh of the last fade, whose record was 2 or 3: ln of its norm before and after. */
int EXPORT(live_clip)(double threshold) {
    const size_t count = net->gates * net->spec.hidden * net->spec.hidden;
    int exponent = net->gradient_exponent;
    out[0] = rnn_log_norm(net->d.W_hh, count) + exponent * M_LN2;
    const enum rnn_status status = rnn_clip_norm(NULL, net->d.W_hh, count, &exponent, threshold);
    out[1] = rnn_log_norm(net->d.W_hh, count) + exponent * M_LN2;
    return status;
}

/* Room for a text, and for the byte after it. */
unsigned char *EXPORT(live_text)(void) {
    return text;
}

/* room[t-1] = ln ||dL/dx_t||, L the cross-entropy of the byte after the first `length` of the text. */
int EXPORT(live_letters)(double seed, int length) {
    if (length < 1 || length > MOST_LETTERS)
        return RNN_BAD_SIZE;
    spec.length = spec.segment = (size_t)length;
    spec.batch = 1;
    spec.drive *= RNN_BYTES;
    spec.inputs = spec.outputs = RNN_BYTES;
    spec.record = RNN_EVERYTHING;
    enum rnn_status status = create(&net, &spec);
    if (status != RNN_OK)
        return status;
    rnn_draw(net, (uint64_t)seed);
    status = rnn_draw_text(net, text, (size_t)length + 1, (uint64_t)seed);
    if (status == RNN_OK)
        status = rnn_forward(net);
    if (status == RNN_OK)
        status = rnn_loss_softmax(net);
    if (status == RNN_OK)
        status = rnn_backward(net);
    for (size_t t = 0; t < spec.length && (status == RNN_OK || status == RNN_ZERO); t++) {
        double dx[RNN_BYTES] = { 0 };
        for (size_t i = 0; i < spec.hidden; i++)
            for (size_t j = 0; j < RNN_BYTES; j++)
                dx[j] += net->p.W_xh[i * RNN_BYTES + j] * net->da_h_of_step[t * spec.hidden + i];
        room[t] = rnn_log_norm(dx, RNN_BYTES) + net->exponent[t] * M_LN2;
    }
    return status;
}

/* A training as `learning` makes it. kind: sigmoid tanh relu linear irnn orthogonal lstm gru; optimizer: sgd rmsprop adam; clip:
 * none norm value. */
int EXPORT(live_learner)(int task, int kind, int length, int hidden, int batch, int optimizer, double rate,
                         int clip, double threshold, double seed) {
    static struct rnn_optimizer (*const rules[])(double rate) = { rnn_sgd, rnn_rmsprop, rnn_adam };
    const int irnn = kind == 4, orthogonal = kind == 5, lstm = kind == 6;
    const int activation = irnn ? 2 : kind > 4 ? 1 : kind;
    const struct rnn_task *learnt = tasks[task];
    live_spec(kind > 5 ? kind - 5 : 0, activation, irnn ? 2 : orthogonal, 0, 1, 1, lstm,
              irnn ? 0.1 * 0.1 * (double)learnt->inputs : 1, length, hidden, batch, (int)learnt->inputs);
    spec.outputs = learnt->outputs;
    spec.record = RNN_GRADIENTS;
    const struct rnn_training_spec how = {
        .problem = { .task = learnt, .delay = 1 },
        .optimizer = rules[optimizer](rate),
        .clip = (enum rnn_clip)(RNN_NO_CLIP + clip),
        .threshold = threshold,
        .shortest = spec.length,
        .longest = spec.length,
        .seed = (uint64_t)seed,
    };
    enum rnn_status status = create(&learner, &spec);
    if (status != RNN_OK)
        return status;
    rnn_draw(learner, (uint64_t)seed);
    return rnn_training_create(&training, learner, &how);
}

/* One update: updates made, loss before it, ln ||g|| before the clip, whether that clipped, and the cause of an end, 0 none. */
int EXPORT(live_update)(void) {
    enum rnn_status status = rnn_training_measure(training);
    const double loss = learner->loss;
    if (status == RNN_OK)
        status = rnn_training_update(training);
    memcpy(
        out,
        (double[]){ (double)training->updates, loss, training->log_norm, training->clipped, training->cause },
        5 * sizeof *out);
    return status;
}

/* On so many fresh sequences: loss and error. */
int EXPORT(live_test)(int sequences) {
    struct rnn_score score = { 0 };
    const enum rnn_status status =
        rnn_training_test(&score, training, training->spec.longest, (size_t)sequences);
    out[0] = score.loss;
    out[1] = score.error;
    return status;
}

/* room[i]: the error of the cliff at w and b. */
void EXPORT(live_errors)(int length, int count, double w, double w_step, double b, double b_step,
                         int columns) {
    for (int i = 0; i < count && i < ROOM; i++)
        room[i] = rnn_cliff(w + i % columns * w_step, b + i / columns * b_step, (size_t)length).error;
}

/* Descent on it; room[4 i]: w, b, error and norm of the gradient after i updates. Returns how many are there: all, or up to where
 * a number is not finite. */
int EXPORT(live_descend)(int length, double w, double b, double rate, int clip, double threshold,
                         int updates) {
    for (int i = 0; i <= updates && 4 * i < ROOM; i++) {
        const struct rnn_cliff cliff = rnn_cliff(w, b, (size_t)length);
        double gradient[2] = { cliff.dw, cliff.db };
        const double norm = rnn_hypot(cliff.dw, cliff.db);
        if (!isfinite(norm))
            return i;
        memcpy(room + 4 * i, (double[]){ w, b, cliff.error, norm }, 4 * sizeof *room);
        if (clip)
            rnn_clip_norm(NULL, gradient, 2, NULL, threshold);
        w -= rate * gradient[0];
        b -= rate * gradient[1];
    }
    return updates + 1;
}

/* After a pass whose record was 3, makes dL/dh_t what it truly is, as --arrays writes it. */
void EXPORT(live_true_gradients)(void) {
    const size_t row = net->spec.batch * net->spec.hidden;
    for (size_t i = 0; i < net->spec.length * row; i++)
        net->dh[i] = ldexp(net->dh[i], net->exponent[i / row]);
}

/* Why the last spec makes no net. */
const char *EXPORT(live_fault)(void) {
    const char *fault = rnn_spec_fault(&spec);
    return fault ? fault : "";
}

/* An array of doubles by number: 0 room, 1 log_dh of the last fade or letters, 2 of the learner; of the fade or
 * letters also 3 W_hh, 4 W_xh, 5 x, 6 h_0..h_T and, if its record was 3, 7 dL/dh_t. */
const double *EXPORT(live_array)(int number) {
    const double *const arrays[] = { room,
                                     net ? net->log_dh : NULL,
                                     learner ? learner->log_dh : NULL,
                                     net ? net->p.W_hh : NULL,
                                     net ? net->p.W_xh : NULL,
                                     net ? net->x : NULL,
                                     net ? net->h : NULL,
                                     net ? net->dh : NULL };
    return arrays[number];
}
