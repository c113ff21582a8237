/* The protocol that most experiments on learning share: train until the task is solved. */
#include "run.h"

#include "train.h"

#include <math.h>

/* Updates between tests; sequences of a test. */
enum { EVERY = 100, QUICK = 500, THOROUGH = 10000, ELSEWHERE = 1000 };

enum { TESTED, SOLVED, SOLVED_AT, NEEDED, LOST, LOST_AT, ERROR, LOSS, FIRST, MOST, CLIPPED, COST, COLUMNS };
const struct sweep_column sweep_learning_columns[] = {
    { "tested", "length of the sequences tested on at the end", .key = true },
    { "solved", "1 if the error came below goal on 10 000 fresh sequences, else 0, also where it diverged",
      0 },
    { "solved_at", "updates made then; empty if never", 0 },
    { "needed", "the same, but the cap --updates if never: what a mean may be taken of", 0 },
    { "diverged", "1 if a number was no longer finite, else 0; neither solved nor diverged is stuck", 0 },
    { "diverged_at", "updates made when a number was no longer finite; empty if never", 0 },
    { "error",
      "share of wrong answers, of adding the mean squared error, on fresh sequences at the end: 500, or "
      "10 000 where these passed (1000 of a length not trained on)",
      0 },
    { "loss", "cross-entropy in nats or the mean squared error, likewise", 0 },
    { "log10_norm_first", "log10 of ||g||, all parameters, before the first update's clip", 0 },
    { "log10_norm_most", "the largest of all updates", 0 },
    { "clipped", "share of updates whose gradient the clip changed", 0 },
    { "cost", "multiply-adds of the products of one update, in millions", 0 },
    { 0 },
};

/* What a run has come to; without pointers, as it goes into checkpoints. */
struct outcome {
    uint64_t solved_at;
    struct sweep_notes notes;
    struct rnn_score score;
};

/* Every so often a quick test, and where that is passed a thorough one. A miss is not looked at further, but the error
 * at the end of a run is told. */
static enum rnn_status examine(struct outcome *outcome, struct rnn_training *training,
                               const struct sweep_point *point) {
    const size_t length = training->spec.longest;
    const double goal = sweep_real(point, "goal");
    const double enough = training->updates == sweep_count(point, "updates") ? INFINITY : goal;
    if (training->updates % EVERY)
        return RNN_OK;
    enum rnn_status status = rnn_training_pass(&outcome->score, training, length, QUICK, enough);
    if (status == RNN_OK && outcome->score.error < goal)
        status = rnn_training_pass(&outcome->score, training, length, THOROUGH, enough);
    if (status == RNN_OK && outcome->score.error < goal && outcome->score.sequences == THOROUGH)
        outcome->solved_at = training->updates;
    return status;
}

/* Multiply-adds: a state takes a product forward, one back, and one into the gradient; inputs two. */
static double cost_of(const struct rnn *net, double length) {
    const struct rnn_spec *s = &net->spec;
    const double H = (double)s->hidden, GH = (double)net->gates * H, B = (double)s->batch;
    return 1e-6 * B * length * GH * (3 * H + 2 * (double)s->inputs);
}

static void fill(double *row, const struct outcome *o, const struct rnn_training *training,
                 uint64_t updates) {
    const bool lost = training->cause != RNN_GOES_ON;
    const double made = (double)training->updates;
    row[SOLVED] = o->solved_at > 0;
    row[SOLVED_AT] = o->solved_at ? (double)o->solved_at : SWEEP_NONE;
    row[NEEDED] = (double)(o->solved_at ? o->solved_at : updates);
    row[LOST] = lost;
    row[LOST_AT] = lost ? made : SWEEP_NONE;
    row[ERROR] = lost ? SWEEP_NONE : o->score.error;
    row[LOSS] = lost ? SWEEP_NONE : o->score.loss;
    row[FIRST] = made > 0 ? sweep_log10(o->notes.first) : SWEEP_NONE;
    row[MOST] = made > 0 ? sweep_log10(o->notes.most) : SWEEP_NONE;
    row[CLIPPED] = made > 0 ? (double)o->notes.clipped / made : SWEEP_NONE;
    row[COST] = cost_of(training->net, (double)training->spec.longest);
}

/* The row of the length trained on, then, with `reach`, one for each of these below it, and its own. */
static enum rnn_status write_rows(struct sweep_sink *sink, struct outcome *o, struct rnn_training *training,
                                  const struct sweep_point *point) {
    static const size_t lengths[] = { 10, 20, 30, 50, 70, 100, 150, 200, 300, 500, 700, 1000, SIZE_MAX };
    const size_t length = training->spec.longest, reach = sweep_count_or(point, "reach", 0);
    double row[COLUMNS] = { [TESTED] = (double)length };
    enum rnn_status status = RNN_OK;
    if (training->cause == RNN_GOES_ON && (!training->updates || training->updates % EVERY))
        status = rnn_training_test(&o->score, training, length, THOROUGH);
    fill(row, o, training, sweep_count(point, "updates"));
    sweep_row(sink, row);
    for (size_t i = 0, tested = 0; training->cause == RNN_GOES_ON && tested < reach; i++) {
        tested = lengths[i] < reach ? lengths[i] : reach;
        if (tested == length || tested < training->spec.problem.task->least)
            continue;
        status = rnn_training_test(&o->score, training, tested, ELSEWHERE);
        row[TESTED] = (double)tested;
        row[ERROR] = status == RNN_OK ? o->score.error : SWEEP_NONE;
        row[LOSS] = status == RNN_OK ? o->score.loss : SWEEP_NONE;
        sweep_row(sink, row);
    }
    return status == RNN_DIVERGED ? RNN_OK : status;
}

enum rnn_status sweep_learn(const struct sweep_point *point, struct sweep_sink *sink) {
    struct rnn_training *training;
    struct outcome outcome = { .notes = { .first = -INFINITY, .most = -INFINITY } };
    enum rnn_status status = sweep_training(&training, point);
    while (status == RNN_OK && !outcome.solved_at &&
           sweep_training_goes_on(training, point, &outcome, sizeof outcome)) {
        status = sweep_training_step(training, &outcome.notes);
        if (status == RNN_OK)
            status = examine(&outcome, training, point);
    }
    if (sweep_stops(point) || (status != RNN_OK && status != RNN_DIVERGED))
        return status;
    return write_rows(sink, &outcome, training, point);
}
