/* What a random number costs, beside Random123 and the logarithm, cosine and sine of libm: one line of
 * CSV, with nanoseconds a gaussian, those of the peer, the ratio, and the same of a uniform. Medians over
 * rounds in turn. */
#include "rnn.h"

#include <Random123/philox.h>
#include <Random123/u01fixedpt.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

enum { COUNT = 1 << 16, ROUNDS = 101 };
static double numbers[COUNT];

static double now(void) {
    struct timespec time;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &time); /* what other programs take is not counted */
    return (double)time.tv_sec + 1e-9 * (double)time.tv_nsec;
}

static void peer_uniform(void) {
    const philox4x64_key_t key = { { 1, 2 } };
    for (uint64_t i = 0; i < COUNT; i += 4) {
        const philox4x64_ctr_t counter = { { i / 4 } }, word = philox4x64(counter, key);
        for (uint64_t j = 0; j < 4; j++)
            numbers[i + j] = u01fixedpt_open_open_64_double(word.v[j]);
    }
}

static void peer_gaussian(void) {
    peer_uniform();
    for (size_t i = 0; i < COUNT; i += 2) {
        const double radius = sqrt(-2 * log(numbers[i])), angle = 2 * M_PI * numbers[i + 1];
        numbers[i] = radius * cos(angle);
        numbers[i + 1] = radius * sin(angle);
    }
}

static void uniform(void) {
    rnn_uniform(numbers, COUNT, (struct rnn_stream){ 1, 0, 2 });
}

static void gaussian(void) {
    rnn_gaussian(numbers, COUNT, 1, (struct rnn_stream){ 1, 0, 2 });
}

static int ascending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x > y) - (x < y);
}

int main(void) {
    void (*const draws[])(void) = { gaussian, peer_gaussian, uniform, peer_uniform };
    double seconds[4][ROUNDS], median[4];
    for (int round = 0; round < ROUNDS; round++)
        for (int d = 0; d < 4; d++) {
            const double start = now();
            draws[d]();
            seconds[d][round] = now() - start;
        }
    for (int d = 0; d < 4; d++) {
        qsort(seconds[d], ROUNDS, sizeof **seconds, ascending);
        median[d] = 1e9 * seconds[d][ROUNDS / 2] / COUNT;
    }
    printf("%.2f,%.2f,%.2f,%.2f,%.2f,%.2f\n", median[0], median[1], median[1] / median[0], median[2],
           median[3], median[3] / median[2]);
    return 0;
}
