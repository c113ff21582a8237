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
    return access(EVANESCE_DATA, R_OK) == 0 ? EVANESCE_DATA : EVANESCE_INSTALLED_DATA;
}

static bool check_text(const struct sweep_text *text, const char *axis, const char *name,
                       struct reason *why) {
    if (text->size == 0)
        return sweep_refuse(why, "--%s %s: is empty; must be a text file", axis, name);
    for (size_t i = 0; i < text->size;) {
        size_t length = text->bytes[i] ? sweep_utf8(text->bytes + i, text->size - i) : 0;
        if (length == 0)
            return sweep_refuse(why, "--%s %s: %s at byte %zu; must be a text file in UTF-8", axis, name,
                                text->bytes[i] ? "is not UTF-8" : "has a NUL", i);
        i += length;
    }
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

/* The size of a regular file, or -1 and a reason. */
static off_t text_size(int fd, const char *axis, const char *name, struct reason *why) {
    struct stat info;
    if (fstat(fd, &info)) {
        sweep_refuse(why, "--%s %s: %s", axis, name, strerror(errno));
        return -1;
    }
    if (!S_ISREG(info.st_mode)) {
        sweep_refuse(why, "--%s %s: %s; must be a text file", axis, name,
                     S_ISDIR(info.st_mode) ? "is a folder" : "is not a regular file");
        return -1;
    }
    double available = sweep_memory_available();
    if ((double)info.st_size > available) {
        sweep_refuse(why, "--%s %s: needs %.15g bytes, but only %.15g are available", axis, name,
                     (double)info.st_size, available);
        return -1;
    }
    return info.st_size;
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

static struct sweep_text *read_open(int fd, const char *axis, const char *name, struct arena *arena,
                                    struct reason *why) {
    off_t length = text_size(fd, axis, name, why);
    if (length < 0)
        return NULL;
    size_t size = (size_t)length;
    struct sweep_text *text = sweep_keep(arena, sizeof *text);
    unsigned char *bytes = sweep_keep(arena, size);
    if (!text || !bytes) {
        sweep_no_memory(why);
        return NULL;
    }
    if (!read_bytes(fd, bytes, &size)) {
        sweep_refuse(why, "--%s %s: %s", axis, name, strerror(errno));
        return NULL;
    }
    *text = (struct sweep_text){ bytes, size };
    return check_text(text, axis, name, why) ? text : NULL;
}

struct sweep_text *sweep_text_read(const char *axis, const char *name, struct arena *arena,
                                   struct reason *why) {
    int fd = open_text(name, arena);
    if (fd < 0) {
        int error = errno;
        if (error == ENOENT && !strchr(name, '/'))
            sweep_refuse(why, "--%s %s: no such file here or in %s; must be a text file", axis, name,
                         data_folder());
        else
            sweep_refuse(why, "--%s %s: %s; must be a text file", axis, name, strerror(error));
        return NULL;
    }
    struct sweep_text *text = read_open(fd, axis, name, arena, why);
    close(fd);
    return text;
}

/* zlib counts in 32 bits. */
static uint32_t crc_of(uint32_t crc, const char *bytes, size_t size) {
    while (size) {
        uInt part = size < (1u << 30) ? (uInt)size : 1u << 30;
        crc = (uint32_t)crc32(crc, (const Bytef *)bytes, part);
        bytes += part;
        size -= part;
    }
    return crc;
}

uint32_t sweep_text_crc(const struct sweep_text *text) {
    return crc_of(0, (const char *)text->bytes, text->size);
}
