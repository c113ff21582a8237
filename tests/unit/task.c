/* Tasks fill x and the targets as their definition says. */
#include "unit.h"

#include "kernels/kernels.h"
#include "train.h"

#include <math.h>
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
                              .reads = 1,
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

START_TEST(every_step_read_has_the_byte_after_it) {
    struct rnn *net = NULL;
    struct rnn_spec spec = spec_of(RNN_BYTES, RNN_BYTES, T);
    spec.reads = 4;
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    ck_assert_int_eq(rnn_draw_text(net, text, SIZE, 713), RNN_OK);
    for (size_t r = 0; r < 3; r++)
        for (size_t b = 0; b < B; b++)
            ck_assert_uint_eq(net->label[r * B + b], byte_of(net, T - 3 + r, b));
    for (size_t b = 0; b < B; b++)
        ck_assert_uint_lt(net->label[3 * B + b], RNN_BYTES);
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

/* ---- the tasks of the table ---------------------------------------------------------------------------- */

enum { LENGTH = 40, SEQUENCES = 1000, WIDEST = 10 };
static double x[LENGTH * SEQUENCES * WIDEST], target[SEQUENCES], draws[SEQUENCES * (LENGTH + 8)];
static uint32_t label[LENGTH * SEQUENCES];

static struct rnn_batch batch_of(size_t length, size_t sequences, size_t reads) {
    return (struct rnn_batch){ length, sequences, reads, x, target, label, NULL, 0 };
}

static void fill(const struct rnn_batch *batch, const struct rnn_problem *problem, uint32_t purpose,
                 uint32_t index) {
    ck_assert_ptr_null(rnn_problem_fault(problem, batch->length, batch->reads));
    for (size_t i = 0; i < sizeof x / sizeof *x; i++)
        x[i] = 2.385;
    rnn_problem_fill(batch, problem, (struct rnn_stream){ 713, purpose, index }, draws);
}

/* The symbol that x_t of sequence b shows, one-hot over `channels`. */
static size_t symbol_at(const struct rnn_batch *batch, size_t channels, size_t t, size_t b) {
    const double *row = batch->x + (t * batch->batch + b) * channels;
    size_t ones = 0, at = 0;
    for (size_t i = 0; i < channels; i++) {
        ck_assert(row[i] == 0 || row[i] == 1);
        ones += row[i] == 1;
        at = row[i] == 1 ? i : at;
    }
    ck_assert_uint_eq(ones, 1);
    return at;
}

/* Counts are those of a fair draw: within five deviations of the mean. */
static void is_even(const size_t *counts, size_t kinds) {
    for (size_t i = 0; i < kinds; i++) {
        const double expected = (double)SEQUENCES / (double)kinds;
        ck_assert_double_lt(fabs((double)counts[i] - expected), 5 * sqrt(expected));
    }
}

static void classes_are_even(size_t classes) {
    size_t counts[16] = { 0 };
    for (size_t b = 0; b < SEQUENCES; b++) {
        ck_assert_uint_lt(label[b], classes);
        counts[label[b]]++;
    }
    is_even(counts, classes);
}

/* Where the two markers stand; the others are 0, and the target is the sum of what is marked. */
static void find_marks(size_t mark[2], const struct rnn_batch *batch, size_t b) {
    size_t found = 0;
    double sum = 0;
    for (size_t t = 0; t < batch->length; t++) {
        const double *row = batch->x + (t * batch->batch + b) * 2;
        ck_assert(row[0] > 0 && row[0] < 1 && (row[1] == 0 || row[1] == 1));
        if (row[1] == 1) {
            ck_assert_uint_lt(found, 2);
            mark[found++] = t;
            sum += row[0];
        }
    }
    ck_assert_uint_eq(found, 2);
    ck_assert_double_eq(batch->target[b], sum);
}

START_TEST(adding_marks_one_value_in_each_half) {
    const struct rnn_problem problem = { .task = &rnn_task_adding };
    for (size_t length = 2; length <= 9; length += 7) {
        const struct rnn_batch batch = batch_of(length, SEQUENCES, 1);
        size_t mark[2], early[4] = { 0 }, late[5] = { 0 };
        fill(&batch, &problem, RNN_FOR_BATCH, 3);
        for (size_t b = 0; b < SEQUENCES; b++) {
            find_marks(mark, &batch, b);
            ck_assert(mark[0] < length / 2 && mark[1] >= length / 2);
            early[mark[0]]++;
            late[mark[1] - length / 2]++;
        }
        is_even(early, length / 2);
        is_even(late, length - length / 2);
    }
}
END_TEST

START_TEST(adding_anywhere_marks_any_two_values) {
    const struct rnn_problem problem = { .task = &rnn_task_adding_anywhere };
    const struct rnn_batch batch = batch_of(4, SEQUENCES, 1);
    size_t mark[2], pairs[6] = { 0 };
    fill(&batch, &problem, RNN_FOR_BATCH, 3);
    for (size_t b = 0; b < SEQUENCES; b++) {
        find_marks(mark, &batch, b);
        pairs[mark[0] == 0 ? mark[1] - 1 : mark[0] + mark[1]]++; /* 01 02 03 12 13 23 */
    }
    is_even(pairs, 6);
}
END_TEST

START_TEST(the_variance_of_the_sum_is_the_loss_of_chance) {
    const struct rnn_problem problems[] = { { .task = &rnn_task_adding },
                                            { .task = &rnn_task_adding_anywhere } };
    for (int i = 0; i < 2; i++) {
        const struct rnn_batch batch = batch_of(20, SEQUENCES, 1);
        double squares = 0;
        fill(&batch, &problems[i], RNN_FOR_TEST, 0);
        for (size_t b = 0; b < SEQUENCES; b++)
            squares += (target[b] - 1) * (target[b] - 1) / SEQUENCES;
        ck_assert_double_eq_tol(squares, rnn_chance_loss(problems[i].task, 1), 0.03);
        ck_assert_double_eq(problems[i].task->chance_error, 1.0 / 6);
    }
}
END_TEST

/* The marks A and B of sequence b, as a class; each must stand in its tenth of the length. */
static uint32_t order_of(const struct rnn_batch *batch, size_t b, const double *from, size_t marks) {
    uint32_t class = 0;
    size_t found = 0;
    for (size_t t = 0; t < batch->length; t++) {
        const size_t symbol = symbol_at(batch, 6, t, b);
        if (symbol > 1)
            continue;
        ck_assert_uint_lt(found, marks);
        ck_assert_double_ge((double)t, from[found] * (double)batch->length - 1e-9);
        ck_assert_double_lt((double)t, (from[found] + 0.1) * (double)batch->length - 1e-9);
        class = 2 * class + (uint32_t)symbol;
        found++;
    }
    ck_assert_uint_eq(found, marks);
    return class;
}

START_TEST(order_is_which_marks_came_when) {
    static const size_t lengths[] = { 10, 13, 20, 37, 40 };
    static const double two[] = { 0.1, 0.5 }, three[] = { 0.1, 0.3, 0.6 };
    const struct rnn_problem problems[] = { { .task = &rnn_task_order }, { .task = &rnn_task_order3 } };
    for (size_t i = 0; i < 10; i++) {
        const struct rnn_batch batch = batch_of(lengths[i % 5], SEQUENCES, 1);
        fill(&batch, &problems[i / 5], RNN_FOR_BATCH, 7);
        for (size_t b = 0; b < SEQUENCES; b++)
            ck_assert_uint_eq(label[b], i < 5 ? order_of(&batch, b, two, 2) : order_of(&batch, b, three, 3));
        classes_are_even(i < 5 ? 4 : 8);
    }
}
END_TEST

START_TEST(every_place_of_a_window_and_every_filler_is_used) {
    const struct rnn_problem problem = { .task = &rnn_task_order };
    const struct rnn_batch batch = batch_of(40, SEQUENCES, 1);
    size_t places[4] = { 0 }, fillers[4] = { 0 };
    fill(&batch, &problem, RNN_FOR_BATCH, 7);
    for (size_t b = 0; b < SEQUENCES; b++) {
        for (size_t t = 20; t < 24; t++)
            places[t - 20] += symbol_at(&batch, 6, t, b) < 2;
        fillers[symbol_at(&batch, 6, 39, b) - 2]++;
    }
    is_even(places, 4);
    is_even(fillers, 4);
}
END_TEST

START_TEST(last_asks_for_the_symbol_so_many_steps_back) {
    static const size_t delays[] = { 0, 1, 13 };
    for (size_t i = 0; i < 3; i++) {
        const struct rnn_problem problem = { .task = &rnn_task_last, .delay = delays[i] };
        const struct rnn_batch batch = batch_of(14, SEQUENCES, 1);
        fill(&batch, &problem, RNN_FOR_BATCH, 0);
        for (size_t b = 0; b < SEQUENCES; b++)
            ck_assert_uint_eq(label[b] + 2, symbol_at(&batch, 6, 13 - delays[i], b));
        classes_are_even(4);
    }
}
END_TEST

START_TEST(recall_shows_a_symbol_once_and_noise_otherwise) {
    static const size_t delays[] = { 1, 7, 19 };
    for (size_t i = 0; i < 3; i++) {
        const struct rnn_problem problem = { .task = &rnn_task_recall, .delay = delays[i] };
        const struct rnn_batch batch = batch_of(20, SEQUENCES, 1);
        double squares = 0;
        fill(&batch, &problem, RNN_FOR_BATCH, 0);
        for (size_t t = 0; t < 20; t++)
            for (size_t b = 0; b < SEQUENCES; b++) {
                const double *row = x + (t * SEQUENCES + b) * 5;
                const bool shown = t == 19 - delays[i];
                for (size_t k = 0; k < 4; k++)
                    ck_assert_double_eq(row[k], shown && k == label[b]);
                ck_assert_int_eq(row[4] == 0, shown);
                squares += row[4] * row[4] / (19 * SEQUENCES);
            }
        ck_assert_double_eq_tol(squares, 0.25, 0.01); /* four deviations */
        classes_are_even(4);
    }
}
END_TEST

START_TEST(copy_asks_for_ten_symbols_at_the_end) {
    const struct rnn_problem problem = { .task = &rnn_task_copy };
    static const size_t lengths[] = { 21, 40, 40 }, reads[] = { 21, 40, 3 };
    for (size_t i = 0; i < 3; i++) {
        const size_t L = lengths[i], n = reads[i];
        const struct rnn_batch batch = batch_of(L, SEQUENCES / 10, n);
        fill(&batch, &problem, RNN_FOR_BATCH, 0);
        for (size_t b = 0; b < batch.batch; b++)
            for (size_t t = 0; t < L; t++) {
                const size_t symbol = symbol_at(&batch, 10, t, b);
                ck_assert(t < 10 ? symbol >= 1 && symbol <= 8 : symbol == (t == L - 11 ? 9 : 0));
                if (t >= L - n)
                    ck_assert_uint_eq(label[(t - (L - n)) * batch.batch + b],
                                      t < L - 10 ? 0 : symbol_at(&batch, 10, t - (L - 10), b));
            }
    }
}
END_TEST

START_TEST(text_asks_for_the_next_byte_at_each_step_read) {
    static const unsigned char other[] =
        "o que ficou de fora serve apenas para a prova, e nada dela se aprende";
    static double wide[T * B * RNN_BYTES];
    const struct rnn_problem problem = { .task = &rnn_task_text,
                                         .text = { text, SIZE },
                                         .held_out = { other, sizeof other - 1 } };
    const struct rnn_batch batch = { T, B, 5, wide, NULL, label, NULL, 0 };
    for (int test = 0; test < 2; test++) {
        fill(&batch, &problem, test ? RNN_FOR_TEST : RNN_FOR_BATCH, 0);
        for (size_t b = 0; b < B; b++) {
            unsigned char window[T + 1];
            for (size_t t = 0; t < T; t++)
                window[t] = (unsigned char)symbol_at(&batch, RNN_BYTES, t, b);
            window[T] = (unsigned char)label[4 * B + b];
            ck_assert_ptr_nonnull(test ? memmem(other, sizeof other - 1, window, T + 1)
                                       : memmem(text, SIZE, window, T + 1));
            for (size_t r = 0; r < 5; r++)
                ck_assert_uint_eq(label[r * B + b], window[T - 4 + r]);
        }
    }
}
END_TEST

static const struct rnn_problem all[] = {
    { .task = &rnn_task_adding }, { .task = &rnn_task_adding_anywhere },
    { .task = &rnn_task_order },  { .task = &rnn_task_order3 },
    { .task = &rnn_task_copy },   { .task = &rnn_task_recall, .delay = 5 },
    { .task = &rnn_task_last },
};
enum { ALL = sizeof all / sizeof *all };

/* Which one is told of every task whose rows are one-hot, and no other has such rows alone. */
static void ones_are_told(const struct rnn_problem *problem, size_t sequences) {
    static uint32_t told[LENGTH * SEQUENCES], found[LENGTH * SEQUENCES];
    struct rnn_batch batch = batch_of(LENGTH, sequences, 1);
    batch.ones = told;
    fill(&batch, problem, RNN_FOR_BATCH, 0);
    const bool one_hot = k_find_ones(found, x, LENGTH * sequences, problem->task->inputs);
    ck_assert(one_hot == problem->task->one_hot);
    if (!one_hot)
        return;
    ck_assert_mem_eq(told, found, LENGTH * sequences * sizeof *told);
    batch.known = LENGTH * sequences / 2; /* another batch over this one, whose second half is lost */
    for (size_t i = batch.known * problem->task->inputs; i < sizeof x / sizeof *x; i++)
        x[i] = NAN;
    rnn_problem_fill(&batch, problem, (struct rnn_stream){ 4, RNN_FOR_BATCH, 1 }, draws);
    ck_assert(k_find_ones(found, x, LENGTH * sequences, problem->task->inputs));
    ck_assert_mem_eq(told, found, LENGTH * sequences * sizeof *told);
}

START_TEST(a_task_tells_where_its_ones_are) {
    for (size_t i = 0; i < ALL; i++)
        ones_are_told(&all[i], SEQUENCES);
    ones_are_told(
        &(struct rnn_problem){ .task = &rnn_task_text, .text = { text, SIZE }, .held_out = { text, SIZE } },
        20);
}
END_TEST

START_TEST(a_sequence_does_not_depend_on_its_companions) {
    static double few[LENGTH * 3 * WIDEST];
    for (size_t i = 0; i < ALL; i++) {
        const size_t I = all[i].task->inputs;
        struct rnn_batch batch = batch_of(LENGTH, 3, 1);
        fill(&batch, &all[i], RNN_FOR_BATCH, 11);
        memcpy(few, x, LENGTH * 3 * I * sizeof *x);
        const uint32_t third = label[2];
        batch.batch = 50;
        fill(&batch, &all[i], RNN_FOR_BATCH, 11);
        for (size_t t = 0; t < LENGTH; t++)
            ck_assert_mem_eq(few + t * 3 * I, x + t * 50 * I, 3 * I * sizeof *x);
        ck_assert(!all[i].task->classes || label[2] == third);
    }
}
END_TEST

/* As they would if the numbers of one began one after those of the last. */
START_TEST(sequences_do_not_overlap) {
    for (size_t i = 0; i < ALL; i++) {
        const size_t row = all[i].task->inputs * sizeof *x;
        const struct rnn_batch batch = batch_of(LENGTH, 2, 1);
        size_t differ = 0;
        fill(&batch, &all[i], RNN_FOR_BATCH, 11);
        for (size_t t = 0; t < 8; t++)
            differ +=
                memcmp(x + ((t + 1) * 2) * row / sizeof *x, x + (t * 2 + 1) * row / sizeof *x, row) != 0;
        ck_assert_uint_gt(differ, 0);
    }
}
END_TEST

/* A uniform number makes the symbol, and others the noise: its variance is 1/4 whatever the symbol. */
START_TEST(noise_knows_nothing_of_the_symbol) {
    const struct rnn_problem problem = { .task = &rnn_task_recall, .delay = 1 };
    const struct rnn_batch batch = batch_of(3, 1, 1);
    double squares[4] = { 0 }, count[4] = { 0 };
    for (uint32_t i = 0; i < 4000; i++) {
        rnn_problem_fill(&batch, &problem, (struct rnn_stream){ 713, RNN_FOR_BATCH, i }, draws);
        squares[label[0]] += x[4] * x[4];
        count[label[0]]++;
    }
    for (int k = 0; k < 4; k++)
        ck_assert_double_eq_tol(squares[k] / count[k], 0.25, 0.06); /* five deviations */
}
END_TEST

START_TEST(batches_of_other_numbers_purposes_and_seeds_differ) {
    static double first[LENGTH * 3 * WIDEST];
    const struct rnn_stream streams[] = { { 713, RNN_FOR_BATCH, 12 },
                                          { 713, RNN_FOR_TEST, 11 },
                                          { 714, RNN_FOR_BATCH, 11 } };
    for (size_t i = 0; i < ALL; i++) {
        const struct rnn_batch batch = batch_of(LENGTH, 3, 1);
        const size_t size = LENGTH * 3 * all[i].task->inputs * sizeof *x;
        fill(&batch, &all[i], RNN_FOR_BATCH, 11);
        memcpy(first, x, size);
        for (size_t j = 0; j < 3; j++) {
            rnn_problem_fill(&batch, &all[i], streams[j], draws);
            ck_assert_int_ne(memcmp(first, x, size), 0);
        }
        fill(&batch, &all[i], RNN_FOR_BATCH, 11);
        ck_assert_mem_eq(first, x, size);
    }
}
END_TEST

START_TEST(chance_is_the_logarithm_of_the_classes) {
    ck_assert_double_eq_tol(rnn_chance_loss(&rnn_task_order, 1), log(4), 1e-15);
    ck_assert_double_eq_tol(rnn_chance_loss(&rnn_task_order3, 1), log(8), 1e-15);
    ck_assert_double_eq_tol(rnn_chance_loss(&rnn_task_recall, 1), log(4), 1e-15);
    ck_assert_double_eq_tol(rnn_chance_loss(&rnn_task_last, 1), log(4), 1e-15);
    ck_assert_double_eq_tol(rnn_chance_loss(&rnn_task_text, 30), log(256), 1e-14);
    ck_assert_double_eq_tol(rnn_chance_loss(&rnn_task_copy, 120), 10 * log(8) / 120, 1e-15);
    ck_assert_double_eq_tol(rnn_chance_loss(&rnn_task_copy, 7), log(8), 1e-15);
    ck_assert_double_eq(rnn_task_order3.chance_error, 0.875);
    ck_assert_double_eq(rnn_task_text.chance_error, 255.0 / 256);
}
END_TEST

START_TEST(a_problem_that_cannot_be_set_names_its_field) {
    const struct rnn_text good = { text, 21 }, none = { NULL, 21 };
    const struct {
        struct rnn_problem problem;
        size_t length, reads;
        const char *field;
    } wrong[] = { { { .task = NULL }, 20, 1, "task" },
                  { { .task = &rnn_task_order }, 9, 1, "length" },
                  { { .task = &rnn_task_adding }, 1, 1, "length" },
                  { { .task = &rnn_task_copy }, 20, 20, "length" },
                  { { .task = &rnn_task_order }, 20, 0, "reads" },
                  { { .task = &rnn_task_order }, 20, 2, "reads" },
                  { { .task = &rnn_task_copy }, 30, 31, "reads" },
                  { { .task = &rnn_task_recall, .delay = 0 }, 20, 1, "delay" },
                  { { .task = &rnn_task_recall, .delay = 20 }, 20, 1, "delay" },
                  { { .task = &rnn_task_last, .delay = 20 }, 20, 1, "delay" },
                  { { .task = &rnn_task_text, .text = none, .held_out = good }, 20, 1, "text" },
                  { { .task = &rnn_task_text, .text = good, .held_out = good }, 21, 1, "text" },
                  { { .task = &rnn_task_text, .text = good, .held_out = { text, 20 } }, 20, 1, "held_out" } };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *fault = rnn_problem_fault(&wrong[i].problem, wrong[i].length, wrong[i].reads);
        ck_assert_ptr_nonnull(fault);
        ck_assert_int_eq(strncmp(fault, wrong[i].field, strlen(wrong[i].field)), 0);
    }
}
END_TEST

UNIT_MAIN("task", a_window_is_a_piece_of_the_text_and_its_label_the_next_byte,
          every_step_read_has_the_byte_after_it, the_longest_window_is_the_text_but_its_last_byte,
          a_net_that_cannot_read_bytes_is_refused, adding_marks_one_value_in_each_half,
          adding_anywhere_marks_any_two_values, the_variance_of_the_sum_is_the_loss_of_chance,
          order_is_which_marks_came_when, every_place_of_a_window_and_every_filler_is_used,
          last_asks_for_the_symbol_so_many_steps_back, recall_shows_a_symbol_once_and_noise_otherwise,
          copy_asks_for_ten_symbols_at_the_end, text_asks_for_the_next_byte_at_each_step_read,
          a_task_tells_where_its_ones_are, a_sequence_does_not_depend_on_its_companions,
          batches_of_other_numbers_purposes_and_seeds_differ, chance_is_the_logarithm_of_the_classes,
          sequences_do_not_overlap, noise_knows_nothing_of_the_symbol,
          a_problem_that_cannot_be_set_names_its_field)
