/* A run into a file: the journal is opened, the cells it lacks are run, the files are published. */
#include "command.h"

#include <errno.h>
#include <libgen.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

static int no_memory(const struct grid *grid) {
    sweep_say(grid->spec->name, "out of memory");
    return SWEEP_FAILED;
}

/* The file to write: as given, or results/NAME.csv; shards have names of their own, so that they never
 * overwrite each other. */
static char *output_path(struct arena *arena, const struct grid *grid, const struct options *options) {
    if (options->flag[FLAG_OUT])
        return sweep_keep_print(arena, "%s", options->flag[FLAG_OUT]);
    if (options->flag[FLAG_SHARD])
        return sweep_keep_print(arena, "results/%s-%llu-of-%llu.csv", grid->spec->name,
                                (unsigned long long)grid->shard, (unsigned long long)grid->shards);
    return sweep_keep_print(arena, "results/%s.csv", grid->spec->name);
}

static bool name_files(struct paths *paths, struct arena *arena, const struct grid *grid,
                       const struct options *options) {
    char *out = output_path(arena, grid, options);
    if (!out)
        return false;
    size_t size = strlen(out);
    int stem = (int)(size > 4 && strcmp(out + size - 4, ".csv") == 0 ? size - 4 : size);
    paths->out = out;
    paths->part = sweep_keep_print(arena, "%s.part", out);
    paths->stale = sweep_keep_print(arena, "%.*s.summary.csv", stem, out);
    paths->meta = sweep_keep_print(arena, "%.*s.meta.json", stem, out);
    bool seeds = grid->count && strcmp(grid->axes[grid->count - 1].word->name, "seed") == 0;
    paths->summary = seeds && !options->flag[FLAG_SHARD] ? paths->stale : NULL;
    return paths->part && paths->stale && paths->meta;
}

/* The folder of a file that was named must be there; `results` is made. */
static int check_folder(const struct grid *grid, const struct options *options, const struct paths *paths) {
    struct stat info;
    if (!options->flag[FLAG_OUT]) {
        if (mkdir("results", 0777) == 0 || errno == EEXIST)
            return SWEEP_DONE;
        sweep_say(grid->spec->name, "results: %s", strerror(errno));
        return SWEEP_FAILED;
    }
    char *copy = strdup(paths->out);
    if (!copy)
        return no_memory(grid);
    const char *folder = dirname(copy);
    int status = SWEEP_DONE;
    if (stat(paths->out, &info) == 0 && S_ISDIR(info.st_mode)) {
        sweep_say(grid->spec->name, "--out %s: is a folder; must be the name of a file", paths->out);
        status = SWEEP_REFUSED;
    } else if (stat(folder, &info) || !S_ISDIR(info.st_mode)) {
        sweep_say(grid->spec->name, "--out %s: must be in a folder that exists, but there is no folder %s",
                  paths->out, folder);
        status = SWEEP_REFUSED;
    }
    free(copy);
    return status;
}

/* -1: there is something to run; else the exit status. */
static int already_complete(const struct grid *grid, const struct paths *paths) {
    struct reason differs = { .failed = false };
    if (access(paths->part, F_OK) == 0 || access(paths->out, F_OK) != 0)
        return -1;
    if (sweep_meta_matches(paths->meta, grid, &differs)) {
        sweep_say(grid->spec->name, "%s is complete: nothing to resume", paths->out);
        return SWEEP_DONE;
    }
    sweep_say(grid->spec->name,
              "--resume: %s is complete but of another run: %s is not the same; without --resume it is "
              "replaced",
              paths->out, differs.text);
    return SWEEP_REFUSED;
}

static int stopped(const struct run *run, const struct journal *journal) {
    const struct grid *grid = run->grid;
    int number = run->failed ? 0 : sweep_interrupted();
    if (fsync(journal->fd))
        sweep_say(grid->spec->name, "%s: %s", journal->path, strerror(errno));
    sweep_say(grid->spec->name, "%s: %llu of %llu cells kept in %s; go on with --resume",
              number ? "interrupted" : "failed", (unsigned long long)journal->kept,
              (unsigned long long)grid->mine, journal->path);
    return number ? 128 + number : SWEEP_FAILED;
}

static int publish(struct run *run, const struct journal *journal, const struct paths *paths,
                   const struct facts *facts) {
    struct reason why = { .failed = false };
    if (!sweep_publish(paths, journal, facts, &why)) {
        sweep_progress_clear(&run->progress);
        sweep_say(run->grid->spec->name, "%s", why.text);
        run->failed = true;
        return stopped(run, journal);
    }
    sweep_progress_end(&run->progress, paths->out);
    if (run->arrays && !run->arrays_written && run->done > facts->resumed)
        sweep_say(run->grid->spec->name, "--arrays: %s is empty, as this experiment has no network", run->arrays);
    return SWEEP_DONE;
}

static int run_into(struct journal *journal, const struct paths *paths, const struct options *options,
                    const char *command) {
    const struct grid *grid = journal->grid;
    struct facts facts = { .command = command, .started = (double)time(NULL), .resumed = journal->kept };
    struct run run = { .grid = grid,
                       .jobs = options->jobs,
                       .arrays = options->flag[FLAG_ARRAYS],
                       .outlet = sweep_journal_outlet(journal),
                       .done = journal->kept };
    sweep_progress_start(&run.progress, grid->mine, journal->kept, options->flag[FLAG_QUIET]);
    double begun = sweep_clock();
    bool good = sweep_run(&run);
    sweep_progress_clear(&run.progress);
    if (!good || journal->kept < grid->mine)
        return stopped(&run, journal);
    facts.seconds = sweep_clock() - begun;
    facts.jobs = options->jobs;
    facts.rows = journal->rows;
    return publish(&run, journal, paths, &facts);
}

/* Opens the journal and runs what it lacks. One that was begun in vain is removed. */
static int run_journal(const struct paths *paths, const struct grid *grid, const struct options *options,
                       const char *command) {
    struct journal journal;
    const char *arrays = options->flag[FLAG_ARRAYS];
    int status = sweep_journal_open(&journal, grid, paths->part, options->flag[FLAG_RESUME]);
    if (status != SWEEP_DONE)
        return status;
    if (arrays)
        status = sweep_arrays_folder(grid->spec, arrays);
    if (status == SWEEP_DONE)
        status = run_into(&journal, paths, options, command);
    else if (journal.kept == 0)
        unlink(paths->part);
    sweep_journal_close(&journal);
    return status;
}

static int run_with(const struct paths *paths, const struct grid *grid, const struct options *options,
                    const char *command) {
    const bool resume = options->flag[FLAG_RESUME];
    int status = check_folder(grid, options, paths);
    if (status != SWEEP_DONE)
        return status;
    status = resume ? already_complete(grid, paths) : -1;
    if (status == -1) {
        if (resume && access(paths->part, F_OK) != 0)
            sweep_say(grid->spec->name, "--resume: there is no %s; all cells are run", paths->part);
        status = run_journal(paths, grid, options, command);
    }
    return status == SWEEP_DONE && options->flag[FLAG_PLOT] ? sweep_plot(grid, paths) : status;
}

int sweep_results(const struct grid *grid, const struct options *options, const char *command) {
    struct arena arena = { NULL };
    struct paths paths;
    int status = name_files(&paths, &arena, grid, options) ? run_with(&paths, grid, options, command)
                                                           : no_memory(grid);
    sweep_arena_free(&arena);
    return status;
}
