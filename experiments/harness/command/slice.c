/* What of a result --plot draws: an axis that tells the curves apart, one value of every other axis. */
#include "command.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* The summary has no seeds. */
static bool usable(const struct grid *grid, const struct axis *axis, bool means) {
    return strcmp(axis->word->name, grid->spec->plot.x) != 0 &&
           !(means && strcmp(axis->word->name, "seed") == 0);
}

/* What the user gave several values to, else what the experiment names, else what has several values. */
static const struct axis *choose_by(const struct grid *grid, bool means) {
    const char *named = grid->spec->plot.by;
    const struct axis *best = NULL;
    int most = -1;
    for (size_t i = 0; i < grid->count; i++) {
        const struct axis *axis = &grid->axes[i];
        const bool several = axis->count > 1, is_named = named && strcmp(axis->word->name, named) == 0;
        const int merit = several ? 1 + axis->given * 2 + is_named : 0;
        if (usable(grid, axis, means) && (several || is_named) && merit > most) {
            best = axis;
            most = merit;
        }
    }
    return best;
}

/* The value of the other axes: what the experiment names, if it is among them, else the first. */
static void hold(struct slice *slice) {
    const struct grid *grid = slice->grid;
    for (size_t i = 0; i < grid->count; i++) {
        const struct axis *axis = &grid->axes[i];
        const bool free = axis == slice->by || !usable(grid, axis, slice->means);
        slice->held[i] = free ? NULL : &axis->values[0];
        for (size_t j = 0; !free && j < axis->count && grid->spec->plot.held[0]; j++)
            if (strcmp(grid->spec->plot.held[0], axis->word->name) == 0 &&
                strcmp(grid->spec->plot.held[1], axis->values[j].text) == 0)
                slice->held[i] = &axis->values[j];
    }
}

/* Splits a line of the CSV, in which no field is quoted, at its commas. */
static size_t split(char *line, char *fields[], size_t most) {
    size_t count = 0;
    for (char *field; count < most && (field = strsep(&line, ","));)
        fields[count++] = field;
    return count;
}

static size_t place_of(const char *name, char *const names[], size_t count) {
    for (size_t i = 0; name && i < count; i++)
        if (strcmp(names[i], name) == 0)
            return i;
    return SIZE_MAX;
}

static double number(char *const fields[], size_t place, size_t count) {
    if (place >= count)
        return SWEEP_NONE;
    char *end;
    const double value = strtod(fields[place], &end);
    return end > fields[place] ? value : SWEEP_NONE;
}

/* The number of the curve a row is of, or -1. */
static int curve_of(const struct slice *slice, char *const names[], char *const fields[], size_t count) {
    const struct grid *grid = slice->grid;
    for (size_t i = 0; i < grid->count; i++) {
        const size_t place = place_of(grid->axes[i].word->name, names, count);
        if (slice->held[i] && place < count && strcmp(fields[place], slice->held[i]->text) != 0)
            return -1;
    }
    if (!slice->by)
        return 0;
    const size_t place = place_of(slice->by->word->name, names, count);
    for (size_t i = 0; place < count && i < slice->by->count; i++)
        if (strcmp(fields[place], slice->by->values[i].text) == 0)
            return slice->map || i < MARKS ? (int)i : -1;
    return -1;
}

static const struct range nothing = { INFINITY, -INFINITY, false };

static void widen(struct range *range, double value) {
    if (isnan(value))
        return;
    range->low = fmin(range->low, value);
    range->high = fmax(range->high, value);
}

static void take_row(struct slice *slice, char *const names[], char *const fields[], size_t count) {
    const struct sweep_spec *spec = slice->grid->spec;
    const double held = number(fields, place_of(spec->plot.held[0], names, count), count);
    struct mark mark = { .curve = curve_of(slice, names, fields, count),
                         .late = fmax(held, -INFINITY),
                         .row = slice->marks.size,
                         .x = number(fields, place_of(spec->plot.x, names, count), count) };
    for (int i = 0; i < COLUMNS_DRAWN; i++)
        mark.y[i] = number(fields, place_of(slice->column[i], names, count), count);
    slice->met = slice->met || mark.curve >= 0;
    if (mark.curve < 0 || isnan(mark.x) || (isnan(mark.y[0]) && isnan(mark.y[1])))
        return;
    slice->fewest = fmin(slice->fewest, number(fields, place_of("seeds", names, count), count));
    sweep_append(&slice->marks, (const char *)&mark, sizeof mark);
}

static int by_curve_and_x(const void *a, const void *b) {
    const struct mark *p = a, *q = b;
    if (p->curve != q->curve || p->x != q->x)
        return p->curve != q->curve ? p->curve - q->curve : p->x > q->x ? 1 : -1;
    if (p->late != q->late)
        return p->late < q->late ? 1 : -1;
    return (p->row > q->row) - (p->row < q->row);
}

