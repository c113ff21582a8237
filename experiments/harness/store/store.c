/* The store of an experiment: a SQLite file with a row a finished cell, and a row a cell that can go on.
 *
 * address   the canonical spelling of what the rows depend on, and the key: neighbouring cells lie side by
 * side
 *               (a hash would scatter them)
 *     program   hash of the object code that computed it
 *     crc       of all the rest: SQLite does not notice a byte that changed
 *     status    "ok", "diverged at step 57"
 *     rows      doubles as they lie in memory; no number passes through SQL, which knows neither -0 nor nan
 *
 * Cells wait in a queue and are written a transaction at a time, so that workers do not wait for the disk and
 * two processes take turns. A rollback journal, since shared memory does not work on network disks. */
#include "store.h"

#include <errno.h>
#include <fcntl.h>
#include <sqlite3.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <time.h>
#include <unistd.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "rows are kept as they lie in memory");

enum { APPLICATION = 0x65766e73, VERSION = 1, QUEUE_MOST = 16 << 20 }; /* "evns"; bytes */

#define COLUMNS                                                                                              \
    "(address TEXT PRIMARY KEY, program INTEGER, crc INTEGER, status TEXT, rows BLOB) WITHOUT ROWID;"
static const char settings[] = "PRAGMA temp_store = MEMORY; PRAGMA cache_size = -65536;" /* KiB */
                               "CREATE TEMP TABLE taken(address TEXT PRIMARY KEY) WITHOUT ROWID;";
static const char schema[] = "PRAGMA application_id = %d; PRAGMA user_version = %d;"
                             "CREATE TABLE about(experiment TEXT); INSERT INTO about VALUES(%Q);"
                             "CREATE TABLE cells" COLUMNS "CREATE TABLE checkpoints" COLUMNS;
static const char leftovers[] =
    "DELETE FROM checkpoints WHERE EXISTS (SELECT 1 FROM cells WHERE cells.address = "
    "checkpoints.address AND cells.program = checkpoints.program)";

enum statement { HAS, TAKEN, GET, ADD, REPLACE, TAKE, RESUME, KEEP, FORGET, STATEMENTS };
static const char *const sql[STATEMENTS] = {
    [HAS] = "SELECT 1 FROM cells WHERE address = ?1 AND program = ?2",
    [TAKEN] = "SELECT 1 FROM temp.taken WHERE address = ?1",
    [GET] = "SELECT crc, status, rows FROM cells WHERE address = ?1 AND program = ?2",
    [ADD] = "INSERT OR IGNORE INTO cells VALUES(?1, ?2, ?3, ?4, ?5)",
    [REPLACE] = "REPLACE INTO cells VALUES(?1, ?2, ?3, ?4, ?5)",
    [TAKE] = "INSERT OR IGNORE INTO temp.taken VALUES(?1)",
    [RESUME] = "SELECT crc, status, rows FROM checkpoints WHERE address = ?1 AND program = ?2",
    [KEEP] = "REPLACE INTO checkpoints VALUES(?1, ?2, ?3, ?4, ?5)",
    [FORGET] = "DELETE FROM checkpoints WHERE address = ?1",
};

struct store {
    struct store_spec spec;
    pthread_mutex_t lock; /* the database, and what follows */
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
    ino_t inode; /* of the file looked at */
    struct buffer writing; /* what is in no transaction yet */
    uint64_t written, changed;
    struct reason conflict; /* of a cell that should have been the same */
    double waited; /* seconds, for another program */
    char damage[128]; /* what is wrong with the file */
    bool damaged, unfinished,
        to_write; /* unfinished: there may be checkpoints; to_write: what hold was for */
    pthread_mutex_t queue_lock;
    struct buffer queue;
};

const char *sweep_store_name(const struct store *store) {
    return store->spec.path ? store->spec.path : "memory";
}

/* Whether the file itself is to blame for what went wrong with the call before. */
static void note_damage(struct store *store) {
    const int code = sqlite3_errcode(store->db) & 0xff;
    if (code != SQLITE_CORRUPT && code != SQLITE_NOTADB &&
        (code != SQLITE_READONLY || access(store->spec.path, W_OK))) /* it may say so and not be */
        return;
    store->damaged = true;
    snprintf(store->damage, sizeof store->damage, "%s", sqlite3_errmsg(store->db));
}

