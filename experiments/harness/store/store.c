/* The store of an experiment: a SQLite file with a row a finished cell, and a row a cell that can go on.
 *
 * address   the canonical spelling of what the rows depend on, and the key: neighbouring cells lie side by
 *               side (a hash would scatter them)
 *     program   hash of the object code that computed it
 *     crc       of all the rest: SQLite does not notice a byte that changed
 *     status    "ok", "diverged at step 57"
 *     rows      doubles as they lie in memory; no number passes through SQL, which knows neither -0 nor nan
 *
 * Cells wait in a queue and are written a transaction at a time, so that workers do not wait for the disk and
 * programs take turns. A rollback journal, since shared memory does not work on network disks. */
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

#define ABOUT       "CREATE TABLE about(experiment TEXT)"
#define COLUMNS     "(address TEXT PRIMARY KEY, program INT, crc INT, status TEXT, rows BLOB) WITHOUT ROWID"
#define CELLS       "CREATE TABLE cells" COLUMNS
#define CHECKPOINTS "CREATE TABLE checkpoints" COLUMNS
enum { TABLES = 3 };
static const char schema[] = "PRAGMA application_id = %d; PRAGMA user_version = %d;" ABOUT
                             "; INSERT INTO about VALUES(%Q);" CELLS ";" CHECKPOINTS;
static const char identity[] = "SELECT application_id, user_version, (SELECT count(sql) FROM sqlite_schema), "
                               "(SELECT count(*) FROM sqlite_schema "
                               "WHERE sql IN ('" ABOUT "', '" CELLS "', '" CHECKPOINTS
                               "')) FROM pragma_application_id, pragma_user_version";
static const char leftovers[] = "DELETE FROM checkpoints WHERE address IN "
                                "(SELECT address FROM checkpoints JOIN cells USING (address, program))";

enum statement { HAS, GET, ADD, REPLACE, RESUME, KEEP, FORGET, STATEMENTS };
static const char *const sql[STATEMENTS] = {
    [HAS] = "SELECT 1 FROM cells WHERE address = ?1 AND program = ?2",
    [GET] = "SELECT crc, status, rows FROM cells WHERE address = ?1 AND program = ?2",
    [ADD] = "INSERT OR IGNORE INTO cells VALUES(?1, ?2, ?3, ?4, ?5)",
    [REPLACE] = "REPLACE INTO cells VALUES(?1, ?2, ?3, ?4, ?5)",
    [RESUME] = "SELECT crc, status, rows FROM checkpoints WHERE address = ?1 AND program = ?2",
    [KEEP] = "REPLACE INTO checkpoints VALUES(?1, ?2, ?3, ?4, ?5)",
    [FORGET] = "DELETE FROM checkpoints WHERE address = ?1",
};

struct store {
    struct store_spec spec;
    pthread_mutex_t lock; /* what follows */
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
    ino_t inode; /* of the file looked at */
    bool writing; /* there is a transaction to commit, of `pending` cells */
    uint64_t pending, written, changed;
    bool unfinished; /* there may be checkpoints */
    bool damaged;
    char damage[128]; /* what is wrong with the file */
    struct reason conflict; /* of a cell that should have been the same */
    struct patience patience;
    struct buffer taken; /* the queue that is being written */
    pthread_mutex_t queue_lock; /* what follows; taken after the other, if both are */
    struct buffer queue;
};

const char *sweep_store_name(const struct store *store) {
    return store->spec.path ? store->spec.path : "memory";
}

bool sweep_store_refuse(struct reason *why, sqlite3 *db, const char *path) {
    const int left = errno, code = db ? sqlite3_errcode(db) & 0xff : SQLITE_NOMEM;
    const int known = db ? sqlite3_system_errno(db) : 0;
    if (code == SQLITE_NOMEM)
        return sweep_no_memory(why);
    const bool outside = code == SQLITE_IOERR || code == SQLITE_CANTOPEN;
    const int error = outside ? (known ? known : left) : code == SQLITE_BUSY && left == ENOLCK ? left : 0;
    why->failed = true;
    return sweep_refuse(why, "%s: %s", path, error ? strerror(error) : sqlite3_errmsg(db));
}

/* Likewise, and whether the file itself is to blame. */
static bool refuse(struct store *store, struct reason *why) {
    const int code = sqlite3_errcode(store->db) & 0xff;
    sweep_store_refuse(why, store->db, sweep_store_name(store));
    if (code == SQLITE_CORRUPT || code == SQLITE_NOTADB ||
        (code == SQLITE_READONLY && access(store->spec.path, W_OK) == 0)) { /* it says so and is not */
        store->damaged = true;
        snprintf(store->damage, sizeof store->damage, "%s", sqlite3_errmsg(store->db));
    }
    return false;
}

