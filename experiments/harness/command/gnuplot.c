/* gnuplot as a program beside this one: a script goes in, and what it draws comes out. */
#include "command.h"

#include <errno.h>
#include <spawn.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

/* Told everything, and nothing of the user's set-up: neither ~/.gnuplot (-d) nor the environment. Returns an errno. */
static int start_gnuplot(pid_t *gnuplot, int end) {
    const char *path = getenv("PATH");
    struct buffer variable = { .data = NULL };
    sweep_print(&variable, "PATH=%s", path ? path : "");
    sweep_append(&variable, "", 1);
    char *const arguments[] = { "gnuplot", "-d", NULL };
    char *const environment[] = { variable.data, "LC_ALL=C.UTF-8", NULL };
    posix_spawn_file_actions_t actions;
    int error = variable.failed ? ENOMEM : posix_spawn_file_actions_init(&actions);
    if (!error) {
        error = posix_spawn_file_actions_adddup2(&actions, end, STDIN_FILENO);
        error = error ? error : posix_spawn_file_actions_adddup2(&actions, end, STDOUT_FILENO);
        error = error ? error : posix_spawnp(gnuplot, "gnuplot", &actions, NULL, arguments, environment);
        posix_spawn_file_actions_destroy(&actions);
    }
    sweep_buffer_free(&variable);
    return error;
}

enum { BYTES_A_READ = 1 << 16 };

/* gnuplot has read all points before it draws, and what comes after them fits into a socket, so that neither side
 * waits for the other. */
static bool talk(int end, const struct buffer *script, struct buffer *drawn) {
    bool good = sweep_write_all(end, script->data, script->size) && shutdown(end, SHUT_WR) == 0;
    for (ssize_t size = 1; good && size > 0;) {
        good = sweep_reserve(drawn, BYTES_A_READ) &&
               (size = read(end, drawn->data + drawn->size, BYTES_A_READ)) >= 0;
        drawn->size += good ? (size_t)size : 0;
    }
    return good;
}

bool sweep_gnuplot(struct buffer *drawn, const struct buffer *script, const char *flag, struct reason *why) {
    int ends[2], status = -1;
    pid_t gnuplot;
    if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends))
        return sweep_fail(flag, why);
    const int error = start_gnuplot(&gnuplot, ends[1]);
    close(ends[1]);
    const bool good = !error && talk(ends[0], script, drawn);
    close(ends[0]);
    while (!error && waitpid(gnuplot, &status, 0) < 0 && errno == EINTR)
        continue;
    if (good && status == 0)
        return true;
    if (drawn->failed)
        return sweep_no_memory(why);
    why->failed = true;
    if (error)
        return sweep_refuse(why, "%s: gnuplot cannot be started (%s): is it installed?", flag,
                            strerror(error));
    return sweep_refuse(why, "%s: gnuplot failed", flag);
}
