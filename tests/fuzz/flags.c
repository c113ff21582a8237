/* A command line: one argument a line. What is accepted makes a grid whose cells have addresses and rows. */
#include "command/command.h"
#include "fuzz.h"

#include <string.h>

static const struct sweep_axis axes[] = {
    { "activation", "tanh,relu" }, { "scale", "0.5,1" }, { "length", "10" },
    { "file", "memoria.txt" },     { "seed", "1:3" },    { 0 },
};
static const struct sweep_column columns[] = { { "lag", "a key", .key = true },
                                               { "value", "a value", 0 },
                                               { 0 } };

static bool valid(const struct sweep_point *point, char *reason, size_t size) {
    return sweep_text_valid(point, reason, size);
}

static double work(const struct sweep_point *point) {
    return (double)sweep_count(point, "length");
}

static const struct sweep_spec spec = {
    .name = "fuzzed", .axes = axes, .columns = columns, .valid = valid, .work = work
};

enum { ARGUMENTS_MOST = 100, CELLS_MOST = 50 };

/* Everything that is made of a cell before it runs, and of its rows. */
static void use(const struct grid *grid) {
    struct sweep_point point = { .grid = grid };
    struct buffer text = { .data = NULL };
    const double value[] = { 1, SWEEP_NONE };
    const struct rows rows = { value, 1, 2, "ok" };
    sweep_csv_header(&text, grid);
    struct summary *summary = sweep_summary_begin(&text, grid);
    MUST(summary);
    for (uint64_t i = 0; i < grid->mine && i < CELLS_MOST; i++) {
        const uint64_t cell = sweep_grid_cell(grid, i);
        MUST(cell < grid->cells);
        sweep_point_set(&point, cell);
        sweep_point_label(&text, &point);
        sweep_address(&text, &point);
        sweep_csv_rows(&text, &point, &rows);
        MUST(sweep_summary_take(summary, &text, &point, &rows));
    }
    MUST(sweep_summary_end(summary, &text) && !text.failed);
    sweep_summary_free(summary);
    sweep_buffer_free(&text);
}

static void run(int count, const char *const arguments[]) {
    struct options options;
    struct grid grid;
    struct reason why = { .text = "" };
    if (!sweep_options_parse(&options, &spec, count, arguments, &why)) {
        MUST(why.text[0]);
        return;
    }
    if (options.flag[FLAG_HELP] || options.flag[FLAG_VERSION])
        return;
    MUST(options.jobs >= 1 && options.jobs <= TEAM_MAX && options.shard < options.shards);
    bool good = sweep_grid_create(&grid, &spec, options.axis, &why);
    if (good) {
        sweep_grid_shard(&grid, options.shard, options.shards);
        good = sweep_grid_check(&grid, options.jobs, options.flag[FLAG_ARRAYS], (double)(grid.mine / 8 + 1),
                                &why);
    }
    MUST(good != (why.text[0] != '\0'));
    if (good)
        use(&grid);
    sweep_grid_free(&grid);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    const char *arguments[ARGUMENTS_MOST];
    int count = 0;
    char *text = malloc(size + 1), *rest = text;
    MUST(text);
    memcpy(text, data, size);
    text[size] = '\0';
    while (count < ARGUMENTS_MOST && rest)
        arguments[count++] = strsep(&rest, "\n");
    run(count, arguments);
    free(text);
    return 0;
}
