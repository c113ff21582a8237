/* Every field of a spec that stands in the way of a net is named, with what is allowed. */
#include "rnn.h"
#include "unit.h"

#include <math.h>
#include <string.h>

static const struct rnn_spec good = { .cell = &rnn_elman,
                                      .activation = &rnn_tanh,
                                      .init = RNN_GAUSSIAN,
                                      .weights = RNN_TIED,
                                      .record = RNN_GRADIENTS,
                                      .norm = RNN_NO_NORM,
                                      .scale = 0.713,
                                      .drive = 0.25,
                                      .start = 0.385,
                                      .forget = -2.385,
                                      .length = 10,
                                      .segment = 3,
                                      .reads = 1,
                                      .hidden = 7,
                                      .batch = 5,
                                      .inputs = 9 };

static void assert_good(struct rnn_spec spec) {
    struct rnn *net = NULL;
    ck_assert_ptr_null(rnn_spec_fault(&spec));
    ck_assert_double_gt(rnn_bytes(&spec), 0);
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    rnn_free(&net);
}

/* `fault` begins with the field's name and a colon. */
static void assert_fault(struct rnn_spec spec, const char *fault) {
    struct rnn *net = NULL;
    ck_assert_int_eq(rnn_create(&net, &good), RNN_OK);
    ck_assert_str_eq(rnn_spec_fault(&spec), fault);
    ck_assert(isnan(rnn_bytes(&spec)));
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_BAD_SPEC);
    ck_assert_ptr_null(net);
}

#define REFUSED(fault, change)                                                                               \
    do {                                                                                                     \
        struct rnn_spec spec = good;                                                                         \
        change;                                                                                              \
        assert_fault(spec, fault);                                                                           \
    } while (0)

#define REFUSED_NORM(fault, change)                                                                          \
    REFUSED(fault, (spec.norm = RNN_NORM_FULL, spec.gamma = spec.epsilon = 0.1, change))

static const double not_positive[] = { 0, -0.713, INFINITY, NAN }; /* from the second on: nor >= 0 */

START_TEST(a_size_of_nothing_is_named) {
    assert_good(good);
    REFUSED("length: must be at least 1", spec.length = 0);
    REFUSED("segment: must be at least 1", spec.segment = 0);
    REFUSED("reads: must be at least 1 and at most length", spec.reads = 0);
    REFUSED("reads: must be at least 1 and at most length", spec.reads = 11);
    REFUSED("reads: must be 1 unless segment is at least length", spec.reads = 2);
    REFUSED("hidden: must be at least 1", spec.hidden = 0);
    REFUSED("batch: must be at least 1", spec.batch = 0);
    REFUSED("inputs: must be at least 1 where drive > 0", spec.inputs = 0);
}
END_TEST

START_TEST(a_number_that_is_no_law_is_named) {
    for (int i = 0; i < 4; i++)
        REFUSED("scale: must be finite and > 0", spec.scale = not_positive[i]);
    for (int i = 1; i < 4; i++) {
        REFUSED("drive: must be finite and >= 0", spec.drive = not_positive[i]);
        REFUSED("start: must be finite and >= 0", spec.start = not_positive[i]);
    }
    for (int i = 2; i < 4; i++)
        REFUSED("forget: must be finite", spec.forget = not_positive[i]);
}
END_TEST

START_TEST(a_choice_that_is_none_is_named) {
    REFUSED("cell: must be set", spec.cell = NULL);
    REFUSED("activation: must be set", spec.activation = NULL);
    REFUSED("init: must be a named one", spec.init = 0);
    REFUSED("init: must be a named one", spec.init = RNN_IDENTITY + 1);
    REFUSED("weights: must be tied or untied", spec.weights = 0);
    REFUSED("weights: must be tied or untied", spec.weights = RNN_UNTIED + 1);
    REFUSED("record: must be a named one", spec.record = 0);
    REFUSED("record: must be a named one", spec.record = RNN_EVERYTHING + 1);
    REFUSED("norm: must be a named one", spec.norm = 0);
    REFUSED_NORM("norm: must be a named one", spec.norm = RNN_NORM_SEPARATE + 1);
}
END_TEST

START_TEST(a_norm_has_fields_of_its_own) {
    for (int i = 0; i < 4; i++) {
        REFUSED_NORM("gamma: must be finite and > 0", spec.gamma = not_positive[i]);
        REFUSED_NORM("epsilon: must be finite and > 0", spec.epsilon = not_positive[i]);
        struct rnn_spec plain = good;
        plain.gamma = plain.epsilon = not_positive[i];
        assert_good(plain);
    }
    REFUSED_NORM("norm: must be none unless the cell is elman", spec.cell = &rnn_lstm);
    REFUSED_NORM("norm: must be none unless the cell is elman", spec.cell = &rnn_gru);
    REFUSED_NORM("batch: must be at least 2 with a norm", spec.batch = 1);
    struct rnn_spec plain = good;
    plain.batch = 1;
    assert_good(plain);
    REFUSED_NORM("scale: must be finite and > 0", spec.scale = 0); /* one at a time */
}
END_TEST

UNIT_MAIN("spec", a_size_of_nothing_is_named, a_number_that_is_no_law_is_named,
          a_choice_that_is_none_is_named, a_norm_has_fields_of_its_own)
