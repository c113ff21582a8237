/* The laws a recurrent matrix is drawn from. */
#include "kernels/kernels.h"
#include "rnn.h"

#include <math.h>
#include <string.h>

/* Column k of W (n, n), from row k down, becomes a unit vector. Returns its first component. */
static double normalise_column(double *W, size_t n, size_t k) {
    double squares = 0;
    for (size_t i = k; i < n; i++)
        squares += W[i * n + k] * W[i * n + k];
    const double norm = sqrt(squares);
    for (size_t i = k; i < n; i++)
        W[i * n + k] /= norm;
    return W[k * n + k];
}

/* Grows a Haar matrix Q of order n - k - 1, right of and below W_kk, into one of order n - k: the first
 * column is a uniform direction u, the others are H (0; Q), where H = I - v v^T / (1 + |u_k|), v = u +
 * sign(u_k) e_k, takes e_k to -sign(u_k) u. Keeping u itself as the first column is Stewart's sign
 * correction. */
static void grow_haar(double *W, size_t n, size_t k, double *sum) {
    const double first = normalise_column(W, n, k), width = 1 + fabs(first);
    memset(sum, 0, n * sizeof *sum);
    for (size_t i = k + 1; i < n; i++)
        for (size_t j = k + 1; j < n; j++)
            sum[j] += W[i * n + k] * W[i * n + j];
    for (size_t j = k + 1; j < n; j++)
        W[k * n + j] = first < 0 ? sum[j] : -sum[j];
    for (size_t i = k + 1; i < n; i++) {
        const double step = W[i * n + k] / width;
        for (size_t j = k + 1; j < n; j++)
            W[i * n + j] -= step * sum[j];
    }
}

static void draw_orthogonal(double *W, size_t n, double *work, struct rnn_stream stream) {
    rnn_gaussian(W, n * n, 1, stream); /* of which the lower triangle gives the directions */
    for (size_t k = n; k-- > 0;)
        grow_haar(W, n, k, work);
}

static void set_identity(double *W, size_t n) {
    memset(W, 0, n * n * sizeof *W);
    for (size_t i = 0; i < n; i++)
        W[i * n + i] = 1;
}

void rnn_draw_matrix(double *W, size_t n, enum rnn_init init, double scale, double *work,
                     struct rnn_stream stream) {
    switch (init) {
    case RNN_GAUSSIAN:
        rnn_gaussian(W, n * n, scale / sqrt((double)n), stream);
        return;
    case RNN_ORTHOGONAL:
        draw_orthogonal(W, n, work, stream);
        break;
    case RNN_IDENTITY:
        set_identity(W, n);
        break;
    }
    k_scale(W, scale, n * n);
}
