/* FILE.part: completed cells in the order they were completed, each appended with one write.
 *
 *     #sweep critical 0.1.0                    the fingerprint: the same lines, or nothing is resumed
 *     #shard 0/1
 *     #axis scale 0.5,1
 *     #file memoria.txt bytes 9644 crc 1a2b3c4d    the texts of a file axis
 *     #columns cell,scale,...
 *     #cell 12 rows 2 bytes 57 crc 89abcdef    then 57 bytes of rows
 *
 * Whatever kills the program, all blocks but a torn last one are whole: resume.c keeps them. */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

enum { HEAD_MAX = 128 };

bool sweep_write(int fd, const char *bytes, size_t size) {
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

uint32_t sweep_journal_crc(const char *head, size_t head_size, const char *rows, size_t size) {
    return crc_of(crc_of(0, head, head_size), rows, size);
}

static void print_axis(struct buffer *out, const struct axis *axis) {
    sweep_print(out, "#axis %s ", axis->word->name);
    for (size_t i = 0; i < axis->count; i++) {
        sweep_append(out, ",", i ? 1 : 0);
        sweep_append(out, axis->values[i].text, strlen(axis->values[i].text));
    }
    sweep_append(out, "\n", 1);
    for (size_t i = 0; i < axis->count && axis->word->kind == KIND_FILE; i++)
        sweep_print(out, "#file %s bytes %zu crc %08x\n", axis->values[i].text, axis->values[i].file->size,
                    sweep_text_crc(axis->values[i].file));
}

static void print_fingerprint(struct buffer *out, const struct grid *grid) {
    sweep_print(out, "#sweep %s %s\n#shard %llu/%llu\n", grid->spec->name, EVANESCE_VERSION,
                (unsigned long long)grid->shard, (unsigned long long)grid->shards);
    for (size_t i = 0; i < grid->count; i++)
        print_axis(out, &grid->axes[i]);
    sweep_print(out, "#columns ");
    sweep_csv_header(out, grid);
}

/* ---- writing -------------------------------------------------------------------------------------- */

/* The block of a cell: room for its head, then the rows, then the head is put right before them. */
static bool format_block(const struct sweep_point *point, struct worker *worker) {
    struct buffer *text = &worker->text;
    text->size = 0;
    if (!sweep_reserve(text, HEAD_MAX))
        return false;
    text->size = HEAD_MAX;
    const struct rows rows = sweep_worker_rows(worker);
    sweep_csv_rows(text, point, &rows);
    if (text->failed)
        return false;
    char head[HEAD_MAX];
    size_t bytes = text->size - HEAD_MAX;
    int known = snprintf(head, sizeof head, "#cell %llu rows %zu bytes %zu", (unsigned long long)point->cell,
                         worker->sink.rows, bytes);
    uint32_t crc = sweep_journal_crc(head, (size_t)known, text->data + HEAD_MAX, bytes);
    int size = known + snprintf(head + known, sizeof head - (size_t)known, " crc %08x\n", crc);
    memcpy(text->data + HEAD_MAX - size, head, (size_t)size);
    worker->head = (size_t)size;
    return true;
}

/* A block that could not be written whole is cut off again, so that the journal ends with whole blocks. */
static bool take_block(struct run *run, uint64_t i, struct worker *worker, struct reason *why) {
    struct journal *journal = run->outlet.self;
    size_t rows = worker->text.size - HEAD_MAX, size = rows + worker->head;
    if (!sweep_write(journal->fd, worker->text.data + HEAD_MAX - worker->head, size)) {
        int error = errno;
        if (ftruncate(journal->fd, (off_t)journal->size))
            errno = error; /* a torn last block: resume.c drops it */
        return sweep_refuse(why, "%s: %s", journal->path, strerror(error));
    }
    journal->entries[i] = (struct entry){ journal->size + worker->head, rows };
    journal->size += size;
    journal->rows += worker->sink.rows;
    journal->kept++;
    return true;
}

static bool has_block(const void *self, uint64_t i) {
    return ((const struct journal *)self)->entries[i].offset != 0;
}

struct outlet sweep_journal_outlet(struct journal *journal) {
    return (struct outlet){ .self = journal, .has = has_block, .format = format_block, .take = take_block };
}

/* ---- opening -------------------------------------------------------------------------------------- */

static int fail(const struct journal *journal, const char *path) {
    sweep_say(journal->grid->spec->name, "%s: %s", path, strerror(errno));
    return SWEEP_FAILED;
}

/* Locked, so that two runs never share a journal. */
static int open_locked(struct journal *journal) {
    journal->fd = open(journal->path, O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666);
    if (journal->fd < 0)
        return fail(journal, journal->path);
    struct stat info;
    if (fstat(journal->fd, &info))
        return fail(journal, journal->path);
    if (!S_ISREG(info.st_mode)) {
        sweep_say(journal->grid->spec->name, "%s: is not a regular file", journal->path);
        return SWEEP_FAILED;
    }
    journal->size = (uint64_t)info.st_size;
    if (flock(journal->fd, LOCK_EX | LOCK_NB) == 0 || errno != EWOULDBLOCK)
        return SWEEP_DONE;
    sweep_say(journal->grid->spec->name, "%s: another run is writing it", journal->path);
    return SWEEP_FAILED;
}

/* An older journal nobody asked to resume is kept beside the new one. */
static int set_aside(struct journal *journal) {
    char *old = NULL;
    if (asprintf(&old, "%s~", journal->path) < 0) {
        sweep_say(journal->grid->spec->name, "out of memory");
        return SWEEP_FAILED;
    }
    int status = rename(journal->path, old) ? fail(journal, journal->path) : SWEEP_DONE;
    if (status == SWEEP_DONE) {
        sweep_say(journal->grid->spec->name, "%s held an unfinished run; kept as %s (--resume goes on with one)",
                  journal->path, old);
        close(journal->fd);
        status = open_locked(journal);
    }
    free(old);
    return status;
}

static int begin(struct journal *journal, const struct buffer *fingerprint) {
    if (ftruncate(journal->fd, 0) || !sweep_write(journal->fd, fingerprint->data, fingerprint->size)) {
        int status = fail(journal, journal->path);
        unlink(journal->path);
        return status;
    }
    journal->size = fingerprint->size;
    return SWEEP_DONE;
}

static int open_with(struct journal *journal, const struct buffer *fingerprint, bool resume) {
    int status = open_locked(journal);
    if (status == SWEEP_DONE && journal->size && !resume)
        status = set_aside(journal);
    if (status != SWEEP_DONE)
        return status;
    status = journal->size ? sweep_journal_load(journal, fingerprint) : -1;
    return status == -1 ? begin(journal, fingerprint) : status;
}

int sweep_journal_open(struct journal *journal, const struct grid *grid, const char *path, bool resume) {
    struct buffer fingerprint = { .data = NULL };
    *journal = (struct journal){ .grid = grid, .path = path, .fd = -1 };
    journal->entries = calloc(grid->mine ? grid->mine : 1, sizeof *journal->entries);
    print_fingerprint(&fingerprint, grid);
    int status = SWEEP_FAILED;
    if (!journal->entries || fingerprint.failed)
        sweep_say(grid->spec->name, "out of memory");
    else
        status = open_with(journal, &fingerprint, resume);
    sweep_buffer_free(&fingerprint);
    if (status != SWEEP_DONE)
        sweep_journal_close(journal);
    return status;
}

void sweep_journal_close(struct journal *journal) {
    if (journal->fd >= 0)
        close(journal->fd);
    free(journal->entries);
    journal->fd = -1;
    journal->entries = NULL;
}

/* ---- the rows in order ---------------------------------------------------------------------------- */

/* Blocks lie nearly in order, so one window over the journal serves many of them. */
struct window {
    struct buffer bytes;
    uint64_t offset;
};
enum { WINDOW = 1 << 20, BACK = 1 << 16 };

static const char *look(struct window *window, int fd, const struct entry *entry) {
    struct buffer *bytes = &window->bytes;
    if (entry->offset >= window->offset && entry->offset + entry->size <= window->offset + bytes->size)
        return bytes->data + (entry->offset - window->offset);
    window->offset = entry->offset < BACK ? 0 : entry->offset - BACK;
    size_t wanted = (size_t)(entry->offset - window->offset + entry->size);
    wanted = wanted < WINDOW ? WINDOW : wanted;
    bytes->size = 0;
    if (!sweep_reserve(bytes, wanted)) {
        errno = ENOMEM;
        return NULL;
    }
    while (bytes->size < wanted) {
        ssize_t got =
            pread(fd, bytes->data + bytes->size, wanted - bytes->size, (off_t)(window->offset + bytes->size));
        if (got < 0 && errno == EINTR)
            continue;
        if (got < 0)
            return NULL;
        if (got == 0)
            break;
        bytes->size += (size_t)got;
    }
    errno = EIO; /* what is missing was there when the index was made */
    bool whole = entry->offset + entry->size <= window->offset + bytes->size;
    return whole ? bytes->data + (entry->offset - window->offset) : NULL;
}

bool sweep_journal_sorted(const struct journal *journal, FILE *file) {
    struct window window = { .offset = 0 };
    bool good = true;
    for (uint64_t i = 0; i < journal->grid->mine && good; i++) {
        const struct entry *entry = &journal->entries[i];
        const char *rows = look(&window, journal->fd, entry);
        good = rows && fwrite(rows, 1, entry->size, file) == entry->size;
    }
    int error = errno;
    sweep_buffer_free(&window.bytes);
    errno = error;
    return good;
}
