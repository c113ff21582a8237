/* Tasks: how a batch of sequences is made from uniform numbers, `draws` of them a sequence. */
#include "train.h"

#include <math.h>
#include <string.h>

/* ---- small helpers -------------------------------------------------------------------------------- */

/* first..end-1, from u in (0, 1) */
static size_t pick(double u, size_t first, size_t end) {
    return first + (size_t)(u * (double)(end - first));
}

/* x_t of sequence b */
static double *row_of(const struct rnn_batch *to, size_t inputs, size_t t, size_t b) {
    return to->x + (t * to->batch + b) * inputs;
}

static void show(const struct rnn_batch *to, size_t inputs, size_t t, size_t b, size_t symbol) {
    double *row = row_of(to, inputs, t, b);
    const size_t number = t * to->batch + b;
    if (number < to->known)
        row[to->ones[number]] = 0;
    else
        memset(row, 0, inputs * sizeof *row);
    row[symbol] = 1;
    if (to->ones)
        to->ones[number] = (uint32_t)symbol;
}

/* The uniform numbers of all sequences; returns how many each has. */
static size_t draw(double *draws, const struct rnn_batch *to, const struct rnn_task *task,
                   struct rnn_stream stream) {
    const size_t each = task->draws(to->length);
    rnn_uniform(draws, to->batch * each, stream);
    return each;
}

static size_t one_a_step(size_t length) {
    return length;
}

/* ---- adding --------------------------------------------------------------------------------------- */

/* values, then the two places */
static size_t adding_draws(size_t length) {
    return length + 2;
}

static void add(const struct rnn_batch *to, size_t b, const double *u, size_t first, size_t second) {
    const size_t T = to->length;
    for (size_t t = 0; t < T; t++) {
        double *row = row_of(to, 2, t, b);
        row[0] = u[t];
        row[1] = t == first || t == second;
    }
    to->target[b] = u[first] + u[second];
}

static void fill_adding(const struct rnn_batch *to, const struct rnn_problem *problem,
                        struct rnn_stream stream, double *draws) {
    const size_t T = to->length, each = draw(draws, to, problem->task, stream);
    for (size_t b = 0; b < to->batch; b++) {
        const double *u = draws + b * each;
        add(to, b, u, pick(u[T], 0, T / 2), pick(u[T + 1], T / 2, T));
    }
}

static void fill_adding_anywhere(const struct rnn_batch *to, const struct rnn_problem *problem,
                                 struct rnn_stream stream, double *draws) {
    const size_t T = to->length, each = draw(draws, to, problem->task, stream);
    for (size_t b = 0; b < to->batch; b++) {
        const double *u = draws + b * each;
        const size_t first = pick(u[T], 0, T), second = pick(u[T + 1], 0, T - 1);
        add(to, b, u, first, second + (second >= first));
    }
}

/* ---- temporal order ------------------------------------------------------------------------------- */

enum { SYMBOLS = 6, MARKS = 2 }; /* A B, which mark, then c d e f */

/* a symbol a step, then a place and a mark for each of at most three */
static size_t order_draws(size_t length) {
    return length + 6;
}

/* ceil(tenths / 10 * length) */
static size_t tenths(size_t count, size_t length) {
    return (count * length + 9) / 10;
}

/* The marks stand within a tenth of the sequence from so many tenths on. */
static void fill_marks(const struct rnn_batch *to, const struct rnn_problem *problem,
                       struct rnn_stream stream, double *draws, const size_t *from, size_t marks) {
    const size_t T = to->length, each = draw(draws, to, problem->task, stream);
    for (size_t b = 0; b < to->batch; b++) {
        const double *u = draws + b * each;
        uint32_t label = 0;
        for (size_t t = 0; t < T; t++)
            show(to, SYMBOLS, t, b, pick(u[t], MARKS, SYMBOLS));
        for (size_t i = 0; i < marks; i++) {
            const size_t mark = pick(u[T + 2 * i], 0, MARKS);
            show(to, SYMBOLS, pick(u[T + 2 * i + 1], tenths(from[i], T), tenths(from[i] + 1, T)), b, mark);
            label = MARKS * label + (uint32_t)mark;
        }
        to->label[b] = label;
    }
}

