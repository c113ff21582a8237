/* --plot: the result in the terminal, by gnuplot's `dumb` terminal. A picture under a line that says what it
 * is, above lines that say what its marks mean and what is not in it. */
#include "command.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* ---- what the marks are --------------------------------------------------------------------------- */

struct style {
    const char *marks[MARKS]; /* of the curves */
    const char *shades[SHADES]; /* of a map, from low to high */
    const char *guide;
};
static const struct style unicode = { { "●", "○", "■", "□", "▲", "△", "◆", "◇", "★" },
                                      { "·", "░", "▒", "▓", "█" },
                                      "─" };
static const struct style ascii = { { "o", "x", "*", "+", "#", "@", "%", "&", "=" },
                                    { ".", ":", "o", "%", "#" },
                                    "-" };
/* In a file the marks are gnuplot's numbers of points, and the colours of Okabe and Ito (2008), which the colour-blind
 * tell apart. */
static const struct style shapes = { { "7", "5", "9", "13", "6", "4", "8", "12", "11" },
                                     { "5", "5", "5", "5", "5" },
                                     NULL };
static const struct style colours = { { "#0072B2", "#D55E00", "#009E73", "#CC79A7", "#E69F00", "#56B4E9",
                                        "#222222", "#8B5A00", "#999999" },
                                      { "#eaf2f9", "#9ecae1", "#4292c6", "#fdae6b", "#d94801" },
                                      "#222222" };

/* A string as gnuplot reads it between single quotes, which do not reach over the end of a line. */
static void print_quoted(struct buffer *script, const char *text) {
    sweep_append(script, "'", 1);
    for (; *text; text++)
        if (*text == '\'' || *text == '\n')
            sweep_append_text(script, *text == '\n' ? "'.\"\\n\".'" : "''");
        else
            sweep_append(script, text, 1);
    sweep_append(script, "'", 1);
}

struct picture {
    const struct slice *slice;
    const struct style *style;
    int columns, rows; /* of the terminal; of what is left for gnuplot */
    const char *file; /* or a picture in a file; NULL: in the terminal */
};

static const char *meaning_of(const struct sweep_spec *spec, const char *name) {
    for (size_t i = 0; spec->columns[i].name; i++)
        if (strcmp(spec->columns[i].name, name) == 0)
            return sweep_tr(spec->columns[i].meaning);
    const struct word *word = sweep_word(name);
    return word ? sweep_tr(word->meaning) : "";
}

/* The mark of a curve, or shade. */
static const char *mark_of(const struct style *style, const struct slice *slice, int curve) {
    return slice->map ? style->shades[curve] : style->marks[curve];
}

/* What a curve is of, or in the room of a text the levels of a shade. */
static const char *name_of(char text[64], const struct slice *slice, int curve) {
    const double low = slice->level.low, step = (slice->level.high - low) / SHADES;
    if (!slice->map)
        return slice->by ? slice->by->values[curve].text : "";
    snprintf(text, 64, "%.3g..%.3g", low + curve * step, low + (curve + 1) * step);
    return text;
}

/* ---- the words around it -------------------------------------------------------------------------- */

static void fold_buffer(struct buffer *out, struct buffer *line, int columns) {
    sweep_append(line, "", 1);
    if (!line->failed)
        sweep_fold(out, line->data, 0, 0, columns);
    sweep_buffer_free(line);
}

static void print_heading(struct buffer *out, const struct picture *picture) {
    const struct slice *slice = picture->slice;
    const struct sweep_spec *spec = slice->grid->spec;
    struct buffer line = { .data = NULL };
    sweep_print(&line, "%s: %s%s", spec->plot.y, meaning_of(spec, spec->plot.y),
                slice->means ? sweep_tr("; mean over seeds") : "");
    if (slice->column[1])
        sweep_print(&line, sweep_tr("; beside it %s: %s"), slice->column[1],
                    meaning_of(spec, slice->column[1]));
    sweep_print(&line, sweep_tr("; against %s: %s"), spec->plot.x, meaning_of(spec, spec->plot.x));
    fold_buffer(out, &line, picture->columns);
}

