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
#include "inside.h"

#include <stdio.h>
#include <string.h>

_Static_assert(__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__, "rows are kept as they lie in memory");

enum { QUEUE_MOST = 16 << 20 }; /* bytes */

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
        sweep_store_blame(store, why);
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
    if (cell->unfinished)
        return run(store, KEEP, cell, why) == SQLITE_DONE;
    const bool good = run(store, ADD, cell, why) == SQLITE_DONE &&
                      (sqlite3_changes(store->db) || settle(store, cell, why)) &&
                      run(store, FORGET, cell, why) == SQLITE_DONE;
    store->pending += good;
    return good;
}

/* ---- writing -------------------------------------------------------------------------------------- */

bool sweep_store_take(struct store *store, const struct cell *cell, struct reason *why) {
    for (int tries = 0; tries < 2; tries++) {
        if (store->damaged && !sweep_store_mend(store, why))
            return false;
        store->writing = store->writing || sweep_store_execute(store, "BEGIN IMMEDIATE", why);
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
    bool good = take_queue(store, why) && (!store->writing || sweep_store_execute(store, "COMMIT", why));
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
    bool good = (!store->damaged || sweep_store_mend(store, why)) && sweep_store_execute(store, "BEGIN", why);
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
    const bool there = get(store, RESUME, address, state, status);
    sweep_store_release(store);
    return there;
}