static void fill_order(const struct rnn_batch *to, const struct rnn_problem *problem,
                       struct rnn_stream stream, double *draws) {
    fill_marks(to, problem, stream, draws, (const size_t[]){ 1, 5 }, 2);
}

static void fill_order3(const struct rnn_batch *to, const struct rnn_problem *problem,
                        struct rnn_stream stream, double *draws) {
    fill_marks(to, problem, stream, draws, (const size_t[]){ 1, 3, 6 }, 3);
}

static void fill_last(const struct rnn_batch *to, const struct rnn_problem *problem, struct rnn_stream stream,
                      double *draws) {
    const size_t T = to->length, each = draw(draws, to, problem->task, stream);
    for (size_t b = 0; b < to->batch; b++) {
        const double *u = draws + b * each;
        for (size_t t = 0; t < T; t++)
            show(to, SYMBOLS, t, b, pick(u[t], MARKS, SYMBOLS));
        to->label[b] = (uint32_t)pick(u[T - 1 - problem->delay], 0, SYMBOLS - MARKS);
    }
}

/* ---- copy ----------------------------------------------------------------------------------------- */

enum { COPIED = 10, BLANK = 0, MARKER = 9, CHANNELS = 10 };

static size_t copy_draws(size_t length) {
    (void)length;
    return COPIED;
}

static void fill_copy(const struct rnn_batch *to, const struct rnn_problem *problem, struct rnn_stream stream,
                      double *draws) {
    const size_t T = to->length, B = to->batch, each = draw(draws, to, problem->task, stream);
    for (size_t b = 0; b < B; b++)
        for (size_t t = 0; t < T; t++) {
            const size_t first = T - COPIED, symbol = pick(draws[b * each + t % COPIED], BLANK + 1, MARKER);
            show(to, CHANNELS, t, b, t < COPIED ? symbol : t == first - 1 ? MARKER : BLANK);
        }
    for (size_t r = 0; r < to->reads; r++)
        for (size_t b = 0; b < B; b++) {
            const size_t left = to->reads - r; /* the last read has one left */
            to->label[r * B + b] =
                left > COPIED ? BLANK : (uint32_t)pick(draws[b * each + COPIED - left], BLANK + 1, MARKER);
        }
}

/* ---- recall --------------------------------------------------------------------------------------- */

enum { CLASSES = 4 };

/* the noise, and the class, for which a normal number is drawn in vain */
static void fill_recall(const struct rnn_batch *to, const struct rnn_problem *problem,
                        struct rnn_stream stream, double *draws) {
    const size_t T = to->length, shown = T - 1 - problem->delay;
    struct rnn_stream noise = stream;
    rnn_uniform(draws, to->batch, stream);
    for (size_t b = 0; b < to->batch; b++)
        to->label[b] = (uint32_t)pick(draws[b], 0, CLASSES);
    noise.purpose = stream.purpose == RNN_FOR_TEST ? RNN_FOR_TEST_NOISE : RNN_FOR_BATCH_NOISE;
    rnn_gaussian(draws, to->batch * T, 0.5, noise);
    for (size_t b = 0; b < to->batch; b++)
        for (size_t t = 0; t < T; t++) {
            show(to, CLASSES + 1, t, b, to->label[b]);
            double *row = row_of(to, CLASSES + 1, t, b);
            if (t != shown) {
                row[to->label[b]] = 0;
                row[CLASSES] = draws[b * T + t];
            }
        }
}

/* ---- text ----------------------------------------------------------------------------------------- */

static size_t text_draws(size_t length) {
    (void)length;
    return 1;
}

static void fill_text(const struct rnn_batch *to, const struct rnn_problem *problem, struct rnn_stream stream,
                      double *draws) {
    const struct rnn_text *text = stream.purpose == RNN_FOR_TEST ? &problem->held_out : &problem->text;
    const size_t T = to->length, B = to->batch;
    draw(draws, to, problem->task, stream);
    for (size_t b = 0; b < B; b++) {
        const unsigned char *window = text->bytes + pick(draws[b], 0, text->size - T);
        for (size_t t = 0; t < T; t++)
            show(to, RNN_BYTES, t, b, window[t]);
        for (size_t r = 0; r < to->reads; r++)
            to->label[r * B + b] = window[T - to->reads + r + 1];
    }
}