/* "activation: o sigmoid  x tanh   . log10_theory   - r = 1", or what the shades mean */
static void print_key(struct buffer *out, const struct picture *picture) {
    const struct slice *slice = picture->slice;
    const struct sweep_spec *spec = slice->grid->spec;
    const int curves = slice->map ? SHADES : slice->by ? (int)slice->by->count : 0;
    struct buffer line = { .data = NULL };
    char text[64];
    if (curves)
        sweep_print(&line, "%s:", slice->map ? spec->plot.y : slice->by->word->name);
    for (int i = 0; i < curves && i < MARKS; i++)
        sweep_print(&line, "%s %s\t%s", i && slice->map ? "," : "", mark_of(picture->style, slice, i),
                    name_of(text, slice, i));
    if (slice->column[2])
        sweep_print(&line, "%s.\t%s", line.size ? "; " : "", slice->column[2]);
    if (!slice->map && spec->plot.guide.meaning)
        sweep_print(&line, "%s%s\t%s", line.size ? "; " : "", picture->style->guide,
                    sweep_tr(spec->plot.guide.meaning));
    if (line.size)
        fold_buffer(out, &line, picture->columns);
}

enum { NAMED = 6 };

/* What of an axis with several values is not in the picture. */
static void print_left_out(struct buffer *out, const struct picture *picture, size_t place) {
    const struct slice *slice = picture->slice;
    const struct axis *axis = &slice->grid->axes[place];
    const struct value *held = slice->held[place];
    const char *name = axis->word->name;
    struct buffer line = { .data = NULL }, others = { .data = NULL };
    size_t named = 0;
    for (size_t i = 0; held && i < axis->count && named < NAMED; i++)
        if (&axis->values[i] != held)
            sweep_print(&others, "%s%s", named++ ? ", " : "", axis->values[i].text);
    sweep_append(&others, "", 1);
    if (axis == slice->by && !slice->map && axis->count > MARKS)
        sweep_print(&line, sweep_tr("Of --%s the first %d of %zu values are drawn."), name, MARKS,
                    axis->count);
    else if (held && axis->count > named + 1 && !others.failed)
        sweep_print(&line, sweep_tr("Of --%s only %s is drawn; left out: %s and %zu more."), name, held->text,
                    others.data, axis->count - 1 - named);
    else if (held && axis->count > 1 && !others.failed)
        sweep_print(&line, sweep_tr("Of --%s only %s is drawn; left out: %s."), name, held->text,
                    others.data);
    if (line.size)
        fold_buffer(out, &line, picture->columns);
    sweep_buffer_free(&others);
}

/* "Of rows that differ only in update the first is drawn.", or the last. */
static void print_folded(struct buffer *out, const struct picture *picture) {
    const struct sweep_spec *spec = picture->slice->grid->spec;
    const bool last = spec->plot.held[1] && strcmp(spec->plot.held[1], "last") == 0;
    struct buffer keys = { .data = NULL }, line = { .data = NULL };
    for (size_t i = 0; spec->columns[i].name && !last; i++)
        if (spec->columns[i].key && strcmp(spec->columns[i].name, spec->plot.x) != 0)
            sweep_print(&keys, "%s%s", keys.size ? ", " : "", spec->columns[i].name);
    sweep_append(&keys, "", 1);
    if (last)
        sweep_print(&line, sweep_tr("Of rows that differ only in %s the last is drawn."), spec->plot.held[0]);
    else if (!keys.failed)
        sweep_print(&line, sweep_tr("Of rows that differ only in %s the first is drawn."), keys.data);
    fold_buffer(out, &line, picture->columns);
    sweep_buffer_free(&keys);
}

/* Seeds that a mean is not over. */
static void print_lacking(struct buffer *out, const struct picture *picture) {
    const struct slice *slice = picture->slice;
    const struct axis *seed = sweep_grid_axis(slice->grid, "seed");
    struct buffer line = { .data = NULL };
    if (!slice->means || slice->fewest >= (double)seed->count)
        return;
    sweep_print(&line,
                sweep_tr("Some means are over as few as %.0f of %zu seeds: the others did not end ok."),
                slice->fewest, seed->count);
    fold_buffer(out, &line, picture->columns);
}

static void print_below(struct buffer *out, const struct picture *picture) {
    print_key(out, picture);
    for (size_t i = 0; i < picture->slice->grid->count; i++)
        print_left_out(out, picture, i);
    if (picture->slice->folded)
        print_folded(out, picture);
    print_lacking(out, picture);
}

/* ---- what gnuplot is told ------------------------------------------------------------------------- */

