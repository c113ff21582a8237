#include "claim.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- runs and means ------------------------------------------------------------------------------- */

struct sweep_table claim_run(size_t rows, const char *const flags[]) {
    struct sweep_table table;
    ck_assert_int_eq(sweep_collect(&table, &experiment, flags), 0);
    ck_assert_uint_eq(table.rows, rows);
    for (size_t i = 0; i < rows; i++)
        ck_assert_str_eq(table.status[i], "ok");
    return table;
}

static size_t column_named(const struct sweep_table *table, const char *name, size_t length) {
    for (size_t i = 0; i < table->axes + table->columns; i++)
        if (strlen(table->names[i]) == length && strncmp(table->names[i], name, length) == 0)
            return i;
    ck_abort_msg("no column %.*s in %s", (int)length, name, table->spec->name);
}

double claim_value(const struct sweep_table *table, size_t row, const char *column) {
    const size_t width = table->axes + table->columns, at = column_named(table, column, strlen(column));
    const double value = table->values[row * width + at];
    ck_assert_msg(isfinite(value), "%s is empty in row %zu", column, row);
    return value;
}

/* One "name=value" against a row: the spelling of an axis, the number of a column. */
static bool term_matches(const struct sweep_table *table, size_t row, const char *term, size_t length) {
    const char *equals = memchr(term, '=', length);
    ck_assert_ptr_nonnull(equals);
    const size_t column = column_named(table, term, (size_t)(equals - term));
    const char *value = equals + 1;
    const size_t size = length - (size_t)(value - term);
    if (column >= table->axes)
        return table->values[row * (table->axes + table->columns) + column] == strtod(value, NULL);
    const char *label = table->labels[row * table->axes + column];
    return strlen(label) == size && strncmp(label, value, size) == 0;
}

static bool row_matches(const struct sweep_table *table, size_t row, const char *where) {
    for (const char *term = where; *term;) {
        const size_t length = strcspn(term, " ");
        if (!term_matches(table, row, term, length))
            return false;
        term += length + strspn(term + length, " ");
    }
    return true;
}

struct claim_mean claim_mean(const struct sweep_table *table, const char *column, const char *where) {
    const size_t at = column_named(table, column, strlen(column));
    double sum = 0, squares = 0;
    size_t count = 0;
    for (size_t row = 0; row < table->rows; row++) {
        if (!row_matches(table, row, where))
            continue;
        const double value = table->values[row * (table->axes + table->columns) + at];
        ck_assert_msg(isfinite(value), "%s is empty where %s", column, where);
        sum += value;
        squares += value * value;
        count++;
    }
    ck_assert_msg(count > 0, "no row where %s", where);
    const double mean = sum / (double)count, variance = squares / (double)count - mean * mean;
    const double unbiased = count > 1 ? fmax(variance, 0) * (double)count / (double)(count - 1) : 0;
    return (struct claim_mean){ mean, sqrt(unbiased), count };
}

/* ---- checks, printed and gathered --------------------------------------------------------------- */

/* NAME.part in the folder that EVANESCE_CLAIMS names, tests/claims of the build; claims.md stands two above. */
static FILE *part(const char *mode) {
    const char *folder = getenv("EVANESCE_CLAIMS");
    char path[4096];
    snprintf(path, sizeof path, "%s/%s.part", folder ? folder : ".", experiment.name);
    return fopen(path, mode);
}

/* Text in a cell of a table: bars are escaped. */
static void write_cell(FILE *file, const char *text) {
    for (; *text; text++)
        fprintf(file, *text == '|' ? "\\%c" : "%c", *text);
}

static void check(const char *claim, const char *what, double measured, const char *expected, bool holds,
                  const char *source) {
    const char *word = holds ? "passes" : "FAILS";
    printf("%-4s %-64s measured %-12.6g expected %-28s %s\n", claim, what, measured, expected, word);
    FILE *file = part("a");
    if (file) {
        fprintf(file, "| %s | ", claim);
        write_cell(file, what);
        fprintf(file, " | %.6g | %s | %s | %s |\n", measured, expected, word, source);
        fclose(file);
    }
    ck_assert_msg(holds, "%s %s: measured %.9g, expected %s", claim, what, measured, expected);
}

void claim_near(const char *claim, const char *what, double measured, double expected, double tolerance,
                const char *source) {
    char text[80];
    snprintf(text, sizeof text, "%.6g ± %.3g", expected, tolerance);
    check(claim, what, measured, text, fabs(measured - expected) <= tolerance, source);
}

void claim_at_most(const char *claim, const char *what, double measured, double limit, const char *source) {
    char text[80];
    snprintf(text, sizeof text, "at most %.6g", limit);
    check(claim, what, measured, text, measured <= limit, source);
}

void claim_at_least(const char *claim, const char *what, double measured, double limit, const char *source) {
    char text[80];
    snprintf(text, sizeof text, "at least %.6g", limit);
    check(claim, what, measured, text, measured >= limit, source);
}

enum { WHAT = 192 };

/* "share of 16 seeds solved (95 %: 0.54 to 0.90)" */
static const char *with_interval(char text[WHAT], const char *what, double share, size_t n) {
    const double z = 1.95996, seeds = (double)n, square = z * z / seeds, middle = share + square / 2;
    const double half = z * sqrt(share * (1 - share) / seeds + square / seeds / 4);
    snprintf(text, WHAT, "%s (95 %%: %.2f to %.2f)", what, fmax(middle - half, 0) / (1 + square),
             fmin((middle + half) / (1 + square), 1));
    return text;
}

void claim_share_at_most(const char *claim, const char *what, double share, size_t n, double limit,
                         const char *source) {
    char text[WHAT];
    claim_at_most(claim, with_interval(text, what, share, n), share, limit, source);
}

void claim_share_at_least(const char *claim, const char *what, double share, size_t n, double limit,
                          const char *source) {
    char text[WHAT];
    claim_at_least(claim, with_interval(text, what, share, n), share, limit, source);
}

/* ---- the summary: every part there is, in one table ----------------------------------------------- */

static void write_summary(void) {
    const char *folder = getenv("EVANESCE_CLAIMS");
    char command[3 * 4096];
    if (!folder)
        return;
    snprintf(command, sizeof command,
             "cd '%s' && { cat claims.head; echo '| claim | what | measured | expected | check | source |'; "
             "echo '|---|---|---|---|---|---|'; cat *.part | sort -V; } > claims.$$ && "
             "mv claims.$$ ../../claims.md",
             folder);
    if (system(command) != 0)
        fprintf(stderr, "claims.md could not be written in %s\n", folder);
}

int claim_main(TCase *cases) {
    FILE *file = part("w");
    if (file)
        fclose(file);
    Suite *suite = suite_create(experiment.name);
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    tcase_set_timeout(cases, 0); /* the test runner has its own, which knows of slow instruments */
    srunner_run_all(runner, CK_NORMAL);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    write_summary();
    return failed != 0;
}
