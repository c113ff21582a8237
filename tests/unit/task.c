/* Tasks fill x and the targets as their definition says. */
#define _GNU_SOURCE /* memmem */
#include "unit.h"

#include "train.h"

#include <check.h>
#include <string.h>

static const unsigned char text[] = "a memoria de quem le e uma pagina pequena, reescrita a cada palavra";
enum { T = 12, B = 7, SIZE = sizeof text - 1 };

static struct rnn_spec spec_of(size_t inputs, size_t outputs, size_t length) {
    return (struct rnn_spec){ .cell = &rnn_elman,
                              .activation = &rnn_tanh,
                              .init = RNN_GAUSSIAN,
                              .weights = RNN_TIED,
                              .record = RNN_NORMS,
                              .norm = RNN_NO_NORM,
                              .scale = 0.713,
                              .drive = 2.385,
                              .length = length,
                              .segment = length,
                              .hidden = 3,
                              .batch = B,
                              .inputs = inputs,
                              .outputs = outputs };
}

/* The byte that x_t of sequence b stands for; exactly one input is 1, the others 0. */
static unsigned char byte_of(const struct rnn *net, size_t t, size_t b) {
    const double *x = net->x + (t * B + b) * RNN_BYTES;
    size_t ones = 0, at = 0;
    for (size_t i = 0; i < RNN_BYTES; i++) {
        ck_assert(x[i] == 0 || x[i] == 1);
        ones += x[i] == 1;
        at = x[i] == 1 ? i : at;
    }
    ck_assert_uint_eq(ones, 1);
    return (unsigned char)at;
}

START_TEST(a_window_is_a_piece_of_the_text_and_its_label_the_next_byte) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = spec_of(RNN_BYTES, RNN_BYTES, T);
    size_t distinct = 0;
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    ck_assert_int_eq(rnn_draw_text(net, text, SIZE, 713), RNN_OK);
    for (size_t b = 0; b < B; b++) {
        unsigned char window[T + 1];
        for (size_t t = 0; t < T; t++)
            window[t] = byte_of(net, t, b);
        window[T] = (unsigned char)net->label[b];
        ck_assert_ptr_nonnull(memmem(text, SIZE, window, T + 1));
        distinct += memcmp(window, text, T + 1) != 0;
    }
    ck_assert_uint_gt(distinct, B / 2);
    rnn_free(&net);
}
END_TEST

START_TEST(the_longest_window_is_the_text_but_its_last_byte) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = spec_of(RNN_BYTES, RNN_BYTES, SIZE - 1);
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    ck_assert_int_eq(rnn_draw_text(net, text, SIZE, 5), RNN_OK);
    ck_assert_uint_eq(byte_of(net, 0, 3), text[0]);
    ck_assert_uint_eq(net->label[3], text[SIZE - 1]);
    ck_assert_int_eq(rnn_draw_text(net, text, SIZE - 1, 5), RNN_BAD_SIZE);
    rnn_free(&net);
}
END_TEST

START_TEST(a_net_that_cannot_read_bytes_is_refused) {
    static const size_t sizes[][2] = { { 255, 256 }, { 256, 10 } };
    for (int i = 0; i < 2; i++) {
        struct rnn *net = NULL;
        const struct rnn_spec spec = spec_of(sizes[i][0], sizes[i][1], T);
        ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
        ck_assert_int_eq(rnn_draw_text(net, text, SIZE, 1), RNN_BAD_SIZE);
        rnn_free(&net);
    }
}
END_TEST

UNIT_MAIN("task", a_window_is_a_piece_of_the_text_and_its_label_the_next_byte,
          the_longest_window_is_the_text_but_its_last_byte, a_net_that_cannot_read_bytes_is_refused)
