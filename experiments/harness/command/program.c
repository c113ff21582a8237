/* The whole program of an experiment, from its arguments to its exit status: what the store lacks is run,
 * then the rows are written from the store to where they are wanted. */
#include "command.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

/* One command. */
struct job {
    const struct sweep_spec *spec;
    const struct options *options;
    const char *command;
    struct grid grid;
    struct arena arena;
    const char *stream; /* a pipe, a device, "-" */
    const char *out, *summary, *meta; /* or files, or neither (--plot) */
    const char *picture; /* NULL: none */
    bool means; /* there is a summary */
    struct store_spec store;
    struct run run;
    struct tally tally;
    double started, begun;
};

/* A file that is opened never takes the place of a standard stream that was closed; a closed one stays
 * unwritable. */
static void occupy_standard_streams(void) {
    int fd;
    do
        fd = open("/dev/null", O_RDONLY);
    while (fd >= 0 && fd <= STDERR_FILENO);
    if (fd > STDERR_FILENO)
        close(fd);
}

/* ---- where things go ------------------------------------------------------------------------------ */

/* A pipe or a device is written as a stream: there is no name to take. */
static bool is_stream(const char *out) {
    struct stat info;
    return strcmp(out, "-") == 0 ||
           (stat(out, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode));
}

static bool ends_in(const char *text, const char *end) {
    const size_t size = strlen(text), of_end = strlen(end);
    return size > of_end && strcmp(text + size - of_end, end) == 0;
}

/* The summary and the rest take their names from the CSV's, so no other name may lead to them. */
static bool check_name(const char *out, struct reason *why) {
    struct stat info;
    if (stat(out, &info) == 0 && S_ISDIR(info.st_mode))
        return sweep_refuse(why, "--out %s: is a folder; must be the name of a file", out);
    if (!ends_in(out, ".csv") || ends_in(out, "/.csv"))
        return sweep_refuse(why, "--out %s: must be a name that ends in .csv", out);
    if (ends_in(out, ".summary.csv"))
        return sweep_refuse(why, "--out %s: must not end in .summary.csv, as summaries do", out);
    return true;
}

/* Files that begin with `stem`, and the store, which is the experiment's, whatever the CSV is called. Those
 * of a shard have names of their own. */
static bool name_beside(struct job *job, const char *stem, bool files, struct reason *why) {
    const char *slash = strrchr(stem, '/');
    const int folder = slash ? (int)(slash + 1 - stem) : 0;
    struct arena *arena = &job->arena;
    char shard[64] = "";
    if (job->options->flag[FLAG_SHARD])
        snprintf(shard, sizeof shard, "-%llu-of-%llu", (unsigned long long)job->grid.shard,
                 (unsigned long long)job->grid.shards);
    job->store.path = sweep_keep_print(arena, "%.*s%s%s.sqlite", folder, stem, job->spec->name, shard);
    if (files) {
        job->out = sweep_keep_print(arena, "%s%s.csv", stem, shard);
        job->summary = sweep_keep_print(arena, "%s%s.summary.csv", stem, shard);
        job->meta = sweep_keep_print(arena, "%s%s.meta.json", stem, shard);
    }
    return (job->store.path && (!files || (job->out && job->summary && job->meta))) || sweep_no_memory(why);
}

static bool draws(const struct job *job) {
    return job->options->flag[FLAG_PLOT] || job->options->flag[FLAG_PICTURE];
}

static bool name_picture(struct job *job, struct reason *why) {
    const char *wished = job->options->flag[FLAG_PICTURE];
    char *place = wished ? sweep_place(wished, why) : NULL;
    if (!place)
        return !wished;
    job->picture = sweep_keep_print(&job->arena, "%s", place);
    free(place);
    if (!job->picture)
        return sweep_no_memory(why);
    return ends_in(job->picture, ".svg") || ends_in(job->picture, ".png") ||
           sweep_refuse(why, "--picture %.120s: must be a name that ends in .svg or .png", job->picture);
}

