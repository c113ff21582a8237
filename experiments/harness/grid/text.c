/* File axes: a text is found, read once and checked before anything runs. */
#include "grid.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

static const char *data_folder(void) {
    const char *folder = getenv("EVANESCE_DATA");
    if (folder && *folder)
        return folder;
    return access(EVANESCE_DATA, R_OK) == 0 || errno != ENOENT ? EVANESCE_DATA : EVANESCE_INSTALLED_DATA;
}

static bool refuse(const char *axis, const char *name, int error, struct reason *why) {
    why->failed = !sweep_wrong_name(error);
    return sweep_refuse(why, "--%s %s: %s%s", axis, name, strerror(error),
                        why->failed ? "" : sweep_tr("; must be a text file"));
}

static bool check_text(const struct sweep_text *text, const char *axis, const char *name,
                       struct reason *why) {
    if (text->size == 0)
        return sweep_refuse(why, "--%s %s: is empty; must be a text file", axis, name);
    const unsigned char *nul = memchr(text->bytes, 0, text->size);
    size_t end = nul ? (size_t)(nul - text->bytes) : text->size, valid = sweep_utf8_valid(text->bytes, end);
    if (valid < text->size)
        return sweep_refuse(why, "--%s %s: %s at byte %zu; must be a text file in UTF-8", axis, name,
                            valid < end ? sweep_tr("is not UTF-8") : sweep_tr("has a NUL"), valid);
    return true;
}

/* An open file, or -1 with errno. */
static int open_text(const char *name, struct arena *arena) {
    int fd = open(name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd >= 0 || errno != ENOENT || strchr(name, '/'))
        return fd;
    const char *path = sweep_keep_print(arena, "%s/%s", data_folder(), name);
    if (!path) {
        errno = ENOMEM;
        return -1;
    }
    return open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
}

/* Whether this is a regular file that fits into memory. */
static bool check_file(struct stat *info, int fd, const char *axis, const char *name, struct reason *why) {
    if (fstat(fd, info))
        return refuse(axis, name, errno, why);
    if (!S_ISREG(info->st_mode))
        return sweep_refuse(why, "--%s %s: %s; must be a text file", axis, name,
                            S_ISDIR(info->st_mode) ? sweep_tr("is a folder")
                                                   : sweep_tr("is not a regular file"));
    double available = sweep_memory_available();
    return (double)info->st_size <= available ||
           sweep_refuse(why, "--%s %s: needs %.15g bytes, but only %.15g are available", axis, name,
                        (double)info->st_size, available);
}

static bool read_bytes(int fd, unsigned char *bytes, size_t *size) {
    size_t wanted = *size;
    *size = 0;
    while (*size < wanted) {
        ssize_t got = read(fd, bytes + *size, wanted - *size);
        if (got < 0 && errno == EINTR)
            continue;
        if (got <= 0)
            return got == 0;
        *size += (size_t)got;
    }
    return true;
}

static const struct file *read_open(int fd, const char *axis, const char *name, struct arena *arena,
                                    struct reason *why) {
    struct stat info;
    if (!check_file(&info, fd, axis, name, why))
        return NULL;
    size_t size = (size_t)info.st_size;
    struct file *file = sweep_keep(arena, sizeof *file);
    unsigned char *bytes = sweep_keep(arena, size);
    if (!file || !bytes) {
        sweep_no_memory(why);
        return NULL;
    }
    if (!read_bytes(fd, bytes, &size)) {
        refuse(axis, name, errno, why);
        return NULL;
    }
    *file = (struct file){ { bytes, size }, info.st_dev, info.st_ino };
    return check_text(&file->text, axis, name, why) ? file : NULL;
}

const struct file *sweep_file_read(const char *axis, const char *name, struct arena *arena,
                                   struct reason *why) {
    int fd = open_text(name, arena);
    if (fd < 0) {
        int error = errno;
        if (error == ENOENT && !strchr(name, '/'))
            sweep_refuse(why, "--%s %s: no such file here or in %s; must be a text file", axis, name,
                         data_folder());
        else
            refuse(axis, name, error, why);
        return NULL;
    }
    const struct file *file = read_open(fd, axis, name, arena, why);
    close(fd);
    return file;
}

const char *sweep_file_content(const struct file *file, struct arena *arena) {
    const struct sweep_text *text = &file->text;
    return sweep_keep_print(arena, "%zu bytes, crc32 %08x, adler32 %08lx", text->size,
                            sweep_crc(0, text->bytes, text->size), adler32_z(1, text->bytes, text->size));
}
