/* NumPy's format, version 1.0: magic, a header that is a Python literal padded to 64 bytes, the numbers.
 * numpy.lib.format in NumPy's reference describes it. */
#include "run.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "arrays are written as they lie in memory");

enum { PREFIX = 10, ALIGNMENT = 64, HEADER = 256 };

static size_t row_size(const struct npy *array) {
    size_t size = 1;
    for (int i = 1; i < 3 && array->shape[i]; i++)
        size *= array->shape[i];
    return size;
}

/* Fills in the header; returns its size. */
static size_t make_header(char header[HEADER], const struct npy *array) {
    char shape[96] = "";
    for (int i = 0; i < 3 && array->shape[i]; i++)
        snprintf(shape + strlen(shape), sizeof shape - strlen(shape), "%zu, ", array->shape[i]);
    int size = snprintf(header + PREFIX, HEADER - PREFIX,
                        "{'descr': '<f8', 'fortran_order': False, 'shape': (%s), }", shape);
    size_t used = PREFIX + (size_t)size, whole = (used + 1 + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
    memset(header + used, ' ', whole - used);
    header[whole - 1] = '\n';
    memcpy(header, "\x93NUMPY\x01\x00", 8);
    header[8] = (char)((whole - PREFIX) & 0xFF);
    header[9] = (char)((whole - PREFIX) >> 8);
    return whole;
}

/* Each number times the power of two of its row. */
static bool write_numbers(FILE *file, const struct npy *array) {
    const size_t size = row_size(array);
    for (size_t i = 0; i < array->shape[0] * size; i++) {
        const int exponent = array->exponent + (array->exponents ? array->exponents[i / size] : 0);
        const double number = array->labels ? array->labels[i] : ldexp(array->data[i], exponent);
        if (fwrite(&number, sizeof number, 1, file) != 1)
            return false;
    }
    return true;
}

bool sweep_npy_write(const char *path, const struct npy *array) {
    FILE *file = fopen(path, "we");
    if (!file)
        return false;
    char header[HEADER];
    const size_t size = make_header(header, array);
    const bool good = fwrite(header, 1, size, file) == size && write_numbers(file, array);
    int error = errno;
    if (fclose(file) && good)
        return false;
    errno = error;
    return good;
}