/* What went wrong with the call before; always false. */
static bool refuse(struct store *store, struct reason *why) {
    const int left = errno, code = sqlite3_errcode(store->db) & 0xff, known = sqlite3_system_errno(store->db);
    const int error = known ? known : left; /* of a commit it does not know */
    const bool of_system = error && (code == SQLITE_IOERR || code == SQLITE_CANTOPEN);
    note_damage(store);
    if (code == SQLITE_NOMEM)
        return sweep_no_memory(why);
    sweep_refuse(why, "%s: %s", sweep_store_name(store),
                 of_system ? strerror(error) : sqlite3_errmsg(store->db));
    why->failed = true;
    return false;
}

static bool execute(struct store *store, const char *text, struct reason *why) {
    return sqlite3_exec(store->db, text, NULL, NULL, NULL) == SQLITE_OK || refuse(store, why);
}

/* Waits for another program, without end but for who asked twice to stop. */
static int wait_for_others(void *self, int times) {
    struct store *store = self;
    const double before = times ? store->waited : 0, pause = 1e-3 * (times < 20 ? times + 1 : 20);
    store->waited = before + pause;
    if (before <= 1 && store->waited > 1)
        sweep_say(store->spec.experiment, "waiting for %s, which another program holds", store->spec.path);
    nanosleep(&(struct timespec){ .tv_nsec = (long)(1e9 * pause) }, NULL);
    return store->waited < 1 || sweep_interrupts() < 2;
}

/* ---- a cell --------------------------------------------------------------------------------------- */

static uint32_t crc_of(const struct cell *cell) {
    uint32_t crc = sweep_crc(0, &cell->program, sizeof cell->program);
    crc = sweep_crc(crc, cell->address, cell->address_size);
    return sweep_crc(sweep_crc(crc, cell->status, strlen(cell->status)), cell->bytes, cell->size);
}

bool sweep_cell_read(struct cell *cell, sqlite3_stmt *row, int first) {
    const char *status = (const char *)sqlite3_column_text(row, first + 1);
    cell->status = status ? status : "";
    cell->bytes = sqlite3_column_blob(row, first + 2);
    cell->size = (size_t)sqlite3_column_bytes(row, first + 2);
    return sqlite3_column_int64(row, first) == crc_of(cell);
}

/* SQLITE_ROW (to be reset), SQLITE_DONE or an error. */
static int run(struct store *store, enum statement which, const struct cell *cell) {
    sqlite3_stmt *statement = store->statements[which];
    const int parameters = sqlite3_bind_parameter_count(statement);
    int code = sqlite3_bind_text(statement, 1, cell->address, (int)cell->address_size, SQLITE_STATIC);
    if (parameters > 1)
        sqlite3_bind_int64(statement, 2, (int64_t)cell->program);
    if (parameters > 2) {
        sqlite3_bind_int64(statement, 3, crc_of(cell));
        sqlite3_bind_text(statement, 4, cell->status, -1, SQLITE_STATIC);
        code = sqlite3_bind_blob64(statement, 5, cell->size ? cell->bytes : "", cell->size, SQLITE_STATIC);
    }
    if (code == SQLITE_OK)
        code = sqlite3_step(statement);
    if (code != SQLITE_ROW)
        sqlite3_reset(statement);
    if (code != SQLITE_ROW && code != SQLITE_DONE)
        note_damage(store);
    return code;
}

static bool done(struct store *store, enum statement which, const struct cell *cell, struct reason *why) {
    return run(store, which, cell) == SQLITE_DONE || refuse(store, why);
}

/* There is a cell at this address: the same one, an older one, or one that should be the same and is not.
 * That fails, but takes no other cell with it. */
static bool settle(struct store *store, const struct cell *cell, struct reason *why) {
    struct cell there = *cell;
    const bool row = run(store, GET, cell) == SQLITE_ROW;
    const bool good = row && sweep_cell_read(&there, store->statements[GET], 0);
    const bool same = good && there.size == cell->size && memcmp(there.bytes, cell->bytes, cell->size) == 0 &&
                      strcmp(there.status, cell->status) == 0;
    sqlite3_reset(store->statements[GET]);
    if (same)
        return true;
    if (good && !store->spec.timed && !store->spec.fresh) {
        store->conflict.failed = true;
        sweep_refuse(
            &store->conflict, "%s: other rows of the same cell, by the same program, are there: %.*s",
            sweep_store_name(store), cell->address_size < 400 ? (int)cell->address_size : 400, cell->address);
        return true;
    }
    store->changed += good && !store->spec.timed;
    return done(store, REPLACE, cell, why);
}

