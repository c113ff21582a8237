/* The file of a store: its tables, who may use it when, and what becomes of one that cannot be used. */
#include "inside.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

enum { APPLICATION = 0x65766e73, VERSION = 1 }; /* "evns" */

#define COLUMNS "(address TEXT PRIMARY KEY, program INT, crc INT, status TEXT, rows BLOB) WITHOUT ROWID"
#define TABLES                                                                                               \
    "CREATE TABLE about(experiment TEXT);"                                                                   \
    "CREATE TABLE cells" COLUMNS ";"                                                                         \
    "CREATE TABLE checkpoints" COLUMNS
static const char schema[] =
    "PRAGMA application_id = %d; PRAGMA user_version = %d;" TABLES "; INSERT INTO about VALUES(%Q)";
static const char identity[] = "SELECT application_id, user_version, (SELECT group_concat(sql, ';') FROM "
                               "(SELECT sql FROM sqlite_schema ORDER BY rowid)) "
                               "FROM pragma_application_id, pragma_user_version";
/* checkpoints of cells that are finished */
static const char leftovers[] = "DELETE FROM checkpoints WHERE address IN "
                                "(SELECT address FROM checkpoints JOIN cells USING (address, program))";

static const char *const sql[STATEMENTS] = {
    [HAS] = "SELECT 1 FROM cells WHERE address = ?1 AND program = ?2",
    [GET] = "SELECT crc, status, rows FROM cells WHERE address = ?1 AND program = ?2",
    [ADD] = "INSERT OR IGNORE INTO cells VALUES(?1, ?2, ?3, ?4, ?5)",
    [REPLACE] = "REPLACE INTO cells VALUES(?1, ?2, ?3, ?4, ?5)",
    [RESUME] = "SELECT crc, status, rows FROM checkpoints WHERE address = ?1 AND program = ?2",
    [KEEP] = "REPLACE INTO checkpoints VALUES(?1, ?2, ?3, ?4, ?5)",
    [FORGET] = "DELETE FROM checkpoints WHERE address = ?1",
};

const struct store_spec *sweep_store_spec(const struct store *store) {
    return &store->spec;
}

const char *sweep_store_name(const struct store *store) {
    return store->spec.path ? store->spec.path : sweep_tr("memory");
}

bool sweep_store_refuse(struct reason *why, sqlite3 *db, const char *path) {
    const int left = errno, code = db ? sqlite3_errcode(db) & 0xff : SQLITE_NOMEM;
    const int known = db ? sqlite3_system_errno(db) : 0;
    if (code == SQLITE_NOMEM)
        return sweep_no_memory(why);
    const bool outside = code == SQLITE_IOERR || code == SQLITE_CANTOPEN;
    const int error = outside ? (known ? known : left) : code == SQLITE_BUSY && left == ENOLCK ? left : 0;
    why->failed = true;
    return sweep_refuse(why, "%s: %s", path, error ? strerror(error) : sweep_tr(sqlite3_errmsg(db)));
}

bool sweep_store_blame(struct store *store, struct reason *why) {
    const int code = sqlite3_errcode(store->db) & 0xff;
    sweep_store_refuse(why, store->db, sweep_store_name(store));
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB ||
        (code == SQLITE_READONLY && access(store->spec.path, W_OK) == 0)) { /* it says so and is not */
        store->damaged = true;
        snprintf(store->damage, sizeof store->damage, "%s", sweep_tr(sqlite3_errmsg(store->db)));
    }
    return false;
}

bool sweep_store_execute(struct store *store, const char *text, struct reason *why) {
    return sqlite3_exec(store->db, text, NULL, NULL, NULL) == SQLITE_OK || sweep_store_blame(store, why);
}

int sweep_store_wait(void *self, int times) {
    struct patience *patience = self;
    const bool unlockable = errno == ENOLCK;
    const double before = times ? patience->seconds : 0, pause = 1e-3 * (times < 20 ? times + 1 : 20);
    patience->seconds = before + pause;
    if (before <= 1 && patience->seconds > 1 && !unlockable)
        sweep_say(patience->name, "waiting for %s, which another program holds", patience->path);
    nanosleep(&(struct timespec){ .tv_nsec = (long)(1e9 * pause) }, NULL);
    return unlockable ? patience->seconds < 0.1 : patience->seconds < 1 || sweep_interrupts() < 2;
}

/* ---- opening -------------------------------------------------------------------------------------- */

