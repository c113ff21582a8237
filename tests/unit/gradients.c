/* Every gradient against the complex step and central differences of a second implementation. */
#include "reference.h"
#include "unit.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

static const struct {
    const struct rnn_cell *cell;
    const struct rnn_activation *activation;
    const char *name;
    size_t hidden, inputs;
    enum rnn_norm norm;
    bool frozen;
} kinds[] = { { &rnn_elman, &rnn_sigmoid, "sigmoid", 7, 4, RNN_NO_NORM, false },
              { &rnn_elman, &rnn_tanh, "tanh", 7, 4, RNN_NO_NORM, false },
              { &rnn_elman, &rnn_relu, "relu", 7, 4, RNN_NO_NORM, false },
              { &rnn_elman, &rnn_linear, "linear", 7, 4, RNN_NO_NORM, false },
              { &rnn_lstm, &rnn_tanh, "lstm", 3, 2, RNN_NO_NORM, false },
              { &rnn_gru, &rnn_tanh, "gru", 3, 2, RNN_NO_NORM, false },
              { &rnn_elman, &rnn_tanh, "tanh, input", 4, 3, RNN_NORM_INPUT, false },
              { &rnn_elman, &rnn_tanh, "tanh, full", 4, 3, RNN_NORM_FULL, false },
              { &rnn_elman, &rnn_tanh, "tanh, separate", 4, 3, RNN_NORM_SEPARATE, false },
              { &rnn_elman, &rnn_sigmoid, "sigmoid, full", 4, 3, RNN_NORM_FULL, false },
              { &rnn_elman, &rnn_relu, "relu, full", 4, 3, RNN_NORM_FULL, false },
              { &rnn_elman, &rnn_linear, "linear, separate", 4, 3, RNN_NORM_SEPARATE, false },
              { &rnn_elman, &rnn_tanh, "tanh, input, frozen", 4, 3, RNN_NORM_INPUT, true },
              { &rnn_elman, &rnn_sigmoid, "sigmoid, full, frozen", 4, 3, RNN_NORM_FULL, true },
              { &rnn_elman, &rnn_tanh, "tanh, separate, frozen", 4, 3, RNN_NORM_SEPARATE, true } };
enum { BATCH = 4, OUTPUTS = 5, WORK = 3 * BATCH * 7 + OUTPUTS };
static const struct {
    size_t reads, truncation;
} spans[] = { { 1, 0 }, { 4, 0 }, { 6, 0 }, { 1, 4 }, { 6, 1 }, { 5, 2 }, { 3, 4 } };
enum { KINDS = sizeof kinds / sizeof *kinds, SPANS = sizeof spans / sizeof *spans };
enum { CASES = KINDS * 2 * 3 * SPANS }; /* kind x weights x loss x span */

static struct rnn *net_for(int c) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = { .cell = kinds[c % KINDS].cell,
                                   .activation = kinds[c % KINDS].activation,
                                   .init = RNN_GAUSSIAN,
                                   .weights = c / KINDS % 2 ? RNN_UNTIED : RNN_TIED,
                                   .record = RNN_EVERYTHING,
                                   .norm = kinds[c % KINDS].norm,
                                   .gamma = 0.713,
                                   .epsilon = 0.385,
                                   .scale = 1.213,
                                   .drive = 0.713,
                                   .start = 0.377,
                                   .forget = 0.613,
                                   .length = 6,
                                   .segment = 6,
                                   .reads = spans[c / (KINDS * 6)].reads,
                                   .truncation = spans[c / (KINDS * 6)].truncation,
                                   .hidden = kinds[c % KINDS].hidden,
                                   .batch = BATCH,
                                   .inputs = kinds[c % KINDS].inputs,
                                   .outputs = OUTPUTS };
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 2385 + (uint64_t)c % (KINDS * 6));
    for (size_t i = 0; i < net->spec.hidden * net->gates; i++)
        net->p.b_h[i] += 0.0713 * (double)(i % 8) - 0.119;
    for (double *gain = net->p.gain_h; gain < net->p.W_hy; gain++)
        *gain *= 1 + 0.0613 * (double)(net->p.W_hy - gain);
    for (size_t i = 0; i < OUTPUTS; i++)
        net->p.b_y[i] = 0.237 - 0.0917 * (double)i;
    return net;
}

enum { MOST_READS = 6 };
static double v[MOST_READS * BATCH * 7];
static const uint32_t labels[MOST_READS * BATCH] = { 4, 0, 2, 1, 3, 3, 0, 1, 2, 4, 4, 0,
                                                     1, 0, 3, 2, 2, 1, 4, 0, 3, 2, 1, 4 };

/* v of the loss, in the order of the steps read: the stream of the last has index 0. */
static void draw_v(const struct rnn *net) {
    const size_t size = BATCH * net->spec.hidden, n = net->spec.reads;
    for (size_t i = 0; i < n; i++)
        rnn_gaussian(v + i * size, size, 1, (struct rnn_stream){ 17, RNN_FOR_LOSS, (uint32_t)(n - 1 - i) });
}

