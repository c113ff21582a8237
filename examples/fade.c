/* How fast does the gradient of a tanh network fade? Measured once, beside the theory.
 *     cc fade.c $(pkg-config --cflags --libs evanesce) -o fade && ./fade */
#include <measure.h>
#include <stdio.h>
#include <theory.h>

int main(void) {
    const struct rnn_spec spec = { .cell = &rnn_elman,
                                   .activation = &rnn_tanh,
                                   .init = RNN_GAUSSIAN,
                                   .weights = RNN_TIED,
                                   .record = RNN_NORMS,
                                   .norm = RNN_NO_NORM,
                                   .scale = 1.0,
                                   .drive = 0.1,
                                   .start = 0,
                                   .length = 100,
                                   .segment = 100,
                                   .reads = 1,
                                   .hidden = 128,
                                   .batch = 16,
                                   .inputs = 64,
                                   .outputs = 0 };
    struct rnn *net = NULL;
    struct rnn_decay decay;
    struct rnn_theory theory;

    enum rnn_status status = rnn_create(&net, &spec);
    if (status == RNN_OK) {
        rnn_draw(net, 1); /* weights, start and noise input from seed 1 */
        status = rnn_decay_measure(&decay, net, 1, 0, 20);
    }
    if (status == RNN_OK)
        status = rnn_theory_fixed_point(&theory, spec.activation, spec.scale, spec.drive);
    if (status != RNN_OK) {
        fprintf(stderr, "fade: %s\n", rnn_status_text(status));
        return 1;
    }
    printf("factor per step: measured %.4f, theory %.4f\n", decay.r, theory.r);
    printf("ln ||dL/dh_1|| = %.3f after %zu steps\n", net->log_dh[0], spec.length - 1);
    rnn_free(&net);
    return 0;
}
