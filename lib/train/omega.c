/* The regulariser of Pascanu, Mikolov and Bengio 2013, section 3.3, which keeps a gradient from vanishing. */
#include "train.h"

#include "net/net.h"

#include <math.h>
#include <string.h>

double rnn_omega_work(const struct rnn_spec *spec) {
    return rnn_packed_size(spec->hidden, spec->hidden) + 2 * (double)spec->batch * (double)spec->hidden;
}

/* da of one sequence and step into g, by an exact power of two near 1 if it is far from that: Omega does
 * not see its size. */
static void take(double *g, const double *da, size_t hidden) {
    int exponent = 0;
    memcpy(g, da, hidden * sizeof *g);
    if (!rnn_is_safe(k_sum_squares(g, hidden)))
        rnn_rescale(g, NULL, hidden, &exponent);
}

/* With ratio = ||q|| / ||g||: adds (ratio - 1)^2 to *sum, and makes g 2 (ratio - 1) / (||q|| ||g||) g;
 * returns whether there was a gradient. */
static bool weigh(double *sum, double *g, const double *q, size_t hidden) {
    const double before = sqrt(k_sum_squares(g, hidden)), after = sqrt(k_sum_squares(q, hidden));
    if (before == 0)
        return false;
    const double off = after / before - 1;
    *sum += off * off;
    k_scale(g, after > 0 ? 2 * off / after / before : 0, hidden);
    return true;
}

double rnn_omega(double *dW, const struct rnn *net, double *work) {
    const struct rnn_activation *phi = net->spec.activation;
    const size_t B = net->spec.batch, H = net->spec.hidden, size = B * H;
    double *packed = work, *q = packed + k_packed_size(H, H), *g = q + size, sum = 0;
    size_t counted = 0;
    memset(dW, 0, H * H * sizeof *dW);
    k_pack_transposed(packed, net->p.W_hh, H, H);
    for (size_t t = net->spec.length; t >= 2; t--) {
        const double *da = net->da_h_of_step + (t - 1) * size, *h = rnn_state(net, t - 1);
        for (size_t b = 0; b < B; b++)
            take(g + b * H, da + b * H, H);
        k_product(q, packed, g, B, H, H);
        phi->backward(q, q, h, size);
        for (size_t b = 0; b < B; b++)
            counted += weigh(&sum, g + b * H, q + b * H, H);
        phi->backward(q, q, h, size);
        k_outer_add(dW, g, q, B, H, H);
    }
    if (!counted)
        return 0;
    k_scale(dW, 1 / (double)counted, H * H);
    return sum / (double)counted;
}