enum rnn_status rnn_draw_text(struct rnn *net, const unsigned char *text, size_t size, uint64_t seed) {
    const struct rnn_spec *s = &net->spec;
    if (s->inputs != RNN_BYTES || s->outputs != RNN_BYTES || size <= s->length)
        return RNN_BAD_SIZE;
    memset(net->x, 0, s->length * s->batch * s->inputs * sizeof *net->x);
    for (size_t b = 0; b < s->batch; b++) {
        double place;
        rnn_uniform(&place, 1, (struct rnn_stream){ seed, RNN_FOR_TASK, (uint32_t)b });
        const unsigned char *window = text + (size_t)(place * (double)(size - s->length));
        for (size_t t = 0; t < s->length; t++)
            net->x[(t * s->batch + b) * s->inputs + window[t]] = 1;
        for (size_t r = 0; r < s->reads; r++)
            net->label[r * s->batch + b] = window[s->length - s->reads + r + 1];
    }
    return RNN_OK;
}

/* ---- the table ------------------------------------------------------------------------------------ */

#define LN_2 0.693147180559945309417
const struct rnn_task rnn_task_adding = {
    "adding", 2, 1, 2, 1, 1, false, false, 1.0 / 6, 1.0 / 6, adding_draws, fill_adding
};
const struct rnn_task rnn_task_adding_anywhere = {
    "adding_anywhere", 2, 1, 2, 1, 1, false, false, 1.0 / 6, 1.0 / 6, adding_draws, fill_adding_anywhere
};
const struct rnn_task rnn_task_order = { "order", SYMBOLS, 4,        10,   1,           1,
                                         true,    true,    2 * LN_2, 0.75, order_draws, fill_order };
const struct rnn_task rnn_task_order3 = { "order3", SYMBOLS, 8,        10,    1,           1,
                                          true,     true,    3 * LN_2, 0.875, order_draws, fill_order3 };
const struct rnn_task rnn_task_copy = { "copy", CHANNELS, 9,        2 * COPIED + 1, SIZE_MAX,   COPIED,
                                        true,   true,     3 * LN_2, 0.875,          copy_draws, fill_copy };
const struct rnn_task rnn_task_recall = { "recall", CLASSES + 1, CLASSES,  2,    1,          1,
                                          true,     false,       2 * LN_2, 0.75, one_a_step, fill_recall };
const struct rnn_task rnn_task_last = { "last", SYMBOLS, SYMBOLS - MARKS, 2,    1,          1,
                                        true,   true,    2 * LN_2,        0.75, one_a_step, fill_last };
const struct rnn_task rnn_task_text = { "text", RNN_BYTES, RNN_BYTES, 1,           SIZE_MAX,   SIZE_MAX,
                                        true,   true,      8 * LN_2,  255.0 / 256, text_draws, fill_text };

static size_t least(size_t a, size_t b) {
    return a < b ? a : b;
}

double rnn_chance_loss(const struct rnn_task *task, size_t reads) {
    return task->chance_loss * (double)least(task->answers, reads) / (double)reads;
}

static const char *text_fault(const struct rnn_problem *problem, size_t length) {
    if (!problem->text.bytes || problem->text.size <= length)
        return "text: must be longer than a sequence";
    if (!problem->held_out.bytes || problem->held_out.size <= length)
        return "held_out: must be longer than a sequence";
    return NULL;
}

const char *rnn_problem_fault(const struct rnn_problem *problem, size_t length, size_t reads) {
    const struct rnn_task *task = problem->task;
    if (!task)
        return "task: must be one of the table";
    if (length < task->least)
        return "length: must be at least that of the task";
    if (!reads || reads > least(length, task->reads))
        return "reads: must be 1, or of copy and text at most length";
    if (task == &rnn_task_recall && (problem->delay < 1 || problem->delay >= length))
        return "delay: must be at least 1 and below length";
    if (task == &rnn_task_last && problem->delay >= length)
        return "delay: must be below length";
    return task == &rnn_task_text ? text_fault(problem, length) : NULL;
}

void rnn_problem_fill(const struct rnn_batch *batch, const struct rnn_problem *problem,
                      struct rnn_stream stream, double *draws) {
    problem->task->fill(batch, problem, stream, draws);
}
