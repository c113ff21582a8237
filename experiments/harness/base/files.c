/* Files that appear whole or not at all. */
#include "base.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { BYTES_MOST = 1 << 20, LINKS_MOST = 40 };

/* zlib begins anew where there is nothing. */
uint32_t sweep_crc(uint32_t crc, const void *bytes, size_t size) {
    return size ? (uint32_t)crc32_z(crc, bytes, size) : crc;
}

bool sweep_write_all(int fd, const char *bytes, size_t size) {
    while (size) {
        ssize_t written = write(fd, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            return false;
        bytes += written;
        size -= (size_t)written;
    }
    return true;
}

/* ---- places --------------------------------------------------------------------------------------- */

char *sweep_place(const char *path, struct reason *why) {
    char *place = strdup(path), target[PATH_MAX];
    ssize_t size;
    for (int links = 0; place && (size = readlink(place, target, sizeof target)) > 0; links++) {
        if (links == LINKS_MOST) {
            errno = ELOOP;
            sweep_fail(path, why);
            free(place);
            return NULL;
        }
        char *slash = strrchr(place, '/'), *next = NULL;
        int folder = *target == '/' || !slash ? 0 : (int)(slash + 1 - place);
        if (asprintf(&next, "%.*s%.*s", folder, place, (int)size, target) < 0)
            next = NULL;
        free(place);
        place = next;
    }
    if (!place)
        sweep_no_memory(why);
    return place;
}

static bool make_folder(const char *path) {
    struct stat info;
    if (mkdir(path, 0777) == 0)
        return true;
    if (errno != EEXIST || stat(path, &info))
        return false;
    errno = ENOTDIR;
    return S_ISDIR(info.st_mode);
}

bool sweep_make_folder_of(const char *path, struct reason *why) {
    char *folder = strdup(path);
    if (!folder)
        return sweep_no_memory(why);
    bool good = true;
    for (char *slash = folder; good && *folder && (slash = strchr(slash + 1, '/'));) {
        *slash = '\0';
        good = make_folder(folder) || sweep_fail(folder, why);
        *slash = '/';
    }
    free(folder);
    return good;
}

/* ---- one file ------------------------------------------------------------------------------------- */

/* Another program may be writing the same file: it is waited for, and has then renamed the draft that was
 * locked. */
static bool open_locked(struct draft *draft) {
    struct stat mine, there;
    for (;;) {
        draft->fd = open(draft->temporary, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
        if (draft->fd < 0)
            return false;
        bool locked = flock(draft->fd, LOCK_EX) == 0 || errno != EINTR;
        if (!locked || fstat(draft->fd, &mine))
            return false;
        const bool still = stat(draft->temporary, &there) == 0;
        if (still && mine.st_ino == there.st_ino)
            return ftruncate(draft->fd, 0) == 0;
        if (!still && errno != ENOENT)
            return false;
        close(draft->fd);
    }
}

bool sweep_draft_absent(struct draft *draft, const char *path, struct reason *why) {
    *draft = (struct draft){ .fd = -1, .place = sweep_place(path, why) };
    if (!draft->place)
        return false;
    if (asprintf(&draft->older, "%s.older", draft->place) < 0)
        draft->older = NULL;
    return draft->older || sweep_no_memory(why);
}

bool sweep_draft_begin(struct draft *draft, const char *path, struct reason *why) {
    struct stat info;
    if (!sweep_draft_absent(draft, path, why))
        return false;
    if (asprintf(&draft->temporary, "%s.tmp", draft->place) < 0) {
        draft->temporary = NULL;
        return sweep_no_memory(why);
    }
    if (!open_locked(draft))
        return sweep_fail(draft->temporary, why);
    if (stat(draft->place, &info) == 0 && S_ISREG(info.st_mode)) {
        if (fchmod(draft->fd, info.st_mode & 07777))
            return sweep_fail(draft->temporary, why);
        if (fchown(draft->fd, info.st_uid, info.st_gid))
            errno = 0; /* a stranger's file becomes ours, as it must */
    }
    return true;
}

/* Whether a file can take this place; else errno. */
static bool is_free(const char *path) {
    struct stat info;
    if (stat(path, &info))
        return errno == ENOENT;
    errno = S_ISDIR(info.st_mode) ? EISDIR : ENXIO;
    return S_ISREG(info.st_mode);
}

bool sweep_draft_try(const char *flag, const char *path, struct reason *why) {
    struct draft draft = { .fd = -1 };
    const bool good = sweep_make_folder_of(path, why) && sweep_draft_begin(&draft, path, why) &&
                      is_free(draft.place) && is_free(draft.older);
    const int error = errno;
    sweep_draft_free(&draft);
    why->failed = !good && !sweep_wrong_name(error);
    return good || sweep_refuse(why, "%s %s: %s", flag, path, strerror(error));
}

static bool write_out(struct draft *draft, struct reason *why) {
    struct buffer *bytes = &draft->bytes;
    draft->crc = sweep_crc(draft->crc, bytes->data, bytes->size);
    if (!sweep_write_all(draft->fd, bytes->data, bytes->size))
        return errno == EPIPE
                   ? sweep_refuse(why, "%s: its reader has gone (%s)", draft->place, strerror(errno))
                   : sweep_fail(draft->temporary ? draft->temporary : draft->place, why);
    bytes->size = 0;
    return true;
}

bool sweep_draft_write(struct draft *draft, const char *bytes, size_t size, struct reason *why) {
    const size_t skipped = size < draft->skip ? size : (size_t)draft->skip;
    if (size == 0)
        return true;
    sweep_append(&draft->bytes, bytes + skipped, size - skipped);
    draft->skip -= skipped;
    draft->size += size - skipped;
    if (draft->bytes.failed)
        return sweep_no_memory(why);
    return draft->fd < 0 || draft->bytes.size < BYTES_MOST || write_out(draft, why);
}

bool sweep_draft_stream(struct draft *draft, const char *path, struct reason *why) {
    const bool standard = strcmp(path, "-") == 0;
    *draft = (struct draft){ .fd = -1, .place = strdup(standard ? sweep_tr("standard output") : path) };
    if (!draft->place)
        return sweep_no_memory(why);
    draft->fd = standard ? dup(STDOUT_FILENO) : open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    return draft->fd >= 0 || sweep_fail(draft->place, why);
}

bool sweep_draft_finish(struct draft *draft, struct reason *why) {
    if (draft->fd < 0)
        return true;
    return write_out(draft, why) &&
           (!draft->temporary || fsync(draft->fd) == 0 || sweep_fail(draft->temporary, why));
}

void sweep_draft_free(struct draft *draft) {
    if (draft->temporary && draft->fd >= 0 && !draft->placed)
        unlink(draft->temporary);
    if (draft->fd >= 0)
        close(draft->fd);
    free(draft->place);
    free(draft->temporary);
    free(draft->older);
    sweep_buffer_free(&draft->bytes);
    *draft = (struct draft){ .fd = -1 };
}

/* ---- all or none ---------------------------------------------------------------------------------- */

/* Keeps what is there under another name, then puts the draft in its place. A file system without hard links
 * keeps nothing. */
static bool put_in_place(struct draft *draft, struct reason *why) {
    if (unlink(draft->older) && errno != ENOENT)
        return sweep_fail(draft->older, why);
    draft->kept = (draft->temporary ? link : rename)(draft->place, draft->older) == 0;
    draft->created = !draft->kept && errno == ENOENT;
    if (!draft->kept && !draft->created && !(draft->temporary && (errno == EPERM || errno == EOPNOTSUPP)))
        return sweep_fail(draft->place, why);
    draft->placed = !draft->temporary || rename(draft->temporary, draft->place) == 0;
    return draft->placed || sweep_fail(draft->place, why);
}

/* Whether what was there is there again; where it cannot be, it stays where it was kept. */
static bool take_back(const struct draft *draft) {
    if (draft->placed && draft->kept)
        return rename(draft->older, draft->place) == 0;
    if (draft->placed && draft->created)
        unlink(draft->place);
    return true;
}

/* A rename is on the disk once its folder is. */
static bool sync_folder(const char *path, struct reason *why) {
    char *copy = strdup(path);
    if (!copy)
        return sweep_no_memory(why);
    int fd = open(dirname(copy), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    bool good =
        fd >= 0 && (fsync(fd) == 0 || errno == EINVAL); /* EINVAL: a file system that has no such thing */
    if (!good)
        sweep_fail(copy, why);
    if (fd >= 0)
        close(fd);
    free(copy);
    return good;
}

bool sweep_drafts_publish(struct draft drafts[], size_t count, struct reason *why) {
    bool good = true;
    for (size_t i = 0; i < count && good; i++)
        good = sweep_draft_finish(&drafts[i], why);
    for (size_t i = count; i-- > 0 && good;)
        good = put_in_place(&drafts[i], why);
    good = good && sync_folder(drafts[0].place, why);
    for (size_t i = 0; i < count; i++) {
        if (good || take_back(&drafts[i]))
            unlink(drafts[i].older);
        else
            sweep_refuse(why, "%s could not be put back, and stays as %s", drafts[i].place, drafts[i].older);
    }
    return good;
}
