/* Elementary functions with the same bits on every machine, which <math.h> promises of sqrt and exact
 * functions only. Within 1.2 units in the last place, subnormals included. */
/* clang-format off */
#ifndef RNN_ELEMENTARY_H
#define RNN_ELEMENTARY_H

#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

double rnn_exp(double x);             /* e^x */
double rnn_expm1(double x);           /* e^x - 1 */
double rnn_log(double x);             /* ln x */
double rnn_log1p(double x);           /* ln(1 + x) */
double rnn_log10(double x);
double rnn_asin(double x);
double rnn_hypot(double x, double y); /* sqrt(x^2 + y^2) */
double rnn_power(double x, uint64_t n); /* x^n by squaring, within n units */

#ifdef __cplusplus
}
#endif
#endif
