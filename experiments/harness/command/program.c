/* The whole program of an experiment, from its arguments to its exit status. */
#include "command.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int refuse(const struct sweep_spec *spec, const struct reason *why) {
    sweep_say(spec->name, "%s", why->text);
    return why->failed ? SWEEP_FAILED : SWEEP_REFUSED;
}

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

/* A pipe or a device is written as a stream: there is no name to take and nothing to resume. */
static bool is_stream(const char *out) {
    struct stat info;
    return out && (strcmp(out, "-") == 0 ||
                   (stat(out, &info) == 0 && !S_ISREG(info.st_mode) && !S_ISDIR(info.st_mode)));
}

static int refuse_with_stream(const struct sweep_spec *spec, const struct options *options) {
    const enum flag others[] = { FLAG_RESUME, FLAG_PLOT };
    for (size_t i = 0; i < sizeof others / sizeof *others; i++)
        if (options->flag[others[i]]) {
            sweep_say(spec->name, "--%s: needs a file, and --out %s is none", sweep_flags[others[i]].name,
                      options->flag[FLAG_OUT]);
            return SWEEP_REFUSED;
        }
    return SWEEP_DONE;
}

static int run_grid(const struct grid *grid, const struct options *options, const char *command) {
    const char *out = options->flag[FLAG_OUT];
    bool streamed = is_stream(out);
    struct reason why = { .failed = false };
    if (streamed && refuse_with_stream(grid->spec, options) != SWEEP_DONE)
        return SWEEP_REFUSED;
    if (!sweep_grid_check(grid, options->jobs, options->flag[FLAG_ARRAYS],
                          streamed ? 0 : sizeof(struct entry), &why))
        return refuse(grid->spec, &why);
    const char *arrays = options->flag[FLAG_ARRAYS];
    if (arrays && sweep_arrays_check(grid->spec, arrays) != SWEEP_DONE)
        return SWEEP_REFUSED;
    sweep_signals();
    if (!streamed)
        return sweep_results(grid, options, command);
    const struct run wanted = { .grid = grid, .jobs = options->jobs, .arrays = arrays };
    return sweep_stream(&wanted, options->flag[FLAG_QUIET], out);
}

static int run_options(const struct sweep_spec *spec, const struct options *options, const char *command) {
    struct grid grid;
    struct reason why = { .failed = false };
    int status = SWEEP_DONE;
    if (!sweep_grid_create(&grid, spec, options->axis, &why)) {
        status = refuse(spec, &why);
    } else {
        sweep_grid_shard(&grid, options->shard, options->shards);
        status = options->flag[FLAG_LIST] ? sweep_list(&grid) : run_grid(&grid, options, command);
    }
    sweep_grid_free(&grid);
    return status;
}

int sweep_main(const struct sweep_spec *spec, int argc, char **argv) {
    struct options options;
    struct reason why = { .failed = false };
    struct buffer command = { .data = NULL };
    occupy_standard_streams();
    sweep_ignore_signals();
    if (!sweep_options_parse(&options, spec, argc - 1, (const char *const *)argv + 1, &why))
        return refuse(spec, &why);
    if (options.flag[FLAG_HELP])
        return sweep_help(spec);
    if (options.flag[FLAG_VERSION])
        return sweep_version(spec);
    sweep_command(&command, argc, argv);
    int status = SWEEP_FAILED;
    if (command.failed)
        sweep_say(spec->name, "out of memory");
    else
        status = run_options(spec, &options, command.data);
    sweep_buffer_free(&command);
    return status;
}
