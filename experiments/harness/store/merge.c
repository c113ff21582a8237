/* The cells of other stores: of shards, of other machines, of a store that was damaged. */
#include "store.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <sqlite3.h>
#include <stdio.h>
#include <string.h>

struct other {
    const char *path;
    sqlite3 *db;
};

/* False with a reason. A journal left by a kill is rolled back. */
static bool open_other(struct other *other, const char *name, struct reason *why) {
    int code = sqlite3_open_v2(other->path, &other->db, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK) {
        sqlite3_busy_timeout(other->db, 60000);
        code = sweep_store_identify(other->db, name);
    }
    if (code == SQLITE_NOTADB)
        return sweep_refuse(why, "%s is not a store of %s", other->path, name);
    return code == SQLITE_OK || code == SQLITE_EMPTY ||
           sweep_refuse(why, "%s: %s", other->path, other->db ? sqlite3_errmsg(other->db) : "out of memory");
}

/* One pass over a table, in which a damaged cell is left out. False: it was not read to its end. */
static bool pass(const struct other *other, bool unfinished, bool upward, struct store *store,
                 uint64_t program, bool merged, struct reason *why) {
    sqlite3_stmt *row = NULL;
    char question[128];
    snprintf(question, sizeof question,
             "SELECT address, crc, status, rows FROM %s WHERE program = ?1 ORDER BY address %s",
             unfinished ? "checkpoints" : "cells", upward ? "ASC" : "DESC");
    int code = sqlite3_prepare_v2(other->db, question, -1, &row, NULL);
    bool good = true;
    if (code == SQLITE_OK)
        sqlite3_bind_int64(row, 1, (int64_t)program);
    while (good && row && (code = sqlite3_step(row)) == SQLITE_ROW) {
        struct cell cell = { .address = (const char *)sqlite3_column_text(row, 0),
                             .address_size = (size_t)sqlite3_column_bytes(row, 0),
                             .program = program,
                             .unfinished = unfinished };
        if (cell.address && sweep_cell_read(&cell, row, 1))
            good = sweep_store_take(store, &cell, merged, why);
    }
    if (good && code != SQLITE_DONE)
        good = sweep_refuse(why, "%s: %s", other->path, sqlite3_errmsg(other->db));
    sqlite3_finalize(row);
    return good;
}

bool sweep_store_take_all(struct store *store, const struct store_spec *spec, const char *path, bool merged,
                          struct reason *why) {
    struct other other = { .path = path };
    const bool open = open_other(&other, spec->experiment, why);
    bool good = open;
    for (int unfinished = 0; unfinished < 2 && open; unfinished++)
        if (!pass(&other, unfinished, true, store, spec->program, merged,
                  why)) { /* from both ends to where it is damaged */
            struct reason again;
            pass(&other, unfinished, false, store, spec->program, merged, &again);
            good = false;
        }
    sqlite3_close(other.db);
    return good;
}

/* Whether a store holds what this program can use; an empty one, of a shard without cells, is as good. */
static bool look(const struct store_spec *spec, const char *path, struct reason *why) {
    static const char question[] = "SELECT count(*), total(program = ?1 AND address LIKE ?2) FROM cells";
    struct other other = { .path = path };
    sqlite3_stmt *row = NULL;
    bool good = open_other(&other, spec->experiment, why);
    if (good && sqlite3_prepare_v2(other.db, question, -1, &row, NULL) == SQLITE_OK) {
        sqlite3_bind_int64(row, 1, (int64_t)spec->program);
        sqlite3_bind_text(row, 2, rnn_fused() ? "%arithmetic=fused" : "%arithmetic=plain", -1, SQLITE_STATIC);
        if (sqlite3_step(row) != SQLITE_ROW)
            good = sweep_refuse(why, "%s: %s", path, sqlite3_errmsg(other.db));
        else if (sqlite3_column_int64(row, 0) && sqlite3_column_int64(row, 1) == 0)
            good = sweep_refuse(
                why, "%s: its %lld cells were computed by another program, or with other arithmetic", path,
                (long long)sqlite3_column_int64(row, 0));
    }
    sqlite3_finalize(row);
    sqlite3_close(other.db);
    return good;
}

static bool is_other(const struct store_spec *spec, const char *path, const char *name, const char *pattern) {
    struct stat own, info;
    const size_t size = strlen(spec->experiment);
    bool named = strncmp(name, spec->experiment, size) == 0 && fnmatch(pattern, name + size, 0) == 0;
    bool same = named && spec->path && stat(spec->path, &own) == 0 && stat(path, &info) == 0 &&
                own.st_ino == info.st_ino && own.st_dev == info.st_dev;
    return named && !same;
}

bool sweep_merge(struct store *store, const struct store_spec *spec, const char *folder, struct reason *why) {
    struct arena arena = { NULL };
    size_t found = 0;
    bool good = true;
    DIR *files = opendir(folder);
    if (!files)
        return sweep_refuse(why, "%s: %s", folder, strerror(errno));
    for (struct dirent *file; good && (file = readdir(files));) {
        const char *path = sweep_keep_print(&arena, "%s/%s", folder, file->d_name);
        if (!path) {
            good = sweep_no_memory(why);
        } else if (is_other(spec, path, file->d_name, ".sqlite") ||
                   is_other(spec, path, file->d_name, "-*.sqlite")) {
            good = store ? sweep_store_take_all(store, spec, path, true, why) : look(spec, path, why);
            found++;
        }
    }
    closedir(files);
    sweep_arena_free(&arena);
    if (good && !found)
        return sweep_refuse(why, "%s: holds no other store of this experiment, %s.sqlite or %s-*.sqlite",
                            folder, spec->experiment, spec->experiment);
    return good;
}
