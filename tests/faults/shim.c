/* Stands before libc, and lets one call of a kind fail, or ends the process just before it, where FAULT says so:
 *
 *     FAULT=write:17     the 17th write of the process fails
 *     FAULT=write:17+    and all after it
 *     FAULT=write:17~    it is cut: half of the bytes are written, or read
 *     FAULT=write:17!    the process is killed just before it
 *     FAULT_ERROR=28     errno then
 *     FAULT_MADE=FILE    is written once it has happened
 *
 * Calls count from main on to its end. What libc calls inside itself cannot be stood before, so the kinds hold fopen, fwrite
 * and fclose, too. A program that is started knows nothing of this. */
#undef _FILE_OFFSET_BITS /* both names of a call are stood before */
#undef __OPTIMIZE__ /* and none is written out by a header */
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <spawn.h>
#include <stdarg.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

enum kind {
    MEMORY,
    OPEN,
    READ,
    WRITE,
    CLOSE,
    SYNC,
    RENAME,
    UNLINK,
    STAT,
    TRUNCATE,
    MKDIR,
    MAP,
    THREAD,
    LOCK,
    START,
    KINDS
};
static const char *const names[KINDS] = { "memory", "open",   "read",   "write", "close",
                                          "sync",   "rename", "unlink", "stat",  "truncate",
                                          "mkdir",  "map",    "thread", "lock",  "start" };
static enum kind wanted = KINDS; /* none */
static long at;
static char mode;
static int error;
static const char *made;
static atomic_long calls;

static void begin(void) {
    const char *fault = getenv("FAULT"), *number = fault ? strchr(fault, ':') : NULL;
    char *end;
    unsetenv("LD_PRELOAD");
    if (!number)
        return;
    at = strtol(number + 1, &end, 10);
    mode = *end;
    error = getenv("FAULT_ERROR") ? atoi(getenv("FAULT_ERROR")) : EIO;
    made = getenv("FAULT_MADE");
    for (enum kind kind = 0; kind < KINDS; kind++)
        if (strncmp(names[kind], fault, (size_t)(number - fault)) == 0)
            wanted = kind;
}

static void tell(const char *call) {
    const int fd = made ? (int)syscall(SYS_openat, AT_FDCWD, made, O_WRONLY | O_CREAT | O_CLOEXEC, 0666) : -1;
    if (fd >= 0 && syscall(SYS_write, fd, call, strlen(call)) >= 0)
        syscall(SYS_close, fd);
}

/* Whether this call is the one. */
static bool strikes(enum kind kind, const char *call) {
    if (kind != wanted)
        return false;
    const long number = atomic_fetch_add(&calls, 1) + 1;
    if (number < at || (number > at && mode != '+'))
        return false;
    if (number == at)
        tell(call);
    if (mode == '!')
        raise(SIGKILL);
    errno = error;
    return true;
}

static bool cuts(void) {
    return mode == '~';
}

