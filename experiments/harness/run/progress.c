/* One line on a terminal: how far, how fast, how long still. */
#include "run.h"

#include <time.h>
#include <unistd.h>

double sweep_clock(void) {
    struct timespec now;
    clock_gettime(CLOCK_MONOTONIC, &now);
    return (double)now.tv_sec + 1e-9 * (double)now.tv_nsec;
}

void sweep_progress_start(struct progress *progress, uint64_t total, uint64_t before, bool quiet) {
    progress->on = !quiet && isatty(STDERR_FILENO);
    progress->total = total;
    progress->before = before;
    progress->started = sweep_clock();
    progress->shown = 0;
}

void sweep_progress_show(struct progress *progress, uint64_t done) {
    double now = progress->on ? sweep_clock() : 0;
    if (!progress->on || now - progress->shown < 0.1)
        return;
    progress->shown = now;
    double rate = (double)(done - progress->before) / (now - progress->started + 1e-9);
    double left = rate > 0 ? (double)(progress->total - done) / rate : 0;
    fprintf(stderr, "\r\033[K%llu/%llu cells  %.3g/s  %.0f s left", (unsigned long long)done,
            (unsigned long long)progress->total, rate, left);
    fflush(stderr);
}

void sweep_progress_clear(struct progress *progress) {
    if (progress->on)
        fprintf(stderr, "\r\033[K");
}

void sweep_progress_end(struct progress *progress, const char *path) {
    sweep_progress_clear(progress);
    if (progress->on)
        fprintf(stderr, "%llu cells in %.1f s -> %s\n", (unsigned long long)progress->total,
                sweep_clock() - progress->started, path);
}