static void sort(struct slice *slice) {
    if (slice->marks.size)
        qsort(slice->marks.data, slice->marks.size / sizeof(struct mark), sizeof(struct mark),
              by_curve_and_x);
}

/* Rows of one cell that a key column other than x tells apart have one place in the picture: the first one's, or of
 * a key column that is held the last one's. */
static void keep_first(struct slice *slice) {
    struct mark *marks = (void *)slice->marks.data;
    size_t kept = 0;
    for (size_t i = 0; i < slice->marks.size / sizeof *marks; i++) {
        struct mark *last = kept ? &marks[kept - 1] : NULL;
        if (!last || last->curve != marks[i].curve || last->x != marks[i].x)
            marks[kept++] = marks[i];
        else
            slice->folded = slice->folded || last->y[0] != marks[i].y[0];
    }
    slice->marks.size = kept * sizeof *marks;
}

static void find_ranges(struct slice *slice) {
    const struct mark *marks = (const void *)slice->marks.data;
    bool theory = false;
    for (size_t i = 0; i < slice->marks.size / sizeof *marks; i++) {
        widen(&slice->x, marks[i].x);
        widen(&slice->y[0], marks[i].y[0]);
        widen(&slice->y[1], marks[i].y[1]);
        theory = theory || !isnan(marks[i].y[2]);
        if (!slice->map)
            widen(&slice->y[0], marks[i].y[2]);
    }
    if (!theory)
        slice->column[2] = NULL;
}

static double number_of(const struct axis *axis, size_t value) {
    return axis->word->kind == KIND_COUNT ? (double)axis->values[value].count : axis->values[value].real;
}

/* Of a map, a mark's shade becomes its curve, and its height the value of `by`. */
static void shade(struct slice *slice) {
    const struct range range = slice->level = slice->y[0];
    struct mark *marks = (void *)slice->marks.data;
    size_t kept = 0;
    slice->y[0] = nothing;
    slice->column[1] = slice->column[2] = NULL;
    for (size_t i = 0; i < slice->marks.size / sizeof *marks; i++) {
        const double share =
            range.high > range.low ? (marks[i].y[0] - range.low) / (range.high - range.low) : 0;
        const double height = number_of(slice->by, (size_t)marks[i].curve);
        widen(&slice->y[0], height);
        if (isnan(marks[i].y[0]))
            continue;
        marks[kept] = marks[i];
        marks[kept].curve = share >= 1 ? SHADES - 1 : (int)(share * SHADES);
        marks[kept++].y[0] = height;
    }
    slice->marks.size = kept * sizeof *marks;
}

/* A list of decades, or of doubles: its middle lies nearer to the geometric mean of its ends than to the other. */
static bool is_geometric(const struct axis *axis, double low, double high) {
    if (axis->count < 3 || !(low > 0) || high < 10 * low)
        return false;
    return number_of(axis, axis->count / 2) < sqrt(sqrt(low * high) * (low + high) / 2);
}

static void choose_scales(struct slice *slice) {
    const struct axis *axis = sweep_grid_axis(slice->grid, slice->grid->spec->plot.x);
    slice->x.log = axis && axis->word->kind != KIND_NAME && axis->word->kind != KIND_FILE &&
                   is_geometric(axis, slice->x.low, slice->x.high);
    for (int i = 0; i < 2 && slice->column[i]; i++) /* a logarithm has no decades */
        slice->y[i].log = slice->y[i].low > 0 && slice->y[i].high > 1000 * slice->y[i].low &&
                          strncmp(slice->column[i], "log", 3) != 0;
}

bool sweep_slice(struct slice *slice, const struct grid *grid, const struct buffer *csv, bool means) {
    const struct sweep_spec *spec = grid->spec;
    *slice = (struct slice){ .grid = grid,
                             .means = means,
                             .fewest = INFINITY,
                             .by = choose_by(grid, means),
                             .x = nothing,
                             .y = { nothing, nothing },
                             .column = { spec->plot.y, spec->plot.beside, spec->plot.theory } };
    const struct axis *by = slice->by;
    slice->map = by && by->count > MARKS && (by->word->kind == KIND_REAL || by->word->kind == KIND_COUNT);
    hold(slice);
    struct buffer text = { .data = NULL };
    sweep_append(&text, csv->data, csv->size);
    sweep_append(&text, "", 1);
    char *rest = text.data, *names[FIELDS_MAX], *fields[FIELDS_MAX];
    if (text.failed)
        return false;
    const size_t count = split(strsep(&rest, "\n"), names, FIELDS_MAX);
    for (char *line; (line = strsep(&rest, "\n"));)
        if (split(line, fields, FIELDS_MAX) == count)
            take_row(slice, names, fields, count);
    sweep_buffer_free(&text);
    sort(slice);
    keep_first(slice);
    find_ranges(slice);
    choose_scales(slice);
    if (slice->map) {
        shade(slice);
        sort(slice);
    }
    return !slice->marks.failed;
}
