/* The mean over seeds. A row of FILE.summary.csv is one setting of the other axes and of the key columns; its
 * means and sample standard deviations are over the cells with status ok that have a value there, and `seeds`
 * counts the cells with status ok that gave the row. Columns are averaged as they are: a log norm as a
 * logarithm. */
#include "store.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The seeds of one setting. Rows appear in the order in which their keys were first seen. */
struct summary {
    const struct grid *grid;
    size_t seeds, columns, keys; /* columns counts all, keys too */
    struct buffer values; /* doubles, (rows, seeds, columns); NAN where a seed has none */
    struct buffer labels; /* doubles, (rows, keys) */
    struct buffer counts; /* size_t, (rows): cells with status ok */
    size_t *table, slots; /* a row by the hash of its keys, + 1 */
    size_t rows, place; /* place: where the last key was found */
    uint64_t first; /* number of the first cell */
    bool any; /* a setting is open */
};

static double *values_of(const struct summary *summary, size_t row, size_t seed) {
    return (double *)(void *)summary->values.data + (row * summary->seeds + seed) * summary->columns;
}
static double *labels_of(const struct summary *summary, size_t row) {
    return (double *)(void *)summary->labels.data + row * summary->keys;
}
static size_t *count_of(const struct summary *summary, size_t row) {
    return (size_t *)(void *)summary->counts.data + row;
}

/* ---- rows by their keys --------------------------------------------------------------------------- */

static bool same_keys(const double *a, const double *b, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!(a[i] == b[i] || (isnan(a[i]) && isnan(b[i]))))
            return false;
    return true;
}

/* Where these keys are, or would be. */
static size_t *slot_of(const struct summary *summary, const double *keys) {
    uint64_t hash = 0;
    for (size_t i = 0; i < summary->keys; i++) {
        const double key = keys[i] + 0.0; /* -0 is 0 */
        uint64_t bits;
        memcpy(&bits, &key, sizeof bits);
        hash = (hash ^ bits) * UINT64_C(0x9E3779B97F4A7C15); /* 2^64 / golden ratio: Knuth, 6.4 */
        hash ^= hash >> 32;
    }
    for (;; hash++) {
        size_t *slot = &summary->table[hash & (summary->slots - 1)];
        if (!*slot || same_keys(labels_of(summary, *slot - 1), keys, summary->keys))
            return slot;
    }
}

/* Room for one more row, at most half full. */
static bool grow_table(struct summary *summary) {
    if (summary->table && 2 * summary->rows < summary->slots)
        return true;
    const size_t slots = summary->slots ? 2 * summary->slots : 64;
    size_t *table = calloc(slots, sizeof *table);
    if (!table)
        return false;
    free(summary->table);
    summary->table = table;
    summary->slots = slots;
    for (size_t row = 0; row < summary->rows; row++)
        *slot_of(summary, labels_of(summary, row)) = row + 1;
    return true;
}

static bool add_row(struct summary *summary, const double *keys) {
    const size_t numbers = summary->seeds * summary->columns, keys_size = summary->keys * sizeof(double);
    if (!grow_table(summary) || !sweep_reserve(&summary->values, numbers * sizeof(double)) ||
        !sweep_reserve(&summary->labels, keys_size) || !sweep_reserve(&summary->counts, sizeof(size_t)))
        return false;
    *slot_of(summary, keys) = summary->rows + 1;
    summary->values.size += numbers * sizeof(double);
    for (size_t i = 0; i < numbers; i++)
        values_of(summary, summary->rows, 0)[i] = SWEEP_NONE;
    sweep_append(&summary->labels, (const char *)keys, keys_size);
    sweep_append(&summary->counts, (const char *)&(size_t){ 0 }, sizeof(size_t));
    summary->rows++;
    return true;
}

/* The row with these keys: mostly the one after the last. False: no memory. */
static bool find_row(struct summary *summary, const double *keys) {
    const size_t next = summary->place + 1 < summary->rows ? summary->place + 1 : 0;
    if (summary->rows && same_keys(labels_of(summary, next), keys, summary->keys)) {
        summary->place = next;
        return true;
    }
    const size_t found = summary->rows ? *slot_of(summary, keys) : 0;
    summary->place = found ? found - 1 : summary->rows;
    return found || add_row(summary, keys);
}

static bool take_row(struct summary *summary, size_t seed, const double *columns, bool ok) {
    double keys[COLUMNS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < summary->columns; i++)
        if (summary->grid->spec->columns[i].key)
            keys[count++] = columns[i];
    if (!find_row(summary, keys))
        return false;
    if (ok) {
        memcpy(values_of(summary, summary->place, seed), columns, summary->columns * sizeof *columns);
        ++*count_of(summary, summary->place);
    }
    return true;
}

/* ---- means ---------------------------------------------------------------------------------------- */

/* Sum of 2^-e x, or of (2^-e x - mean)^2, over the seeds that have x; Neumaier's compensation. */
static double sum_over(const struct summary *summary, size_t row, size_t column, int e, const double *mean) {
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
static void write_mean(struct buffer *out, const struct summary *summary, size_t row, size_t column) {
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

static void write_row(struct buffer *out, const struct summary *summary, size_t row) {
    struct sweep_point point = { .grid = summary->grid };
    const double *keys = labels_of(summary, row);
    sweep_point_set(&point, summary->first);
    for (size_t i = 0; i + 1 < summary->grid->count; i++) { /* the last is the seed */
        sweep_append_text(out, sweep_point_text(&point, i));
        sweep_append(out, ",", 1);
    }
    for (size_t i = 0; i < summary->keys; i++) {
        sweep_csv_number(out, keys[i]);
        sweep_append(out, ",", 1);
    }
    for (size_t i = 0; i < summary->columns; i++)
        if (!summary->grid->spec->columns[i].key)
            write_mean(out, summary, row, i);
    sweep_print(out, "%zu\n", *count_of(summary, row));
}

/* ---- settings ------------------------------------------------------------------------------------- */

struct summary *sweep_summary_begin(struct buffer *out, const struct grid *grid) {
    struct summary *summary = calloc(1, sizeof *summary);
    if (!summary)
        return NULL;
    *summary = (struct summary){ .grid = grid,
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

/* A setting in which no cell gave a row still shows, with 0 seeds. */
bool sweep_summary_end(struct summary *summary, struct buffer *out) {
    double none[COLUMNS_MAX];
    for (size_t i = 0; i < summary->keys; i++)
        none[i] = SWEEP_NONE;
    bool good = !summary->any || summary->rows || add_row(summary, none);
    for (size_t row = 0; row < summary->rows && good; row++)
        write_row(out, summary, row);
    if (summary->slots > 64 &&
        summary->slots > 8 * summary->rows) { /* not to be cleared for every small setting */
        free(summary->table);
        summary->table = NULL;
        summary->slots = 0;
    } else if (summary->slots) {
        memset(summary->table, 0, summary->slots * sizeof *summary->table);
    }
    summary->values.size = summary->labels.size = summary->counts.size = summary->rows = summary->place = 0;
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
    if (!summary->any || point->cell / summary->seeds != summary->first / summary->seeds) {
        if (!sweep_summary_end(summary, out))
            return false;
        summary->first = point->cell - seed;
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
    sweep_buffer_free(&summary->values);
    sweep_buffer_free(&summary->labels);
    sweep_buffer_free(&summary->counts);
    free(summary->table);
    free(summary);
}
