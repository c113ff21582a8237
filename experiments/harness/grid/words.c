/* The vocabulary: one word per axis, with its kind, range, unit and meaning, the same in every experiment. */
#include "grid.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

/* Every whole number up to 2^53 is a double of its own, so seeds survive any reader of a CSV. */
#define LARGEST_EXACT (UINT64_C(1) << 53)

static const struct word vocabulary[] = {
    { .name = "activation",
      .kind = KIND_NAME,
      .names = { "sigmoid", "tanh", "relu", "linear" },
      .meaning = "activation phi of the hidden units" },
    { .name = "architecture",
      .kind = KIND_NAME,
      .names = { "elman", "lstm", "gru" },
      .meaning = "what carries the state: a plain layer or gates" },
    { .name = "forget",
      .kind = KIND_REAL,
      .low = -100,
      .high = 100,
      .meaning = "bias of the gate that keeps: f of the lstm, z of the gru; elman has none" },
    { .name = "init",
      .kind = KIND_NAME,
      .names = { "gaussian", "orthogonal", "identity" },
      .meaning = "law W_hh is drawn from" },
    { .name = "scale",
      .kind = KIND_REAL,
      .above = true,
      .high = INFINITY,
      .meaning =
          "sigma: standard deviation of W_hh times sqrt(H); factor of an orthogonal or identity W_hh" },
    { .name = "length", .kind = KIND_COUNT, .least = 1, .most = LARGEST_EXACT, .meaning = "T, in steps" },
    { .name = "hidden", .kind = KIND_COUNT, .least = 1, .most = LARGEST_EXACT, .meaning = "H, hidden units" },
    { .name = "batch",
      .kind = KIND_COUNT,
      .least = 1,
      .most = LARGEST_EXACT,
      .meaning = "B, sequences run together" },
    { .name = "weights",
      .kind = KIND_NAME,
      .names = { "tied", "untied" },
      .meaning = "one W_hh for every step (a recurrent network) or a fresh one a step (a deep one)" },
    { .name = "inputs",
      .kind = KIND_COUNT,
      .least = 1,
      .most = LARGEST_EXACT,
      .meaning = "I, numbers in x_t" },
    { .name = "drive",
      .kind = KIND_REAL,
      .high = INFINITY,
      .meaning = "s2: variance the input adds to each a_t; 0 is no input and h_0 ~ N(0, 1)" },
    { .name = "norm",
      .kind = KIND_NAME,
      .names = { "none", "input", "full", "separate" },
      .meaning =
          "what is batch-normalised: nothing, U x_t, W h_{t-1} + U x_t, or each of the two by itself" },
    { .name = "gamma",
      .kind = KIND_REAL,
      .above = true,
      .high = INFINITY,
      .meaning = "gain of what is batch-normalised" },
    { .name = "epsilon",
      .kind = KIND_REAL,
      .above = true,
      .high = INFINITY,
      .meaning = "added to the variance of the batch" },
    { .name = "noise",
      .kind = KIND_REAL,
      .high = INFINITY,
      .meaning = "noise of an observed state, relative to its standard deviation" },
    { .name = "lags", .kind = KIND_COUNT, .least = 1, .most = LARGEST_EXACT, .meaning = "lags 0..lags-1" },
    { .name = "seed", .kind = KIND_COUNT, .most = LARGEST_EXACT, .meaning = "seed of weights and data" },
    { .name = "source",
      .kind = KIND_NAME,
      .names = { "text", "noise" },
      .meaning = "what is read: bytes, one-hot, or gaussian noise that adds as much variance" },
    { .name = "file", .kind = KIND_FILE, .meaning = "text read byte by byte" },
    { .name = "limit",
      .kind = KIND_REAL,
      .above = true,
      .high = INFINITY,
      .meaning = "half-width of the range of a, from -limit to limit" },
    { .name = "step",
      .kind = KIND_REAL,
      .above = true,
      .high = INFINITY,
      .meaning = "distance between points" },
    { .name = "first",
      .kind = KIND_COUNT,
      .most = LARGEST_EXACT,
      .meaning = "first lag of the fit, in steps before T" },
    { .name = "last",
      .kind = KIND_COUNT,
      .most = LARGEST_EXACT,
      .meaning = "last lag of the fit, in steps before T" },
    { .name = "sites",
      .kind = KIND_COUNT,
      .most = LARGEST_EXACT,
      .meaning = "units that stand for infinitely many in the theory; 0: no theory" },
    { .name = "clip",
      .kind = KIND_NAME,
      .names = { "none", "norm", "value" },
      .meaning = "what clipping bounds, after the backward pass and before the step: nothing, ||g||, or "
                 "each |g_i|" },
    { .name = "threshold",
      .kind = KIND_REAL,
      .above = true,
      .high = INFINITY,
      .meaning = "what clipping lets ||g||, or each |g_i|, reach" },
    { .name = "rate",
      .kind = KIND_REAL,
      .above = true,
      .high = INFINITY,
      .meaning = "learning rate: what a step of descent multiplies the gradient by" },
    { .name = "updates", .kind = KIND_COUNT, .most = LARGEST_EXACT, .meaning = "steps of descent" },
    { .name = "task",
      .kind = KIND_NAME,
      .names = { "adding", "adding_anywhere", "order", "order3", "copy", "recall", "last" },
      .meaning = "what is to be learnt (train.h)" },
    { .name = "kind",
      .kind = KIND_NAME,
      .names = { "sigmoid", "tanh", "relu", "linear", "irnn", "orthogonal", "lstm", "gru", "weak", "faint" },
      .meaning = "a whole set-up: sigmoid, tanh, relu, linear: elman, W_hh gaussian of scale 1; irnn: relu, "
                 "W_hh = I, W_xh of deviation 0.1; orthogonal: tanh, W_hh orthogonal; lstm: forget bias 1; gru: "
                 "bias 0; weak: tanh, W_xh of deviation 0.1; faint: irnn, W_xh and W_hy of deviation 0.01; else W_xh ~ "
                 "N(0, 1/I) and W_hy ~ N(0, 1/H)" },
    { .name = "optimizer",
      .kind = KIND_NAME,
      .names = { "sgd", "rmsprop", "adam" },
      .meaning = "rule of a step" },
    { .name = "shortest",
      .kind = KIND_COUNT,
      .most = LARGEST_EXACT,
      .meaning = "each update draws its length from shortest to length; 0: all are of that length" },
    { .name = "reach",
      .kind = KIND_COUNT,
      .most = LARGEST_EXACT,
      .meaning = "the longest sequences tested on at the end; 0: those of length alone" },
    { .name = "delay",
      .kind = KIND_COUNT,
      .most = LARGEST_EXACT,
      .meaning = "steps between what is asked for and the last" },
    { .name = "window",
      .kind = KIND_COUNT,
      .most = LARGEST_EXACT,
      .meaning = "k: no recurrence, the last k inputs side by side; 0: a recurrent net" },
    { .name = "truncation",
      .kind = KIND_COUNT,
      .most = LARGEST_EXACT,
      .meaning = "k: back-propagation is cut every k steps, going back from the last; 0: nowhere" },
    { .name = "omega",
      .kind = KIND_REAL,
      .high = INFINITY,
      .meaning = "weight of the regulariser Omega (Pascanu et al. 2013); 0: none" },
    { .name = "statistics",
      .kind = KIND_NAME,
      .names = { "batch", "population" },
      .meaning = "what a batch-normalised net is tested with; without a norm the two are the same" },
    { .name = "goal",
      .kind = KIND_REAL,
      .above = true,
      .high = INFINITY,
      .meaning = "error below which a task counts as solved, on 10 000 fresh sequences" },
    { .name = "w", .kind = KIND_REAL, .low = -100, .high = 100, .meaning = "weight of the single unit" },
    { .name = "b", .kind = KIND_REAL, .low = -100, .high = 100, .meaning = "bias of the single unit" },
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

static void allowed_counts(const struct word *word, char *text, size_t size) {
    if (word->most < LARGEST_EXACT)
        snprintf(text, size, sweep_tr("a whole number from %llu to %llu"), (unsigned long long)word->least,
                 (unsigned long long)word->most);
    else
        snprintf(text, size, sweep_tr("a whole number >= %llu"), (unsigned long long)word->least);
}

static void allowed_reals(const struct word *word, char *text, size_t size) {
    snprintf(text, size, "%s %.12g", word->above ? ">" : ">=", word->low);
    size_t used = strlen(text);
    if (isfinite(word->high))
        snprintf(text + used, size - used, sweep_tr(" and %s %.12g"), word->below ? "<" : "<=", word->high);
}

void sweep_word_allowed(const struct word *word, char *text, size_t size) {
    switch (word->kind) {
    case KIND_NAME:
        allowed_names(word, text, size);
        return;
    case KIND_COUNT:
        allowed_counts(word, text, size);
        return;
    case KIND_REAL:
        allowed_reals(word, text, size);
        return;
    case KIND_FILE:
        snprintf(text, size, "%s", sweep_tr("a text file in UTF-8"));
        return;
    }
}
