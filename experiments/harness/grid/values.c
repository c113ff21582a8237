/* The values of an axis: comma lists, a:b of whole numbers, a:b:step of numbers. Nothing is taken that was
 * not understood to its last character, and no range is laid out before its bytes were counted. */
#include "grid.h"

#include <ctype.h>
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { SPELLING = 24 }; /* bytes of the longest spelling of a range's value: -1.23456789012e-308 */

static bool refuse_form(const struct axis *axis, const char *item, struct reason *why) {
    const char *name = axis->word->name;
    char allowed[160];
    sweep_word_allowed(axis->word, allowed, sizeof allowed);
    if (axis->word->kind == KIND_COUNT)
        return sweep_refuse(
            why, "--%s %.120s: must be %s, written as 7, a list 1,10,100 or a range 1:10 or 0:100:20", name,
            item, allowed);
    return sweep_refuse(
        why, "--%s %.120s: must be a number %s, written as 0.5, a list 0.5,1 or a range 0.5:2:0.25", name,
        item, allowed);
}

static bool refuse_value(const struct axis *axis, const char *item, struct reason *why) {
    char allowed[160];
    sweep_word_allowed(axis->word, allowed, sizeof allowed);
    return sweep_refuse(why, "--%s %.120s: must be %s", axis->word->name, item, allowed);
}

static bool reserve_values(struct axis *axis, double more, const char *item, struct reason *why) {
    double needed = ((double)axis->count + more) * (sizeof(struct value) + SPELLING);
    double available = sweep_memory_available();
    if (needed > available)
        return sweep_refuse(why, "--%s %.120s: %.15g values need %.15g bytes, but only %.15g are available",
                            axis->word->name, item, more, needed, available);
    size_t capacity = axis->count + (size_t)more;
    if (capacity <= axis->capacity)
        return true;
    capacity += axis->capacity;
    struct value *values = realloc(axis->values, capacity * sizeof *values);
    if (!values)
        return sweep_no_memory(why);
    axis->values = values;
    axis->capacity = capacity;
    return true;
}

bool sweep_parse_count(uint64_t *count, const char *text) {
    if (!isdigit((unsigned char)*text) || text[strspn(text, "0123456789")])
        return false;
    errno = 0;
    *count = strtoull(text, NULL, 10);
    return errno == 0;
}

/* A decimal number: no hexadecimal, no nan, no inf, no blank, no sign but a minus. */
static bool parse_real(double *value, const struct axis *axis, const char *text, const char *item,
                       struct reason *why) {
    char *end;
    errno = 0;
    *value = strtod(text, &end);
    if (end == text || *end || *text == '+' || text[strspn(text, "0123456789.eE+-")])
        return refuse_form(axis, item, why);
    if (errno == ERANGE)
        return sweep_refuse(why, "--%s %.120s: is outside what a double holds, 2.3e-308 to 1.7e308",
                            axis->word->name, item);
    return true;
}

/* The shortest spelling that reads as the same number: 0.5 of 5e-1, 7 of 007. `text` itself if it is that. */
static const char *real_content(const char *text, double value, struct arena *arena) {
    char shortest[32];
    int digits = 15;
    do
        snprintf(shortest, sizeof shortest, "%.*g", digits, value);
    while (digits++ < 17 && strtod(shortest, NULL) != value);
    return strcmp(shortest, text) == 0 ? text : sweep_keep_print(arena, "%s", shortest);
}

static const char *count_content(const char *text, uint64_t value, struct arena *arena) {
    return *text != '0' || !text[1] ? text : sweep_keep_print(arena, "%llu", (unsigned long long)value);
}

static bool add_value(struct axis *axis, struct value value, struct reason *why) {
    axis->values[axis->count++] = value;
    return value.content || sweep_no_memory(why);
}

