/* What every room stands on: bytes that grow, messages, limits of the machine, signals, threads,
 * UTF-8. */
#ifndef BASE_H
#define BASE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SWEEP_DONE = 0, SWEEP_FAILED = 1, SWEEP_REFUSED = 2 }; /* exit status */

/* ---- bytes.c ------------------------------------------------------------------------------------------- */

/* Bytes that grow. `failed` sticks once memory ran out, so it is checked once, at the end of a text. */
struct buffer {
    char *data;
    size_t size, capacity;
    bool failed;
};
bool sweep_reserve(struct buffer *buffer, size_t more);
void sweep_append(struct buffer *buffer, const char *bytes, size_t size);
void sweep_print(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sweep_buffer_free(struct buffer *buffer);

/* Bytes that live as long as a run, and are freed at once. NULL when memory ran out. */
struct arena {
    struct arena_block *last;
};
void *sweep_keep(struct arena *arena, size_t size);
char *sweep_keep_print(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sweep_arena_free(struct arena *arena);

/* ---- say.c --------------------------------------------------------------------------------------------- */

/* Why something was refused or failed: "--scale -1: must be > 0". */
struct reason {
    char text[640];
    bool failed; /* exit 1: the machine's fault; else exit 2 */
};
/* Always false, so that a refusal is one statement. */
bool sweep_refuse(struct reason *why, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool sweep_no_memory(struct reason *why);
/* "NAME: ...\n" on standard error. */
void sweep_say(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Edits between two words, a swap of neighbours counting as one (optimal string alignment). */
bool sweep_resembles(const char *typed, const char *word, size_t *distance);
/* Flushes standard output and reports what could not be written. Exit status. */
int sweep_finish_output(const char *name);

/* ---- limits.c ------------------------------------------------------------------------------------------ */

/* Bytes this process may still take: the least of physical memory, RLIMIT_AS and the control group's limit. */
double sweep_memory_available(void);

/* ---- signals.c ----------------------------------------------------------------------------------------- */

/* SIGINT and SIGTERM from now on only ask to stop. */
void sweep_signals(void);
/* 0, or the signal that asked to stop. */
int sweep_interrupted(void);
/* A closed pipe and a full disk are errors of a write, told with their name, not deaths. */
void sweep_ignore_signals(void);

/* ---- team.c --------------------------------------------------------------------------------------- */

enum { TEAM_MAX = 1024 };
struct team {
    pthread_t threads[TEAM_MAX];
    unsigned count;
};
/* Starts up to `wanted` threads, each of which calls work(self), and returns how many could be made: maybe none. */
unsigned sweep_team_start(struct team *team, unsigned wanted, void *(*work)(void *), void *self);
void sweep_team_join(const struct team *team);
/* How many threads to use if nothing else is said: OMP_NUM_THREADS, else the cores this process may run on. */
unsigned sweep_cores(void);

/* ---- utf8.c -------------------------------------------------------------------------------------------- */

/* Length of the valid UTF-8 sequence at `bytes`, 0 if there is none. */
size_t sweep_utf8(const unsigned char *bytes, size_t size);

#endif
