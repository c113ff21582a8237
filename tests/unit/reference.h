/* A second, naive implementation of the network: scalar loops, long double complex, nothing shared with lib/
 * but the spec and the values. An imaginary perturbation gives the derivative by the complex step (Squire and
 * Trapp 1998), a real one gives central differences. */
#ifndef REFERENCE_H
#define REFERENCE_H

#include "rnn.h"

#include <complex.h>

enum loss { LINEAR, SQUARED, SOFTMAX };

struct reference {
    const struct rnn *net;
    enum loss loss;
    const double *weight; /* LINEAR: v (n, B, H); SQUARED: target (n, B, O), of the n steps read */
    const uint32_t *label; /* SOFTMAX: (n, B) */
    long double complex *work; /* 3 * B * H + O */
};

/* The loss with `step` added to parameter number `parameter` of theta (or to none: SIZE_MAX), and to the
 * state h_t[unit], unit in 0..B*H-1, or c_t[unit - B*H] (t = SIZE_MAX: none). */
long double complex reference_loss(const struct reference *reference, size_t parameter, size_t t, size_t unit,
                                   long double complex step);

/* d loss / d that number, by complex step and by the five-point central difference. */
double reference_complex_step(const struct reference *reference, size_t parameter, size_t t, size_t unit);
double reference_central(const struct reference *reference, size_t parameter, size_t t, size_t unit);

#endif
