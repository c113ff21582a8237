/* The mean over seeds. A row of FILE.summary.csv is one setting of the other axes and of the key columns; its
 * means and sample standard deviations are over the cells with status ok that have a value there, and `seeds`
 * counts the cells with status ok that gave the row. Columns are averaged as they are: a log norm as a
 * logarithm. */
#include "store.h"

#include <math.h>
#include <search.h>
#include <stdlib.h>
#include <string.h>

struct row {
    struct row *next; /* in the order in which their keys were first seen */
    size_t cells; /* with status ok */
    size_t keys;
    double numbers[]; /* the keys, then (seeds, columns); NAN where a seed has none */
};
/* The seeds of one setting. */
struct summary {
    const struct grid *grid;
    size_t seeds, columns, keys; /* columns counts all, keys too */
    struct row *first, **end, *at; /* end: where the next is to hang; at: where the last keys were found */
    struct row *spare; /* the next that is new; until then its keys are what is looked for */
    void *tree; /* of the rows, by their keys */
    uint64_t cell; /* number of the setting's first */
    bool any; /* a setting is open */
};

static double *values_of(const struct summary *summary, struct row *row, size_t seed) {
    return row->numbers + summary->keys + seed * summary->columns;
}

/* ---- rows by their keys --------------------------------------------------------------------------- */

/* Of keys, an empty one is the first. */
static int by_keys(const void *a, const void *b) {
    const struct row *p = a, *q = b;
    for (size_t i = 0; i < p->keys; i++) {
        const double x = p->numbers[i], y = q->numbers[i];
        if (isnan(x) != isnan(y))
            return isnan(x) ? -1 : 1;
        if (x != y && !isnan(x))
            return x < y ? -1 : 1;
    }
    return 0;
}

/* Room for keys to look for. False: no memory. */
static bool have_spare(struct summary *summary) {
    const size_t numbers = summary->keys + summary->seeds * summary->columns;
    if (!summary->spare && (summary->spare = malloc(sizeof *summary->spare + numbers * sizeof(double))))
        *summary->spare = (struct row){ .keys = summary->keys };
    return summary->spare;
}

/* The row with the keys of the spare one, which it may become: mostly the one after the last. NULL: no memory. */
static struct row *find_row(struct summary *summary) {
    struct row *spare = summary->spare, *at = summary->at, *next = at && at->next ? at->next : summary->first;
    if (next && by_keys(next, spare) == 0)
        return summary->at = next;
    struct row *const *found = tsearch(spare, &summary->tree, by_keys);
    if (!found || *found != spare)
        return found ? summary->at = *found : NULL;
    for (size_t i = 0; i < summary->seeds * summary->columns; i++)
        values_of(summary, spare, 0)[i] = SWEEP_NONE;
    *summary->end = spare;
    summary->end = &spare->next;
    summary->spare = NULL;
    return summary->at = spare;
}

static bool take_row(struct summary *summary, size_t seed, const double *columns, bool ok) {
    size_t count = 0;
    if (!have_spare(summary))
        return false;
    for (size_t i = 0; i < summary->columns; i++)
        if (summary->grid->spec->columns[i].key)
            summary->spare->numbers[count++] = columns[i];
    struct row *row = find_row(summary);
    if (row && ok) {
        memcpy(values_of(summary, row, seed), columns, summary->columns * sizeof *columns);
        row->cells++;
    }
    return row;
}

/* ---- means ---------------------------------------------------------------------------------------- */

/* Sum of 2^-e x, or of (2^-e x - mean)^2, over the seeds that have x; Neumaier's compensation. */
static double sum_over(const struct summary *summary, struct row *row, size_t column, int e,
                       const double *mean) {
    double sum = 0, lost = 0;
    for (size_t seed = 0; seed < summary->seeds; seed++) {
        double x = values_of(summary, row, seed)[column];
        if (isnan(x))
            continue;
        x = ldexp(x, -e);
        if (mean)
            x = (x - *mean) * (x - *mean);
        const double next = sum + x;
        lost += fabs(sum) >= fabs(x) ? sum - next + x : x - next + sum;
        sum = next;
    }
    return sum + lost;
}