bool sweep_store_take(struct store *store, const struct cell *cell, bool merged, struct reason *why) {
    if (cell->unfinished) {
        store->unfinished = true;
        return done(store, KEEP, cell, why);
    }
    return done(store, ADD, cell, why) && (sqlite3_changes(store->db) || settle(store, cell, why)) &&
           (!store->unfinished || done(store, FORGET, cell, why)) &&
           (!merged || done(store, TAKE, cell, why));
}

/* ---- opening -------------------------------------------------------------------------------------- */

static int ask(sqlite3 *db, const char *question, sqlite3_stmt **answer) {
    *answer = NULL;
    int code = sqlite3_prepare_v2(db, question, -1, answer, NULL);
    if (code == SQLITE_OK)
        code = sqlite3_step(*answer);
    return code == SQLITE_ROW ? SQLITE_OK : code == SQLITE_DONE ? SQLITE_NOTADB : code;
}

static int ask_number(sqlite3 *db, const char *question, int64_t *number) {
    sqlite3_stmt *answer;
    const int code = ask(db, question, &answer);
    *number = code == SQLITE_OK ? sqlite3_column_int64(answer, 0) : 0;
    sqlite3_finalize(answer);
    return code;
}

int sweep_store_identify(sqlite3 *db, const char *name) {
    int64_t application, version, tables;
    int code = ask_number(db, "PRAGMA application_id", &application);
    if (code == SQLITE_OK)
        code = ask_number(db, "PRAGMA user_version", &version);
    if (code == SQLITE_OK)
        code = ask_number(db, "SELECT count(*) FROM sqlite_schema", &tables);
    if (code != SQLITE_OK)
        return code;
    if (tables == 0 && application == 0 && version == 0)
        return SQLITE_EMPTY;
    if (application != APPLICATION || version != VERSION)
        return SQLITE_NOTADB;
    sqlite3_stmt *answer;
    code = ask(db, "SELECT experiment FROM about", &answer);
    const char *found = code == SQLITE_OK ? (const char *)sqlite3_column_text(answer, 0) : NULL;
    if (code == SQLITE_OK && (!found || strcmp(found, name) != 0))
        code = SQLITE_NOTADB;
    sqlite3_finalize(answer);
    return code;
}

static bool begin_tables(struct store *store, struct reason *why) {
    char *text = sqlite3_mprintf(schema, APPLICATION, VERSION, store->spec.experiment);
    bool good = text ? execute(store, text, why) : sweep_no_memory(why);
    sqlite3_free(text);
    return good;
}

/* Leaves a store that can be used, or `damaged`, or a failure. */
static bool open_tables(struct store *store, struct reason *why) {
    if (!execute(store, settings, why) || !execute(store, "BEGIN IMMEDIATE", why))
        return false;
    const int kind = sweep_store_identify(store->db, store->spec.experiment);
    if (kind == SQLITE_NOTADB) {
        store->damaged = true;
        snprintf(store->damage, sizeof store->damage, "is not a store of %s of this version",
                 store->spec.experiment);
        return false;
    }
    if (kind == SQLITE_EMPTY ? !begin_tables(store, why) : kind != SQLITE_OK && !refuse(store, why))
        return false;
    for (int i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v2(store->db, sql[i], -1, &store->statements[i], NULL) != SQLITE_OK)
            return refuse(store, why);
    int64_t checkpoints;
    if (!execute(store, leftovers, why) || !execute(store, "COMMIT", why) ||
        (ask_number(store->db, "SELECT count(*) FROM checkpoints", &checkpoints) != SQLITE_OK &&
         !refuse(store, why)))
        return false;
    store->unfinished = checkpoints > 0;
    return true;
}

static void close_database(struct store *store) {
    for (int i = 0; i < STATEMENTS; i++)
        sqlite3_finalize(store->statements[i]);
    memset(store->statements, 0, sizeof store->statements);
    sqlite3_close(store->db);
    store->db = NULL;
}