/* The first row of an answer, or SQLITE_NOTADB if there is none. */
static int ask(sqlite3 *db, const char *question, sqlite3_stmt **answer) {
    *answer = NULL;
    int code = sqlite3_prepare_v2(db, question, -1, answer, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(*answer);
    return code == SQLITE_ROW ? SQLITE_OK : code == SQLITE_DONE ? SQLITE_NOTADB : code;
}

int sweep_store_identify(sqlite3 *db, const char *name) {
    sqlite3_stmt *answer;
    int code = ask(db, identity, &answer);
    if (code == SQLITE_OK) {
        const int application = sqlite3_column_int(answer, 0), version = sqlite3_column_int(answer, 1);
        const char *tables = (const char *)sqlite3_column_text(answer, 2);
        if (application == 0 && version == 0 && !tables)
            code = SQLITE_EMPTY;
        else if (application != APPLICATION || version != VERSION || !tables || strcmp(tables, TABLES) != 0)
            code = SQLITE_NOTADB;
    }
    sqlite3_finalize(answer);
    if (code != SQLITE_OK)
        return code;
    code = ask(db, "SELECT experiment FROM about", &answer);
    const char *found = code == SQLITE_OK ? (const char *)sqlite3_column_text(answer, 0) : NULL;
    if (code == SQLITE_OK && (!found || strcmp(found, name) != 0))
        code = SQLITE_NOTADB;
    sqlite3_finalize(answer);
    return code;
}

static bool make_tables(struct store *store, struct reason *why) {
    char *text = sqlite3_mprintf(schema, APPLICATION, VERSION, store->spec.experiment);
    bool good = text ? sweep_store_execute(store, text, why) : sweep_no_memory(why);
    sqlite3_free(text);
    return good;
}

/* A store that can be used, or `damaged`, or a failure. */
static bool open_tables(struct store *store, struct reason *why) {
    if (!sweep_store_execute(store, "PRAGMA cache_size = -32768; BEGIN IMMEDIATE", why)) /* KiB */
        return false;
    const int kind = sweep_store_identify(store->db, store->spec.experiment);
    if (kind == SQLITE_NOTADB) {
        store->damaged = true;
        snprintf(store->damage, sizeof store->damage, sweep_tr("is not a store of %s of this version"),
                 store->spec.experiment);
        return sweep_refuse(why, "%s: %s", store->spec.path, store->damage);
    }
    if (kind == SQLITE_EMPTY ? !make_tables(store, why) : kind != SQLITE_OK && !sweep_store_blame(store, why))
        return false;
    for (int i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v2(store->db, sql[i], -1, &store->statements[i], NULL) != SQLITE_OK)
            return sweep_store_blame(store, why);
    return sweep_store_execute(store, leftovers, why) && sweep_store_execute(store, "COMMIT", why);
}

static void close_database(struct store *store) {
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(store->statements[i]);
    memset(store->statements, 0, sizeof store->statements);
    sqlite3_close(store->db);
    store->db = NULL;
    store->writing = false;
    store->pending = 0;
}

static bool open_database(struct store *store, struct reason *why) {
    struct stat info;
    const char *path = store->spec.path;
    const int flags = SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX; /* the lock is ours */
    const int code = sqlite3_open_v2(path ? path : ":memory:", &store->db, flags, NULL);
    store->damaged = false;
    store->inode = path && stat(path, &info) == 0 ? info.st_ino : 0;
    if (!store->db)
        return sweep_no_memory(why);
    store->patience = (struct patience){ store->spec.experiment, path, 0 };
    sqlite3_busy_handler(store->db, sweep_store_wait, &store->patience);
    bool good = code == SQLITE_OK ? open_tables(store, why) : sweep_store_blame(store, why);
    if (!good)
        close_database(store);
    return good;
}

/* Moves the file looked at to PATH~, unless another program has done so meanwhile: who has its lock may. */
static bool move_away(const struct store *store, const char *aside, struct reason *why) {
    const char *path = store->spec.path;
    struct stat mine, there;
    const int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || sweep_fail(path, why);
    flock(fd, LOCK_EX);
    const bool still = fstat(fd, &mine) == 0 && stat(path, &there) == 0 && mine.st_ino == there.st_ino &&
                       mine.st_ino == store->inode;
    bool good = !still || rename(path, aside) == 0 || sweep_fail(path, why);
    close(fd);
    return good;
}

bool sweep_store_mend(struct store *store, struct reason *why) {
    const struct store_spec *spec = &store->spec;
    char *aside = NULL;
    if (store->db)
        close_database(store);
    if (!spec->path)
        return false;
    if (asprintf(&aside, "%s~", spec->path) < 0)
        return sweep_no_memory(why);
    bool good = move_away(store, aside, why) && open_database(store, why);
    if (good) {
        struct reason ignored;
        sweep_store_take_all(store, spec, aside, &ignored);
        sweep_say(spec->experiment, "%s: %s; kept as %s, %llu of its cells are taken over", spec->path,
                  store->damage, aside, (unsigned long long)store->pending);
        good = !store->writing || sweep_store_execute(store, "COMMIT", why);
        store->writing = false;
        store->pending = 0;
    }
    free(aside);
    return good;
}

struct store *sweep_store_open(const struct store_spec *spec, struct reason *why) {
    struct store *store = calloc(1, sizeof *store);
    if (!store) {
        sweep_no_memory(why);
        return NULL;
    }
    sqlite3_config(SQLITE_CONFIG_MEMSTATUS, 0); /* which takes a lock at every allocation */
    store->spec = *spec;
    pthread_mutex_init(&store->lock, NULL);
    pthread_mutex_init(&store->queue_lock, NULL);
    bool good = open_database(store, why);
    for (int tries = 0; !good && store->damaged && tries < 3; tries++)
        good = sweep_store_mend(store, why);
    if (good)
        return store;
    why->failed = true;
    sweep_store_close(store);
    return NULL;
}

void sweep_store_close(struct store *store) {
    if (store->db)
        close_database(store);
    pthread_mutex_destroy(&store->lock);
    pthread_mutex_destroy(&store->queue_lock);
    sweep_buffer_free(&store->taken);
    sweep_buffer_free(&store->queue);
    free(store);
}
