/* A net that writes: each byte with the probability it has, and read as the next. */
#include "train.h"
#include "unit.h"

#include <string.h>

enum { COUNT = 4000 };

/* Two linear units that hold whether the last byte was an a or a b, and nothing of what came before. */
static struct rnn *net_of_letters(void) {
    struct rnn *net = NULL;
    const struct rnn_spec spec = { .cell = &rnn_elman,
                                   .activation = &rnn_linear,
                                   .init = RNN_IDENTITY,
                                   .weights = RNN_TIED,
                                   .record = RNN_NORMS,
                                   .norm = RNN_NO_NORM,
                                   .scale = 1,
                                   .length = 9,
                                   .hidden = 2,
                                   .batch = 3,
                                   .inputs = RNN_BYTES,
                                   .outputs = RNN_BYTES,
                                   .reads = 9,
                                   .segment = 9 };
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 1);
    memset(net->theta, 0, net->parameters * sizeof *net->theta);
    net->p.W_xh['a'] = net->p.W_xh[RNN_BYTES + 'b'] = 1;
    for (int i = 0; i < RNN_BYTES; i++)
        net->p.b_y[i] = i == 'a' || i == 'b' ? 0 : -1000;
    return net;
}

static size_t count_of(const unsigned char *text, unsigned char byte) {
    size_t count = 0;
    for (size_t i = 0; i < COUNT; i++)
        count += text[i] == byte;
    return count;
}

START_TEST(a_byte_has_the_probability_the_net_gives_it) {
    unsigned char text[COUNT];
    struct rnn *net = net_of_letters();
    net->p.b_y['a'] = 1.0986122886681098; /* ln 3 */
    ck_assert_int_eq(rnn_write_text(text, COUNT, net, 7), RNN_OK);
    ck_assert_uint_eq(count_of(text, 'a') + count_of(text, 'b'), COUNT);
    ck_assert_double_eq_tol((double)count_of(text, 'a') / COUNT, 0.75, 4 * 0.0068); /* standard deviations */
    rnn_free(&net);
}
END_TEST

START_TEST(a_net_reads_what_it_has_written) {
    unsigned char text[COUNT];
    struct rnn *net = net_of_letters();
    net->p.W_hy[2 * 'a' + 1] = net->p.W_hy[2 * 'b'] = 1000; /* an a after a b, a b after an a */
    ck_assert_int_eq(rnn_write_text(text, COUNT, net, 7), RNN_OK);
    for (size_t i = 1; i < COUNT; i++)
        ck_assert_uint_eq(text[i], text[i - 1] == 'a' ? 'b' : 'a');
    rnn_free(&net);
}
END_TEST

START_TEST(a_net_remembers_what_it_has_written) {
    unsigned char text[COUNT];
    struct rnn *net = net_of_letters();
    net->p.W_hh[0] = 1; /* so that the first unit counts the as */
    net->p.W_hy[2 * 'b'] = 1000;
    net->p.b_y['b'] = -2500;
    ck_assert_int_eq(rnn_write_text(text, COUNT, net, 7), RNN_OK);
    ck_assert_mem_eq(text, "aaabbb", 6);
    rnn_free(&net);
}
END_TEST

START_TEST(a_shorter_text_is_the_beginning_of_a_longer_and_the_net_is_as_before) {
    unsigned char text[COUNT], again[COUNT], other[COUNT];
    struct rnn *net = net_of_letters();
    ck_assert_int_eq(rnn_write_text(text, COUNT, net, 7), RNN_OK);
    ck_assert_int_eq(rnn_write_text(again, 100, net, 7), RNN_OK);
    ck_assert_int_eq(rnn_write_text(other, COUNT, net, 8), RNN_OK);
    ck_assert_mem_eq(text, again, 100);
    ck_assert_mem_ne(text, other, 100);
    ck_assert_uint_eq(net->spec.length, 9);
    ck_assert_uint_eq(net->spec.reads, 9);
    for (int i = 0; i < 6; i++)
        ck_assert_double_eq(net->h[i], 0);
    rnn_free(&net);
}
END_TEST

START_TEST(a_net_of_other_inputs_writes_nothing) {
    unsigned char text[1] = { 'x' };
    struct rnn *net = net_of_letters();
    struct rnn_spec spec = net->spec;
    spec.inputs = 6;
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    ck_assert_int_eq(rnn_write_text(text, 1, net, 7), RNN_BAD_SIZE);
    ck_assert_uint_eq(text[0], 'x');
    rnn_free(&net);
}
END_TEST

START_TEST(a_net_in_segments_writes_nothing) {
    unsigned char text[2] = "ab";
    struct rnn *net = net_of_letters();
    struct rnn_spec spec = net->spec;
    spec.reads = 1;
    spec.length = 300;
    spec.segment = rnn_segment(spec.length, spec.batch);
    ck_assert_uint_lt(spec.segment, spec.length);
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_draw(net, 1);
    ck_assert_int_eq(rnn_write_text(text, 2, net, 7), RNN_BAD_SIZE);
    ck_assert_mem_eq(text, "ab", 2);
    rnn_free(&net);
}
END_TEST

START_TEST(a_net_that_diverges_stops_writing) {
    unsigned char text[2] = "ab";
    struct rnn *net = net_of_letters();
    net->p.W_xh['\n'] = INFINITY;
    ck_assert_int_eq(rnn_write_text(text, 2, net, 7), RNN_DIVERGED);
    ck_assert_mem_eq(text, "ab", 2);
    rnn_free(&net);
}
END_TEST

UNIT_MAIN("sample", a_byte_has_the_probability_the_net_gives_it, a_net_reads_what_it_has_written,
          a_net_remembers_what_it_has_written,
          a_shorter_text_is_the_beginning_of_a_longer_and_the_net_is_as_before,
          a_net_of_other_inputs_writes_nothing, a_net_in_segments_writes_nothing,
          a_net_that_diverges_stops_writing)
