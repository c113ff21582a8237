/* Signals that ask to stop, and those that only end a write. */
#include "base.h"

#include <signal.h>
#include <stdatomic.h>

static atomic_int last, count;

/* Who does not want to wait for the second either is not made to. */
static void ask_to_stop(int number) {
    atomic_store(&last, number);
    if (atomic_fetch_add(&count, 1) >= 2) {
        signal(number, SIG_DFL);
        raise(number);
    }
}

int sweep_interrupted(void) {
    return atomic_load(&last);
}

int sweep_interrupts(void) {
    return atomic_load(&count);
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
