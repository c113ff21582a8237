/* Signals that ask to stop, and those that only end a write. */
#include "base.h"

#include <signal.h>

static volatile sig_atomic_t stop_signal;

static void ask_to_stop(int number) {
    stop_signal = number;
}

int sweep_interrupted(void) {
    return stop_signal;
}

/* Without SA_RESTART: a write that waits for its reader ends with EINTR and is taken up again. */
void sweep_signals(void) {
    struct sigaction stop = { .sa_handler = ask_to_stop };
    sigaction(SIGINT, &stop, NULL);
    sigaction(SIGTERM, &stop, NULL);
}

void sweep_ignore_signals(void) {
    struct sigaction ignore = { .sa_handler = SIG_IGN };
    sigaction(SIGPIPE, &ignore, NULL);
    sigaction(SIGXFSZ, &ignore, NULL);
}
