/* Arithmetic: what of it depends on the machine, and elementary functions that do not. */
/* clang-format off */
#ifndef RNN_ARITHMETIC_H
#define RNN_ARITHMETIC_H

#include <stdbool.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Whether this process rounds a * b + c once. Results of the two arithmetics differ in their last bits, and
 * in nothing else does the processor show. */
bool rnn_fused(void);

/* The instruction sets this processor runs, of those the library was built for: number 0 is "plain", then
 * in x86-64 "avx2" and "avx512"; NULL beyond the last, which is used unless another is chosen. The choice
 * is for the whole process, the one state of this library, to be made before it has other threads. False:
 * there is no such. */
const char *rnn_level(int number);
bool rnn_choose_level(const char *name);

/* The same bits on every machine, which <math.h> promises of sqrt and exact functions only; within 1.2
 * units in the last place, subnormals included. */
double rnn_exp(double x);                /* e^x */
double rnn_expm1(double x);              /* e^x - 1 */
double rnn_log(double x);                /* ln x */
double rnn_log1p(double x);              /* ln(1 + x) */
double rnn_log10(double x);
double rnn_asin(double x);
double rnn_hypot(double x, double y);    /* sqrt(x^2 + y^2) */
double rnn_power(double x, uint64_t n);  /* x^n by squaring, within n units */

#ifdef __cplusplus
}
#endif
#endif
