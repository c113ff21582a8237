/* Flags: no abbreviations and no operands, so that a typo never runs a default. */
#include "command.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

const struct flag_word sweep_flags[FLAGS] = {
    [FLAG_OUT] = { "out", "FILE", "where the rows go; - is standard output" },
    [FLAG_JOBS] = { "jobs", "N",
                    "cells that run at the same time (default: OMP_NUM_THREADS, else the cores)" },
    [FLAG_SHARD] = { "shard", "K/N",
                     "only the cells k with k mod N = K, in files with K-of-N in their names" },
    [FLAG_MERGE] = { "merge", "DIR",
                     "first take in the cells of the other stores in DIR, as of shards; may be repeated" },
    [FLAG_FRESH] = { "fresh", NULL, "compute again what the store holds" },
    [FLAG_ARRAYS] = { "arrays", "DIR",
                      "weights, inputs, states and gradients of each cell, of a training those it ends with, "
                      "as DIR/cell-00012/*.npy" },
    [FLAG_PLOT] = { "plot", NULL, "draw the result in the terminal through gnuplot" },
    [FLAG_PICTURE] = { "picture", "FILE", "draw what --plot draws into a file, .svg or .png" },
    [FLAG_LIST] = { "list", NULL, "print the cells, one a line, and run nothing" },
    [FLAG_QUIET] = { "quiet", NULL, "no progress on the terminal" },
    [FLAG_HELP] = { "help", NULL, "print this help" },
    [FLAG_VERSION] = { "version", NULL, "print the version" },
};

bool sweep_flag_applies(enum flag flag, const struct sweep_spec *spec) {
    return flag != FLAG_ARRAYS || spec->net;
}

/* Where the text of a flag of this name goes: NULL if there is none. */
static const char **slot_of(struct options *options, const struct sweep_spec *spec, const char *name,
                            size_t size, bool *is_switch) {
    for (size_t i = 0; i < FLAGS; i++)
        if (strlen(sweep_flags[i].name) == size && strncmp(sweep_flags[i].name, name, size) == 0) {
            *is_switch = !sweep_flags[i].argument;
            return &options->flag[i];
        }
    for (size_t i = 0; i < AXES_MAX && spec->axes[i].name; i++)
        if (strlen(spec->axes[i].name) == size && strncmp(spec->axes[i].name, name, size) == 0) {
            *is_switch = false;
            return &options->axis[i];
        }
    return NULL;
}

static bool refuse_unknown(const struct sweep_spec *spec, const char *argument, struct reason *why) {
    char typed[64];
    const char *name = argument + strspn(argument, "-"), *nearest = NULL;
    size_t best = SIZE_MAX;
    snprintf(typed, sizeof typed, "%.*s", (int)strcspn(name, "="), name);
    if (strcmp(typed, "resume") == 0 && !spec->timed)
        return sweep_refuse(
            why, "--resume: is not needed; the same command goes on by itself, and computes only what "
                 "is not there");
    for (size_t i = 0; i < FLAGS; i++)
        sweep_keep_nearer(&nearest, &best, typed, sweep_flags[i].name);
    for (size_t i = 0; spec->axes[i].name; i++)
        sweep_keep_nearer(&nearest, &best, typed, spec->axes[i].name);
    int shown = (int)(name - argument + (ptrdiff_t)strcspn(name, "="));
    if (nearest)
        return sweep_refuse(why, "unknown option %.*s (did you mean --%s?)", shown < 80 ? shown : 80,
                            argument, nearest);
    return sweep_refuse(why, "unknown option %.*s; --help lists them", shown < 80 ? shown : 80, argument);
}

/* Reads one flag and its value; returns how many arguments that took, 0 after a refusal. */
static int take_flag(struct options *options, const struct sweep_spec *spec, const char *const arguments[],
                     int left, struct reason *why) {
    const char *argument = arguments[0];
    if (strncmp(argument, "--", 2) != 0 && (argument[0] != '-' || !argument[1]))
        return sweep_refuse(why, "unexpected '%.80s': every setting is a flag, see --help", argument);
    if (strcmp(argument, "--") == 0)
        return sweep_refuse(why, "unexpected '--': every setting is a flag, see --help");
    const char *name = argument + 2, *equals = strchr(argument, '=');
    size_t size = equals ? (size_t)(equals - name) : strlen(name);
    bool is_switch = false;
    const char **slot = argument[1] == '-' ? slot_of(options, spec, name, size, &is_switch) : NULL;
    if (!slot)
        return refuse_unknown(spec, argument, why);
    if (is_switch) {
        const bool as_data = slot == &options->flag[FLAG_HELP] && equals && strcmp(equals, "=json") == 0;
        if (equals && !as_data)
            return sweep_refuse(why, "--%.*s takes no value", (int)size, name);
        *slot = as_data ? "json" : "";
        return 1;
    }
    if (!equals && (left < 2 || strncmp(arguments[1], "--", 2) == 0))
        return sweep_refuse(why, "--%.*s needs a value", (int)size, name);
    *slot = equals ? equals + 1 : arguments[1];
    if (slot == &options->flag[FLAG_MERGE]) {
        if (options->merges == MERGES_MAX)
            return sweep_refuse(why, "--merge: can be given %d times", MERGES_MAX);
        options->merge[options->merges++] = *slot;
    }
    return equals ? 1 : 2;
}