/* The next function of this name, in the type of the one that is being defined. */
#define REAL(name)                                                                                           \
    static __typeof__(name) *real;                                                                           \
    if (!real)                                                                                               \
    *(void **)&real = dlsym(RTLD_NEXT, #name)

static int (*real_main)(int, char **, char **);

static int main_with_faults(int count, char **arguments, char **environment) {
    begin();
    const int status = real_main(count, arguments, environment);
    wanted = KINDS;
    return status;
}

int __libc_start_main(int (*)(int, char **, char **), int, char **, void (*)(void), void (*)(void),
                      void (*)(void), void *);

__attribute__((visibility("default"))) int __libc_start_main(int (*main)(int, char **, char **), int count,
                                                             char **arguments, void (*first)(void),
                                                             void (*last)(void), void (*unload)(void),
                                                             void *stack) {
    REAL(__libc_start_main);
    real_main = main;
    return real(main_with_faults, count, arguments, first, last, unload, stack);
}

/* A function that fails with `bad`, or does as ever. */
#define STAND(kind, type, bad, name, parameters, ...)                                                        \
    __attribute__((visibility("default"))) type name parameters {                                            \
        REAL(name);                                                                                          \
        return strikes(kind, #name) ? bad : real(__VA_ARGS__);                                               \
    }
/* One of which `size` bytes may be cut. */
#define STAND_CUT(kind, name, parameters, ...)                                                               \
    __attribute__((visibility("default"))) ssize_t name parameters {                                         \
        REAL(name);                                                                                          \
        if (strikes(kind, #name)) {                                                                          \
            if (!cuts())                                                                                     \
                return -1;                                                                                   \
            size = (size + 1) / 2;                                                                           \
        }                                                                                                    \
        return real(__VA_ARGS__);                                                                            \
    }
/* One that opens, whose mode is there where it may create. */
#define STAND_OPEN(name, parameters, ...)                                                                    \
    __attribute__((visibility("default"))) int name parameters {                                             \
        REAL(name);                                                                                          \
        va_list list;                                                                                        \
        va_start(list, flags);                                                                               \
        const mode_t rights = flags & (O_CREAT | O_TMPFILE) ? va_arg(list, mode_t) : 0;                      \
        va_end(list);                                                                                        \
        return strikes(OPEN, #name) ? -1 : real(__VA_ARGS__, flags, rights);                                 \
    }
/* One that has closed all the same. */
#define STAND_CLOSE(name, parameters, argument)                                                              \
    __attribute__((visibility("default"))) int name parameters {                                             \
        REAL(name);                                                                                          \
        const bool struck = strikes(CLOSE, #name);                                                           \
        const int done = real(argument);                                                                     \
        errno = struck ? error : errno;                                                                      \
        return struck ? -1 : done;                                                                           \
    }
/* One that locks. */
#define STAND_LOCK(name)                                                                                     \
    __attribute__((visibility("default"))) int name(int fd, int command, ...) {                              \
        REAL(name);                                                                                          \
        va_list list;                                                                                        \
        va_start(list, command);                                                                             \
        void *argument = va_arg(list, void *);                                                               \
        va_end(list);                                                                                        \
        const bool locks = command == F_SETLK || command == F_SETLKW;                                        \
        return locks && strikes(LOCK, #name) ? -1 : real(fd, command, argument);                             \
    }

STAND(MEMORY, void *, NULL, malloc, (size_t size), size)
STAND(MEMORY, void *, NULL, calloc, (size_t count, size_t size), count, size)
STAND(MEMORY, void *, NULL, realloc, (void *bytes, size_t size), bytes, size)
STAND(MEMORY, void *, NULL, aligned_alloc, (size_t alignment, size_t size), alignment, size)
STAND(MEMORY, int, ENOMEM, posix_memalign, (void **bytes, size_t alignment, size_t size), bytes, alignment,
      size)

STAND_OPEN(open, (const char *path, int flags, ...), path)
STAND_OPEN(open64, (const char *path, int flags, ...), path)
STAND_OPEN(openat, (int folder, const char *path, int flags, ...), folder, path)
STAND_OPEN(openat64, (int folder, const char *path, int flags, ...), folder, path)
STAND(OPEN, FILE *, NULL, fopen, (const char *path, const char *how), path, how)
STAND(OPEN, FILE *, NULL, fopen64, (const char *path, const char *how), path, how)
STAND(OPEN, DIR *, NULL, opendir, (const char *path), path)
STAND(OPEN, int, -1, dup, (int fd), fd)
STAND(OPEN, int, -1, socketpair, (int family, int type, int protocol, int ends[2]), family, type, protocol,
      ends)

STAND_CUT(READ, read, (int fd, void *bytes, size_t size), fd, bytes, size)
STAND_CUT(READ, pread, (int fd, void *bytes, size_t size, off_t where), fd, bytes, size, where)
STAND_CUT(READ, pread64, (int fd, void *bytes, size_t size, off64_t where), fd, bytes, size, where)
STAND(READ, struct dirent *, NULL, readdir, (DIR * folder), folder)
STAND(READ, struct dirent64 *, NULL, readdir64, (DIR * folder), folder)
STAND(READ, ssize_t, -1, getline, (char **line, size_t *room, FILE *file), line, room, file)

STAND_CUT(WRITE, write, (int fd, const void *bytes, size_t size), fd, bytes, size)
STAND_CUT(WRITE, pwrite, (int fd, const void *bytes, size_t size, off_t where), fd, bytes, size, where)
STAND_CUT(WRITE, pwrite64, (int fd, const void *bytes, size_t size, off64_t where), fd, bytes, size, where)
STAND(WRITE, size_t, 0, fwrite, (const void *bytes, size_t size, size_t count, FILE *file), bytes, size,
      count, file)
STAND(WRITE, int, EOF, fflush, (FILE * file), file)

STAND_CLOSE(close, (int fd), fd)
STAND_CLOSE(fclose, (FILE * file), file)

STAND(SYNC, int, -1, fsync, (int fd), fd)
STAND(SYNC, int, -1, fdatasync, (int fd), fd)
STAND(RENAME, int, -1, rename, (const char *from, const char *to), from, to)
STAND(RENAME, int, -1, link, (const char *from, const char *to), from, to)
STAND(UNLINK, int, -1, unlink, (const char *path), path)
STAND(UNLINK, int, -1, rmdir, (const char *path), path)

STAND(STAT, int, -1, stat, (const char *path, struct stat *info), path, info)
STAND(STAT, int, -1, stat64, (const char *path, struct stat64 *info), path, info)
STAND(STAT, int, -1, lstat, (const char *path, struct stat *info), path, info)
STAND(STAT, int, -1, lstat64, (const char *path, struct stat64 *info), path, info)
STAND(STAT, int, -1, fstat, (int fd, struct stat *info), fd, info)
STAND(STAT, int, -1, fstat64, (int fd, struct stat64 *info), fd, info)
STAND(STAT, int, -1, access, (const char *path, int how), path, how)
STAND(STAT, ssize_t, -1, readlink, (const char *path, char *target, size_t size), path, target, size)

STAND(TRUNCATE, int, -1, ftruncate, (int fd, off_t size), fd, size)
STAND(TRUNCATE, int, -1, ftruncate64, (int fd, off64_t size), fd, size)
STAND(TRUNCATE, int, -1, fchmod, (int fd, mode_t rights), fd, rights)
STAND(TRUNCATE, int, -1, fchown, (int fd, uid_t user, gid_t group), fd, user, group)
STAND(MKDIR, int, -1, mkdir, (const char *path, mode_t rights), path, rights)

STAND(MAP, void *, MAP_FAILED, mmap, (void *place, size_t size, int how, int flags, int fd, off_t where),
      place, size, how, flags, fd, where)
STAND(MAP, void *, MAP_FAILED, mmap64, (void *place, size_t size, int how, int flags, int fd, off64_t where),
      place, size, how, flags, fd, where)
STAND(THREAD, int, error, pthread_create,
      (pthread_t * thread, const pthread_attr_t *attributes, void *(*work)(void *), void *self), thread,
      attributes, work, self)
STAND_LOCK(fcntl)
STAND_LOCK(fcntl64)
STAND(LOCK, int, -1, flock, (int fd, int operation), fd, operation)
STAND(START, int, error, posix_spawnp,
      (pid_t * program, const char *file, const posix_spawn_file_actions_t *actions,
       const posix_spawnattr_t *attributes, char *const arguments[], char *const environment[]),
      program, file, actions, attributes, arguments, environment)