/* Room of one of `cells` on both sides, so that no mark lies under the frame. */
static void print_range(struct buffer *script, const char *axis, const struct range *range, int cells) {
    double low = range->low, high = range->high;
    if (low == high) {
        low -= range->log ? low / 2 : fmax(1, fabs(low) / 2);
        high += fmax(1, fabs(high) / 2);
    }
    sweep_print(script, "%s logscale %s\nlow = %.9g\nhigh = %.9g\n", range->log ? "set" : "unset", axis, low,
                high);
    sweep_print(script,
                range->log ? "room = (high / low)**%.9g\nset %srange [low / room:high * room]\n"
                           : "room = (high - low) * %.9g\nset %srange [low - room:high + room]\n",
                1.0 / cells, axis);
}

/* Numbers under the x axis at steps of 1, 2 or 5 times a power of ten, far enough from each other to be read. */
static void print_tics(struct buffer *script, const struct range *range, int columns) {
    const double least = (range->high - range->low) * 9 / columns;
    if (range->log || !(least > 0))
        sweep_print(script, "set xtics autofreq\n");
    else
        sweep_print(script,
                    "least = %.9g\nten = 10**floor(log10(least))\n"
                    "step = (least <= 2 * ten ? 2 : least <= 5 * ten ? 5 : 10) * ten\nset xtics step\n",
                    least);
}

static void print_points(struct buffer *script, const struct slice *slice) {
    const struct mark *marks = (const void *)slice->marks.data;
    for (size_t i = 0, count = slice->marks.size / sizeof *marks; i < count; i++) {
        if (i == 0 || marks[i].curve != marks[i - 1].curve)
            sweep_print(script, "%s$curve%d << END\n", i ? "END\n" : "", marks[i].curve);
        sweep_print(script, "%.9g", marks[i].x);
        for (int j = 0; j < COLUMNS_DRAWN; j++)
            sweep_print(script, " %.9g", marks[i].y[j]);
        sweep_append(script, "\n", 1);
    }
    sweep_append(script, "END\n", 4);
}

/* The joining lines, or the theory; the marks over them; then, in a terminal, some marks of each curve once more, in
 * turn, so that where curves run together each is seen. A map has marks alone. */
enum pass { LINES, POINTS, SEEN, PASSES };
static void print_curve(struct buffer *script, const struct picture *picture, int column, enum pass pass,
                        const struct mark *marks, size_t count) {
    const struct slice *slice = picture->slice;
    const size_t curves = slice->by ? slice->by->count : 1, step = count / (size_t)picture->columns + 1;
    const int curve = marks->curve, drawn = pass == LINES && column == 0 && slice->column[2] ? 2 : column;
    size_t points = 0;
    char text[64];
    for (size_t i = 0; i < count; i++)
        points += !isnan(marks[i].y[drawn]);
    if (points == 0 || (pass == SEEN && (points < count || (size_t)curve * step >= count)))
        return;
    sweep_print(script, ", $curve%d using 1:%d", curve, 2 + drawn);
    if (pass == SEEN)
        sweep_print(script, " every %zu::%zu", curves * step, (size_t)curve * step);
    if (pass == LINES && picture->file)
        sweep_print(script, " with lines ls %d dt %d lw 1.5 title ", 1 + curve, drawn == 2 ? 2 : 1);
    else if (pass == LINES)
        sweep_print(script, " with linespoints lt 0 pt '.' title "); /* else a + at each point */
    else
        sweep_print(script, " with points ls %d title ", 1 + curve);
    print_quoted(script, pass == POINTS && column == 0 ? name_of(text, slice, curve) : "");
    sweep_print(script, " noenhanced");
}

static void print_curves(struct buffer *script, const struct picture *picture, int column) {
    const struct slice *slice = picture->slice;
    const struct mark *marks = (const void *)slice->marks.data;
    const size_t count = slice->marks.size / sizeof *marks;
    for (enum pass pass = slice->map ? POINTS : LINES; pass < (slice->map || picture->file ? SEEN : PASSES);
         pass++)
        for (size_t i = 0, end = 0; i < count; i = end) {
            while (end < count && marks[end].curve == marks[i].curve)
                end++;
            print_curve(script, picture, column, pass, marks + i, end - i);
        }
}

