/* From the store to text. A thread takes the next block of cells, turns it into text while others do the same
 * with theirs, and waits for its turn to write. */
#include "store.h"

#include <string.h>

enum { BLOCK_CELLS = 256, BLOCK_BYTES = 1 << 20 };

struct export {
    struct store *store;
    const struct grid *grid;
    struct draft *csv, *summary;
    struct summary *means;
    struct buffer means_text;
    unsigned char *there;
    pthread_mutex_t lock; /* what follows */
    pthread_cond_t moved;
    uint64_t next, taken, written; /* the next cell; blocks */
    uint64_t lacking, rows;
    bool failed;
    struct reason *why;
};

struct block {
    uint64_t first; /* of the shard's cells */
    size_t cells;
    struct buffer values, text, address;
    size_t sizes[BLOCK_CELLS]; /* bytes of `values` */
    char status[BLOCK_CELLS][STATUS_MAX];
};

/* Reads cells up to the size of a block, under the lock and in one short hold. */
static bool fetch(struct export *export, struct block *block, struct reason *why) {
    struct sweep_point point = { .grid = export->grid };
    if (sweep_interrupted())
        return sweep_refuse(why, "stopped");
    if (!sweep_store_hold(export->store, false, why))
        return false;
    block->first = export->next;
    block->cells = block->values.size = 0;
    while (block->cells < BLOCK_CELLS && block->values.size < BLOCK_BYTES &&
           export->next < export->grid->mine) {
        const size_t before = block->values.size;
        sweep_point_set(&point, sweep_grid_cell(export->grid, export->next));
        block->address.size = 0;
        sweep_address(&block->address, &point);
        if (!sweep_store_get(export->store, &block->address, &block->values, block->status[block->cells]) ||
            (block->values.size - before) % (export->grid->columns * sizeof(double))) {
            export->lacking++;
            export->there[export->next / 8] &= (unsigned char)~(1u << export->next % 8);
            block->values.size = before;
        }
        block->sizes[block->cells++] = block->values.size - before;
        export->next++;
    }
    if (block->values.failed || block->address.failed)
        sweep_no_memory(why);
    return sweep_store_release(export->store, why) && !block->values.failed && !block->address.failed;
}

static struct rows rows_of(const struct export *export, const struct block *block, size_t cell,
                           size_t offset) {
    const size_t columns = export->grid->columns;
    return (struct rows){ (const double *)(const void *)(block->values.data + offset),
                          block->sizes[cell] / (columns * sizeof(double)), columns, block->status[cell] };
}

static bool format(const struct export *export, struct block *block, struct reason *why) {
    struct sweep_point point = { .grid = export->grid };
    block->text.size = 0;
    if (!export->csv)
        return true;
    for (size_t i = 0, offset = 0; i < block->cells; offset += block->sizes[i++]) {
        const struct rows rows = rows_of(export, block, i, offset);
        sweep_point_set(&point, sweep_grid_cell(export->grid, block->first + i));
        sweep_csv_rows(&block->text, &point, &rows);
    }
    return !block->text.failed || sweep_no_memory(why);
}

/* Alone, and in order. */
static bool write_block(struct export *export, const struct block *block, struct reason *why) {
    struct sweep_point point = { .grid = export->grid };
    struct buffer *text = &export->means_text;
    for (size_t i = 0, offset = 0; i < block->cells; offset += block->sizes[i++]) {
        const struct rows rows = rows_of(export, block, i, offset);
        export->rows += rows.count;
        sweep_point_set(&point, sweep_grid_cell(export->grid, block->first + i));
        if (export->means && !sweep_summary_take(export->means, text, &point, &rows))
            return sweep_no_memory(why);
    }
    bool good = (!export->csv || sweep_draft_write(export->csv, block->text.data, block->text.size, why)) &&
                (!export->means || sweep_draft_write(export->summary, text->data, text->size, why));
    text->size = 0;
    return good;
}

/* Waits until all blocks before are written, and writes; what lacks a cell is worthless, and not written. */
static bool write_in_turn(struct export *export, const struct block *block, uint64_t turn,
                          struct reason *why) {
    pthread_mutex_lock(&export->lock);
    while (export->written < turn && !export->failed)
        pthread_cond_wait(&export->moved, &export->lock);
    bool wanted = !export->failed && !export->lacking;
    pthread_mutex_unlock(&export->lock);
    return !wanted || write_block(export, block, why);
}

static void *work(void *self) {
    struct export *export = self;
    struct block block = { .cells = 0 };
    struct reason why = { .failed = true };
    bool good = true;
    while (good) {
        pthread_mutex_lock(&export->lock);
        bool more = !export->failed && export->next < export->grid->mine;
        const uint64_t turn = export->taken++;
        good = !more || fetch(export, &block, &why);
        pthread_mutex_unlock(&export->lock);
        if (!more)
            break;
        good = good && format(export, &block, &why) && write_in_turn(export, &block, turn, &why);
        pthread_mutex_lock(&export->lock);
        if (!good && !export->failed)
            *export->why = why;
        export->failed = export->failed || !good;
        export->written++;
        pthread_cond_broadcast(&export->moved);
        pthread_mutex_unlock(&export->lock);
    }
    sweep_buffer_free(&block.values);
    sweep_buffer_free(&block.text);
    sweep_buffer_free(&block.address);
    return NULL;
}

static bool write_headers(struct export *export, struct reason *why) {
    struct buffer header = { .data = NULL };
    sweep_csv_header(&header, export->grid);
    bool good = (!header.failed || sweep_no_memory(why)) &&
                (!export->csv || sweep_draft_write(export->csv, header.data, header.size, why));
    sweep_buffer_free(&header);
    if (good && export->summary)
        export->means = sweep_summary_begin(&export->means_text, export->grid);
    return good && (!export->summary || export->means || sweep_no_memory(why));
}

static bool write_last_means(struct export *export, struct reason *why) {
    struct buffer *text = &export->means_text;
    return (sweep_summary_end(export->means, text) || sweep_no_memory(why)) &&
           sweep_draft_write(export->summary, text->data, text->size, why);
}

bool sweep_export(struct store *store, const struct grid *grid, unsigned jobs, struct draft *csv,
                  struct draft *summary, unsigned char *there, uint64_t *lacking, uint64_t *rows,
                  struct reason *why) {
    struct export export = {
        .store = store, .grid = grid, .csv = csv, .summary = summary, .there = there, .why = why
    };
    struct team team;
    bool good = write_headers(&export, why);
    if (good) {
        pthread_mutex_init(&export.lock, NULL);
        pthread_cond_init(&export.moved, NULL);
        sweep_team_start(&team, jobs - 1, work, &export);
        work(&export);
        sweep_team_join(&team);
        good = !export.failed && (!export.means || write_last_means(&export, why));
        pthread_cond_destroy(&export.moved);
        pthread_mutex_destroy(&export.lock);
    }
    sweep_summary_free(export.means);
    sweep_buffer_free(&export.means_text);
    *lacking = export.lacking;
    *rows = export.rows;
    return good;
}
