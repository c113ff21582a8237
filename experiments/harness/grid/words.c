/* The vocabulary: one word per axis, with its kind, range, unit and meaning, the same in every experiment. */
#include "grid.h"

#include <stdio.h>
#include <string.h>

/* Far inside what double holds, so that squares, of which theory is made, and their products stay there too. */
#define POSITIVE     .low = 1e-50, .high = 1e50
#define NOT_NEGATIVE .low = 0, .high = 1e50

static const struct word vocabulary[] = {
    { "activation", KIND_NAME, "activation phi of the hidden units",
      .names = { "sigmoid", "tanh", "relu", "linear" } },
    { "architecture", KIND_NAME, "what carries the state: a plain layer or gates",
      .names = { "elman", "lstm", "gru" } },
    { "forget", KIND_REAL, "bias of the gate that keeps: f of the lstm, z of the gru; elman has none",
      .low = -100, .high = 100 },
    { "init", KIND_NAME, "law W_hh is drawn from", .names = { "gaussian", "orthogonal", "identity" } },
    { "scale", KIND_REAL,
      "sigma: standard deviation of W_hh times sqrt(H); factor of an orthogonal or identity W_hh", POSITIVE },
    { "length", KIND_COUNT, "T, in steps", .least = 1 },
    { "hidden", KIND_COUNT, "H, hidden units", .least = 1 },
    { "batch", KIND_COUNT, "B, sequences run together", .least = 1 },
    { "weights", KIND_NAME,
      "one W_hh for every step (a recurrent network) or a fresh one a step (a deep one)",
      .names = { "tied", "untied" } },
    { "inputs", KIND_COUNT, "I, numbers in x_t", .least = 1 },
    { "drive", KIND_REAL, "s2: variance the input adds to each a_t; 0 is no input and h_0 ~ N(0, 1)",
      NOT_NEGATIVE },
    { "norm", KIND_NAME,
      "what is batch-normalised: nothing, U x_t, W h_{t-1} + U x_t, or each of the two by itself",
      .names = { "none", "input", "full", "separate" } },
    { "gamma", KIND_REAL, "gain of what is batch-normalised", .low = 1e-6, .high = 1e6 },
    { "epsilon", KIND_REAL, "added to the variance of the batch", POSITIVE },
    { "noise", KIND_REAL, "noise of an observed state, relative to its standard deviation", NOT_NEGATIVE },
    { "lags", KIND_COUNT, "lags 0..lags-1", .least = 1 },
    { "seed", KIND_COUNT, "seed of weights and data", .least = 0 },
    { "source", KIND_NAME, "what is read: bytes, one-hot, or gaussian noise that adds as much variance",
      .names = { "text", "noise" } },
    { "file", KIND_FILE, "text read byte by byte", .names = { NULL } },
    { "limit", KIND_REAL, "half-width of the range of a, from -limit to limit", POSITIVE },
    { "step", KIND_REAL, "distance between points, the first at -limit", POSITIVE },
    { "first", KIND_COUNT, "first lag of the fit, in steps before T", .least = 0 },
    { "last", KIND_COUNT, "last lag of the fit, in steps before T", .least = 0 },
    { "sites", KIND_COUNT, "units that stand for infinitely many in the theory; 0: no theory", .least = 0 },
    { "clip", KIND_NAME,
      "what clipping bounds, after the backward pass and before the step: nothing, ||g||, or each |g_i|",
      .names = { "none", "norm", "value" } },
    { "threshold", KIND_REAL, "what clipping lets ||g||, or each |g_i|, reach", POSITIVE },
    { "rate", KIND_REAL, "learning rate: what a step of descent multiplies the gradient by", POSITIVE },
    { "updates", KIND_COUNT, "steps of descent", .least = 0 },
    { "task", KIND_NAME, "what is to be learnt (train.h)",
      .names = { "adding", "adding_anywhere", "order", "order3", "copy", "recall", "last" } },
    { "kind", KIND_NAME,
      "a whole set-up: sigmoid, tanh, relu, linear: elman, W_hh gaussian of scale 1; irnn: relu, W_hh = I, "
      "W_xh of deviation 0.1; orthogonal: tanh, W_hh orthogonal; lstm: forget bias 1; gru: bias 0; weak: "
      "tanh, W_xh of deviation 0.1; faint: irnn, W_xh and W_hy of deviation 0.01; else W_xh ~ N(0, 1/I) and "
      "W_hy ~ N(0, 1/H)",
      .names = { "sigmoid", "tanh", "relu", "linear", "irnn", "orthogonal", "lstm", "gru", "weak",
                 "faint" } },
    { "optimizer", KIND_NAME, "rule of a step", .names = { "sgd", "rmsprop", "adam" } },
    { "shortest", KIND_COUNT,
      "each update draws its length from shortest to length; 0: all are of that length", .least = 0 },
    { "reach", KIND_COUNT,
      "the longest sequences tested on at the end, beside length and those below reach of 10, 20, 30, 50, "
      "70, "
      "100, 150, 200, 300, 500, 700 and 1000 steps; 0: those of length alone",
      .least = 0 },
    { "delay", KIND_COUNT,
      "steps between what is asked for and the last, of the tasks last and recall; the others have none",
      .least = 0 },
    { "window", KIND_COUNT, "k: no recurrence, the last k inputs side by side; 0: a recurrent net",
      .least = 0 },
    { "truncation", KIND_COUNT,
      "k: back-propagation is cut every k steps, going back from the last; 0, or a k not below length: "
      "nowhere",
      .least = 0 },
    { "omega", KIND_REAL, "weight of the regulariser Omega (Pascanu et al. 2013); 0: none", NOT_NEGATIVE },
    { "statistics", KIND_NAME,
      "what a batch-normalised net is tested with; without a norm the two are the same",
      .names = { "batch", "population" } },
    { "goal", KIND_REAL, "error below which a task counts as solved, on 10 000 fresh sequences", POSITIVE },
    { "w", KIND_REAL, "weight of the single unit", .low = -100, .high = 100 },
    { "b", KIND_REAL, "bias of the single unit", .low = -100, .high = 100 },
};

const struct word *sweep_word(const char *name) {
    for (size_t i = 0; i < sizeof vocabulary / sizeof *vocabulary; i++)
        if (strcmp(vocabulary[i].name, name) == 0)
            return &vocabulary[i];
    return NULL;
}

static void allowed_names(const struct word *word, char *text, size_t size) {
    snprintf(text, size, "%s", sweep_tr("one of"));
    for (size_t i = 0; word->names[i]; i++) {
        size_t used = strlen(text);
        snprintf(text + used, size - used, "%s %s", i ? "," : "", word->names[i]);
    }
}

static void allowed_reals(const struct word *word, char *text, size_t size) {
    const char *format = word->low > 0 ? sweep_tr("> 0 (%.12g to %.12g)") : sweep_tr(">= %.12g and <= %.12g");
    snprintf(text, size, format, word->low, word->high);
}

void sweep_word_allowed(const struct word *word, char *text, size_t size) {
    if (word->kind == KIND_NAME)
        allowed_names(word, text, size);
    else if (word->kind == KIND_COUNT)
        snprintf(text, size, sweep_tr("a whole number >= %llu"), (unsigned long long)word->least);
    else if (word->kind == KIND_REAL)
        allowed_reals(word, text, size);
    else
        snprintf(text, size, "%s", sweep_tr("a text file in UTF-8"));
}
