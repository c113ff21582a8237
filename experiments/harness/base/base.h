/* What every room stands on: bytes that grow, messages, limits of the machine, signals, threads,
 * UTF-8. */
#ifndef BASE_H
#define BASE_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SWEEP_DONE = 0, SWEEP_FAILED = 1, SWEEP_REFUSED = 2 }; /* exit status */

/* ---- bytes.c -------------------------------------------------------------------------------------- */

/* Bytes that grow. `failed` sticks once memory ran out, so it is checked once, at the end of a text. */
struct buffer {
    char *data;
    size_t size, capacity;
    bool failed;
};
bool sweep_reserve(struct buffer *buffer, size_t more); /* after it, data is never NULL */
void sweep_append(struct buffer *buffer, const char *bytes, size_t size);
void sweep_append_text(struct buffer *buffer, const char *text);
void sweep_print(struct buffer *buffer, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sweep_buffer_free(struct buffer *buffer);

/* Bytes that live as long as a run, and are freed at once. NULL when memory ran out. */
struct arena {
    struct arena_block *last;
};
void *sweep_keep(struct arena *arena, size_t size);
char *sweep_keep_print(struct arena *arena, const char *format, ...) __attribute__((format(printf, 2, 3)));
void sweep_arena_free(struct arena *arena);

/* ---- language.c ------------------------------------------------------------------------------------ */

/* From the user's locale. */
void sweep_language(void);
/* The same in the user's language, where po/ has it; `english` itself if not. po/update.py finds the texts in
 * calls of this function and in those that translate their format: sweep_refuse, sweep_say, sweep_invalid. */
const char *sweep_tr(const char *english) __attribute__((format_arg(1)));

/* ---- say.c ---------------------------------------------------------------------------------------- */

/* Why something was refused or failed: "--scale -1: must be > 0". */
struct reason {
    char text[640];
    bool failed; /* exit 1: the machine's fault; else exit 2 */
};
/* Always false, so that a refusal is one statement. */
bool sweep_refuse(struct reason *why, const char *format, ...) __attribute__((format(printf, 2, 3)));
bool sweep_no_memory(struct reason *why);
/* What errno says of a file, as the machine's fault. */
bool sweep_fail(const char *path, struct reason *why);
/* Whether another name for a file might do, or else the machine is at fault. */
bool sweep_wrong_name(int error);
/* "NAME: ...\n" on standard error. */
void sweep_say(const char *name, const char *format, ...) __attribute__((format(printf, 2, 3)));
/* Makes `word` the nearest if it resembles what was typed and is fewer than *best edits from it, a swap of neighbours
 * counting as one (optimal string alignment). To begin with, *best is SIZE_MAX. */
void sweep_keep_nearer(const char **nearest, size_t *best, const char *typed, const char *word);
/* Flushes standard output and reports what could not be written. Exit status. */
int sweep_finish_output(const char *name);

/* ---- files.c -------------------------------------------------------------------------------------- */

/* Where a name leads through links, also one that dangles; to be freed. NULL: nowhere. */
char *sweep_place(const char *path, struct reason *why);
/* The folder of a file and those above it, as far as they are not there. */
bool sweep_make_folder_of(const char *path, struct reason *why);

/* False with errno. */
bool sweep_write_all(int fd, const char *bytes, size_t size);

/* A file that is written beside its place and then takes it, whole; a pipe or device, written at once; or
 * bytes. */
struct draft {
    char *place, *temporary, *older; /* older: where what was there stays until all is well */
    int fd;
    bool kept, created, placed;
    struct buffer bytes; /* not yet written */
    uint64_t size, skip; /* skip: so many bytes to come are there already */
    uint32_t crc;
};
bool sweep_draft_begin(struct draft *draft, const char *path, struct reason *why);
/* Whether all of that will be possible, in a folder that is made: "--picture /proc/a.svg: No such file or directory". */
bool sweep_draft_try(const char *flag, const char *path, struct reason *why);
/* What is to be published is that there is no such file. */
bool sweep_draft_absent(struct draft *draft, const char *path, struct reason *why);
/* "-" is standard output. */
bool sweep_draft_stream(struct draft *draft, const char *path, struct reason *why);
bool sweep_draft_write(struct draft *draft, const char *bytes, size_t size, struct reason *why);
/* The rest of the bytes, to the disk. */
bool sweep_draft_finish(struct draft *draft, struct reason *why);
/* All of them take their places, or none does and what was there is as before. The first one comes last: as
 * long as its draft is there, another program that has begun to write the same files waits. */
bool sweep_drafts_publish(struct draft drafts[], size_t count, struct reason *why);
void sweep_draft_free(struct draft *draft);
/* zlib's crc32, of any size. */
uint32_t sweep_crc(uint32_t crc, const void *bytes, size_t size);

/* ---- limits.c ------------------------------------------------------------------------------------- */

/* Bytes this process may still take: the least of physical memory, RLIMIT_AS and the control groups' limits. */
double sweep_memory_available(void);
/* The least memory limit of the groups that a file such as /proc/self/cgroup names; INFINITY: none. */
double sweep_group_limit(const char *groups, const char *root);

/* ---- signals.c ------------------------------------------------------------------------------------ */

/* SIGINT and SIGTERM from now on only ask to stop; the third one ends the program as ever. */
void sweep_signals(void);
/* 0, or the signal that asked to stop; how often that was asked. */
int sweep_interrupted(void);
int sweep_interrupts(void);
/* A closed pipe and a full disk are errors of a write, told with their name, not deaths. */
void sweep_ignore_signals(void);

/* ---- team.c --------------------------------------------------------------------------------------- */

enum { TEAM_MAX = 1024 };
struct team {
    pthread_t threads[TEAM_MAX];
    unsigned count;
};
/* Starts up to `wanted` threads, each of which calls work(self), and returns how many could be made: maybe
 * none. */
unsigned sweep_team_start(struct team *team, unsigned wanted, void *(*work)(void *), void *self);
void sweep_team_join(const struct team *team);
/* How many threads to use if nothing else is said: OMP_NUM_THREADS, else the cores this process may run on. */
unsigned sweep_cores(void);

/* ---- utf8.c --------------------------------------------------------------------------------------- */

/* Length of the valid UTF-8 sequence at `bytes`, 0 if there is none. */
size_t sweep_utf8(const unsigned char *bytes, size_t size);
/* `text` as a JSON string; a byte that is not UTF-8 becomes U+FFFD. */
void sweep_quote(struct buffer *out, const char *text);
/* How many of the bytes are valid UTF-8 from the first on. */
size_t sweep_utf8_valid(const void *bytes, size_t size);

#endif
