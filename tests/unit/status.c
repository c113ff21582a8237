/* Every status has a text of its own, fit to be printed after a colon. */
#include "rnn.h"
#include "unit.h"

#include <ctype.h>
#include <string.h>

START_TEST(every_status_has_its_own_sentence) {
    for (int i = RNN_OK; i <= RNN_NO_CONVERGENCE; i++) {
        const char *text = rnn_status_text((enum rnn_status)i);
        ck_assert_ptr_nonnull(text);
        ck_assert_str_ne(text, "unknown status");
        for (int j = RNN_OK; j < i; j++)
            ck_assert_str_ne(text, rnn_status_text((enum rnn_status)j));
    }
}
END_TEST

START_TEST(sentences_are_lower_case_without_full_stop) {
    for (int i = RNN_OK; i <= RNN_NO_CONVERGENCE; i++) {
        const char *text = rnn_status_text((enum rnn_status)i);
        ck_assert_uint_gt(strlen(text), 5);
        ck_assert(islower((unsigned char)text[0]));
        ck_assert_int_ne(text[strlen(text) - 1], '.');
        ck_assert_ptr_null(strchr(text, '\n'));
    }
}
END_TEST

START_TEST(a_number_that_is_no_status_is_named_so) {
    ck_assert_str_eq(rnn_status_text((enum rnn_status)(RNN_NO_CONVERGENCE + 1)), "unknown status");
    ck_assert_str_eq(rnn_status_text((enum rnn_status) - 7), "unknown status");
}
END_TEST

UNIT_MAIN("status", every_status_has_its_own_sentence, sentences_are_lower_case_without_full_stop,
          a_number_that_is_no_status_is_named_so)
