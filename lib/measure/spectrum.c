/* What a matrix and a product of Jacobians do to lengths. LAPACK sees the transpose of a row-major W, which
 * has the same eigenvalues and singular values. */
#include "measure.h"

#include "steps.h"

#include <lapacke.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

enum rnn_status rnn_spectral_radius(double *radius, const double *W, size_t n, double *work) {
    const lapack_int order = (lapack_int)n;
    double *re = work + n * n, *im = re + n;
    memcpy(work, W, n * n * sizeof *W);
    if (!k_finite(W, n * n) ||
        LAPACKE_dgeev(LAPACK_COL_MAJOR, 'N', 'N', order, work, order, re, im, NULL, 1, NULL, 1) != 0)
        return RNN_NO_CONVERGENCE;
    double largest = 0;
    for (size_t i = 0; i < n; i++)
        largest = fmax(largest, rnn_hypot(re[i], im[i]));
    *radius = largest;
    return RNN_OK;
}

enum rnn_status rnn_singular_values(double *values, const double *W, size_t n, double *work) {
    const lapack_int order = (lapack_int)n;
    memcpy(work, W, n * n * sizeof *W);
    if (!k_finite(W, n * n) ||
        LAPACKE_dgesdd(LAPACK_COL_MAJOR, 'N', order, order, work, order, values, NULL, 1, NULL, 1) != 0)
        return RNN_NO_CONVERGENCE;
    return RNN_OK;
}

enum rnn_status rnn_spectrum_measure(struct rnn_spectrum *spectrum, const double *W, size_t n, double *work) {
    double radius, *values = work + n * n;
    enum rnn_status status = rnn_spectral_radius(&radius, W, n, work);
    if (status == RNN_OK)
        status = rnn_singular_values(values, W, n, work);
    if (status == RNN_OK)
        *spectrum = (struct rnn_spectrum){ .radius = radius, .largest = values[0] };
    return status;
}

/* ---- Lyapunov exponents: the rows of Q (H, H) are the frame, columns to LAPACK ------------------------- */

double rnn_lyapunov_work(const struct rnn_spec *spec) {
    const double H = (double)spec->hidden;
    return rnn_packed_size(spec->hidden, spec->hidden) + H * H + 2 * H;
}

/* q_i = phi'(a_t) * (W q_i) for every vector of the frame, along the net's first sequence; `row` holds H. */
static void push_frame(const struct rnn *net, const double *packed, double *Q, double *row, size_t t) {
    const size_t H = net->spec.hidden;
    const double *h = rnn_state(net, t);
    for (size_t i = 0; i < H; i++) {
        k_product(row, packed, Q + i * H, 1, H, H);
        net->spec.activation->backward(Q + i * H, row, h, H);
    }
}

/* Q = Q' R; adds ln|R_ii| to sums[i] and leaves Q' in Q. */
static bool orthonormalise(double *Q, double *tau, size_t H, double *sums) {
    const lapack_int order = (lapack_int)H;
    if (!k_finite(Q, H * H) || LAPACKE_dgeqrf(LAPACK_COL_MAJOR, order, order, Q, order, tau) != 0)
        return false;
    for (size_t i = 0; i < H; i++)
        sums[i] += rnn_log(fabs(Q[i * H + i]));
    return LAPACKE_dorgqr(LAPACK_COL_MAJOR, order, order, order, Q, order, tau) == 0;
}

static int descending(const void *a, const void *b) {
    const double x = *(const double *)a, y = *(const double *)b;
    return (x < y) - (x > y);
}

enum rnn_status rnn_lyapunov(double *exponents, const struct rnn *net, size_t first, size_t last,
                             double *work) {
    const size_t H = net->spec.hidden;
    double *packed = work, *Q = packed + k_packed_size(H, H), *row = Q + H * H, *tau = row + H;
    if (!rnn_is_plain(&net->spec))
        return RNN_BAD_LAW;
    if (!rnn_has_steps(net, first, last))
        return RNN_BAD_RANGE;
    memset(Q, 0, H * H * sizeof *Q);
    for (size_t i = 0; i < H; i++)
        Q[i * H + i] = 1;
    for (size_t t = net->from + 1; t <= last; t++) {
        if (t <= first) /* what was summed before is burn-in */
            memset(exponents, 0, H * sizeof *exponents);
        rnn_pack_step(packed, net, t, net->from + 1);
        push_frame(net, packed, Q, row, t);
        if (!orthonormalise(Q, tau, H, exponents))
            return RNN_NO_CONVERGENCE;
    }
    k_scale(exponents, 1 / (double)(last - first + 1), H);
    qsort(exponents, H, sizeof *exponents, descending);
    return RNN_OK;
}
