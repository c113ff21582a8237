/* Stands in for OpenBLAS, to see what it is told. */
#include <stdio.h>

__attribute__((visibility("default"))) void openblas_set_num_threads(int threads);

void openblas_set_num_threads(int threads) {
    fprintf(stderr, "threads %d\n", threads);
}
