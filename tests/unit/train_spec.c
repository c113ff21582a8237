/* What no training can be made of, and which field says so. */
#include "training.h"

#include <math.h>
#include <string.h>

static void assert_fault(struct rnn_training_spec how, struct rnn_spec spec, const char *field) {
    struct rnn *net = NULL;
    struct rnn_training *training = NULL;
    const char *fault = rnn_training_fault(&how, &spec);
    ck_assert_ptr_nonnull(fault);
    ck_assert_msg(strncmp(fault, field, strlen(field)) == 0 && fault[strlen(field)] == ':', "%s, not %s",
                  fault, field);
    ck_assert(isnan(rnn_training_bytes(&how, &spec)));
    ck_assert_int_eq(rnn_create(&net, &spec), RNN_OK);
    ck_assert_int_eq(rnn_training_create(&training, net, &how), RNN_BAD_SPEC);
    rnn_free(&net);
}

#define REFUSED(field, change)                                                                               \
    do {                                                                                                     \
        struct rnn_training_spec how = good;                                                                 \
        struct rnn_spec spec = net_spec(&good, 5);                                                           \
        spec.record = RNN_EVERYTHING;                                                                        \
        how.omega = 0.713;                                                                                   \
        ck_assert_ptr_null(rnn_training_fault(&how, &spec));                                                 \
        change;                                                                                              \
        assert_fault(how, spec, field);                                                                      \
    } while (0)

START_TEST(a_wrong_field_is_named) {
    REFUSED("task", how.problem.task = NULL);
    REFUSED("length", how.shortest = 9);
    REFUSED("shortest", how.shortest = 21);
    REFUSED("longest", how.longest = 21);
    REFUSED("reads", spec.reads = 2);
    REFUSED("delay", (how.problem.task = &rnn_task_last, how.problem.delay = 20));
    REFUSED("rate", how.optimizer.rate = 0);
    REFUSED("momentum", how.optimizer.momentum = 1);
    REFUSED("clip", how.clip = 0);
    REFUSED("clip", how.clip = RNN_CLIP_VALUE + 1);
    REFUSED("threshold", how.threshold = 0);
    REFUSED("threshold", how.threshold = INFINITY);
    REFUSED("threshold", (how.clip = RNN_CLIP_VALUE, how.threshold = NAN));
    REFUSED("record", spec.record = RNN_NORMS);
    REFUSED("inputs", spec.inputs = 5);
    REFUSED("outputs", spec.outputs = 5);
    REFUSED("population", how.population = true);
    REFUSED("window", (how.window = 2, spec.inputs = 12));
    REFUSED("inputs", (how.window = 2, how.omega = 0, spec.length = spec.segment = 1));
    REFUSED("inputs",
            (how.window = SIZE_MAX / 6 + 1, how.omega = 0, spec.length = spec.segment = 1, spec.inputs = 2));
    REFUSED("truncation", (how.window = 1, how.omega = 0, spec.length = spec.segment = spec.truncation = 1));
    REFUSED("text", (how.problem.task = &rnn_task_text, spec.inputs = spec.outputs = 256));
}
END_TEST

START_TEST(omega_needs_a_plain_net_that_keeps_everything) {
    REFUSED("omega", how.omega = -0.713);
    REFUSED("omega", how.omega = NAN);
    REFUSED("omega", how.omega = INFINITY);
    REFUSED("omega", spec.cell = &rnn_lstm);
    REFUSED("omega", spec.norm = RNN_NORM_INPUT);
    REFUSED("omega", spec.weights = RNN_UNTIED);
    REFUSED("omega", (how.window = 1, spec.length = spec.segment = 1));
    REFUSED("record", spec.record = RNN_GRADIENTS);
    REFUSED("record", spec.segment = 1);
}
END_TEST

UNIT_MAIN("train_spec", a_wrong_field_is_named, omega_needs_a_plain_net_that_keeps_everything)
