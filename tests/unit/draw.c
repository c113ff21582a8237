/* A drawn network is numbers of named streams, each array with a deviation of its own. */
#include "rnn.h"
#include "unit.h"

#include <math.h>
#include <string.h>

static const uint64_t seed = 713;

/* array[i] = deviation * number i of the stream; products and roots round once each */
static void assert_drawn(const double *array, size_t count, double deviation, uint32_t purpose,
                         uint32_t index) {
    double numbers[count];
    rnn_gaussian(numbers, count, 1, (struct rnn_stream){ seed, purpose, index });
    for (size_t i = 0; i < count; i++)
        ck_assert_double_eq_tol(array[i], deviation * numbers[i], 1e-15 * fabs(array[i]));
}

static void assert_all(const double *array, size_t count, double value) {
    for (size_t i = 0; i < count; i++)
        ck_assert_double_eq(array[i], value);
}

enum { B = 4, LENGTH = 5 };
static const struct kind {
    const struct rnn_cell *cell;
    enum rnn_norm norm;
    size_t gates, hidden, inputs, outputs;
} kinds[] = { { &rnn_elman, RNN_NO_NORM, 1, 2, 3, 2 },
              { &rnn_elman, RNN_NORM_INPUT, 1, 3, 2, 1 },
              { &rnn_elman, RNN_NORM_SEPARATE, 1, 3, 2, 0 },
              { &rnn_lstm, RNN_NO_NORM, 4, 3, 1, 2 },
              { &rnn_gru, RNN_NO_NORM, 3, 2, 2, 3 } };

static struct rnn *drawn(const struct kind *kind, enum rnn_weights weights) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = { .cell = kind->cell,
                                   .activation = &rnn_tanh,
                                   .init = RNN_GAUSSIAN,
                                   .weights = weights,
                                   .record = RNN_NORMS,
                                   .norm = kind->norm,
                                   .gamma = 0.613,
                                   .epsilon = 0.377,
                                   .scale = 1.385,
                                   .drive = 0.713,
                                   .start = 0.913,
                                   .forget = 2.385,
                                   .length = LENGTH,
                                   .segment = LENGTH,
                                   .reads = 1,
                                   .hidden = kind->hidden,
                                   .batch = B,
                                   .inputs = kind->inputs,
                                   .outputs = kind->outputs };
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, seed);
    return net;
}

START_TEST(every_array_has_its_stream_and_its_deviation) {
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++)
        for (enum rnn_weights weights = RNN_TIED; weights <= RNN_UNTIED; weights++) {
            const size_t G = kinds[k].gates, H = kinds[k].hidden, I = kinds[k].inputs, O = kinds[k].outputs;
            struct rnn *net = drawn(&kinds[k], weights);
            for (uint32_t i = 0; i < G * (weights == RNN_TIED ? 1 : LENGTH); i++)
                assert_drawn(net->p.W_hh + i * H * H, H * H, 1.385 / sqrt((double)H), RNN_FOR_W_HH, i);
            assert_drawn(net->p.W_xh, G * H * I, sqrt(0.713 / (double)I), RNN_FOR_W_XH, 0);
            if (O)
                assert_drawn(net->p.W_hy, O * H, 1 / sqrt((double)H), RNN_FOR_W_HY, 0);
            assert_drawn(net->h, B * H, 0.913, RNN_FOR_START, 0);
            if (net->c)
                assert_drawn(net->c, B * H, 0.913, RNN_FOR_START, 1);
            for (uint32_t t = 1; t <= LENGTH; t++)
                assert_drawn(net->x + (t - 1) * B * I, B * I, 1, RNN_FOR_INPUT, t);
            rnn_free(&net);
        }
}
END_TEST

START_TEST(biases_are_zero_but_for_the_gate_that_keeps_and_gains_are_gamma) {
    for (size_t k = 0; k < sizeof kinds / sizeof *kinds; k++) {
        const size_t G = kinds[k].gates, H = kinds[k].hidden;
        struct rnn *net = drawn(&kinds[k], RNN_TIED);
        assert_all(net->p.b_h, H, 0);
        if (G > 1) {
            assert_all(net->p.b_h + H, H, 2.385);
            assert_all(net->p.b_h + 2 * H, (G - 2) * H, 0);
        }
        assert_all(net->p.gain_h, (size_t)(net->p.W_hy - net->p.gain_h), 0.613);
        assert_all(net->p.b_y, kinds[k].outputs, 0);
        rnn_free(&net);
    }
}
END_TEST

/* A net in segments has its last states at hand after a pass, where h_0 is to be drawn. */
START_TEST(a_net_drawn_anew_forgets_the_pass_before) {
    double fresh[B * 2];
    for (int before = 0; before < 2; before++) {
        struct rnn *net = NULL;
        struct rnn_spec spec = { .cell = &rnn_elman,
                                 .activation = &rnn_tanh,
                                 .init = RNN_GAUSSIAN,
                                 .weights = RNN_TIED,
                                 .record = RNN_NORMS,
                                 .norm = RNN_NO_NORM,
                                 .scale = 1.385,
                                 .start = 0.913,
                                 .length = 600,
                                 .segment = 100,
                                 .reads = 1,
                                 .hidden = 2,
                                 .batch = B };
        ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
        if (before) {
            rnn_draw(net, seed + 1);
            ck_assert_int_eq(rnn_forward(net), RNN_OK);
            ck_assert_uint_gt(net->from, 0);
        }
        rnn_draw(net, seed);
        ck_assert_int_eq(rnn_forward(net), RNN_OK);
        if (!before)
            memcpy(fresh, rnn_state(net, 600), sizeof fresh);
        ck_assert_mem_eq(fresh, rnn_state(net, 600), sizeof fresh);
        rnn_free(&net);
    }
}
END_TEST

UNIT_MAIN("draw", every_array_has_its_stream_and_its_deviation,
          biases_are_zero_but_for_the_gate_that_keeps_and_gains_are_gamma,
          a_net_drawn_anew_forgets_the_pass_before)