static bool execute(struct store *store, const char *text, struct reason *why) {
    return sqlite3_exec(store->db, text, NULL, NULL, NULL) == SQLITE_OK || refuse(store, why);
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

/* ---- a cell --------------------------------------------------------------------------------------- */

static uint32_t crc_of(const struct cell *cell) {
    uint32_t crc = (uint32_t)(cell->program ^ cell->program >> 32); /* to begin with */
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

/* SQLITE_ROW (to be reset), SQLITE_DONE, or an error that `why` tells. */
static int run(struct store *store, enum statement which, const struct cell *cell, struct reason *why) {
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
        refuse(store, why);
    return code;
}

/* There is a cell at this address: the same one, an older one, or one that should be the same and is not.
 * That fails in the end, but takes no other cell with it. */
static bool settle(struct store *store, const struct cell *cell, struct reason *why) {
    struct cell there = *cell;
    const bool good =
        run(store, GET, cell, why) == SQLITE_ROW && sweep_cell_read(&there, store->statements[GET], 0);
    const bool same = good && there.size == cell->size && strcmp(there.status, cell->status) == 0 &&
                      (cell->size == 0 || memcmp(there.bytes, cell->bytes, cell->size) == 0);
    sqlite3_reset(store->statements[GET]);
    if (same)
        return true;
    if (!good || store->spec.timed || store->spec.fresh) {
        store->changed += good && !store->spec.timed;
        return run(store, REPLACE, cell, why) == SQLITE_DONE;
    }
    const int shown = cell->address_size < 400 ? (int)cell->address_size : 400;
    store->conflict.failed = true;
    sweep_refuse(&store->conflict, "%s: other rows of the same cell, by the same program, are there: %.*s",
                 sweep_store_name(store), shown, cell->address);
    return true;
}

static bool write_cell(struct store *store, const struct cell *cell, struct reason *why) {
    if (cell->unfinished) {
        store->unfinished = true;
        return run(store, KEEP, cell, why) == SQLITE_DONE;
    }
    bool good = run(store, ADD, cell, why) == SQLITE_DONE &&
                (sqlite3_changes(store->db) || settle(store, cell, why)) &&
                (!store->unfinished || run(store, FORGET, cell, why) == SQLITE_DONE);
    store->pending += good;
    return good;
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
        const int tables = sqlite3_column_int(answer, 2), ours = sqlite3_column_int(answer, 3);
        if (application == 0 && version == 0 && tables == 0)
            code = SQLITE_EMPTY;
        else if (application != APPLICATION || version != VERSION || tables != TABLES || ours != TABLES)
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
    bool good = text ? execute(store, text, why) : sweep_no_memory(why);
    sqlite3_free(text);
    return good;
}

/* A store that can be used, or `damaged`, or a failure. */
static bool open_tables(struct store *store, struct reason *why) {
    sqlite3_stmt *answer = NULL;
    if (!execute(store, "PRAGMA cache_size = -32768; BEGIN IMMEDIATE", why)) /* KiB */
        return false;
    const int kind = sweep_store_identify(store->db, store->spec.experiment);
    if (kind == SQLITE_NOTADB) {
        store->damaged = true;
        snprintf(store->damage, sizeof store->damage, sweep_tr("is not a store of %s of this version"),
                 store->spec.experiment);
        return sweep_refuse(why, "%s: %s", store->spec.path, store->damage);
    }
    if (kind == SQLITE_EMPTY ? !make_tables(store, why) : kind != SQLITE_OK && !refuse(store, why))
        return false;
    for (int i = 0; i < STATEMENTS; i++)
        if (sqlite3_prepare_v2(store->db, sql[i], -1, &store->statements[i], NULL) != SQLITE_OK)
            return refuse(store, why);
    bool good =
        execute(store, leftovers, why) && execute(store, "COMMIT", why) &&
        (ask(store->db, "SELECT count(*) FROM checkpoints", &answer) == SQLITE_OK || refuse(store, why));
    store->unfinished = good && sqlite3_column_int64(answer, 0) > 0;
    sqlite3_finalize(answer);
    return good;
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
    bool good = code == SQLITE_OK ? open_tables(store, why) : refuse(store, why);
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
        return errno == ENOENT || sweep_refuse(why, "%s: %s", path, strerror(errno));
    flock(fd, LOCK_EX);
    const bool still = fstat(fd, &mine) == 0 && stat(path, &there) == 0 && mine.st_ino == there.st_ino &&
                       mine.st_ino == store->inode;
    bool good = !still || rename(path, aside) == 0 || sweep_refuse(why, "%s: %s", path, strerror(errno));
    close(fd);
    return good;
}

/* A store that cannot be used is kept as PATH~, and what can be read of it taken into a new one. */
static bool mend(struct store *store, struct reason *why) {
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
        good = !store->writing || execute(store, "COMMIT", why);
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
    pthread_mutex_destroy(&store->lock);
    pthread_mutex_destroy(&store->queue_lock);
    sweep_buffer_free(&store->taken);
    sweep_buffer_free(&store->queue);
    free(store);
}

/* ---- writing -------------------------------------------------------------------------------------- */

bool sweep_store_take(struct store *store, const struct cell *cell, struct reason *why) {
    for (int tries = 0; tries < 2; tries++) {
        if (store->damaged && !mend(store, why))
            return false;
        store->writing = store->writing || execute(store, "BEGIN IMMEDIATE", why);
        if (store->writing && write_cell(store, cell, why))
            return true;
        if (!store->damaged)
            return false;
    }
    return false;
}

/* How a cell waits: this, then its three texts. */
struct waiting {
    size_t address, status, bytes;
    bool unfinished;
};

static bool enqueue(struct store *store, const struct buffer *address, const char *status, const void *bytes,
                    size_t size, bool unfinished, struct reason *why) {
    const struct waiting head = { address->size, strlen(status) + 1, size, unfinished };
    struct buffer *queue = &store->queue;
    pthread_mutex_lock(&store->queue_lock);
    const bool good = sweep_reserve(queue, sizeof head + head.address + head.status + head.bytes);
    if (good) {
        sweep_append(queue, (const char *)&head, sizeof head);
        sweep_append(queue, address->data, head.address);
        sweep_append(queue, status, head.status);
        sweep_append(queue, bytes, size);
    }
    queue->failed = false; /* this one is lost, not the others */
    const bool full = queue->size > QUEUE_MOST;
    pthread_mutex_unlock(&store->queue_lock);
    return good ? !full || sweep_store_flush(store, why) : sweep_no_memory(why);
}

bool sweep_store_put(struct store *store, const struct buffer *address, const struct rows *rows,
                     struct reason *why) {
    const size_t size = rows->count * rows->columns * sizeof *rows->values;
    return enqueue(store, address, rows->status, rows->values, size, false, why);
}

bool sweep_store_checkpoint(struct store *store, const struct buffer *address, const struct buffer *state,
                            struct reason *why) {
    return enqueue(store, address, "", state->data, state->size, true, why);
}

static bool take_queue(struct store *store, struct reason *why) {
    pthread_mutex_lock(&store->queue_lock);
    const struct buffer queue = store->queue;
    store->queue = store->taken;
    store->queue.size = 0;
    store->taken = queue;
    pthread_mutex_unlock(&store->queue_lock);
    bool good = true;
    for (size_t at = 0; good && at < queue.size;) {
        struct waiting head;
        memcpy(&head, queue.data + at, sizeof head);
        const char *next = queue.data + at + sizeof head;
        const char *status = next + head.address, *bytes = status + head.status;
        const struct cell cell = { next,           status,     bytes,
                                   head.address,   head.bytes, store->spec.program,
                                   head.unfinished };
        good = sweep_store_take(store, &cell, why);
        at += sizeof head + head.address + head.status + head.bytes;
    }
    return good;
}

bool sweep_store_flush(struct store *store, struct reason *why) {
    pthread_mutex_lock(&store->lock);
    bool good = take_queue(store, why) && (!store->writing || execute(store, "COMMIT", why));
    if (!good && store->db)
        sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    store->written += good ? store->pending : 0;
    store->pending = 0;
    store->writing = false;
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

bool sweep_store_hold(struct store *store, struct reason *why) {
    pthread_mutex_lock(&store->lock);
    bool good = (!store->damaged || mend(store, why)) && execute(store, "BEGIN", why);
    if (!good)
        pthread_mutex_unlock(&store->lock);
    return good;
}

void sweep_store_release(struct store *store) {
    sqlite3_exec(store->db, "ROLLBACK", NULL, NULL, NULL);
    pthread_mutex_unlock(&store->lock);
}

static struct cell cell_at(const struct store *store, const struct buffer *address) {
    return (struct cell){ .address = address->data,
                          .address_size = address->size,
                          .program = store->spec.program };
}

bool sweep_store_has(struct store *store, const struct buffer *address) {
    const struct cell cell = cell_at(store, address);
    struct reason ignored;
    const bool there = !store->spec.fresh && run(store, HAS, &cell, &ignored) == SQLITE_ROW;
    sqlite3_reset(store->statements[HAS]);
    return there;
}

static bool get(struct store *store, enum statement which, const struct buffer *address, struct buffer *bytes,
                char status[STATUS_MAX]) {
    struct cell cell = cell_at(store, address);
    struct reason ignored;
    const bool there = run(store, which, &cell, &ignored) == SQLITE_ROW &&
                       sweep_cell_read(&cell, store->statements[which], 0);
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
    if (store->spec.fresh || !sweep_store_hold(store, &ignored))
        return false;
    const bool there = store->unfinished && get(store, RESUME, address, state, status);
    sweep_store_release(store);
    return there;
}
