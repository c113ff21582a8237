/* What is printed on standard output at the user's wish: --help, --version, --list. */
#include "command.h"
#include "version.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 100 };

/* Prints words from column `indent` on, folded; the cursor is at column `at`. */
static void fold(const char *text, int indent, int at) {
    while (*text) {
        int word = (int)strcspn(text, " ");
        if (at > indent && at + 1 + word > WIDTH) {
            printf("\n%*s", indent, "");
            at = indent;
        } else if (at > indent) {
            putchar(' ');
            at++;
        } else {
            printf("%*s", indent - at, "");
            at = indent;
        }
        printf("%.*s", word, text);
        at += word;
        text += word + strspn(text + word, " ");
    }
    putchar('\n');
}

static void describe(const char *left, const char *text, int indent) {
    printf("  %s", left);
    int at = 2 + (int)strlen(left);
    if (at >= indent) {
        putchar('\n');
        at = 0;
    }
    fold(text, indent, at);
}

static void print_axis(const struct sweep_axis *axis) {
    const struct word *word = sweep_word(axis->name);
    char left[64], text[512], allowed[160];
    if (!word)
        return;
    sweep_word_allowed(word, allowed, sizeof allowed);
    snprintf(left, sizeof left, "--%s", axis->name);
    snprintf(text, sizeof text, "%s; %s; default %s", word->meaning, allowed, axis->initial);
    describe(left, text, 16);
}

static void print_flag(const struct sweep_spec *spec, enum flag flag) {
    const struct flag_word *word = &sweep_flags[flag];
    char left[64], text[256];
    snprintf(left, sizeof left, "--%s%s%s", word->name, word->argument ? " " : "",
             word->argument ? word->argument : "");
    if (flag == FLAG_OUT)
        snprintf(text, sizeof text, "%s (default results/%s.csv)", word->meaning, spec->name);
    else
        snprintf(text, sizeof text, "%s", word->meaning);
    describe(left, text, 18);
}

static void print_columns(const struct sweep_spec *spec) {
    int widest = (int)strlen("status");
    for (size_t i = 0; spec->columns[i].name; i++)
        if ((int)strlen(spec->columns[i].name) > widest)
            widest = (int)strlen(spec->columns[i].name);
    printf("\nColumns of the CSV, after cell and the axes:\n");
    for (size_t i = 0; spec->columns[i].name; i++)
        describe(spec->columns[i].name, spec->columns[i].meaning, widest + 4);
    describe("status", "ok, diverged at step N, or zero at step N (an exactly zero gradient)", widest + 4);
}

static void print_environment(void) {
    char levels[64], text[160];
    sweep_levels(levels, sizeof levels);
    snprintf(text, sizeof text, "instruction set to compute with, here %s (default: the last)", levels);
    printf("\nEnvironment:\n");
    describe("EVANESCE_LEVEL", text, 18);
    describe("EVANESCE_DATA", "folder of a text that is not here", 18);
}

static void print_examples(const struct sweep_spec *spec) {
    const struct sweep_axis *last = spec->axes;
    while (last->name && last[1].name)
        last++;
    printf("\nExamples:\n  %s --plot\n", spec->name);
    if (last->name)
        printf("  %s --%s %s --out - --jobs 1\n", spec->name, last->name, last->initial);
}

static bool has_seed(const struct sweep_spec *spec) {
    for (size_t i = 0; spec->axes[i].name; i++)
        if (strcmp(spec->axes[i].name, "seed") == 0)
            return true;
    return false;
}

int sweep_help(const struct sweep_spec *spec) {
    printf("Usage: %s [--AXIS VALUES]... [--FLAG]...\n\n", spec->name);
    fold(spec->question, 0, 0);
    describe("Theory:", spec->theory ? spec->theory : "none", 10);
    printf("\nAxes; every combination of their values is one cell. VALUES is a list a,b,c, a range a:b of "
           "whole\n"
           "numbers or a range a:b:step of numbers, both ends included:\n");
    for (size_t i = 0; spec->axes[i].name; i++)
        print_axis(&spec->axes[i]);
    print_columns(spec);
    printf("\nFlags:\n");
    for (int i = 0; i < FLAGS; i++)
        print_flag(spec, (enum flag)i);
    print_environment();
    print_examples(spec);
    char text[512];
    snprintf(text, sizeof text,
             "Beside FILE.csv, in folders that are made: FILE.meta.json (how it was made), %s%s.sqlite, the "
             "store of all finished cells. The same command again, or one with more values, computes only "
             "what is not there.",
             has_seed(spec) ? "FILE.summary.csv (mean and deviation over seeds), " : "", spec->name);
    putchar('\n');
    fold(text, 0, 0);
    printf(
        "Exit status: 0 done, 1 failed, 2 wrong usage, 130 or 143 interrupted (the same command goes on).\n");
    return sweep_finish_output(spec->name);
}

int sweep_version(const struct sweep_spec *spec) {
    printf("%s (evanesce) %s, revision %s\n", spec->name, EVANESCE_VERSION, EVANESCE_REVISION);
    return sweep_finish_output(spec->name);
}

int sweep_list(const struct grid *grid) {
    struct sweep_point point = { .grid = grid };
    struct buffer line = { .data = NULL };
    for (uint64_t i = 0; i < grid->mine && !ferror(stdout) && !line.failed; i++) {
        line.size = 0;
        sweep_point_set(&point, sweep_grid_cell(grid, i));
        sweep_print(&line, "%llu ", (unsigned long long)point.cell);
        sweep_point_label(&line, &point);
        sweep_append(&line, "\n", 1);
        if (!line.failed)
            fwrite(line.data, 1, line.size, stdout);
    }
    bool failed = line.failed;
    sweep_buffer_free(&line);
    if (failed)
        sweep_say(grid->spec->name, "out of memory");
    return failed ? SWEEP_FAILED : sweep_finish_output(grid->spec->name);
}
