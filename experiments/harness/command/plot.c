/* --plot: the result in the terminal, by gnuplot's `dumb` terminal; a curve for each value of the spec's
 * `by`. */
#include "command.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

static void print_terminal(struct buffer *script) {
    struct winsize size;
    bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col >= 40 && size.ws_row >= 12;
    sweep_print(script, "set terminal dumb size %d,%d\n", known ? size.ws_col : 80,
                known ? size.ws_row - 2 : 24);
}

/* A string as gnuplot reads it between single quotes. */
static void print_quoted(struct buffer *script, const char *text) {
    sweep_append(script, "'", 1);
    for (; *text; text++)
        sweep_append(script, *text == '\'' ? "''" : text, *text == '\'' ? 2 : 1);
    sweep_append(script, "'", 1);
}

static bool plotted(const struct sweep_spec *spec, const char *axis) {
    return strcmp(axis, spec->plot.x) == 0 || (spec->plot.by && strcmp(axis, spec->plot.by) == 0);
}

/* A curve needs one value on every axis that is neither x nor `by`: the first. */
static void print_held(struct buffer *script, const struct grid *grid, bool summary) {
    for (size_t i = 0; i < grid->count - summary; i++) {
        const struct axis *axis = &grid->axes[i];
        if (axis->count == 1 || plotted(grid->spec, axis->word->name))
            continue;
        sweep_print(script, " && strcol('%s') eq ", axis->word->name);
        print_quoted(script, axis->values[0].text);
    }
}

static void print_title(struct buffer *script, const struct grid *grid, bool summary) {
    struct buffer title = { .data = NULL };
    sweep_print(&title, "%s%s", grid->spec->plot.y, summary ? ", mean over seeds" : "");
    for (size_t i = 0; i < grid->count - summary; i++)
        if (grid->axes[i].count > 1 && !plotted(grid->spec, grid->axes[i].word->name))
            sweep_print(&title, ", %s %s", grid->axes[i].word->name, grid->axes[i].values[0].text);
    sweep_append(&title, "", 1);
    sweep_print(script, "set title ");
    print_quoted(script, title.failed ? "" : title.data);
    sweep_print(script, " noenhanced\n");
    sweep_buffer_free(&title);
}

static void print_curve(struct buffer *script, const struct grid *grid, const struct value *value,
                        bool summary) {
    const struct sweep_spec *spec = grid->spec;
    sweep_print(script, "%s $data using (column('%s')):((1", value ? "" : "plot", spec->plot.x);
    if (value) {
        sweep_print(script, " && strcol('%s') eq ", spec->plot.by);
        print_quoted(script, value->text);
    }
    print_held(script, grid, summary);
    sweep_print(script, ") ? column('%s') : NaN) with linespoints title ", spec->plot.y);
    print_quoted(script, value ? value->text : spec->plot.y);
    sweep_print(script, " noenhanced");
}

/* The data stands in the script, so that no file and no name is in between. */
static void print_script(struct buffer *script, const struct grid *grid, const struct buffer *csv,
                         bool means) {
    const struct sweep_spec *spec = grid->spec;
    const struct axis *by = spec->plot.by ? sweep_grid_axis(grid, spec->plot.by) : NULL;
    print_terminal(script);
    sweep_print(script, "set encoding utf8\nset decimalsign '.'\nset key below\n");
    sweep_print(script, "set datafile separator ','\nset datafile columnheaders\nset datafile missing NaN\n");
    sweep_print(script, "$data << END_OF_DATA\n");
    sweep_append(script, csv->data, csv->size);
    sweep_print(script, "END_OF_DATA\nset xlabel '%s' noenhanced\n", spec->plot.x);
    print_title(script, grid, means);
    for (size_t i = 0; by && i < by->count; i++) {
        sweep_print(script, "%s", i ? ", " : "plot ");
        print_curve(script, grid, &by->values[i], means);
    }
    if (!by)
        print_curve(script, grid, NULL, means);
    sweep_append(script, "\n", 1);
}

/* Told everything, and nothing of the user's set-up: neither ~/.gnuplot (-d) nor the environment. */
static const char gnuplot[] = "exec env -i PATH=\"$PATH\" LC_ALL=C.UTF-8 gnuplot -d";

static bool draw(const struct buffer *script, struct reason *why) {
    FILE *pipe = popen(gnuplot, "we");
    if (!pipe)
        return sweep_refuse(why, "--plot: %s", strerror(errno));
    bool good = fwrite(script->data, 1, script->size, pipe) == script->size;
    const int result = pclose(pipe);
    if (WIFEXITED(result) && WEXITSTATUS(result) == 127)
        return sweep_refuse(why, "--plot: gnuplot cannot be started: is it installed?");
    return (good && result == 0) || sweep_refuse(why, "--plot: gnuplot failed");
}

bool sweep_plot(const struct grid *grid, const struct buffer *csv, bool means, struct reason *why) {
    struct buffer script = { .data = NULL };
    if (!grid->spec->plot.x || !grid->spec->plot.y)
        return sweep_refuse(why, "--plot: this experiment has no plot");
    print_script(&script, grid, csv, means);
    bool good = (!script.failed || sweep_no_memory(why)) && draw(&script, why);
    sweep_buffer_free(&script);
    return good;
}
