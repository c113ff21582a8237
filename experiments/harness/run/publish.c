/* The files of a finished run appear whole: each is written beside its place and flushed to the disk, and
 * only when all are there do they take their names; meta.json, which says "complete", is the last. */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <libgen.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A file that is not there yet. */
struct draft {
    const char *path; /* NULL: none is made */
    char *temporary;
    FILE *file;
};

static bool draft_failed(const struct draft *draft, struct reason *why) {
    return sweep_refuse(why, "%s: %s", draft->temporary, strerror(errno ? errno : EIO));
}

static bool draft_open(struct draft *draft, const char *path, struct reason *why) {
    draft->path = path;
    if (!path)
        return true;
    if (asprintf(&draft->temporary, "%s.tmp", path) < 0) {
        draft->temporary = NULL;
        return sweep_no_memory(why);
    }
    draft->file = fopen(draft->temporary, "w+e");
    return draft->file || draft_failed(draft, why);
}

/* Every byte is on the disk, or the draft has failed. */
static bool draft_finish(struct draft *draft, struct reason *why) {
    if (!draft->file)
        return true;
    errno = 0;
    bool good = fflush(draft->file) == 0 && !ferror(draft->file) && fsync(fileno(draft->file)) == 0;
    if (!good)
        draft_failed(draft, why);
    if (fclose(draft->file) && good)
        good = draft_failed(draft, why);
    draft->file = NULL;
    return good;
}

static void draft_drop(struct draft *draft) {
    if (draft->file)
        fclose(draft->file);
    if (draft->temporary)
        unlink(draft->temporary);
    free(draft->temporary);
}

static bool draft_publish(const struct draft *draft, struct reason *why) {
    if (!draft->path || rename(draft->temporary, draft->path) == 0)
        return true;
    return sweep_refuse(why, "%s: %s", draft->path, strerror(errno));
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
        sweep_refuse(why, "%s: %s", copy, strerror(errno));
    if (fd >= 0)
        close(fd);
    free(copy);
    return good;
}

enum { CSV, SUMMARY, META, DRAFTS };

static bool write_csv(struct draft *draft, const struct journal *journal, struct reason *why) {
    struct buffer header = { .data = NULL };
    sweep_csv_header(&header, journal->grid);
    bool good = !header.failed && fwrite(header.data, 1, header.size, draft->file) == header.size;
    sweep_buffer_free(&header);
    return (good && sweep_journal_sorted(journal, draft->file) && fflush(draft->file) == 0) ||
           draft_failed(draft, why);
}

static bool write_all(struct draft drafts[DRAFTS], const struct journal *journal, const struct facts *facts,
                      struct reason *why) {
    if (!write_csv(&drafts[CSV], journal, why))
        return false;
    rewind(drafts[CSV].file);
    if (drafts[SUMMARY].file && !sweep_summary(drafts[SUMMARY].file, drafts[CSV].file, journal->grid))
        return draft_failed(&drafts[SUMMARY], why);
    if (!sweep_meta(drafts[META].file, journal->grid, facts))
        return draft_failed(&drafts[META], why);
    for (int i = 0; i < DRAFTS; i++)
        if (!draft_finish(&drafts[i], why))
            return false;
    return true;
}

/* The older meta.json and summary go first: they never stand beside rows that are not theirs. */
static bool remove_older(const struct paths *paths, struct reason *why) {
    const char *const older[] = { paths->meta, paths->stale };
    for (size_t i = 0; i < sizeof older / sizeof *older; i++)
        if (unlink(older[i]) && errno != ENOENT)
            return sweep_refuse(why, "%s: %s", older[i], strerror(errno));
    return true;
}

bool sweep_publish(const struct paths *paths, const struct journal *journal, const struct facts *facts,
                   struct reason *why) {
    struct draft drafts[DRAFTS] = { 0 };
    bool good = draft_open(&drafts[CSV], paths->out, why) &&
                draft_open(&drafts[SUMMARY], paths->summary, why) &&
                draft_open(&drafts[META], paths->meta, why) && write_all(drafts, journal, facts, why) &&
                remove_older(paths, why);
    for (int i = 0; i < DRAFTS && good; i++)
        good = draft_publish(&drafts[i], why);
    good = good && sync_folder(paths->out, why);
    if (good && unlink(paths->part))
        good = sweep_refuse(why, "%s: %s", paths->part, strerror(errno));
    int error = errno;
    for (int i = 0; i < DRAFTS; i++)
        draft_drop(&drafts[i]);
    errno = error;
    return good;
}
