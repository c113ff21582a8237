/* Reading an older journal: the same sweep, or none of it; all whole blocks, and nothing after a torn one. */
#include "run.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

struct reader {
    struct journal *journal;
    FILE *file;
    char *line;
    size_t room;
    struct buffer rows;
    uint64_t good, end; /* bytes read as whole blocks, bytes there are */
};

/* "#axis scale 0.5,1\n": names what differs as the user would write it. */
static int refuse_other(const struct journal *journal, const char *expected, size_t size, const char *found) {
    int shown = (int)strcspn(found, "\n"), now = (int)size - 1;
    const struct sweep_spec *spec = journal->grid->spec;
    char name[40] = "";
    if (sscanf(expected, "#axis %38s", name) == 1 && strncmp(found, expected, 7 + strlen(name)) == 0) {
        int skip = (int)(6 + strlen(name)); /* its value begins with the blank */
        sweep_say(spec->name, "--resume: %s was begun with --%s%.*s, not%.*s", journal->path, name,
                  shown - skip < 80 ? shown - skip : 80, found + skip, now - skip < 80 ? now - skip : 80,
                  expected + skip);
    } else {
        sweep_say(spec->name, "--resume: %s was begun as '%.*s', not as '%.*s'", journal->path,
                  shown < 100 ? shown : 100, found, now < 100 ? now : 100, expected);
    }
    return SWEEP_REFUSED;
}

/* 0: the same sweep; -1: nothing to keep, a fingerprint cut short; else refused. */
static int compare(struct reader *reader, const struct buffer *fingerprint) {
    const char *expected = fingerprint->data, *end = expected + fingerprint->size;
    while (expected < end) {
        size_t size = (size_t)((const char *)memchr(expected, '\n', (size_t)(end - expected)) + 1 - expected);
        ssize_t got = getline(&reader->line, &reader->room, reader->file);
        if (got <= 0)
            return -1;
        bool same = (size_t)got == size && memcmp(reader->line, expected, size) == 0;
        bool torn = (size_t)got < size && reader->line[got - 1] != '\n' &&
                    memcmp(reader->line, expected, (size_t)got) == 0;
        if (torn)
            return -1;
        if (!same)
            return refuse_other(reader->journal, expected, size, reader->line);
        expected += size;
    }
    reader->good = fingerprint->size;
    return SWEEP_DONE;
}

struct head {
    unsigned long long cell, rows, bytes;
    unsigned crc;
};

/* Reads the next head; returns the length of what its checksum covers, 0 if it is not whole. */
static size_t read_head(struct reader *reader, struct head *head, size_t *length) {
    ssize_t got = getline(&reader->line, &reader->room, reader->file);
    if (got <= 0 || reader->line[got - 1] != '\n')
        return 0;
    int covered = 0;
    int fields = sscanf(reader->line, "#cell %llu rows %llu bytes %llu%n crc %8x", &head->cell, &head->rows,
                        &head->bytes, &covered, &head->crc);
    *length = (size_t)got;
    return fields == 4 ? (size_t)covered : 0;
}

/* Whether a whole block of this shard's grid follows; it is then in the index. */
static bool read_block(struct reader *reader) {
    struct journal *journal = reader->journal;
    const struct grid *grid = journal->grid;
    struct head head;
    size_t length, covered = read_head(reader, &head, &length);
    if (!covered || head.bytes > reader->end - reader->good || head.cell >= grid->cells ||
        head.cell % grid->shards != grid->shard)
        return false;
    reader->rows.size = 0;
    if (!sweep_reserve(&reader->rows, head.bytes) ||
        fread(reader->rows.data, 1, head.bytes, reader->file) != head.bytes)
        return false;
    struct entry *entry = &journal->entries[head.cell / grid->shards];
    if (entry->offset || sweep_journal_crc(reader->line, covered, reader->rows.data, head.bytes) != head.crc)
        return false;
    *entry = (struct entry){ reader->good + length, head.bytes };
    reader->good += length + head.bytes;
    journal->rows += head.rows;
    journal->kept++;
    return true;
}

static int cut(struct reader *reader) {
    struct journal *journal = reader->journal;
    const struct sweep_spec *spec = journal->grid->spec;
    if (reader->rows.failed || ferror(reader->file)) {
        sweep_say(spec->name, "%s: %s", journal->path, reader->rows.failed ? "out of memory" : strerror(errno));
        return SWEEP_FAILED;
    }
    if (reader->good < reader->end)
        sweep_say(spec->name, "%s: its last %llu bytes are not a whole cell and are dropped", journal->path,
                  (unsigned long long)(reader->end - reader->good));
    if (ftruncate(journal->fd, (off_t)reader->good)) {
        sweep_say(spec->name, "%s: %s", journal->path, strerror(errno));
        return SWEEP_FAILED;
    }
    journal->size = reader->good;
    return SWEEP_DONE;
}

int sweep_journal_load(struct journal *journal, const struct buffer *fingerprint) {
    struct reader reader = { .journal = journal, .end = journal->size };
    int copy = dup(journal->fd);
    reader.file = copy < 0 ? NULL : fdopen(copy, "r");
    if (!reader.file) {
        sweep_say(journal->grid->spec->name, "%s: %s", journal->path, strerror(errno));
        return SWEEP_FAILED;
    }
    int status = compare(&reader, fingerprint);
    if (status == SWEEP_DONE) {
        while (reader.good < reader.end && read_block(&reader))
            ;
        status = cut(&reader);
    }
    fclose(reader.file);
    free(reader.line);
    sweep_buffer_free(&reader.rows);
    return status;
}