static bool name_files(struct job *job, struct reason *why) {
    const char *wished = job->options->flag[FLAG_OUT];
    job->stream = wished && is_stream(wished) ? wished : NULL;
    if (!wished || job->stream) {
        const char *stem = sweep_keep_print(&job->arena, "results/%s", job->spec->name);
        return stem ? name_beside(job, stem, !wished && !draws(job), why) : sweep_no_memory(why);
    }
    char *place = sweep_place(wished, why);
    bool good = place && check_name(place, why);
    if (good) {
        place[strlen(place) - strlen(".csv")] = '\0';
        good = name_beside(job, place, true, why);
    }
    free(place);
    return good;
}

/* What is written, also on the way to a file, must not be what is read. */
static bool check_inputs(struct job *job, struct reason *why) {
    const char *const outputs[] = { job->picture, job->out,        job->summary,
                                    job->meta,    job->store.path, job->stream };
    static const char *const ends[] = { "", ".tmp", ".older", "~", "-journal" };
    enum { OUTPUTS = sizeof outputs / sizeof *outputs, ENDS = sizeof ends / sizeof *ends };
    for (size_t i = 0; i < OUTPUTS * ENDS; i++) {
        struct stat info;
        const char *output = outputs[i / ENDS];
        const bool standard = output && strcmp(output, "-") == 0;
        const char *path = output ? sweep_keep_print(&job->arena, "%s%s", output, ends[i % ENDS]) : "";
        if (!path)
            return sweep_no_memory(why);
        const bool there = (standard ? fstat(STDOUT_FILENO, &info) : stat(path, &info)) == 0;
        const char *read = there ? sweep_grid_reads(&job->grid, &info) : NULL;
        if (read)
            return sweep_refuse(why, "%s: %s would be written over the text %s that is read",
                                output == job->picture ? "--picture" : "--out",
                                standard ? sweep_tr("standard output") : path, read);
    }
    return sweep_arrays_spare(&job->run, why);
}

static bool try_picture(const struct job *job, struct reason *why) {
    return (!draws(job) || sweep_can_plot(job->spec, job->picture, why)) &&
           (!job->picture || sweep_draft_try("--picture", job->picture, why));
}

static bool make_arrays(struct job *job, struct reason *why) {
    const char *folder = job->run.arrays,
               *inside = folder ? sweep_keep_print(&job->arena, "%s/", folder) : "";
    if (!inside)
        return sweep_no_memory(why);
    if (!folder || (sweep_make_folder_of(inside, why) && access(folder, W_OK | X_OK) == 0))
        return true;
    why->failed = !sweep_wrong_name(errno);
    return sweep_refuse(why, "--arrays %s: %s", folder, strerror(errno));
}

/* Without a place for a store, a pipe and a plot make do with memory. */
static bool make_folders(struct job *job, struct reason *why) {
    struct reason ignored;
    if (job->out)
        return sweep_draft_try("--out", job->out, why) && sweep_draft_try("--out", job->summary, why) &&
               sweep_draft_try("--out", job->meta, why) && make_arrays(job, why);
    if (!make_arrays(job, why))
        return false;
    if (!sweep_make_folder_of(job->store.path, &ignored) || access("results", W_OK | X_OK) != 0)
        job->store.path = NULL;
    return true;
}

/* ---- what lacks ----------------------------------------------------------------------------------- */

enum { CELLS_A_READ = 4096 };

/* Finds the cells that are there, in short reads. */
static bool find(struct job *job, struct reason *why) {
    const struct grid *grid = &job->grid;
    struct run *run = &job->run;
    struct sweep_point point = { .grid = grid };
    struct buffer address = { .data = NULL };
    bool good = true;
    for (uint64_t i = 0, end = 0; i < grid->mine && good && !sweep_interrupted();) {
        good = sweep_store_hold(run->store, why);
        for (end += CELLS_A_READ; good && i < grid->mine && i < end; i++) {
            address.size = 0;
            sweep_point_set(&point, sweep_grid_cell(grid, i));
            sweep_address(&address, &point);
            bool there = sweep_store_has(run->store, &address) &&
                         (!run->arrays || sweep_arrays_there(run, point.cell, &address));
            run->there[i / 8] |= (unsigned char)(there << i % 8);
            run->done += there;
        }
        if (good)
            sweep_store_release(run->store);
    }
    good = good && (!address.failed || sweep_no_memory(why));
    sweep_buffer_free(&address);
    run->before = run->done;
    return good;
}

