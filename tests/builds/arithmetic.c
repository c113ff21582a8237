/* Does this build compute what is written? Prints what it does not; exit 1 then. Meson runs it at configuration with all flags
 * a target gets, and test_flags.py with each flag that is known to do harm. Inputs are volatile: nothing is known early. */
#include <float.h>
#include <math.h>
#include <stdio.h>

enum { COUNT = 64 };

static volatile double one = 1, third = 1. / 3, half_ulp = 0x1p-53, least = 0x1p-1074, zero = 0, five = 5;
static int wrong;

static void hold(int right, const char *what) {
    if (!right)
        puts(what);
    wrong += !right;
}

/* 1 + half an ulp is 1, again and again; the halves added first would be seen. */
static double sum(const double *x) {
    double total = one;
    for (int i = 0; i < COUNT; i++)
        total += x[i];
    return total;
}

/* 3/5 rounded once; 3 times a rounded 1/5 is the next number. It pays from three quotients on. */
static int quotients_are_rounded_once(void) {
    const double divisor = five, x = 3 * one / divisor, y = 6 * one / divisor, z = one / divisor;
    return x == 0x1.3333333333333p-1 && y == 0x1.3333333333333p+0 && z == 0x1.999999999999ap-3;
}

static int sums_are_in_order(void) {
    double x[COUNT];
    for (int i = 0; i < COUNT; i++)
        x[i] = half_ulp;
    const double a = one, b = half_ulp;
    return sum(x) == 1 && (a + b) - a == 0;
}

/* (1/3)(1/3) - its rounded self is 0, unless the product was never rounded. */
static int products_are_rounded(void) {
    const double a = third, product = 0x1.c71c71c71c71cp-4;
    return a * a - product == 0;
}

static int infinities_and_nan_are_known(void) {
    const double infinite = one / zero, none = infinite - infinite;
    return none != none && isnan(none) && isinf(infinite) && !isfinite(infinite);
}

static int zeros_have_signs(void) {
    const double minus = -zero, sum_of_both = minus + 0.0;
    return signbit(minus) && !signbit(sum_of_both) && signbit(0.0 - zero) == 0;
}

int main(void) {
    const double sixth = 0.1 + 0.2 * third;
    hold(sums_are_in_order(), "sums are not in the order they are written in");
    hold(products_are_rounded(),
         "products are added without being rounded, or are kept longer than a double");
    hold(quotients_are_rounded_once(), "division is a product with the reciprocal");
    hold(infinities_and_nan_are_known(), "infinities and NaN are taken for numbers");
    hold(zeros_have_signs(), "zeros lose their sign");
    hold(least + least > 0, "numbers below 2^-1022 are flushed to zero");
    hold(fabs(sixth - 1. / 6) < 1e-15, "constants are of single precision");
    return wrong != 0;
}