static void print_panel(struct buffer *script, const struct picture *picture, int column) {
    const struct slice *slice = picture->slice;
    const struct sweep_spec *spec = slice->grid->spec;
    struct range range = slice->y[column];
    const bool guided = column == 0 && !slice->map && spec->plot.guide.meaning;
    if (guided) {
        range.low = fmin(range.low, spec->plot.guide.at);
        range.high = fmax(range.high, spec->plot.guide.at);
    }
    print_range(script, "y", &range, picture->rows - 6);
    if (slice->column[1])
        sweep_print(script, "set title '%s' noenhanced\n", slice->column[column]);
    if (slice->map)
        sweep_print(script, "set ylabel '%s' noenhanced\n", slice->by->word->name);
    sweep_print(script, "set xlabel '%s' noenhanced\nplot NaN notitle", spec->plot.x);
    if (guided && picture->file)
        sweep_print(script, ", %.9g with lines dt 3 lc rgb '%s' title '%s'", spec->plot.guide.at,
                    colours.guide, spec->plot.guide.meaning);
    else if (guided)
        sweep_print(script, ", %.9g with points pt '%s'", spec->plot.guide.at, picture->style->guide);
    print_curves(script, picture, column);
    sweep_append(script, "\n", 1);
}

/* What the marks look like. */
static void print_styles(struct buffer *script, const struct picture *picture) {
    const struct slice *slice = picture->slice;
    for (int i = 0; i < (slice->map ? SHADES : MARKS); i++)
        if (picture->file)
            sweep_print(script, "set style line %d lc rgb '%s' pt %s ps %s\n", 1 + i,
                        mark_of(&colours, slice, i), mark_of(&shapes, slice, i), slice->map ? "0.6" : "0.7");
        else
            sweep_print(script, "set style line %d lt 0 pt '%s'\n", 1 + i, mark_of(picture->style, slice, i));
}

enum { TITLE_WIDTH = 70 };

static void print_terminal(struct buffer *script, const char *file) {
    const bool png = strcmp(file + strlen(file) - 4, ".png") == 0;
    sweep_print(script, "set terminal %s background 'white'\n",
                png ? "pngcairo size 1600,1000 font 'sans-serif,12' fontscale 2 linewidth 2 pointscale 2"
                    : "svg size 800,500 font 'sans-serif,15'");
}

/* A picture in a file: under the experiment's question, above a key. */
static void print_canvas(struct buffer *script, const struct picture *picture) {
    const struct sweep_spec *spec = picture->slice->grid->spec;
    print_terminal(script, picture->file);
    sweep_print(script,
                "set encoding utf8\nset decimalsign '.'\nset key below\nset border 3\nset tics nomirror\n");
    if (picture->slice->column[1])
        return;
    struct buffer title = { .data = NULL };
    sweep_fold(&title, sweep_tr(spec->question), 0, 0, TITLE_WIDTH);
    sweep_print(script, "set ylabel '%s' noenhanced\nset title ", spec->plot.y);
    if (!title.failed)
        title.data[title.size - 1] = '\0'; /* the end of the last line */
    print_quoted(script, title.failed ? "" : title.data);
    sweep_print(script, " font ',13' noenhanced\n");
    sweep_buffer_free(&title);
}

static void print_screen(struct buffer *script, const struct picture *picture) {
    const struct slice *slice = picture->slice;
    sweep_print(script, "set terminal dumb size %d,%d\n", picture->columns, picture->rows);
    sweep_print(script, "set encoding utf8\nset decimalsign '.'\nset key off\n");
    sweep_print(script,
                "set border 3\nset tics nomirror scale 0\nset tmargin %d\nset bmargin 2\nset samples %d\n",
                slice->column[1] ? 2 : 0,
                picture->columns / 3); /* a guide is dashed, so that a line along it is seen */
}

static void print_script(struct buffer *script, const struct picture *picture) {
    const struct slice *slice = picture->slice;
    (picture->file ? print_canvas : print_screen)(script, picture);
    print_styles(script, picture);
    const int columns = slice->column[1] ? picture->columns / 2 : picture->columns;
    print_range(script, "x", &slice->x, columns - 12);
    print_tics(script, &slice->x, columns);
    print_points(script, slice);
    if (slice->column[1])
        sweep_print(script, "set multiplot layout 1,2\n");
    for (int column = 0; column < (slice->column[1] ? 2 : 1); column++)
        print_panel(script, picture, column);
    if (slice->column[1])
        sweep_print(script, "unset multiplot\n");
}

/* ---- drawing -------------------------------------------------------------------------------------- */

static bool draw(struct buffer *drawn, const struct buffer *script, const char *file, struct reason *why) {
    return sweep_gnuplot(drawn, script, file ? "--picture" : "--plot", why);
}