static bool open_database(struct store *store, struct reason *why) {
    struct stat info;
    const char *path = store->spec.path;
    store->damaged = false;
    int code = sqlite3_open_v2(path ? path : ":memory:", &store->db,
                               SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_NOMUTEX,
                               NULL); /* but ours */
    store->inode = path && stat(path, &info) == 0 ? info.st_ino : 0;
    if (!store->db)
        return sweep_no_memory(why);
    sqlite3_busy_handler(store->db, wait_for_others, store);
    bool good = code == SQLITE_OK ? open_tables(store, why) : refuse(store, why);
    if (!good)
        close_database(store);
    return good;
}

/* Moves the file looked at to PATH~, unless another program has done so meanwhile: its lock is that of the
 * file. */
static bool move_away(const struct store *store, const char *aside, struct reason *why) {
    const char *path = store->spec.path;
    struct stat mine, there;
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return errno == ENOENT || sweep_refuse(why, "%s: %s", path, strerror(errno));
    flock(fd, LOCK_EX);
    bool still = fstat(fd, &mine) == 0 && stat(path, &there) == 0 && mine.st_ino == there.st_ino &&
                 mine.st_dev == there.st_dev && mine.st_ino == store->inode;
    bool good = !still || rename(path, aside) == 0 || sweep_refuse(why, "%s: %s", path, strerror(errno));
    close(fd);
    return good;
}

