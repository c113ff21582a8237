/* Prints what sweep_collect gathers, so that a test can compare it with the CSV of the same arguments. */
#include "sweep.h"

#include <math.h>
#include <stdio.h>

static void print_row(const struct sweep_table *table, size_t row) {
    const double *values = table->values + row * (table->axes + table->columns);
    for (size_t i = 0; i < table->axes; i++)
        printf("%s=%s:%.17g ", table->names[i], table->labels[row * table->axes + i], values[i]);
    for (size_t i = table->axes; i < table->axes + table->columns; i++)
        printf("%s=%.17g ", table->names[i], values[i]);
    printf("status=%s\n", table->status[row]);
}

int main(int argc, char **argv) {
    struct sweep_table table;
    const int status = sweep_collect(&table, &experiment, (const char *const *)argv + (argc > 0));
    for (size_t row = 0; row < table.rows; row++)
        print_row(&table, row);
    sweep_table_free(&table);
    return status;
}