/* Brought to the size of 1, so that neither sum nor square leaves its range. */
static void write_mean(struct buffer *out, const struct summary *summary, struct row *row, size_t column) {
    double n = 0, largest = 0;
    for (size_t seed = 0; seed < summary->seeds; seed++) {
        const double x = values_of(summary, row, seed)[column];
        n += !isnan(x);
        largest = fmax(largest, fabs(x));
    }
    int e;
    frexp(largest, &e);
    const double mean = n > 0 ? sum_over(summary, row, column, e, NULL) / n : SWEEP_NONE;
    const double squares = n > 1 ? sum_over(summary, row, column, e, &mean) : SWEEP_NONE;
    sweep_csv_number(out, ldexp(mean, e));
    sweep_append(out, ",", 1);
    const double deviation = ldexp(sqrt(squares / (n - 1)), e);
    sweep_csv_number(out, isfinite(deviation) ? deviation : SWEEP_NONE);
    sweep_append(out, ",", 1);
}

static void write_row(struct buffer *out, const struct summary *summary, struct row *row) {
    struct sweep_point point = { .grid = summary->grid };
    sweep_point_set(&point, summary->cell);
    for (size_t i = 0; i + 1 < summary->grid->count; i++) { /* the last is the seed */
        sweep_append_text(out, sweep_point_text(&point, i));
        sweep_append(out, ",", 1);
    }
    for (size_t i = 0; i < summary->keys; i++) {
        sweep_csv_number(out, row->numbers[i]);
        sweep_append(out, ",", 1);
    }
    for (size_t i = 0; i < summary->columns; i++)
        if (!summary->grid->spec->columns[i].key)
            write_mean(out, summary, row, i);
    sweep_print(out, "%zu\n", row->cells);
}

/* ---- settings ------------------------------------------------------------------------------------- */

struct summary *sweep_summary_begin(struct buffer *out, const struct grid *grid) {
    struct summary *summary = calloc(1, sizeof *summary);
    if (!summary)
        return NULL;
    *summary = (struct summary){ .grid = grid,
                                 .end = &summary->first,
                                 .columns = grid->columns,
                                 .seeds = grid->axes[grid->count - 1].count };
    for (size_t i = 0; i + 1 < grid->count; i++)
        sweep_print(out, "%s,", grid->axes[i].word->name);
    for (size_t i = 0; i < grid->columns; i++)
        if (grid->spec->columns[i].key) {
            sweep_print(out, "%s,", grid->spec->columns[i].name);
            summary->keys++;
        }
    for (size_t i = 0; i < grid->columns; i++)
        if (!grid->spec->columns[i].key)
            sweep_print(out, "%s,%s_sd,", grid->spec->columns[i].name, grid->spec->columns[i].name);
    sweep_print(out, "seeds\n");
    return summary;
}

static void forget_rows(struct summary *summary) {
    for (struct row *row; (row = summary->first);) { /* tdestroy is not everywhere */
        summary->first = row->next;
        tdelete(row, &summary->tree, by_keys);
        free(row);
    }
    summary->at = NULL;
    summary->end = &summary->first;
}

/* A setting in which no cell gave a row still shows, with 0 seeds. */
bool sweep_summary_end(struct summary *summary, struct buffer *out) {
    double none[COLUMNS_MAX];
    for (size_t i = 0; i < summary->columns; i++)
        none[i] = SWEEP_NONE;
    const bool good = !summary->any || summary->first || take_row(summary, 0, none, false);
    for (struct row *row = summary->first; row && good; row = row->next)
        write_row(out, summary, row);
    forget_rows(summary);
    return good;
}

static bool has_value(const double *columns, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!isnan(columns[i]))
            return true;
    return false;
}

bool sweep_summary_take(struct summary *summary, struct buffer *out, const struct sweep_point *point,
                        const struct rows *rows) {
    const size_t seed = (size_t)(point->cell % summary->seeds);
    const bool ok = strcmp(rows->status, "ok") == 0;
    if (!summary->any || point->cell / summary->seeds != summary->cell / summary->seeds) {
        if (!sweep_summary_end(summary, out))
            return false;
        summary->cell = point->cell - seed;
        summary->any = true;
    }
    for (size_t row = 0; row < rows->count; row++) {
        const double *columns = rows->values + row * rows->columns;
        if ((ok || has_value(columns, rows->columns)) && !take_row(summary, seed, columns, ok))
            return false;
    }
    return true;
}

void sweep_summary_free(struct summary *summary) {
    if (!summary)
        return;
    forget_rows(summary);
    free(summary->spare);
    free(summary);
}
