/* What each status means, for whoever prints it. */
#include "rnn.h"

static const char *const text[] = {
    [RNN_OK] = "no error",
    [RNN_DIVERGED] = "a state left the range of double",
    [RNN_ZERO] = "the gradient is exactly zero",
    [RNN_NO_MEMORY] = "not enough memory",
    [RNN_BAD_SPEC] = "a field of the spec is not allowed",
    [RNN_BAD_SIZE] = "the net's inputs, outputs or length do not fit",
    [RNN_BAD_LAW] =
        "a number is not finite or not > 0, or this cell or norm is not one the measurement knows",
    [RNN_BAD_TARGET] = "a class label is out of range, or the net has no read-out",
    [RNN_BAD_RANGE] = "the lags or steps asked for lie outside the run, were not kept, or are too few",
    [RNN_NO_CONVERGENCE] = "an eigenvalue or root search did not converge",
};

const char *rnn_status_text(enum rnn_status status) {
    return (size_t)status < sizeof text / sizeof *text ? text[status] : "unknown status";
}
