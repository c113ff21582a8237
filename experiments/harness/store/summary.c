/* The mean over seeds. A row of FILE.summary.csv is one setting of the other axes and of the key columns; its
 * means and sample standard deviations are over the cells with status ok that have a value there, and `seeds`
 * counts the cells with status ok that gave the row. Columns are averaged as they are: a log norm as a
 * logarithm. */
#include "store.h"

#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The seeds of one setting. Rows appear in the order in which their keys were first seen. */
struct group {
    const struct grid *grid;
    size_t seeds, columns, keys; /* columns counts all, keys too */
    struct buffer values; /* doubles, (rows, seeds, columns); NAN where a seed has none */
    struct buffer labels; /* doubles, (rows, keys) */
    struct buffer counts; /* size_t, (rows): cells with status ok */
    size_t rows, place; /* place: where the last key was found */
    uint64_t first; /* number of the group's first cell */
    bool any; /* a group is open */
};

static double *values_of(const struct group *group, size_t row, size_t seed) {
    return (double *)(void *)group->values.data + (row * group->seeds + seed) * group->columns;
}
static double *labels_of(const struct group *group, size_t row) {
    return (double *)(void *)group->labels.data + row * group->keys;
}
static size_t *count_of(const struct group *group, size_t row) {
    return (size_t *)(void *)group->counts.data + row;
}

/* The columns of a row into numbers, NAN for an empty field; true if one is there. */
static bool read_columns(double *columns, char *fields[], size_t count) {
    bool any = false;
    for (size_t i = 0; i < count; i++) {
        columns[i] = *fields[i] ? strtod(fields[i], NULL) : SWEEP_NONE;
        any = any || *fields[i];
    }
    return any;
}

static bool add_row(struct group *group, const double *keys) {
    size_t values = group->seeds * group->columns * sizeof(double), keys_size = group->keys * sizeof(double);
    if (!sweep_reserve(&group->values, values) || !sweep_reserve(&group->labels, keys_size) ||
        !sweep_reserve(&group->counts, sizeof(size_t)))
        return false;
    group->values.size += values;
    for (size_t i = 0; i < group->seeds * group->columns; i++)
        values_of(group, group->rows, 0)[i] = SWEEP_NONE;
    sweep_append(&group->labels, (const char *)keys, keys_size);
    sweep_append(&group->counts, (const char *)&(size_t){ 0 }, sizeof(size_t));
    group->rows++;
    return true;
}

static bool same_keys(const double *a, const double *b, size_t count) {
    for (size_t i = 0; i < count; i++)
        if (!(a[i] == b[i] || (isnan(a[i]) && isnan(b[i]))))
            return false;
    return true;
}

/* The row with these keys, searched from the one after the last found; a new one at the end. False: no
 * memory. */
static bool find_row(struct group *group, const double *keys) {
    for (size_t i = 0; i < group->rows; i++) {
        size_t row = (group->place + 1 + i) % group->rows;
        if (same_keys(labels_of(group, row), keys, group->keys)) {
            group->place = row;
            return true;
        }
    }
    group->place = group->rows;
    return add_row(group, keys);
}

static bool take_row(struct group *group, size_t seed, const double *columns, bool ok) {
    double keys[COLUMNS_MAX];
    size_t count = 0;
    for (size_t i = 0; i < group->columns; i++)
        if (group->grid->spec->columns[i].key)
            keys[count++] = columns[i];
    if (!find_row(group, keys))
        return false;
    if (ok) {
        memcpy(values_of(group, group->place, seed), columns, group->columns * sizeof *columns);
        ++*count_of(group, group->place);
    }
    return true;
}

/* long double, so that neither sum nor square leaves its range. */
static void write_mean(struct buffer *out, const struct group *group, size_t row, size_t column) {
    long double sum = 0, squares = 0;
    size_t n = 0;
    for (size_t seed = 0; seed < group->seeds; seed++) {
        double value = values_of(group, row, seed)[column];
        if (!isnan(value)) {
            sum += value;
            n++;
        }
    }
    long double mean = n ? sum / (long double)n : 0;
    for (size_t seed = 0; seed < group->seeds; seed++) {
        double value = values_of(group, row, seed)[column];
        if (!isnan(value))
            squares += ((long double)value - mean) * ((long double)value - mean);
    }
    double deviation = n > 1 ? (double)sqrtl(squares / (long double)(n - 1)) : SWEEP_NONE;
    sweep_number(out, n ? (double)mean : SWEEP_NONE);
    sweep_append(out, ",", 1);
    sweep_number(out, isfinite(deviation) ? deviation : SWEEP_NONE);
    sweep_append(out, ",", 1);
}

