/* FILE.meta.json: what the file beside it holds, the same for every run of the grid, and how this run made
 * it. */
#include "store.h"
#include "version.h"

#include <string.h>
#include <time.h>

#if defined __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* The last of the instruction sets that the library has kernels for and this processor runs. */
static const char *cpu_level(void) {
    int last = 0;
    while (rnn_level(last + 1))
        last++;
    return rnn_level(last);
}

static void print_member(struct buffer *out, const char *name, const char *text) {
    sweep_print(out, "    \"%s\": ", name);
    sweep_quote(out, text);
    sweep_append(out, ",\n", 2);
}

/* The values keep their spelling, so they are strings. */
static void print_axis(struct buffer *out, const struct axis *axis) {
    sweep_print(out, "      \"%s\": [", axis->word->name);
    for (size_t i = 0; i < axis->count; i++) {
        sweep_append(out, ", ", i ? 2 : 0);
        sweep_quote(out, axis->values[i].text);
    }
    sweep_append(out, "]", 1);
}

static void print_texts(struct buffer *out, const struct axis *axis) {
    for (size_t i = 0; i < axis->count && axis->word->kind == KIND_FILE; i++) {
        sweep_append(out, "      ", 6);
        sweep_quote(out, axis->values[i].text);
        sweep_append(out, ": ", 2);
        sweep_quote(out, axis->values[i].content);
        sweep_append(out, ",\n", i + 1 < axis->count ? 2 : 0);
    }
}

static void print_columns(struct buffer *out, const struct grid *grid) {
    sweep_print(out, "    \"columns\": [");
    for (size_t i = 0; i < grid->columns; i++)
        sweep_print(out, "%s\"%s\"", i ? ", " : "", grid->spec->columns[i].name);
    sweep_print(out, "],\n");
}

static void print_file(struct buffer *out, const char *name, const struct draft *file) {
    sweep_print(out, ",\n    \"%s\": \"%llu bytes, crc32 %08x\"", name, (unsigned long long)file->size,
                file->crc);
}

static void print_grid(struct buffer *out, const struct grid *grid, const struct facts *facts) {
    print_member(out, "experiment", grid->spec->name);
    print_member(out, "version", EVANESCE_VERSION);
    sweep_print(out, "    \"program\": \"%016llx\",\n", (unsigned long long)facts->program);
    print_member(out, "arithmetic", rnn_fused() ? "fused" : "plain");
    print_member(out, "seed_rule",
                 "every random number is Philox4x64-10 of (seed, purpose, index, position); see rnn.h");
    print_columns(out, grid);
    sweep_print(out, "    \"axes\": {\n");
    for (size_t i = 0; i < grid->count; i++) {
        print_axis(out, &grid->axes[i]);
        sweep_append(out, ",\n", i + 1 < grid->count ? 2 : 0);
    }
    sweep_print(out, "\n    },\n    \"texts\": {\n");
    for (size_t i = 0; i < grid->count; i++)
        print_texts(out, &grid->axes[i]);
    sweep_print(out, "\n    },\n    \"shard\": \"%llu/%llu\",\n    \"cells\": %llu,\n    \"rows\": %llu",
                (unsigned long long)grid->shard, (unsigned long long)grid->shards,
                (unsigned long long)grid->mine, (unsigned long long)facts->tally->rows);
    print_file(out, "csv", facts->csv);
    if (facts->summary)
        print_file(out, "summary", facts->summary);
}

static void print_run(struct buffer *out, const struct facts *facts) {
    char started[32];
    time_t seconds = (time_t)facts->started;
    struct tm utc;
    strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &utc));
    print_member(out, "command", facts->command);
    print_member(out, "revision", EVANESCE_REVISION);
    print_member(out, "compiler", COMPILER);
    print_member(out, "cpu", cpu_level());
    print_member(out, "started", started);
    sweep_print(out, "    \"seconds\": %.3f,\n    \"jobs\": %u,\n    \"cells_computed\": %llu",
                facts->seconds, facts->jobs, (unsigned long long)facts->computed);
}

void sweep_meta(struct buffer *out, const struct grid *grid, const struct facts *facts) {
    sweep_print(out, "{\n  \"grid\": {\n");
    print_grid(out, grid, facts);
    sweep_print(out, "\n  },\n  \"run\": {\n");
    print_run(out, facts);
    sweep_print(out, "\n  }\n}\n");
}

void sweep_command(struct buffer *buffer, int argc, char *const argv[]) {
    const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%";
    for (int i = 0; i < argc; i++) {
        const char *text = argv[i];
        sweep_append(buffer, " ", i ? 1 : 0);
        if (*text && !text[strspn(text, plain)]) {
            sweep_append_text(buffer, text);
            continue;
        }
        sweep_append(buffer, "'", 1);
        for (; *text; text++)
            sweep_append(buffer, *text == '\'' ? "'\\''" : text, *text == '\'' ? 4 : 1);
        sweep_append(buffer, "'", 1);
    }
    sweep_append(buffer, "", 1);
}
