/* From the store to text and tables. A thread takes the next block of cells, turns it into text while others
 * do the same with theirs, and waits for its turn to write. */
#include "store.h"

#include <string.h>

enum { BLOCK_CELLS = 256, BLOCK_BYTES = 1 << 20 };

struct export {
    struct store *store;
    const struct grid *grid;
    const struct outlet *outlet;
    struct summary *means;
    struct buffer means_text;
    struct tally *tally;
    pthread_mutex_t lock; /* what follows */
    pthread_cond_t moved;
    uint64_t next, taken, written; /* the next cell; blocks */
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

/* The next cell of the block that is being read. */
static void fetch_cell(struct export *export, struct block *block, struct sweep_point *point) {
    const size_t before = block->values.size, row = export->grid->columns * sizeof(double);
    sweep_point_set(point, sweep_grid_cell(export->grid, export->next));
    block->address.size = 0;
    sweep_address(&block->address, point);
    if (!sweep_store_get(export->store, &block->address, &block->values, block->status[block->cells]) ||
        (block->values.size - before) % row) {
        export->tally->lacking++;
        export->tally->there[export->next / 8] &= (unsigned char)~(1u << export->next % 8);
        block->values.size = before;
    }
    block->sizes[block->cells++] = block->values.size - before;
    export->next++;
}

/* Reads up to the size of a block, under the lock and in one short hold. */
static bool fetch(struct export *export, struct block *block, struct reason *why) {
    struct sweep_point point = { .grid = export->grid };
    if (sweep_interrupted())
        return sweep_refuse(why, "stopped");
    if (!sweep_store_hold(export->store, why))
        return false;
    block->first = export->next;
    block->cells = block->values.size = 0;
    while (block->cells < BLOCK_CELLS && block->values.size < BLOCK_BYTES &&
           export->next < export->grid->mine)
        fetch_cell(export, block, &point);
    sweep_store_release(export->store);
    return (!block->values.failed && !block->address.failed) || sweep_no_memory(why);
}

/* Calls `use` with every cell of the block. */
static bool each(const struct export *export, const struct block *block, void *self,
                 bool (*use)(void *self, const struct sweep_point *point, const struct rows *rows)) {
    struct sweep_point point = { .grid = export->grid };
    const size_t columns = export->grid->columns;
    const char *values = block->values.size ? block->values.data : "";
    bool good = true;
    for (size_t i = 0; i < block->cells && good; values += block->sizes[i++]) {
        const struct rows rows = { (const double *)(const void *)values,
                                   block->sizes[i] / (columns * sizeof(double)), columns, block->status[i] };
        sweep_point_set(&point, sweep_grid_cell(export->grid, block->first + i));
        good = use(self, &point, &rows);
    }
    return good;
}

static bool format(void *text, const struct sweep_point *point, const struct rows *rows) {
    sweep_csv_rows(text, point, rows);
    return true;
}

static bool average(void *self, const struct sweep_point *point, const struct rows *rows) {
    struct export *export = self;
    return sweep_summary_take(export->means, &export->means_text, point, rows);
}

static bool write_means(struct export *export, struct reason *why) {
    struct buffer *text = &export->means_text;
    const bool good = sweep_draft_write(export->outlet->summary, text->data, text->size, why);
    text->size = 0;
    return good;
}

/* Alone, and in order. */
static bool write_block(struct export *export, const struct block *block, struct reason *why) {
    const struct outlet *outlet = export->outlet;
    export->tally->rows += block->values.size / (export->grid->columns * sizeof(double));
    if ((export->means && !each(export, block, export, average)) ||
        (outlet->take && !each(export, block, outlet->self, outlet->take)))
        return sweep_no_memory(why);
    return (!outlet->csv || sweep_draft_write(outlet->csv, block->text.data, block->text.size, why)) &&
           (!export->means || write_means(export, why));
}

/* Waits until all blocks before are written; what lacks a cell is worthless, and not written. */
static bool write_in_turn(struct export *export, const struct block *block, uint64_t turn,
                          struct reason *why) {
    pthread_mutex_lock(&export->lock);
    while (export->written < turn && !export->failed)
        pthread_cond_wait(&export->moved, &export->lock);
    const bool wanted = !export->failed && !export->tally->lacking;
    pthread_mutex_unlock(&export->lock);
    return !wanted || write_block(export, block, why);
}

static void *work(void *self) {
    struct export *export = self;
    struct block block = { .cells = 0 };
    struct reason why = { .failed = true };
    for (bool good = true; good;) {
        pthread_mutex_lock(&export->lock);
        const bool more = !export->failed && export->next < export->grid->mine;
        const uint64_t turn = export->taken++;
        good = more && fetch(export, &block, &why);
        pthread_mutex_unlock(&export->lock);
        if (!more)
            break;
        block.text.size = 0;
        if (good && export->outlet->csv)
            each(export, &block, &block.text, format);
        good = good && (!block.text.failed || sweep_no_memory(&why)) &&
               write_in_turn(export, &block, turn, &why);
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

static bool begin(struct export *export, struct reason *why) {
    struct buffer header = { .data = NULL };
    sweep_csv_header(&header, export->grid);
    if (export->outlet->summary)
        export->means = sweep_summary_begin(&export->means_text, export->grid);
    bool good = (!header.failed && (export->means || !export->outlet->summary)) || sweep_no_memory(why);
    good = good &&
           (!export->outlet->csv || sweep_draft_write(export->outlet->csv, header.data, header.size, why));
    sweep_buffer_free(&header);
    return good;
}

bool sweep_export(struct store *store, const struct grid *grid, unsigned jobs, const struct outlet *outlet,
                  struct tally *tally, struct reason *why) {
    struct export export = { .store = store, .grid = grid, .outlet = outlet, .tally = tally, .why = why };
    struct team team;
    tally->lacking = tally->rows = 0;
    pthread_mutex_init(&export.lock, NULL);
    pthread_cond_init(&export.moved, NULL);
    bool good = begin(&export, why);
    if (good) {
        sweep_team_start(&team, jobs - 1, work, &export);
        work(&export);
        sweep_team_join(&team);
        good = !export.failed;
    }
    if (good && export.means)
        good = (sweep_summary_end(export.means, &export.means_text) || sweep_no_memory(why)) &&
               write_means(&export, why);
    pthread_cond_destroy(&export.moved);
    pthread_mutex_destroy(&export.lock);
    sweep_summary_free(export.means);
    sweep_buffer_free(&export.means_text);
    return good;
}
