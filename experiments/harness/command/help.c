/* What is printed on standard output at the user's wish: --help, --version, --list. */
#include "command.h"
#include "version.h"

#include <stdio.h>
#include <string.h>

enum { WIDTH = 100 };

/* What --help says, as text of some width or, for what makes manual pages from it, as JSON. */
struct page {
    struct buffer text;
    int width;
    bool data;
};

/* Between two members of a list. */
static void separate(struct buffer *out) {
    if (out->size && out->data[out->size - 1] != '[')
        sweep_append(out, ",\n", 2);
}

/* {"item": text, "meaning": meaning}; false where a page is not data. */
static bool print_data(struct page *page, const char *kind, const char *text, const char *meaning) {
    struct buffer *out = &page->text;
    if (!page->data)
        return false;
    separate(out);
    sweep_print(out, "{\"%s\": ", kind);
    sweep_quote(out, text);
    if (meaning) {
        sweep_print(out, ", \"meaning\": ");
        sweep_quote(out, meaning);
    }
    sweep_print(out, "}");
    return true;
}

static void title(struct page *page, const char *text) {
    if (!print_data(page, "title", text, NULL))
        sweep_print(&page->text, "\n%s:\n", text);
}

static void paragraph(struct page *page, const char *text) {
    if (!print_data(page, "paragraph", text, NULL))
        sweep_fold(&page->text, text, 0, 0, page->width);
}

static void item(struct page *page, const char *left, const char *text, int indent) {
    const int at = 2 + (int)strlen(left);
    if (print_data(page, "item", left, text))
        return;
    sweep_print(&page->text, at < indent ? "  %s" : "  %s\n", left);
    sweep_fold(&page->text, text, indent, at < indent ? at : 0, page->width);
}

static void example(struct page *page, const char *command) {
    if (!print_data(page, "example", command, NULL))
        sweep_print(&page->text, "  %s\n", command);
}

/* ---- what it says --------------------------------------------------------------------------------- */

static void print_axis(struct page *page, const struct sweep_axis *axis) {
    const struct word *word = sweep_word(axis->name);
    char left[64], text[512], allowed[160];
    if (!word)
        return;
    sweep_word_allowed(word, allowed, sizeof allowed);
    snprintf(left, sizeof left, "--%s", axis->name);
    snprintf(text, sizeof text, sweep_tr("%s; %s; default %s"), sweep_tr(word->meaning), allowed,
             axis->initial);
    item(page, left, text, 16);
}

static void print_axes(struct page *page, const struct sweep_spec *spec) {
    title(page, sweep_tr("Axes"));
    paragraph(
        page,
        sweep_tr("Every combination of their values is one cell. VALUES is a list a,b,c, a range a:b of "
                 "whole numbers or a range a:b:step of numbers: a, then by steps up to b at most. Of two "
                 "VALUES for one axis the last count."));
    for (size_t i = 0; spec->axes[i].name; i++)
        print_axis(page, &spec->axes[i]);
}

static void print_flag(struct page *page, const struct sweep_spec *spec, enum flag flag) {
    const struct flag_word *word = &sweep_flags[flag];
    char left[64], text[256];
    snprintf(left, sizeof left, "--%s%s%s", word->name, word->argument ? " " : "",
             word->argument ? word->argument : "");
    snprintf(text, sizeof text, flag == FLAG_OUT ? sweep_tr("%s (default results/%s.csv)") : "%s",
             sweep_tr(word->meaning), spec->name);
    item(page, left, text, 18);
}

static void print_columns(struct page *page, const struct sweep_spec *spec) {
    int widest = (int)strlen("status");
    for (size_t i = 0; spec->columns[i].name; i++)
        if ((int)strlen(spec->columns[i].name) > widest)
            widest = (int)strlen(spec->columns[i].name);
    title(page, sweep_tr("Columns of the CSV, after cell and the axes"));
    for (size_t i = 0; spec->columns[i].name; i++)
        item(page, spec->columns[i].name, sweep_tr(spec->columns[i].meaning), widest + 4);
    item(page, "status", sweep_tr("ok, diverged at step N, or zero at step N (an exactly zero gradient)"),
         widest + 4);
    paragraph(page,
              sweep_tr("A field is empty where a number does not apply or is beyond what a double holds."));
}

static void print_environment(struct page *page) {
    char levels[64], text[160];
    sweep_levels(levels, sizeof levels);
    snprintf(text, sizeof text, sweep_tr("instruction set to compute with, here %s (default: the last)"),
             page->data ? "plain, avx2, avx512" : levels);
    title(page, sweep_tr("Environment"));
    item(page, "EVANESCE_LEVEL", text, 18);
    item(page, "EVANESCE_DATA", sweep_tr("folder of a text that is not here"), 18);
}

/* That of the seeds, where there are any. */
static const struct sweep_axis *last_axis(const struct sweep_spec *spec) {
    const struct sweep_axis *last = spec->axes;
    while (last->name && last[1].name)
        last++;
    return last;
}

