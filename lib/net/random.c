/* Counter-based random streams: Philox4x64-10 of Random123 (Salmon et al. 2011). Block i of a stream is
 * philox(counter (i, 0, 0, 0), key (seed, purpose 2^32 + index)): four words, hence four numbers. */
#include "rnn.h"

#include <Random123/philox.h>
#include <Random123/u01fixedpt.h>
#include <math.h>
#include <string.h>

enum { BLOCK = 4 };

static void uniform_block(double u[BLOCK], struct rnn_stream stream, uint64_t i) {
    const philox4x64_key_t key = { { stream.seed, (uint64_t)stream.purpose << 32 | stream.index } };
    const philox4x64_ctr_t word = philox4x64(((philox4x64_ctr_t){ { i, 0, 0, 0 } }), key);
    for (int j = 0; j < BLOCK; j++)
        u[j] = u01fixedpt_open_open_64_double(word.v[j]); /* odd multiples of 2^-53 */
}

/* Two uniforms become two independent normals (Box and Muller 1958); u > 0 bounds them by 8.6 deviations. */
static void box_muller(double u[2], double deviation) {
    static const double two_pi = 6.283185307179586;
    const double radius = deviation * sqrt(-2 * log(u[0])), angle = two_pi * u[1];
    u[0] = radius * cos(angle);
    u[1] = radius * sin(angle);
}

static void copy_block(double *out, const double block[BLOCK], size_t left) {
    memcpy(out, block, (left < BLOCK ? left : BLOCK) * sizeof *out);
}

void rnn_uniform(double *out, size_t count, struct rnn_stream stream) {
    for (size_t i = 0; i < count; i += BLOCK) {
        double block[BLOCK];
        uniform_block(block, stream, i / BLOCK);
        copy_block(out + i, block, count - i);
    }
}

void rnn_gaussian(double *out, size_t count, double deviation, struct rnn_stream stream) {
    for (size_t i = 0; i < count; i += BLOCK) {
        double block[BLOCK];
        uniform_block(block, stream, i / BLOCK);
        box_muller(block, deviation);
        box_muller(block + 2, deviation);
        copy_block(out + i, block, count - i);
    }
}
