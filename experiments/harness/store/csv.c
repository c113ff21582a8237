/* Rows as text: the same bytes in every locale. */
#include "store.h"

#include <math.h>
#include <stdio.h>

/* Decimal digits of a whole number, last one at end[-1]. */
static char *write_digits(char *end, uint64_t number) {
    do
        *--end = (char)('0' + number % 10);
    while (number /= 10);
    return end;
}

void sweep_csv_number(struct buffer *out, double value) {
    char text[32], *end = text + sizeof text;
    if (isnan(value))
        return;
    if (value == floor(value) && fabs(value) < 1e15 && !(value == 0 && signbit(value))) {
        char *begin = write_digits(end, (uint64_t)fabs(value)); /* as %.17g, many times faster */
        if (value < 0)
            *--begin = '-';
        sweep_append(out, begin, (size_t)(end - begin));
        return;
    }
    int size = snprintf(text, sizeof text, "%.17g", value);
    sweep_append(out, text, (size_t)size);
}

void sweep_csv_header(struct buffer *out, const struct grid *grid) {
    sweep_append_text(out, "cell");
    for (size_t i = 0; i < grid->count; i++) {
        sweep_append_text(out, ",");
        sweep_append_text(out, grid->axes[i].word->name);
    }
    for (size_t i = 0; i < grid->columns; i++) {
        sweep_append_text(out, ",");
        sweep_append_text(out, grid->spec->columns[i].name);
    }
    sweep_append_text(out, ",status\n");
}

/* "12,tanh,0.5": what every row of a cell begins with. */
static void append_place(struct buffer *out, const struct sweep_point *point) {
    char text[24], *end = text + sizeof text, *begin = write_digits(end, point->cell);
    sweep_append(out, begin, (size_t)(end - begin));
    for (size_t i = 0; i < point->grid->count; i++) {
        sweep_append_text(out, ",");
        sweep_append_text(out, sweep_point_text(point, i));
    }
}

void sweep_csv_rows(struct buffer *out, const struct sweep_point *point, const struct rows *rows) {
    const double *value = rows->values;
    size_t place = out->size;
    if (rows->count == 0)
        return;
    append_place(out, point);
    size_t size = out->size - place;
    for (size_t row = 0; row < rows->count; row++) {
        if (row && sweep_reserve(out, size))
            sweep_append(out, out->data + place, size);
        for (size_t i = 0; i < point->grid->columns; i++) {
            sweep_append_text(out, ",");
            sweep_csv_number(out, *value++);
        }
        sweep_append_text(out, ",");
        sweep_append_text(out, rows->status);
        sweep_append_text(out, "\n");
    }
}
