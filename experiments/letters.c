/* How many letters back does it learn from?
 *
 * The next byte of real Portuguese, the loss read at every step, and back-propagation cut every k steps: the state still
 * carries all that was read, but no error goes back over a cut. Theory: what the k-th step back adds shrinks as the gradient
 * and the text's own memory do (a letter tells the next far more than the one a line up), so bits fall with k and level
 * off. */
#include "measure.h"
#include "sweep.h"
#include "train.h"

#include <inttypes.h>
#include <math.h>

static const struct sweep_axis axes[] = {
    { "file", "cadernos.txt" },
    { "kind", "tanh,irnn,lstm" },
    { "truncation", "1,2,4,8,32" },
    { "length", "32" },
    { "hidden", "32" },
    { "batch", "10" },
    { "optimizer", "adam" },
    { "rate", "0.01" },
    { "clip", "norm" },
    { "threshold", "1" },
    { "updates", "800" },
    { "seed", "1:16" },
    { 0 },
};

enum { UPDATE, LAG, NORM, BITS, FREQUENCY, DIVERGED, NORM_MOST, CLIPPED, COLUMNS };
static const struct sweep_column columns[] = {
    { "update", "updates made before: none, an eighth, all", .key = true },
    { "lag", "letters k between h_t and the last of a window", .key = true },
    { "log10_norm", "log10 of ||dL/dh_t||, Frobenius, L that of the last letter alone and nothing cut", 0 },
    { "bits", "a byte, on 1000 windows of the last tenth, held out; of a run that diverged 8", 0 },
    { "bits_frequency", "entropy of single bytes there: no guess that looks at no byte before is better", 0 },
    { "diverged", "1 if a number was no longer finite, else 0", 0 },
    { "log10_norm_most", "log10 of ||g||, all parameters, before the clip, the largest so far", 0 },
    { "clipped", "share of updates whose gradient the clip changed", 0 },
    { 0 },
};

enum { WINDOWS = 1000, SAMPLE = 500 }; /* of a test; bytes that a net writes */

/* A row a lag; where it diverged, one row. */
static enum rnn_status look(struct sweep_sink *sink, const struct sweep_notes *notes,
                            struct rnn_training *training) {
    struct rnn *net = training->net;
    const struct rnn_text held_out = training->spec.problem.held_out;
    const double updates = (double)training->updates;
    const size_t T = training->spec.longest;
    struct rnn_score score = { .loss = rnn_chance_loss(&rnn_task_text, net->spec.reads) };
    enum rnn_status status = training->cause == RNN_GOES_ON ? RNN_OK : RNN_DIVERGED;
    if (status == RNN_OK)
        status = rnn_training_test(&score, training, T, WINDOWS);
    if (status == RNN_OK)
        status = rnn_back_from_last(net);
    if (status == RNN_ZERO)
        status = RNN_OK;
    const bool lost = status == RNN_DIVERGED;
    double row[COLUMNS] = {
        [UPDATE] = updates,
        [BITS] = score.loss / M_LN2,
        [FREQUENCY] = rnn_entropy(held_out.bytes, held_out.size),
        [DIVERGED] = lost,
        [NORM_MOST] = sweep_log10(notes->most),
        [CLIPPED] = updates > 0 ? (double)notes->clipped / updates : SWEEP_NONE,
    };
    for (size_t lag = 0; (lost || status == RNN_OK) && lag < (lost ? 1 : T); lag++) {
        row[LAG] = (double)lag;
        row[NORM] = lost ? SWEEP_NONE : sweep_log10(net->log_dh[T - 1 - lag]);
        sweep_row(sink, row);
    }
    return status;
}

/* The last look, and under --arrays a sample of what the net writes. */
static enum rnn_status finish(const struct sweep_point *point, struct sweep_sink *sink,
                              const struct sweep_notes *notes, struct rnn_training *training) {
    unsigned char text[SAMPLE];
    enum rnn_status status = RNN_OK;
    if (training->cause == RNN_GOES_ON)
        status = rnn_write_text(text, SAMPLE, training->net, training->spec.seed);
    if (status == RNN_OK)
        status = look(sink, notes, training);
    if (status == RNN_OK)
        status = sweep_arrays_and_sample(training->net, point, (struct sweep_text){ text, SAMPLE });
    return status == RNN_DIVERGED ? RNN_OK : status;
}

static enum rnn_status run(const struct sweep_point *point, struct sweep_sink *sink) {
    const uint64_t updates = sweep_count(point, "updates");
    struct rnn_training *training;
    struct sweep_notes notes = { .most = -INFINITY };
    enum rnn_status status = sweep_training(&training, point);
    while (status == RNN_OK && sweep_training_goes_on(training, point, &notes, sizeof notes)) {
        if (training->updates == 0 || training->updates == updates / 8)
            status = look(sink, &notes, training);
        if (status == RNN_OK)
            status = sweep_training_step(training, &notes);
    }
    const bool ended = !sweep_stops(point) && (status == RNN_OK || status == RNN_DIVERGED);
    return ended ? finish(point, sink, &notes, training) : status;
}

/* The tenth that is held out has to hold a window and the byte after it. */
static bool valid(const struct sweep_point *point, char *reason, size_t size) {
    const uint64_t length = sweep_count(point, "length");
    if (sweep_text(point, "file").size / 10 > length)
        return sweep_training_valid(point, reason, size);
    return sweep_invalid(reason, size, "--file %s: must hold more than ten times --length %" PRIu64 " bytes",
                         sweep_name(point, "file"), length);
}

const struct sweep_spec experiment = {
    .name = "letters",
    .question = "How many letters back does it learn from?",
    .theory = "what one step further back adds shrinks with the gradient and with what the text itself "
              "remembers, so bits fall with the truncation length and level off",
    .axes = axes,
    .columns = columns,
    .plot = { .x = "truncation",
              .y = "bits",
              .by = "kind",
              .theory = "bits_frequency",
              .held = { "update", "last" } },
    .run = run,
    .valid = valid,
    .net = sweep_learner_spec,
    .work = sweep_training_work,
};
