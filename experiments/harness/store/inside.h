/* What only the files of this room know of a store. */
#ifndef INSIDE_H
#define INSIDE_H

#include "store.h"

#include <sqlite3.h>

/* A row of a table. */
struct cell {
    const char *address, *status;
    const void *bytes;
    size_t address_size, size;
    uint64_t program;
    bool unfinished; /* a checkpoint */
};
/* Waits for another program that holds the file `path`: without end, but for who asked twice to stop, and where no
 * file can be locked. */
struct patience {
    const char *name, *path;
    double seconds;
};
/* In database.c, each in SQL. */
enum statement { HAS, GET, ADD, REPLACE, RESUME, KEEP, FORGET, STATEMENTS };
struct store {
    struct store_spec spec;
    pthread_mutex_t lock; /* what follows */
    sqlite3 *db;
    sqlite3_stmt *statements[STATEMENTS];
    ino_t inode; /* of the file looked at */
    bool writing; /* there is a transaction to commit, of `pending` cells */
    uint64_t pending, written, changed;
    bool damaged;
    char damage[128]; /* what is wrong with the file */
    struct reason conflict; /* of a cell that should have been the same */
    struct patience patience;
    struct buffer taken; /* the queue that is being written */
    pthread_mutex_t queue_lock; /* what follows; taken after the other, if both are */
    struct buffer queue;
};

/* ---- database.c ----------------------------------------------------------------------------------- */

/* For sqlite3_busy_handler. */
int sweep_store_wait(void *patience, int times);
/* Whether a database is a store of this experiment: SQLITE_OK, SQLITE_EMPTY for one with nothing in it,
 * SQLITE_NOTADB for anything else, or an error. */
int sweep_store_identify(sqlite3 *db, const char *name);
/* What went wrong with the call before; always false. */
bool sweep_store_refuse(struct reason *why, sqlite3 *db, const char *path);
/* Likewise of the store's own database, and notes whether the file itself is to blame. */
bool sweep_store_blame(struct store *store, struct reason *why);
bool sweep_store_execute(struct store *store, const char *text, struct reason *why);
/* A store that cannot be used is kept as PATH~, and what can be read of it taken into a new one. */
bool sweep_store_mend(struct store *store, struct reason *why);

/* ---- cells.c -------------------------------------------------------------------------------------- */

/* The columns crc, status and rows from `first` on; false if the checksum differs. The cell knows its address
 * and program; the rest is valid until the row is left. */
bool sweep_cell_read(struct cell *cell, sqlite3_stmt *row, int first);
/* Writes a cell; for one thread alone. */
bool sweep_store_take(struct store *store, const struct cell *cell, struct reason *why);

/* ---- merge.c -------------------------------------------------------------------------------------- */

/* Every cell of this program that can be read from the file `path`. */
bool sweep_store_take_all(struct store *store, const struct store_spec *spec, const char *path,
                          struct reason *why);

#endif
