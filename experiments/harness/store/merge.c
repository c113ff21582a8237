/* The cells of other stores: of shards, of other machines, of a store that was damaged. */
#include "inside.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

/* NULL where there is nothing in it yet. A journal left by a kill is rolled back. */
static bool open_other(sqlite3 **db, const char *path, struct patience *patience, struct reason *why) {
    const char *name = patience->name;
    int code = sqlite3_open_v2(path, db, SQLITE_OPEN_READWRITE, NULL);
    if (code == SQLITE_OK) {
        sqlite3_busy_handler(*db, sweep_store_wait, patience);
        code = sweep_store_identify(*db, name);
    }
    if (code == SQLITE_OK)
        return true;
    if (code == SQLITE_NOTADB)
        sweep_refuse(why, "%s is not a store of %s", path, name);
    else if (code != SQLITE_EMPTY)
        sweep_store_refuse(why, *db, path);
    sqlite3_close(*db);
    *db = NULL;
    return code == SQLITE_EMPTY;
}

/* Takes the cells that an answer holds, but for damaged ones. False: it was not read to its end. */
static bool take(struct store *store, const struct store_spec *spec, sqlite3 *db, bool unfinished,
                 bool downward, struct reason *why) {
    sqlite3_stmt *row = NULL;
    bool good = true;
    char question[128];
    snprintf(question, sizeof question,
             "SELECT address, crc, status, rows FROM %s WHERE program = ?1 ORDER BY address %s",
             unfinished ? "checkpoints" : "cells", downward ? "DESC" : "ASC");
    int code = sqlite3_prepare_v2(db, question, -1, &row, NULL);
    if (code == SQLITE_OK)
        sqlite3_bind_int64(row, 1, (int64_t)spec->program);
    while (row && good && (code = sqlite3_step(row)) == SQLITE_ROW) {
        struct cell cell = { .address = (const char *)sqlite3_column_text(row, 0),
                             .address_size = (size_t)sqlite3_column_bytes(row, 0),
                             .program = spec->program,
                             .unfinished = unfinished };
        if (cell.address && sweep_cell_read(&cell, row, 1))
            good = sweep_store_take(store, &cell, why);
    }
    if (good && code != SQLITE_DONE)
        good = sweep_store_refuse(why, db, sqlite3_db_filename(db, "main"));
    sqlite3_finalize(row);
    return good;
}

bool sweep_store_take_all(struct store *store, const struct store_spec *spec, const char *path,
                          struct reason *why) {
    struct reason again;
    struct patience patience = { spec->experiment, path, 0 };
    sqlite3 *db;
    bool good = open_other(&db, path, &patience, why);
    for (int unfinished = 0; db && unfinished < 2; unfinished++)
        if (!take(store, spec, db, unfinished, false, why)) { /* from the other end to where it is damaged */
            take(store, spec, db, unfinished, true, &again);
            good = false;
        }
    sqlite3_close(db);
    return good;
}

/* Whether a store holds what this program can use; one without cells, as of a shard that has none yet, is as good. */
static bool look(const struct store_spec *spec, const char *path, struct reason *why) {
    static const char question[] = "SELECT count(*), total(program = ?1 AND address LIKE ?2) FROM cells";
    sqlite3_stmt *row = NULL;
    struct patience patience = { spec->experiment, path, 0 };
    sqlite3 *db;
    bool good = open_other(&db, path, &patience, why);
    if (db && sqlite3_prepare_v2(db, question, -1, &row, NULL) == SQLITE_OK) {
        sqlite3_bind_int64(row, 1, (int64_t)spec->program);
        sqlite3_bind_text(row, 2, rnn_fused() ? "%arithmetic=fused" : "%arithmetic=plain", -1, SQLITE_STATIC);
    }
    if (db && sqlite3_step(row) != SQLITE_ROW)
        good = sweep_store_refuse(why, db, path);
    else if (db && sqlite3_column_int64(row, 0) && sqlite3_column_int64(row, 1) == 0)
        good = sweep_refuse(why, "%s: its %lld cells are of another program, or of other arithmetic", path,
                            (long long)sqlite3_column_int64(row, 0));
    sqlite3_finalize(row);
    sqlite3_close(db);
    return good;
}

/* NAME.sqlite or NAME-*.sqlite, and not the store that takes. */
static bool is_other(const struct store_spec *spec, const char *path) {
    struct stat own, info;
    const size_t size = strlen(spec->experiment);
    const char *name = strrchr(path, '/') + 1;
    if (strncmp(name, spec->experiment, size) != 0 ||
        (strcmp(name + size, ".sqlite") != 0 && fnmatch("-*.sqlite", name + size, 0) != 0))
        return false;
    return !spec->path || stat(spec->path, &own) || stat(path, &info) || own.st_ino != info.st_ino ||
           own.st_dev != info.st_dev;
}

bool sweep_merge(struct store *store, const struct store_spec *spec, const char *folder, struct reason *why) {
    struct arena arena = { NULL };
    size_t found = 0;
    bool good = true;
    DIR *files = opendir(folder);
    if (!files) {
        why->failed = !sweep_wrong_name(errno);
        return sweep_refuse(why, "%s: %s", folder, strerror(errno));
    }
    for (struct dirent *file; good && (errno = 0, file = readdir(files));) {
        const char *path = sweep_keep_print(&arena, "%s/%s", folder, file->d_name);
        if (!path)
            good = sweep_no_memory(why);
        else if (is_other(spec, path) && ++found)
            good = store ? sweep_store_take_all(store, spec, path, why) : look(spec, path, why);
    }
    if (good && errno)
        good = sweep_fail(folder, why);
    closedir(files);
    sweep_arena_free(&arena);
    if (good && !found)
        good = sweep_refuse(why, "%s: holds no other store of this experiment, %s.sqlite or %s-*.sqlite",
                            folder, spec->experiment, spec->experiment);
    return good && (!store || sweep_store_flush(store, why));
}