/* Runs the case; the reference that belongs to it. */
static struct reference run(struct rnn *net, enum loss loss, bool frozen, long double complex *work) {
    rnn_gaussian(net->target, net->spec.reads * BATCH * OUTPUTS, 1.37,
                 (struct rnn_stream){ 11, RNN_FOR_TASK, 0 });
    memcpy(net->label, labels, net->spec.reads * BATCH * sizeof *labels);
    draw_v(net);
    ck_assert_int_eq(rnn_forward(net), RNN_OK);
    if (frozen) { /* with statistics that are not those of its batch */
        ck_assert_int_eq(rnn_norm_freeze(net, true), RNN_OK);
        for (size_t i = 0; i < net->parameters; i++)
            net->theta[i] *= 1.0713;
        ck_assert_int_eq(rnn_forward(net), RNN_OK);
    }
    const enum rnn_status status = loss == LINEAR    ? rnn_loss_linear(net, 17)
                                   : loss == SQUARED ? rnn_loss_squared(net)
                                                     : rnn_loss_softmax(net);
    ck_assert_int_eq(status, RNN_OK);
    const bool all_zero = net->spec.truncation >= net->spec.reads; /* below the cut */
    ck_assert_int_eq(rnn_backward(net), all_zero ? RNN_ZERO : RNN_OK);
    return (struct reference){ net, loss, loss == LINEAR ? v : net->target, net->label, work };
}

/* Largest difference over all parameters, relative to the largest gradient. */
static double parameter_error(const struct reference *r,
                              double (*derivative)(const struct reference *, size_t, size_t, size_t)) {
    double worst = 0, largest = 0;
    for (size_t i = 0; i < r->net->parameters; i++) {
        const double expected = derivative(r, i, SIZE_MAX, 0);
        largest = fmax(largest, fabs(expected));
        worst = fmax(worst, fabs(r->net->gradient[i] - expected));
    }
    ck_assert_double_gt(largest, 1e-6);
    return worst / largest;
}

START_TEST(every_parameter_gradient_is_right) {
    long double complex work[WORK];
    struct rnn *net = net_for(_i);
    const struct reference r = run(net, (enum loss)(_i / (2 * KINDS) % 3), kinds[_i % KINDS].frozen, work);
    ck_assert_double_lt(fabs(net->loss / (double)creall(reference_loss(&r, SIZE_MAX, SIZE_MAX, 0, 0)) - 1),
                        1e-13);
    ck_assert_int_eq(net->gradient_exponent, 0);
    const double error = parameter_error(&r, reference_complex_step);
    printf("%s %s, %zu reads, truncation %zu: complex step %.1e\n", kinds[_i % KINDS].name,
           net->spec.weights == RNN_TIED ? "tied" : "untied", net->spec.reads, net->spec.truncation, error);
    ck_assert_double_lt(error, 1e-13);
    if (_i < KINDS * 6) /* a truncated gradient is that of no function */
        ck_assert_double_lt(parameter_error(&r, reference_central), 1e-10);
    rnn_free(&net);
}
END_TEST

/* `gradient` (B, H) of step t and its log norm, against the reference from unit `first` on. */
static void state_gradient_is_right(const struct reference *r, size_t t, const double *gradient,
                                    double log_norm, size_t first) {
    double squares = 0;
    for (size_t i = 0; i < r->net->spec.batch * r->net->spec.hidden; i++) {
        const double expected = reference_complex_step(r, SIZE_MAX, t, first + i);
        ck_assert_double_lt(fabs(ldexp(gradient[i], r->net->exponent[t - 1]) - expected), 1e-13);
        squares += expected * expected;
    }
    ck_assert(squares == 0 ? log_norm == -INFINITY : fabs(log_norm - 0.5 * log(squares)) < 1e-12);
}

START_TEST(every_state_gradient_and_its_norm_are_right) {
    long double complex work[WORK];
    struct rnn *net = net_for(_i);
    const struct reference r = run(net, (enum loss)(_i / (2 * KINDS) % 3), kinds[_i % KINDS].frozen, work);
    ck_assert((net->spec.cell == &rnn_lstm) == (net->c != NULL));
    for (size_t t = 1; t <= net->spec.length; t++) {
        state_gradient_is_right(&r, t, rnn_state_gradient(net, t), net->log_dh[t - 1], 0);
        if (net->c)
            state_gradient_is_right(&r, t, rnn_cell_gradient(net, t), net->log_dc[t - 1],
                                    BATCH * net->spec.hidden);
    }
    rnn_free(&net);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("against a second implementation");
    tcase_add_loop_test(cases, every_parameter_gradient_is_right, 0, CASES);
    tcase_add_loop_test(cases, every_state_gradient_and_its_norm_are_right, 0, CASES);
    return unit_run_cases("gradients", cases);
}