static void write_row(struct buffer *out, const struct group *group, size_t row) {
    struct sweep_point point = { .grid = group->grid };
    const double *keys = labels_of(group, row);
    sweep_point_set(&point, group->first);
    for (size_t i = 0; i + 1 < group->grid->count; i++) { /* the last is the seed */
        const char *text = sweep_point_text(&point, i);
        sweep_append(out, text, strlen(text));
        sweep_append(out, ",", 1);
    }
    for (size_t i = 0; i < group->keys; i++) {
        sweep_number(out, keys[i]);
        sweep_append(out, ",", 1);
    }
    for (size_t i = 0; i < group->columns; i++)
        if (!group->grid->spec->columns[i].key)
            write_mean(out, group, row, i);
    sweep_print(out, "%zu\n", *count_of(group, row));
}

/* Writes the group that is open and empties it. A group in which no cell gave a row still shows, with 0
 * seeds. */
static bool close_group(struct group *group, FILE *file) {
    struct buffer out = { .data = NULL };
    double none[COLUMNS_MAX];
    for (size_t i = 0; i < group->keys; i++)
        none[i] = SWEEP_NONE;
    bool good = !group->any || group->rows || add_row(group, none);
    for (size_t row = 0; row < group->rows && good; row++) {
        out.size = 0;
        write_row(&out, group, row);
        good = !out.failed && fwrite(out.data, 1, out.size, file) == out.size;
    }
    sweep_buffer_free(&out);
    group->values.size = group->labels.size = group->counts.size = group->rows = group->place = 0;
    return good;
}

/* One line of the CSV, its newline gone: cell, axes, columns, status. */
static bool take_line(struct group *group, char *line, FILE *file) {
    char *fields[1 + AXES_MAX + COLUMNS_MAX + 1];
    double columns[COLUMNS_MAX];
    size_t wanted = 1 + group->grid->count + group->columns + 1;
    for (size_t i = 0; i < wanted; i++) {
        char *end = strchrnul(line, ',');
        fields[i] = line;
        line = end + (*end != '\0');
        *end = '\0';
    }
    uint64_t cell = strtoull(fields[0], NULL, 10);
    if (!group->any || cell / group->seeds != group->first / group->seeds) {
        if (!close_group(group, file))
            return false;
        group->first = cell - cell % group->seeds;
        group->any = true;
    }
    bool there = read_columns(columns, fields + 1 + group->grid->count, group->columns);
    bool ok = strcmp(fields[wanted - 1], "ok") == 0;
    return !(there || ok) || take_row(group, (size_t)(cell % group->seeds), columns, ok);
}

static bool write_header(FILE *out, const struct grid *grid) {
    struct buffer line = { .data = NULL };
    for (size_t i = 0; i + 1 < grid->count; i++)
        sweep_print(&line, "%s,", grid->axes[i].word->name);
    for (size_t i = 0; i < grid->columns; i++)
        if (grid->spec->columns[i].key)
            sweep_print(&line, "%s,", grid->spec->columns[i].name);
    for (size_t i = 0; i < grid->columns; i++)
        if (!grid->spec->columns[i].key)
            sweep_print(&line, "%s,%s_sd,", grid->spec->columns[i].name, grid->spec->columns[i].name);
    sweep_print(&line, "seeds\n");
    bool good = !line.failed && fwrite(line.data, 1, line.size, out) == line.size;
    sweep_buffer_free(&line);
    return good;
}

bool sweep_summary(FILE *out, FILE *csv, const struct grid *grid) {
    struct group group = { .grid = grid,
                           .columns = grid->columns,
                           .seeds = grid->axes[grid->count - 1].count };
    for (size_t i = 0; i < grid->columns; i++)
        group.keys += grid->spec->columns[i].key;
    char *line = NULL;
    size_t room = 0;
    bool good = write_header(out, grid) && getline(&line, &room, csv) > 0;
    for (ssize_t size; good && (size = getline(&line, &room, csv)) > 0;) {
        line[size - 1] = '\0';
        good = take_line(&group, line, out);
    }
    good = good && !ferror(csv) && close_group(&group, out);
    int error = group.values.failed || group.labels.failed || group.counts.failed ? ENOMEM : errno;
    free(line);
    sweep_buffer_free(&group.values);
    sweep_buffer_free(&group.labels);
    sweep_buffer_free(&group.counts);
    errno = error;
    return good;
}