static bool merge(struct job *job, struct reason *why) {
    struct reason inner = { .failed = job->run.store != NULL };
    for (size_t i = 0; i < job->options->merges; i++)
        if (!sweep_merge(job->run.store, &job->store, job->options->merge[i], &inner)) {
            why->failed = inner.failed;
            return sweep_refuse(why, "--merge %s", inner.text);
        }
    return true;
}

/* ---- results -------------------------------------------------------------------------------------- */

static bool export(struct job *job, struct draft *csv, struct draft *summary, struct reason *why) {
    const struct outlet outlet = { .csv = csv, .summary = summary };
    return sweep_export(job->run.store, &job->grid, job->run.jobs, &outlet, &job->tally, why);
}

/* All that the run has come to, if it is whole. */
static bool write_meta(struct job *job, struct draft drafts[3], struct reason *why) {
    const struct facts facts = { .command = job->command,
                                 .program = job->store.program,
                                 .started = job->started,
                                 .seconds = sweep_clock() - job->begun,
                                 .jobs = job->run.jobs,
                                 .computed = job->run.computed,
                                 .tally = &job->tally,
                                 .csv = &drafts[0],
                                 .summary = job->means ? &drafts[1] : NULL };
    struct buffer meta = { .data = NULL };
    sweep_meta(&meta, &job->grid, &facts);
    bool good =
        (!meta.failed || sweep_no_memory(why)) && sweep_draft_write(&drafts[2], meta.data, meta.size, why);
    sweep_buffer_free(&meta);
    return good;
}

/* CSV, summary and meta, all of them or none; nothing if a cell lacks. */
static bool publish(struct job *job, struct reason *why) {
    struct draft drafts[3] = { { .fd = -1 }, { .fd = -1 }, { .fd = -1 } };
    bool good = sweep_draft_begin(&drafts[0], job->out, why) &&
                (job->means ? sweep_draft_begin : sweep_draft_absent)(&drafts[1], job->summary, why) &&
                sweep_draft_begin(&drafts[2], job->meta, why) &&
                export(job, &drafts[0], job->means ? &drafts[1] : NULL, why);
    if (good && !job->tally.lacking)
        good = sweep_draft_finish(&drafts[0], why) && sweep_draft_finish(&drafts[1], why) &&
               write_meta(job, drafts, why) && sweep_drafts_publish(drafts, 3, why);
    for (int i = 0; i < 3; i++)
        sweep_draft_free(&drafts[i]);
    return good;
}

/* A cell that was found to be damaged is run again, and the stream taken up where it stopped. */
static bool stream(struct job *job, struct draft *draft, struct reason *why) {
    if (draft->fd < 0 && !sweep_draft_stream(draft, job->stream, why))
        return false;
    draft->skip = draft->size;
    return export(job, draft, NULL, why) && (job->tally.lacking || sweep_draft_finish(draft, why));
}

static bool plot(struct job *job, struct reason *why) {
    struct draft draft = { .fd = -1 };
    bool good = export(job, job->means ? NULL : &draft, job->means ? &draft : NULL, why);
    if (good && !job->tally.lacking && job->options->flag[FLAG_PLOT])
        good = sweep_plot(&job->grid, &draft.bytes, job->means, NULL, why);
    if (good && !job->tally.lacking && job->picture)
        good = sweep_plot(&job->grid, &draft.bytes, job->means, job->picture, why);
    sweep_draft_free(&draft);
    return good;
}

/* Runs what lacks and shows the rows, until nothing was found to lack. Exit status. */
static int run_and_show(struct job *job) {
    struct draft draft = { .fd = -1 };
    struct reason why = { .failed = true };
    struct run *run = &job->run;
    bool good = true, shown = false;
    sweep_progress_start(&run->progress, job->grid.mine, run->before, job->options->flag[FLAG_QUIET]);
    for (int tries = 0; good && !shown; tries++) {
        good = run->done == job->grid.mine || (!sweep_interrupted() && sweep_run(run));
        if (!good || run->done < job->grid.mine)
            break;
        good = tries < 3 ||
               sweep_refuse(&why, "%s: what was written cannot be read", sweep_store_name(run->store));
        good = good && (!job->stream || stream(job, &draft, &why)) && (!job->out || publish(job, &why));
        if (good && !job->tally.lacking && draws(job))
            good = plot(job, &why);
        run->done -= job->tally.lacking;
        shown = good && !job->tally.lacking;
    }
    sweep_draft_free(&draft);
    if (!shown && !run->failed && !sweep_interrupted())
        sweep_say(job->spec->name, "%s", why.text);
    if (!shown)
        return sweep_run_stopped(run);
    sweep_progress_end(&run->progress, job->out ? job->out : sweep_store_name(run->store));
    return SWEEP_DONE;
}