static void print_examples(struct page *page, const struct sweep_spec *spec) {
    const struct sweep_axis *last = last_axis(spec);
    char text[256];
    title(page, sweep_tr("Examples"));
    snprintf(text, sizeof text, "%s --plot", spec->name);
    example(page, text);
    snprintf(text, sizeof text, "%s --%s %s --out - --jobs 1", spec->name, last->name, last->initial);
    if (last->name)
        example(page, text);
}

static void print_files(struct page *page, const struct sweep_spec *spec) {
    char text[640];
    title(page, sweep_tr("Files"));
    paragraph(page,
              sweep_tr("Beside FILE.csv, in folders that are made, FILE.meta.json says how it was made."));
    if (last_axis(spec)->name && strcmp(last_axis(spec)->name, "seed") == 0)
        paragraph(
            page,
            sweep_tr(
                "FILE.summary.csv has the mean and the deviation over seeds: of each number, over those with "
                "status ok that have it; `seeds` counts those with status ok."));
    snprintf(
        text, sizeof text,
        spec->timed
            ? sweep_tr("%s.sqlite is the store of all finished cells. Their seconds differ from run to "
                       "run, so every command takes them anew.")
            : sweep_tr("%s.sqlite is the store of all finished cells: the same command again, also "
                       "after an interruption, or one with more values, computes only what is not there."),
        spec->name);
    paragraph(page, text);
    title(page, sweep_tr("Exit status"));
    paragraph(page, sweep_tr("0 done, 1 failed, 2 wrong usage, 130 or 143 interrupted."));
}

static void print_page(struct page *page, const struct sweep_spec *spec) {
    paragraph(page, sweep_tr(spec->question));
    item(page, sweep_tr("Theory:"), sweep_tr(spec->theory ? spec->theory : "none"), 10);
    print_axes(page, spec);
    print_columns(page, spec);
    title(page, sweep_tr("Flags"));
    for (int i = 0; i < FLAGS; i++)
        if (sweep_flag_applies((enum flag)i, spec))
            print_flag(page, spec, (enum flag)i);
    print_environment(page);
    print_examples(page, spec);
    print_files(page, spec);
}

static int print_out(struct page *page, const struct sweep_spec *spec) {
    const bool failed = page->text.failed;
    if (failed)
        sweep_say(spec->name, "out of memory");
    else
        fwrite(page->text.data, 1, page->text.size, stdout);
    sweep_buffer_free(&page->text);
    return failed ? SWEEP_FAILED : sweep_finish_output(spec->name);
}

int sweep_help(const struct sweep_spec *spec) {
    const int columns = sweep_screen().columns;
    struct page page = { .width = columns < WIDTH ? columns : WIDTH };
    sweep_print(&page.text, sweep_tr("Usage: %s [--AXIS VALUES]... [--FLAG]...\n\n"), spec->name);
    print_page(&page, spec);
    return print_out(&page, spec);
}

/* ---- the same as data ----------------------------------------------------------------------------- */

/* A flag, and the words a shell may offer for it: the values of an axis of words. */
static void print_word(struct buffer *out, const char *flag, const char *argument, const char *const words[],
                       const char *meaning) {
    separate(out);
    sweep_print(out, "{\"flag\": \"%s\", \"argument\": \"%s\", \"words\": [", flag, argument ? argument : "");
    for (size_t i = 0; words && words[i]; i++)
        sweep_print(out, "%s\"%s\"", i ? ", " : "", words[i]);
    sweep_print(out, "], \"meaning\": ");
    sweep_quote(out, meaning);
    sweep_print(out, "}");
}

static void print_words(struct buffer *out, const struct sweep_spec *spec) {
    for (size_t i = 0; spec->axes[i].name; i++) {
        const struct word *word = sweep_word(spec->axes[i].name);
        print_word(out, word->name, word->kind == KIND_FILE ? "FILE" : "VALUES", word->names, word->meaning);
    }
    for (int i = 0; i < FLAGS; i++)
        if (sweep_flag_applies((enum flag)i, spec))
            print_word(out, sweep_flags[i].name, sweep_flags[i].argument, NULL, sweep_flags[i].meaning);
}

static void print_text(struct buffer *out, const char *text) {
    separate(out);
    sweep_quote(out, text);
}

/* What is said in English in the tables, for those who translate it. */
static void print_texts(struct buffer *out, const struct sweep_spec *spec) {
    print_text(out, spec->question);
    print_text(out, spec->theory ? spec->theory : "none");
    for (size_t i = 0; spec->columns[i].name; i++)
        print_text(out, spec->columns[i].meaning);
    if (spec->plot.guide.meaning)
        print_text(out, spec->plot.guide.meaning);
}

int sweep_help_data(const struct sweep_spec *spec) {
    struct page page = { .data = true };
    sweep_print(&page.text, "{\"name\": \"%s\", \"version\": \"%s\",\n\"page\": [", spec->name,
                EVANESCE_VERSION);
    print_page(&page, spec);
    sweep_print(&page.text, "],\n\"flags\": [");
    print_words(&page.text, spec);
    sweep_print(&page.text, "],\n\"texts\": [");
    print_texts(&page.text, spec);
    sweep_print(&page.text, "]}\n");
    return print_out(&page, spec);
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