static bool add_real(struct axis *axis, const char *text, double value, struct arena *arena,
                     struct reason *why) {
    if (value < axis->word->low || value > axis->word->high)
        return refuse_value(axis, text, why);
    return add_value(axis, (struct value){ text, real_content(text, value, arena), .real = value }, why);
}

static bool add_count(struct axis *axis, const char *text, uint64_t value, struct arena *arena,
                      struct reason *why) {
    if (value < axis->word->least)
        return refuse_value(axis, text, why);
    if (value > LARGEST_EXACT)
        return sweep_refuse(why, "--%s %.120s: must be <= %llu", axis->word->name, text,
                            (unsigned long long)LARGEST_EXACT);
    return add_value(axis, (struct value){ text, count_content(text, value, arena), .count = value }, why);
}

/* Room for so many values more, and for the spellings of them; NULL: refused. */
static char *lay_out(struct axis *axis, double values, const char *item, struct arena *arena,
                     struct reason *why) {
    char *spellings = NULL;
    if (reserve_values(axis, values, item, why) &&
        !(spellings = sweep_keep(arena, (size_t)values * SPELLING)))
        sweep_no_memory(why);
    return spellings;
}

/* `parts` are the two or three numbers of a range; `item` is how it was written. */
static bool add_real_range(struct axis *axis, char *const parts[], size_t count, const char *item,
                           struct arena *arena, struct reason *why) {
    double first, last, step = 1;
    if (!parse_real(&first, axis, parts[0], item, why) || !parse_real(&last, axis, parts[1], item, why) ||
        (count == 3 && !parse_real(&step, axis, parts[2], item, why)))
        return false;
    if (count == 2 && (first != floor(first) || last != floor(last)))
        return sweep_refuse(why, "--%s %.120s: a range of numbers needs a step, as in %s:%s:0.1",
                            axis->word->name, item, parts[0], parts[1]);
    if (!(step > 0) || first > last)
        return sweep_refuse(why, "--%s %.120s: a range a:b:step must have a <= b and step > 0",
                            axis->word->name, item);
    const double values = floor((last - first) / step * (1 + 1e-12) + 1e-9) + 1;
    char *text = lay_out(axis, values, item, arena, why);
    bool good = text != NULL;
    for (size_t i = 0; good && i < (size_t)values; i++, text += SPELLING) {
        snprintf(text, SPELLING, "%.12g", first + (double)i * step);
        good = add_real(axis, text, strtod(text, NULL), arena, why);
    }
    return good;
}

static bool add_count_range(struct axis *axis, char *const parts[], size_t count, const char *item,
                            struct arena *arena, struct reason *why) {
    uint64_t first, last, step = 1;
    if (!sweep_parse_count(&first, parts[0]) || !sweep_parse_count(&last, parts[1]) ||
        (count == 3 && !sweep_parse_count(&step, parts[2])))
        return refuse_form(axis, item, why);
    if (step == 0 || first > last)
        return sweep_refuse(why, "--%s %.120s: a range a:b or a:b:step must have a <= b and step >= 1",
                            axis->word->name, item);
    const uint64_t values = (last - first) / step + 1; /* 0: 2^64 */
    char *text = lay_out(axis, values ? (double)values : 0x1p64, item, arena, why);
    bool good = text != NULL;
    for (uint64_t i = 0; good && i < values; i++, text += SPELLING) {
        snprintf(text, SPELLING, "%llu", (unsigned long long)(first + i * step));
        good = add_count(axis, text, first + i * step, arena, why);
    }
    return good;
}

static bool add_range(struct axis *axis, const char *item, struct arena *arena, struct reason *why) {
    char *copy = sweep_keep_print(arena, "%s", item), *parts[3];
    if (!copy)
        return sweep_no_memory(why);
    size_t count = 0;
    for (char *part; (part = strsep(&copy, ":"));) {
        if (count == 3)
            return refuse_form(axis, item, why);
        parts[count++] = part;
    }
    return axis->word->kind == KIND_COUNT ? add_count_range(axis, parts, count, item, arena, why)
                                          : add_real_range(axis, parts, count, item, arena, why);
}

