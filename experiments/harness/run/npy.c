/* NumPy's format, version 1.0: magic, a header that is a Python literal padded to 64 bytes, the numbers.
 * numpy.lib.format in NumPy's reference describes it. */
#include "run.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "arrays are written as they lie in memory");

enum { PREFIX = 10, ALIGNMENT = 64, HEADER = 256, CHUNK = 1024 };

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

/* One row of the first dimension, times its power of two. */
static bool write_row(FILE *file, const struct npy *array, size_t row) {
    double chunk[CHUNK];
    size_t size = row_size(array), begin = row * size;
    int exponent = array->exponent + (array->exponents ? array->exponents[row] : 0);
    for (size_t i = 0; i < size;) {
        size_t n = size - i < CHUNK ? size - i : CHUNK;
        for (size_t j = 0; j < n; j++)
            chunk[j] =
                array->labels ? array->labels[begin + i + j] : ldexp(array->data[begin + i + j], exponent);
        if (fwrite(chunk, sizeof *chunk, n, file) != n)
            return false;
        i += n;
    }
    return true;
}

bool sweep_npy_write(const char *path, const struct npy *array) {
    FILE *file = fopen(path, "we");
    if (!file)
        return false;
    char header[HEADER];
    const size_t size = make_header(header, array);
    bool good = fwrite(header, 1, size, file) == size;
    for (size_t row = 0; row < array->shape[0] && good; row++)
        good = write_row(file, array, row);
    int error = errno;
    if (fclose(file) && good)
        return false;
    errno = error;
    return good;
}
