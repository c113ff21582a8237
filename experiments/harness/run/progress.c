/* One line on a terminal: how far, how fast, how long still. */
#include "run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

double sweep_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

/* A terminal that may be called dumb does not understand what clears a line. */
void sweep_progress_start(struct progress *progress, uint64_t total, uint64_t before, bool quiet) {
    const char *terminal = getenv("TERM");
    progress->on = !quiet && isatty(STDERR_FILENO) && terminal && *terminal && strcmp(terminal, "dumb") != 0;
    progress->total = total;
    progress->before = before;
    progress->started = sweep_clock();
    progress->shown = 0;
}

/* "12 000" */
static const char *grouped(char text[32], uint64_t number) {
    char *at = text + 31;
    *at = '\0';
    for (int digits = 0; number || !digits; number /= 10, digits++) {
        if (digits && digits % 3 == 0)
            *--at = ' ';
        *--at = (char)('0' + number % 10);
    }
    return at;
}

/* Bytes of the text that fit into a line of the terminal: a letter of several bytes takes one column. */
static size_t fitting(const struct buffer *text) {
    struct winsize screen = { .ws_col = 0 };
    size_t columns =
        ioctl(STDERR_FILENO, TIOCGWINSZ, &screen) == 0 && screen.ws_col ? screen.ws_col : SIZE_MAX;
    size_t bytes = 0;
    while (bytes < text->size &&
           ((text->data[bytes] & 0xC0) == 0x80 || --columns > 0)) /* the last stays free */
        bytes++;
    return bytes;
}

/* The long cell that is nearest to its end; returns how many cells those that run amount to. */
static double print_longest(struct buffer *out, const struct worker *workers) {
    double amount = 0, most = -1;
    uint64_t done = 0, total = 0;
    char made[32], wanted[32];
    for (const struct worker *worker = workers; worker; worker = worker->next) {
        const uint64_t there = atomic_load(&worker->lasting.done), all = atomic_load(&worker->lasting.total);
        const double share = all ? (double)there / (double)all : 0;
        amount += share;
        if (all && share > most) {
            most = share;
            done = there;
            total = all;
        }
    }
    if (total)
        sweep_print(out, sweep_tr("  update %s of %s"), grouped(made, done), grouped(wanted, total));
    return amount;
}

void sweep_progress_show(struct progress *progress, uint64_t done, const struct worker *workers) {
    const double now = progress->on ? sweep_clock() : 0;
    if (!progress->on || now - progress->shown < 0.1)
        return;
    progress->shown = now;
    struct buffer line = { .data = NULL }, longest = { .data = NULL };
    const double all = (double)done + print_longest(&longest, workers);
    const double rate = (all - (double)progress->before) / (now - progress->started + 1e-9);
    const double left = rate > 0 ? ((double)progress->total - all) / rate : 0;
    sweep_print(&line, sweep_tr("%llu/%llu cells  %.3g/s  %.0f s left%.*s"), (unsigned long long)done,
                (unsigned long long)progress->total, rate, left, longest.failed ? 0 : (int)longest.size,
                longest.size ? longest.data : "");
    if (!line.failed)
        fprintf(stderr, "\r\033[K%.*s", (int)fitting(&line), line.data);
    fflush(stderr);
    sweep_buffer_free(&longest);
    sweep_buffer_free(&line);
}

void sweep_progress_clear(struct progress *progress) {
    if (progress->on)
        fprintf(stderr, "\r\033[K");
}

void sweep_progress_end(struct progress *progress, const char *path) {
    sweep_progress_clear(progress);
    if (progress->on)
        fprintf(stderr, sweep_tr("%llu cells in %.1f s -> %s\n"), (unsigned long long)progress->total,
                sweep_clock() - progress->started, path);
}