static bool add_name(struct axis *axis, const char *item, struct reason *why) {
    const char *nearest = NULL;
    size_t best = SIZE_MAX;
    for (size_t i = 0; axis->word->names[i]; i++) {
        if (strcmp(axis->word->names[i], item) == 0)
            return add_value(axis, (struct value){ item, item, .count = i }, why);
        sweep_keep_nearer(&nearest, &best, item, axis->word->names[i]);
    }
    refuse_value(axis, item, why);
    size_t used = strlen(why->text);
    if (nearest)
        snprintf(why->text + used, sizeof why->text - used, sweep_tr(" (did you mean %s?)"), nearest);
    return false;
}

/* A name goes into CSV fields and labels as it is. */
static bool add_file(struct axis *axis, const char *item, struct arena *arena, struct reason *why) {
    for (const char *c = item; *c; c++)
        if (*c == '"' || (unsigned char)*c < ' ' || *c == 0x7F)
            return sweep_refuse(why, "--%s: a file name must have no quote, comma or control character",
                                axis->word->name);
    if (item[sweep_utf8_valid(item, strlen(item))])
        return sweep_refuse(why, "--%s %s: the name is not UTF-8, and no reader of the CSV could read it",
                            axis->word->name, item);
    const struct file *file = sweep_file_read(axis->word->name, item, arena, why);
    return file &&
           add_value(axis, (struct value){ item, sweep_file_content(file, arena), .file = file }, why);
}

static bool add_item(struct axis *axis, const char *item, struct arena *arena, struct reason *why) {
    if (*item == '\0')
        return sweep_refuse(why, "--%s: has an empty item; a list is written as a,b,c", axis->word->name);
    bool number = axis->word->kind == KIND_COUNT || axis->word->kind == KIND_REAL;
    if (number && strchr(item, ':'))
        return add_range(axis, item, arena, why);
    if (!reserve_values(axis, 1, item, why))
        return false;
    if (axis->word->kind == KIND_NAME)
        return add_name(axis, item, why);
    if (axis->word->kind == KIND_FILE)
        return add_file(axis, item, arena, why);
    double real;
    uint64_t count;
    if (axis->word->kind == KIND_REAL)
        return parse_real(&real, axis, item, item, why) && add_real(axis, item, real, arena, why);
    if (!sweep_parse_count(&count, item))
        return refuse_form(axis, item, why);
    return add_count(axis, item, count, arena, why);
}

static int by_value(const void *p, const void *q, void *axis) {
    const struct value *a = p, *b = q;
    switch (((const struct axis *)axis)->word->kind) {
    case KIND_REAL:
        return (a->real > b->real) - (a->real < b->real);
    case KIND_FILE:
        return strcmp(a->text, b->text);
    default:
        return (a->count > b->count) - (a->count < b->count);
    }
}

static bool all_differ(struct axis *axis, struct reason *why) {
    struct value *sorted = malloc(axis->count * sizeof *sorted);
    if (!sorted)
        return sweep_no_memory(why);
    memcpy(sorted, axis->values, axis->count * sizeof *sorted);
    qsort_r(sorted, axis->count, sizeof *sorted, by_value, axis);
    bool differ = true;
    for (size_t i = 1; i < axis->count && differ; i++)
        if (by_value(&sorted[i - 1], &sorted[i], axis) == 0)
            differ = sweep_refuse(why, "--%s %.120s: is given twice; every value must be there once",
                                  axis->word->name, sorted[i].text);
    free(sorted);
    return differ;
}

bool sweep_axis_parse(struct axis *axis, const char *text, struct arena *arena, struct reason *why) {
    char *copy = sweep_keep_print(arena, "%s", text);
    if (!copy)
        return sweep_no_memory(why);
    for (char *item; (item = strsep(&copy, ","));)
        if (!add_item(axis, item, arena, why))
            return false;
    return all_differ(axis, why);
}