static bool read_jobs(struct options *options, struct reason *why) {
    const char *text = options->flag[FLAG_JOBS];
    uint64_t jobs = sweep_cores();
    if (text && (!sweep_parse_count(&jobs, text) || jobs < 1 || jobs > TEAM_MAX))
        return sweep_refuse(why, "--jobs %.80s: must be a whole number from 1 to %d", text, TEAM_MAX);
    options->jobs = (unsigned)jobs;
    return true;
}

static bool read_shard(struct options *options, struct reason *why) {
    const char *text = options->flag[FLAG_SHARD], *slash = text ? strchr(text, '/') : NULL;
    options->shards = 1;
    if (!text)
        return true;
    char shard[24] = "";
    if (slash && slash - text < (ptrdiff_t)sizeof shard)
        memcpy(shard, text, (size_t)(slash - text));
    if (slash && sweep_parse_count(&options->shard, shard) &&
        sweep_parse_count(&options->shards, slash + 1) && options->shard < options->shards)
        return true;
    return sweep_refuse(why, "--shard %.80s: must be K/N with 0 <= K < N, as 0/4", text);
}

static bool check_output(const struct options *options, const struct sweep_spec *spec, struct reason *why) {
    const char *out = options->flag[FLAG_OUT], *arrays = options->flag[FLAG_ARRAYS];
    if (out && !*out)
        return sweep_refuse(why, "--out: must be the name of a file, or - for standard output");
    if (arrays && !*arrays)
        return sweep_refuse(why, "--arrays: must be the name of a folder");
    if (arrays && !sweep_flag_applies(FLAG_ARRAYS, spec))
        return sweep_refuse(why, "--arrays %.120s: must not be given, as %s keeps no network", arrays,
                            spec->name);
    for (size_t i = 0; i < options->merges; i++)
        if (!*options->merge[i])
            return sweep_refuse(why, "--merge: must be the name of a folder");
    if (options->flag[FLAG_FRESH] && options->merges)
        return sweep_refuse(why, "--fresh: computes everything, and --merge would take it from elsewhere");
    if (options->flag[FLAG_PLOT] && out && strcmp(out, "-") == 0)
        return sweep_refuse(why, "--plot: draws on standard output, where --out - writes");
    return true;
}

void sweep_levels(char *text, size_t size) {
    *text = '\0';
    for (int i = 0; rnn_level(i) && strlen(text) < size; i++)
        snprintf(text + strlen(text), size - strlen(text), "%s%s", i ? ", " : "", rnn_level(i));
}

static bool choose_level(struct reason *why) {
    const char *name = getenv("EVANESCE_LEVEL");
    char levels[64];
    if (!name || !*name || rnn_choose_level(name))
        return true;
    sweep_levels(levels, sizeof levels);
    return sweep_refuse(why, "EVANESCE_LEVEL=%.80s: must be an instruction set of this processor: %s", name,
                        levels);
}

/* What is linked or loaded with -ffast-math may set the processor to round small numbers to zero. */
static bool keeps_small_numbers(struct reason *why) {
    const volatile double least = 0x1p-1074;
    if (least + least > 0)
        return true;
    why->failed = true;
    return sweep_refuse(why,
                        "numbers below 2^-1022 are flushed to zero in this process, as by a library made "
                        "with -ffast-math");
}

bool sweep_options_parse(struct options *options, const struct sweep_spec *spec, int count,
                         const char *const arguments[], struct reason *why) {
    *options = (struct options){ .shards = 1 };
    for (int i = 0; i < count;) {
        int taken = take_flag(options, spec, arguments + i, count - i, why);
        if (taken == 0)
            return false;
        if (options->flag[FLAG_HELP] || options->flag[FLAG_VERSION])
            return true;
        i += taken;
    }
    return keeps_small_numbers(why) && choose_level(why) && read_jobs(options, why) &&
           read_shard(options, why) && check_output(options, spec, why);
}