/* A store that cannot be used is kept as PATH~, and what can be read of it taken into a new one. */
static bool mend(struct store *store, struct reason *why) {
    char *aside = NULL;
    if (store->db)
        close_database(store);
    if (!store->spec.path)
        return false;
    if (asprintf(&aside, "%s~", store->spec.path) < 0)
        return sweep_no_memory(why);
    struct reason ignored;
    bool good = move_away(store, aside, why) && open_database(store, why);
    if (good && execute(store, "BEGIN IMMEDIATE", why)) {
        const int before = sqlite3_total_changes(store->db);
        sweep_store_take_all(store, &store->spec, aside, false, &ignored);
        sweep_say(store->spec.experiment, "%s: %s; kept as %s, %d of its cells are taken over",
                  store->spec.path, store->damage, aside, sqlite3_total_changes(store->db) - before);
        good = execute(store, "COMMIT", why);
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
    store->spec = *spec;
    pthread_mutex_init(&store->lock, NULL);
    pthread_mutex_init(&store->queue_lock, NULL);
    bool good = open_database(store, why);
    for (int tries = 0; !good && store->damaged && tries < 3; tries++)
        good = mend(store, why);
    if (good)
        return store;
    why->failed = true;
    sweep_store_close(store);
    return NULL;
}

void sweep_store_close(struct store *store) {
    if (store->db)
        close_database(store);
    sweep_buffer_free(&store->queue);
    sweep_buffer_free(&store->writing);
    pthread_mutex_destroy(&store->lock);
    pthread_mutex_destroy(&store->queue_lock);
    free(store);
}

/* ---- writing -------------------------------------------------------------------------------------- */

/* How a cell waits: this, then its three texts. */
struct waiting {
    size_t address, status, bytes;
    bool unfinished;
};

static bool enqueue(struct store *store, const struct buffer *address, const char *status, const void *bytes,
                    size_t size, bool unfinished, struct reason *why) {
    const struct waiting head = { address->size, strlen(status) + 1, size, unfinished };
    pthread_mutex_lock(&store->queue_lock);
    struct buffer *queue = &store->queue;
    bool good = sweep_reserve(queue, sizeof head + head.address + head.status + head.bytes);
    queue->failed = false; /* this one is lost, not the others */
    if (good) {
        sweep_append(queue, (const char *)&head, sizeof head);
        sweep_append(queue, address->data, head.address);
        sweep_append(queue, status, head.status);
        sweep_append(queue, bytes, size);
    }
    bool full = queue->size > QUEUE_MOST;
    pthread_mutex_unlock(&store->queue_lock);
    if (!good)
        return sweep_no_memory(why);
    return !full || sweep_store_flush(store, why);
}

bool sweep_store_put(struct store *store, const struct buffer *address, const struct rows *rows,
                     struct reason *why) {
    return enqueue(store, address, rows->status, rows->values,
                   rows->count * rows->columns * sizeof *rows->values, false, why);
}

bool sweep_store_checkpoint(struct store *store, const struct buffer *address, const struct buffer *state,
                            struct reason *why) {
    return enqueue(store, address, "", state->data, state->size, true, why);
}

/* All that waits, in one transaction. */
static bool write_all(struct store *store, struct reason *why) {
    bool good = execute(store, "BEGIN IMMEDIATE", why);
    const bool begun = good;
    uint64_t cells = 0;
    const char *next = store->writing.data, *end = next + store->writing.size;
    while (good && next < end) {
        struct waiting head;
        memcpy(&head, next, sizeof head);
        next += sizeof head;
        const struct cell cell = { next,           next + head.address, next + head.address + head.status,
                                   head.address,   head.bytes,          store->spec.program,
                                   head.unfinished };
        next += head.address + head.status + head.bytes;
        good = sweep_store_take(store, &cell, false, why);
        cells += good && !head.unfinished;
    }
    good = good && execute(store, "COMMIT", why);
    if (good) {
        store->written += cells;
        store->writing.size = 0;
    } else if (begun) {
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    }
    return good;
}

bool sweep_store_flush(struct store *store, struct reason *why) {
    pthread_mutex_lock(&store->lock);
    pthread_mutex_lock(&store->queue_lock);
    bool good = true;
    if (store->writing.size == 0) {
        struct buffer empty = store->writing;
        store->writing = store->queue;
        store->queue = empty;
    } else { /* what could not be written the last time */
        sweep_append(&store->writing, store->queue.data, store->queue.size);
        good = !store->writing.failed || sweep_no_memory(why);
        store->queue.size = 0;
    }
    pthread_mutex_unlock(&store->queue_lock);
    if (good && store->writing.size) {
        good = (!store->damaged || mend(store, why)) && write_all(store, why);
        if (!good && store->damaged)
            good = mend(store, why) && write_all(store, why);
    }
    if (good && store->conflict.text[0]) {
        *why = store->conflict;
        good = false;
    }
    pthread_mutex_unlock(&store->lock);
    return good;
}

uint64_t sweep_store_written(struct store *store) {
    pthread_mutex_lock(&store->lock);
    const uint64_t written = store->written;
    pthread_mutex_unlock(&store->lock);
    return written;
}

uint64_t sweep_store_changed(const struct store *store) {
    return store->changed;
}

/* ---- reading -------------------------------------------------------------------------------------- */

bool sweep_store_hold(struct store *store, bool to_write, struct reason *why) {
    pthread_mutex_lock(&store->lock);
    store->to_write = to_write;
    if ((!store->damaged || mend(store, why)) && execute(store, to_write ? "BEGIN IMMEDIATE" : "BEGIN", why))
        return true;
    pthread_mutex_unlock(&store->lock);
    return false;
}

bool sweep_store_release(struct store *store, struct reason *why) {
    const bool good = !store->to_write || execute(store, "COMMIT", why);
    if (!good || !store->to_write)
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    pthread_mutex_unlock(&store->lock);
    return good;
}

static struct cell cell_at(const struct store *store, const struct buffer *address) {
    return (struct cell){ .address = address->data,
                          .address_size = address->size,
                          .program = store->spec.program };
}

bool sweep_store_has(struct store *store, const struct buffer *address) {
    const struct cell cell = cell_at(store, address);
    const enum statement which = store->spec.fresh || store->spec.timed ? TAKEN : HAS;
    const bool there = run(store, which, &cell) == SQLITE_ROW;
    sqlite3_reset(store->statements[which]);
    return there;
}

static bool get(struct store *store, enum statement which, const struct buffer *address, struct buffer *bytes,
                char status[STATUS_MAX]) {
    struct cell cell = cell_at(store, address);
    const bool there =
        run(store, which, &cell) == SQLITE_ROW && sweep_cell_read(&cell, store->statements[which], 0);
    if (there) {
        sweep_append(bytes, cell.bytes, cell.size);
        snprintf(status, STATUS_MAX, "%s", cell.status);
    }
    sqlite3_reset(store->statements[which]);
    return there && !bytes->failed;
}

bool sweep_store_get(struct store *store, const struct buffer *address, struct buffer *values,
                     char status[STATUS_MAX]) {
    return get(store, GET, address, values, status);
}

bool sweep_store_resume(struct store *store, const struct buffer *address, struct buffer *state) {
    struct reason ignored;
    char status[STATUS_MAX];
    if (store->spec.fresh || !sweep_store_hold(store, false, &ignored))
        return false;
    const bool there = store->unfinished && get(store, RESUME, address, state, status);
    sweep_store_release(store, &ignored);
    return there;
}