bool sweep_can_plot(const struct sweep_spec *spec, const char *file, struct reason *why) {
    struct buffer script = { .data = NULL }, drawn = { .data = NULL };
    if (!spec->plot.x || !spec->plot.y)
        return sweep_refuse(why, "%s: this experiment has no plot", file ? "--picture" : "--plot");
    if (file)
        print_terminal(&script, file);
    const bool good = script.failed ? sweep_no_memory(why) : draw(&drawn, &script, file, why);
    sweep_buffer_free(&script);
    sweep_buffer_free(&drawn);
    return good;
}

static int lines(const struct buffer *text) {
    int count = 0;
    for (size_t i = 0; i < text->size; i++)
        count += text->data[i] == '\n';
    return count;
}

static bool print_now(const struct buffer *text, struct reason *why) {
    const bool feed = text->size && *text->data == '\f'; /* gnuplot's, which some terminals show */
    const char *bytes = feed ? text->data + 1 : text->data;
    const size_t size = text->size - feed;
    return (fwrite(bytes, 1, size, stdout) == size && fflush(stdout) == 0) ||
           sweep_refuse(why, "standard output: %s", strerror(errno));
}

enum { LEAST_ROWS = 10 };

/* Why there is nothing to draw. */
static const char *nothing(char text[160], const struct slice *slice) {
    if (slice->met)
        snprintf(text, 160, sweep_tr("%s is empty here"), slice->column[0]);
    else
        snprintf(text, 160, "%s", sweep_tr("the shard has no cell of this slice"));
    return text;
}

static bool show(struct picture *picture, struct reason *why) {
    struct buffer heading = { .data = NULL }, below = { .data = NULL }, script = { .data = NULL };
    struct buffer drawn = { .data = NULL };
    const bool empty = !picture->slice->marks.size;
    char text[160];
    print_heading(&heading, picture);
    if (empty)
        sweep_print(&below, sweep_tr("Nothing to draw: %s.\n"), nothing(text, picture->slice));
    print_below(&below, picture);
    const int rows = picture->rows - lines(&heading) - lines(&below) - 1; /* and the prompt's */
    picture->rows = rows < LEAST_ROWS ? LEAST_ROWS : rows;
    if (!empty)
        print_script(&script, picture);
    const bool good = (!heading.failed && !below.failed && !script.failed) || sweep_no_memory(why);
    const bool shown = good && (empty || draw(&drawn, &script, NULL, why)) && print_now(&heading, why) &&
                       print_now(&drawn, why) && print_now(&below, why);
    sweep_buffer_free(&heading);
    sweep_buffer_free(&below);
    sweep_buffer_free(&script);
    sweep_buffer_free(&drawn);
    return shown;
}

/* A picture of an older result does not stay where there is nothing to draw. */
static bool draw_file(const struct picture *picture, struct reason *why) {
    struct draft draft = { .fd = -1 };
    struct buffer script = { .data = NULL }, drawn = { .data = NULL };
    const bool empty = !picture->slice->marks.size;
    char text[160];
    if (!empty)
        print_script(&script, picture);
    const bool good =
        (!script.failed || sweep_no_memory(why)) && (empty || draw(&drawn, &script, picture->file, why)) &&
        (empty ? sweep_draft_absent : sweep_draft_begin)(&draft, picture->file, why) &&
        sweep_draft_write(&draft, drawn.data, drawn.size, why) && sweep_drafts_publish(&draft, 1, why);
    if (good && empty)
        sweep_say(picture->slice->grid->spec->name, "--picture %s: nothing to draw, so there is none: %s",
                  picture->file, nothing(text, picture->slice));
    sweep_draft_free(&draft);
    sweep_buffer_free(&script);
    sweep_buffer_free(&drawn);
    return good;
}

bool sweep_plot(const struct grid *grid, const struct buffer *csv, bool means, const char *file,
                struct reason *why) {
    struct slice slice;
    const struct screen screen = file ? (struct screen){ 100, 30, false } : sweep_screen();
    struct picture picture = { &slice, screen.unicode ? &unicode : &ascii, screen.columns, screen.rows,
                               file };
    bool good = sweep_slice(&slice, grid, csv, means) || sweep_no_memory(why);
    good = good && (file ? draw_file(&picture, why) : show(&picture, why));
    sweep_buffer_free(&slice.marks);
    return good;
}
