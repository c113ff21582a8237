/* Bits of a byte whose shares are known. */
#include "measure.h"
#include "unit.h"

#include <math.h>

static unsigned char text[1 << 16];

START_TEST(equal_shares_are_so_many_bits) {
    for (int bits = 0; bits <= 8; bits++) {
        for (size_t i = 0; i < sizeof text; i++)
            text[i] = (unsigned char)(i % (1u << bits) * 5); /* 5 is odd, so all of them differ */
        ck_assert_double_eq_tol(rnn_entropy(text, sizeof text), bits, 4e-15);
    }
}
END_TEST

/* of counts 1, 2, .., 256 of the bytes, in long double */
START_TEST(other_shares_are_those_of_the_formula) {
    size_t size = 0;
    long double total = 256 * 257 / 2, bits = 0;
    for (size_t c = 0; c < 256; c++) {
        for (size_t i = 0; i <= c; i++)
            text[size++] = (unsigned char)(c * 37);
        bits -= (long double)(c + 1) / total * log2l((long double)(c + 1) / total);
    }
    ck_assert_double_eq_tol(rnn_entropy(text, size), (double)bits, 4e-15);
}
END_TEST

START_TEST(where_nothing_differs_there_is_nothing_to_tell) {
    for (size_t i = 0; i < 713; i++)
        text[i] = 0xFF;
    ck_assert_double_eq(rnn_entropy(text, 713), 0);
    ck_assert_double_eq(rnn_entropy(text, 0), 0);
}
END_TEST

UNIT_MAIN("entropy", equal_shares_are_so_many_bits, other_shares_are_those_of_the_formula,
          where_nothing_differs_there_is_nothing_to_tell)