static void tell(const struct job *job) {
    const struct run *run = &job->run;
    const unsigned long long changed = sweep_store_changed(run->store);
    if (changed)
        sweep_say(job->spec->name, "--fresh: %llu cells came out other than %s had them", changed,
                  job->store.path);
}

/* Whether all that was asked for is possible, as far as that is known while nothing is written. */
static bool check_job(struct job *job, struct reason *why) {
    const double index = (double)(job->grid.mine / 8 + 1);
    return name_picture(job, why) && name_files(job, why) && check_inputs(job, why) &&
           sweep_grid_check(&job->grid, job->run.jobs, job->run.arrays, index, why) && merge(job, why);
}

static int run_job(struct job *job) {
    struct reason why = { .failed = false };
    struct run *run = &job->run;
    int status = SWEEP_FAILED;
    bool good = check_job(job, &why);
    if (good && job->options->flag[FLAG_LIST])
        return sweep_list(&job->grid);
    good = good && try_picture(job, &why) && make_folders(job, &why);
    if (good) {
        sweep_signals();
        run->there = job->tally.there = calloc(job->grid.mine / 8 + 1, 1);
        good = run->there || sweep_no_memory(&why);
        run->store = good ? sweep_store_open(&job->store, &why) : NULL;
        good = run->store && merge(job, &why) && find(job, &why);
    }
    if (good)
        status = run_and_show(job);
    else
        sweep_say(job->spec->name, "%s", why.text);
    if (status == SWEEP_DONE)
        tell(job);
    if (run->store)
        sweep_store_close(run->store);
    free(run->there);
    return good || why.failed ? status : SWEEP_REFUSED;
}

static int run_options(const struct sweep_spec *spec, const struct options *options, uint64_t program,
                       const char *command) {
    const bool fresh = options->flag[FLAG_FRESH] || (spec->timed && !options->merges);
    struct reason why = { .failed = false };
    struct job job = { .spec = spec,
                       .options = options,
                       .command = command,
                       .store = { spec->name, NULL, program, fresh, spec->timed },
                       .run = { .grid = &job.grid,
                                .jobs = options->jobs,
                                .program = program,
                                .arrays = options->flag[FLAG_ARRAYS] },
                       .started = (double)time(NULL),
                       .begun = sweep_clock() };
    int status = SWEEP_REFUSED;
    if (!sweep_grid_create(&job.grid, spec, options->axis, &why)) {
        sweep_say(spec->name, "%s", why.text);
        status = why.failed ? SWEEP_FAILED : SWEEP_REFUSED;
    } else {
        sweep_grid_shard(&job.grid, options->shard, options->shards);
        job.means = sweep_grid_axis(&job.grid, "seed") && !options->flag[FLAG_SHARD];
        status = run_job(&job);
    }
    sweep_grid_free(&job.grid);
    sweep_arena_free(&job.arena);
    return status;
}

int sweep_main(const struct sweep_spec *spec, uint64_t program, int argc, char **argv) {
    struct options options;
    struct reason why = { .failed = false };
    struct buffer command = { .data = NULL };
    occupy_standard_streams();
    sweep_ignore_signals();
    sweep_language();
    if (!sweep_options_parse(&options, spec, argc - 1, (const char *const *)argv + 1, &why)) {
        sweep_say(spec->name, "%s", why.text);
        return why.failed ? SWEEP_FAILED : SWEEP_REFUSED;
    }
    if (options.flag[FLAG_HELP])
        return *options.flag[FLAG_HELP] ? sweep_help_data(spec) : sweep_help(spec);
    if (options.flag[FLAG_VERSION])
        return sweep_version(spec);
    sweep_command(&command, argc, argv);
    int status = SWEEP_FAILED;
    if (command.failed)
        sweep_say(spec->name, "out of memory");
    else
        status = run_options(spec, &options, program, command.data);
    sweep_buffer_free(&command);
    return status;
}
