/* FILE.meta.json: which command, which program, which grid made the file beside it. The lines that tell a
 * grid apart are written by one function and looked for by another, for --resume. */
#include "store.h"
#include "version.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#if defined __clang__
#define COMPILER "clang " __clang_version__
#else
#define COMPILER "gcc " __VERSION__
#endif

/* The micro-architecture level of the x86-64 psABI, from the instruction sets that tell the levels apart. */
static const char *cpu_level(void) {
#if defined __x86_64__
    __builtin_cpu_init();
    bool v2 = __builtin_cpu_supports("sse4.2") && __builtin_cpu_supports("popcnt");
    bool v3 = v2 && __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") &&
              __builtin_cpu_supports("bmi2");
    bool v4 = v3 && __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512bw") &&
              __builtin_cpu_supports("avx512cd") && __builtin_cpu_supports("avx512dq") &&
              __builtin_cpu_supports("avx512vl");
    return v4 ? "x86-64-v4" : v3 ? "x86-64-v3" : v2 ? "x86-64-v2" : "x86-64";
#elif defined __aarch64__
    return "aarch64";
#else
    return "unknown";
#endif
}

/* A JSON string; a byte that is not UTF-8 becomes U+FFFD. */
static void print_string(struct buffer *out, const char *text) {
    size_t left = strlen(text);
    sweep_append(out, "\"", 1);
    while (left) {
        size_t length = sweep_utf8((const unsigned char *)text, left);
        if (length == 0)
            sweep_append(out, "\\ufffd", 6);
        else if (*text == '"' || *text == '\\')
            sweep_print(out, "\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            sweep_print(out, "\\u%04x", (unsigned)*text);
        else
            sweep_append(out, text, length);
        text += length ? length : 1;
        left -= length ? length : 1;
    }
    sweep_append(out, "\"", 1);
}

static void print_member(struct buffer *out, const char *name, const char *text) {
    sweep_print(out, "  \"%s\": ", name);
    print_string(out, text);
    sweep_append(out, ",\n", 2);
}

/* The values keep their spelling, so they are strings. */
static void print_axis(struct buffer *out, const struct axis *axis) {
    sweep_print(out, "    \"%s\": [", axis->word->name);
    for (size_t i = 0; i < axis->count; i++) {
        sweep_append(out, ", ", i ? 2 : 0);
        print_string(out, axis->values[i].text);
    }
    sweep_append(out, "]", 1);
}

static void print_texts(struct buffer *out, const struct axis *axis) {
    for (size_t i = 0; i < axis->count && axis->word->kind == KIND_FILE; i++) {
        sweep_append(out, "    ", 4);
        print_string(out, axis->values[i].text);
        sweep_print(out, ": \"%zu bytes, crc32 %08x\"", axis->values[i].file->size,
                    sweep_text_crc(axis->values[i].file));
        sweep_append(out, ",\n", i + 1 < axis->count ? 2 : 0);
    }
}

static void print_columns(struct buffer *out, const struct grid *grid) {
    sweep_print(out, "  \"columns\": [");
    for (size_t i = 0; i < grid->columns; i++)
        sweep_print(out, "%s\"%s\"", i ? ", " : "", grid->spec->columns[i].name);
    sweep_print(out, "],\n");
}

static void print_shard(struct buffer *out, const struct grid *grid) {
    sweep_print(out, "  \"shard\": \"%llu/%llu\",\n", (unsigned long long)grid->shard,
                (unsigned long long)grid->shards);
}

static void print_grid(struct buffer *out, const struct grid *grid) {
    print_shard(out, grid);
    print_columns(out, grid);
    sweep_print(out, "  \"axes\": {\n");
    for (size_t i = 0; i < grid->count; i++) {
        print_axis(out, &grid->axes[i]);
        sweep_append(out, ",\n", i + 1 < grid->count ? 2 : 0);
    }
    sweep_print(out, "\n  },\n  \"texts\": {\n");
    for (size_t i = 0; i < grid->count; i++)
        print_texts(out, &grid->axes[i]);
    sweep_print(out, "\n  },\n");
}

static void print_facts(struct buffer *out, const struct grid *grid, const struct facts *facts) {
    char started[32];
    time_t seconds = (time_t)facts->started;
    struct tm utc;
    strftime(started, sizeof started, "%Y-%m-%dT%H:%M:%SZ", gmtime_r(&seconds, &utc));
    print_member(out, "started", started);
    sweep_print(out, "  \"seconds\": %.3f,\n  \"jobs\": %u,\n", facts->seconds, facts->jobs);
    sweep_print(out, "  \"rows\": %llu,\n  \"cells\": %llu,\n  \"cells_resumed\": %llu,\n",
                (unsigned long long)facts->rows, (unsigned long long)grid->mine,
                (unsigned long long)facts->resumed);
}

bool sweep_meta(FILE *file, const struct grid *grid, const struct facts *facts) {
    struct buffer out = { .data = NULL };
    sweep_print(&out, "{\n");
    print_member(&out, "experiment", grid->spec->name);
    print_member(&out, "command", facts->command);
    print_member(&out, "version", EVANESCE_VERSION);
    print_member(&out, "revision", EVANESCE_REVISION);
    print_member(&out, "compiler", COMPILER);
    print_member(&out, "cpu", cpu_level());
    print_member(&out, "seed_rule",
                 "every random number is Philox4x64-10 of (seed, purpose, index, position); see rnn.h");
    print_facts(&out, grid, facts);
    print_grid(&out, grid);
    sweep_print(&out, "  \"complete\": true\n}\n");
    bool good = !out.failed && fwrite(out.data, 1, out.size, file) == out.size;
    int error = out.failed ? ENOMEM : errno;
    sweep_buffer_free(&out);
    errno = error;
    return good;
}

/* ---- for --resume --------------------------------------------------------------------------------- */

static bool read_file(struct buffer *text, const char *path) {
    FILE *file = fopen(path, "re");
    if (!file)
        return false;
    size_t got = 1;
    while (got && sweep_reserve(text, 1 << 16)) {
        got = fread(text->data + text->size, 1, 1 << 16, file);
        text->size += got;
    }
    sweep_append(text, "", 1);
    bool good = !ferror(file) && !text->failed;
    fclose(file);
    return good;
}

/* Whether the meta file holds what `wanted` holds; empties `wanted`. */
static bool holds(const struct buffer *text, struct buffer *wanted, const char *name,
                  struct reason *differs) {
    sweep_append(wanted, "", 1);
    bool found = !wanted->failed && strstr(text->data, wanted->data);
    wanted->size = 0;
    return found || sweep_refuse(differs, "%s", name);
}

static bool holds_grid(const struct buffer *text, const struct grid *grid, struct reason *differs) {
    struct buffer wanted = { .data = NULL };
    print_member(&wanted, "experiment", grid->spec->name);
    bool same = holds(text, &wanted, "the experiment", differs);
    print_member(&wanted, "version", EVANESCE_VERSION);
    same = same && holds(text, &wanted, "the version", differs);
    print_shard(&wanted, grid);
    same = same && holds(text, &wanted, "--shard", differs);
    for (size_t i = 0; i < grid->count && same; i++) {
        char name[48];
        snprintf(name, sizeof name, "--%s", grid->axes[i].word->name);
        wanted.size = 0;
        print_axis(&wanted, &grid->axes[i]);
        same = holds(text, &wanted, name, differs);
        if (grid->axes[i].word->kind == KIND_FILE) {
            print_texts(&wanted, &grid->axes[i]);
            same = same && holds(text, &wanted, name, differs);
        }
    }
    wanted.size = 0;
    print_columns(&wanted, grid);
    same = same && holds(text, &wanted, "the columns", differs);
    sweep_print(&wanted, "\"complete\": true");
    same = same && holds(text, &wanted, "\"complete\"", differs);
    sweep_buffer_free(&wanted);
    return same;
}

bool sweep_meta_matches(const char *path, const struct grid *grid, struct reason *differs) {
    struct buffer text = { .data = NULL };
    bool same = read_file(&text, path) ? holds_grid(&text, grid, differs)
                                       : sweep_refuse(differs, "%s, which cannot be read,", path);
    sweep_buffer_free(&text);
    return same;
}

/* ---- the command ---------------------------------------------------------------------------------- */

void sweep_command(struct buffer *buffer, int argc, char *const argv[]) {
    const char *plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-+=.,:/@%";
    for (int i = 0; i < argc; i++) {
        const char *text = argv[i];
        sweep_append(buffer, " ", i ? 1 : 0);
        if (*text && !text[strspn(text, plain)]) {
            sweep_append(buffer, text, strlen(text));
            continue;
        }
        sweep_append(buffer, "'", 1);
        for (; *text; text++)
            sweep_append(buffer, *text == '\'' ? "'\\''" : text, *text == '\'' ? 4 : 1);
        sweep_append(buffer, "'", 1);
    }
    sweep_append(buffer, "", 1);
}
