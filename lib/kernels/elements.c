/* Gates and steps of an optimiser, element by element, and products with rows that hold a single one. Built once
 * per instruction-set level, but every operation is rounded by itself, so bits are equal on all of them. Arrays do
 * not overlap, but for the gates of one step, which lie `apart` doubles from one to the next. */
#include "level.h"
#include "vector.h"

#include <math.h>

/* ---- rows with a single one -------------------------------------------------------------------------- */

static int find_ones(uint32_t *where, const double *x, size_t count, size_t cols) {
    for (size_t n = 0; n < count; n++) {
        long long others = 0, ones = 0, place = 0;
        for (size_t j = 0; j < cols; j++) {
            const double value = x[n * cols + j];
            ones += value == 1;
            others += value != 0;
            place += value == 1 ? (long long)j : 0;
        }
        if (ones != 1 || others != 1)
            return 0;
        where[n] = (uint32_t)place;
    }
    return 1;
}

/* Here and below so many rows of W at a time stay in the first-level cache, which a whole column in strides does not. */
static void tabulate(double *restrict table, const double *bias, const double *W, size_t rows, size_t cols) {
    for (size_t row = 0; row < rows; row += K_STRIP) {
        const size_t end = rows - row < K_STRIP ? rows : row + K_STRIP;
        for (size_t j = 0; j < cols; j++)
            for (size_t i = row; i < end; i++)
                table[j * rows + i] = bias[i] + W[i * cols + j];
    }
}

static void outer_pick_add(double *restrict W, const double *a, const uint32_t *where, size_t count,
                           size_t rows, size_t cols) {
    for (size_t row = 0; row < rows; row += K_STRIP) {
        const size_t end = rows - row < K_STRIP ? rows : row + K_STRIP;
        for (size_t n = 0; n < count; n++)
            for (size_t i = row; i < end; i++)
                W[i * cols + where[n]] += a[n * rows + i];
    }
}

/* ---- products of arrays ------------------------------------------------------------------------------- */

static void multiply(double *restrict out, const double *a, const double *b, size_t count) {
    for (size_t i = 0; i < count; i++)
        out[i] = a[i] * b[i];
}

static void add(double *restrict out, const double *a, size_t count) {
    for (size_t i = 0; i < count; i++)
        out[i] += a[i];
}

static void multiply_add(double *restrict out, const double *a, const double *b, size_t count) {
    for (size_t i = 0; i < count; i++)
        out[i] += a[i] * b[i];
}

/* ---- gates -------------------------------------------------------------------------------------------- */

static void lstm_state(double *restrict c, double *restrict tanh_c, const double *i, const double *f,
                       const double *g, const double *before, size_t count) {
    for (size_t n = 0; n < count; n++)
        c[n] = tanh_c[n] = f[n] * before[n] + i[n] * g[n];
}

static void lstm_output_back(double *restrict dc, const double *dh, const double *o, const double *tanh_c,
                             size_t count) {
    for (size_t i = 0; i < count; i++)
        dc[i] += dh[i] * o[i] * (1 - tanh_c[i] * tanh_c[i]);
}

static void lstm_back(double *restrict gates, size_t apart, double *restrict dc_before, const double *dh,
                      const double *dc, const double *before, const double *tanh_c, size_t count) {
    double *restrict da_i = gates, *restrict da_f = da_i + apart, *restrict da_g = da_f + apart,
                     *restrict da_o = da_g + apart;
    for (size_t n = 0; n < count; n++) {
        const double i = da_i[n], f = da_f[n], g = da_g[n], o = da_o[n];
        da_i[n] = dc[n] * g * i * (1 - i);
        da_f[n] = dc[n] * before[n] * f * (1 - f);
        da_g[n] = dc[n] * i * (1 - g * g);
        da_o[n] = dh[n] * tanh_c[n] * o * (1 - o);
        dc_before[n] = dc[n] * f;
    }
}

static void gru_state(double *restrict h, const double *z, const double *n, const double *before,
                      size_t count) {
    for (size_t i = 0; i < count; i++)
        h[i] = (1 - z[i]) * n[i] + z[i] * before[i];
}

static void gru_back(double *restrict gates, size_t apart, double *restrict carried, const double *dh,
                     const double *before, size_t count) {
    double *restrict da_r = gates, *restrict da_z = da_r + apart, *restrict da_n = da_z + apart,
                     *restrict da_u = da_n + apart;
    for (size_t i = 0; i < count; i++) {
        const double r = da_r[i], z = da_z[i], n = da_n[i], u = da_u[i],
                     candidate = dh[i] * (1 - z) * (1 - n * n);
        da_n[i] = candidate;
        da_u[i] = candidate * r;
        da_z[i] = dh[i] * (before[i] - n) * z * (1 - z);
        da_r[i] = candidate * u * r * (1 - r);
        carried[i] = dh[i] * z;
    }
}

/* ---- optimisers --------------------------------------------------------------------------------------- */

static void sgd(double *restrict theta, double *restrict v, const double *g, size_t count, double rate,
                double momentum) {
    for (size_t i = 0; i < count; i++) {
        v[i] = momentum * v[i] + g[i];
        theta[i] -= rate * v[i];
    }
}

static void rmsprop(double *restrict theta, double *restrict v, double *restrict s, const double *g,
                    size_t count, double rate, double momentum, double decay, double epsilon) {
    for (size_t i = 0; i < count; i++) {
        s[i] = decay * s[i] + (1 - decay) * (g[i] * g[i]);
        v[i] = momentum * v[i] + g[i] / (sqrt(s[i]) + epsilon);
        theta[i] -= rate * v[i];
    }
}

static void adam(double *restrict theta, double *restrict v, double *restrict s, const double *g,
                 size_t count, double rate, double momentum, double decay, double root, double epsilon) {
    for (size_t i = 0; i < count; i++) {
        v[i] = momentum * v[i] + (1 - momentum) * g[i];
        s[i] = decay * s[i] + (1 - decay) * (g[i] * g[i]);
        theta[i] -= rate * v[i] / (sqrt(s[i]) * root + epsilon);
    }
}

const struct k_elements NAME_OF(k_elements_, LEVEL) = {
    find_ones,        tabulate,  outer_pick_add, add,      multiply, multiply_add, lstm_state,
    lstm_output_back, lstm_back, gru_state,      gru_back, sgd,      rmsprop,      adam,
};
