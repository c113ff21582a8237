/* What is printed on standard output at the user's wish: --help, --version, --list. */
#include "command.h"
#include "version.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 100 };

/* What is printed, and how wide. */
struct page {
    struct buffer text;
    int width;
};

static void fold(struct page *page, const char *text) {
    sweep_fold(&page->text, text, 0, 0, page->width);
}

static void describe(struct page *page, const char *left, const char *text, int indent) {
    sweep_print(&page->text, "  %s", left);
    int at = 2 + (int)strlen(left);
    if (at >= indent) {
        sweep_append(&page->text, "\n", 1);
        at = 0;
    }
    sweep_fold(&page->text, text, indent, at, page->width);
}

static void print_axis(struct page *page, const struct sweep_axis *axis) {
    const struct word *word = sweep_word(axis->name);
    char left[64], text[512], allowed[160];
    if (!word)
        return;
    sweep_word_allowed(word, allowed, sizeof allowed);
    snprintf(left, sizeof left, "--%s", axis->name);
    snprintf(text, sizeof text, "%s; %s; default %s", word->meaning, allowed, axis->initial);
    describe(page, left, text, 16);
}

static void print_flag(struct page *page, const struct sweep_spec *spec, enum flag flag) {
    const struct flag_word *word = &sweep_flags[flag];
    char left[64], text[256];
    snprintf(left, sizeof left, "--%s%s%s", word->name, word->argument ? " " : "",
             word->argument ? word->argument : "");
    if (flag == FLAG_OUT)
        snprintf(text, sizeof text, "%s (default results/%s.csv)", word->meaning, spec->name);
    else
        snprintf(text, sizeof text, "%s", word->meaning);
    describe(page, left, text, 18);
}

static void print_columns(struct page *page, const struct sweep_spec *spec) {
    int widest = (int)strlen("status");
    for (size_t i = 0; spec->columns[i].name; i++)
        if ((int)strlen(spec->columns[i].name) > widest)
            widest = (int)strlen(spec->columns[i].name);
    sweep_print(&page->text, "\nColumns of the CSV, after cell and the axes:\n");
    for (size_t i = 0; spec->columns[i].name; i++)
        describe(page, spec->columns[i].name, spec->columns[i].meaning, widest + 4);
    describe(page, "status", "ok, diverged at step N, or zero at step N (an exactly zero gradient)",
             widest + 4);
}

static void print_environment(struct page *page) {
    char levels[64], text[160];
    sweep_levels(levels, sizeof levels);
    snprintf(text, sizeof text, "instruction set to compute with, here %s (default: the last)", levels);
    sweep_print(&page->text, "\nEnvironment:\n");
    describe(page, "EVANESCE_LEVEL", text, 18);
    describe(page, "EVANESCE_DATA", "folder of a text that is not here", 18);
}

static void print_examples(struct page *page, const struct sweep_spec *spec) {
    const struct sweep_axis *last = spec->axes;
    while (last->name && last[1].name)
        last++;
    sweep_print(&page->text, "\nExamples:\n  %s --plot\n", spec->name);
    if (last->name)
        sweep_print(&page->text, "  %s --%s %s --out - --jobs 1\n", spec->name, last->name, last->initial);
}

static bool has_seed(const struct sweep_spec *spec) {
    for (size_t i = 0; spec->axes[i].name; i++)
        if (strcmp(spec->axes[i].name, "seed") == 0)
            return true;
    return false;
}

static void print_files(struct page *page, const struct sweep_spec *spec) {
    char text[512];
    snprintf(text, sizeof text,
             "Beside FILE.csv, in folders that are made: FILE.meta.json (how it was made), %s%s.sqlite, the "
             "store of all finished cells. The same command again, or one with more values, computes only "
             "what is not there.",
             has_seed(spec) ? "FILE.summary.csv (mean and deviation over seeds), " : "", spec->name);
    sweep_print(&page->text, "\n");
    fold(page, text);
    fold(page,
         "Exit status: 0 done, 1 failed, 2 wrong usage, 130 or 143 interrupted (the same command goes on).");
}

static void print_help(struct page *page, const struct sweep_spec *spec) {
    sweep_print(&page->text, "Usage: %s [--AXIS VALUES]... [--FLAG]...\n\n", spec->name);
    fold(page, spec->question);
    describe(page, "Theory:", spec->theory ? spec->theory : "none", 10);
    sweep_print(&page->text, "\n");
    fold(page,
         "Axes; every combination of their values is one cell. VALUES is a list a,b,c, a range a:b of whole "
         "numbers or a range a:b:step of numbers, both ends included:");
    for (size_t i = 0; spec->axes[i].name; i++)
        print_axis(page, &spec->axes[i]);
    print_columns(page, spec);
    sweep_print(&page->text, "\nFlags:\n");
    for (int i = 0; i < FLAGS; i++)
        print_flag(page, spec, (enum flag)i);
    print_environment(page);
    print_examples(page, spec);
    print_files(page, spec);
}

int sweep_help(const struct sweep_spec *spec) {
    const int columns = sweep_screen().columns;
    struct page page = { .width = columns < WIDTH ? columns : WIDTH };
    print_help(&page, spec);
    const bool failed = page.text.failed;
    if (failed)
        sweep_say(spec->name, "out of memory");
    else
        fwrite(page.text.data, 1, page.text.size, stdout);
    sweep_buffer_free(&page.text);
    return failed ? SWEEP_FAILED : sweep_finish_output(spec->name);
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
