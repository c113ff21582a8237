/* Before anything runs: whether every point can be, and fits into memory. */
#include "grid.h"

#include <stdio.h>
#include <string.h>

/* "--hidden 1000000000: ", the flags the user gave, or all axes if there are none. */
static void print_settings(struct buffer *out, const struct sweep_point *point) {
    bool any = false;
    for (size_t i = 0; i < point->grid->count; i++)
        any = any || point->grid->axes[i].given;
    for (size_t i = 0; i < point->grid->count; i++)
        if (!any || point->grid->axes[i].given)
            sweep_print(out, "%s--%s %s", out->size ? " " : "", point->grid->axes[i].word->name,
                        sweep_point_text(point, i));
    sweep_append(out, "", 1);
}

/* The axis that a fault such as "delay: must be below length" begins with; the number of axes if there is none. */
static size_t axis_of_fault(const struct grid *grid, const char *fault) {
    const size_t word = strcspn(fault, ":");
    size_t i = 0;
    while (i < grid->count &&
           (strlen(grid->axes[i].word->name) != word || strncmp(grid->axes[i].word->name, fault, word) != 0))
        i++;
    return i;
}

bool sweep_point_fault(char *reason, size_t size, const struct sweep_point *point, const char *fault) {
    struct buffer settings = { .data = NULL };
    print_settings(&settings, point);
    const char *given = settings.failed ? sweep_tr("this grid") : settings.data, *text = sweep_tr(fault);
    const size_t axis = axis_of_fault(point->grid, fault);
    if (axis < point->grid->count)
        snprintf(reason, size, "--%s %.80s%s (%.300s)", point->grid->axes[axis].word->name,
                 sweep_point_text(point, axis), text + strcspn(text, ":"), given);
    else
        snprintf(reason, size, sweep_tr("%.300s: no network has these values (%s)"), given, text);
    sweep_buffer_free(&settings);
    return false;
}

static bool refuse_bytes(const struct sweep_point *point, double bytes, unsigned jobs, double available,
                         struct reason *why) {
    struct buffer settings = { .data = NULL };
    print_settings(&settings, point);
    sweep_refuse(why, "%.300s: needs %.15g bytes for each of %u jobs, but only %.15g are available%s",
                 settings.failed ? sweep_tr("this grid") : settings.data, bytes, jobs, available,
                 bytes <= available ? sweep_tr("; --jobs 1 would fit") : "");
    sweep_buffer_free(&settings);
    return false;
}

static bool check_point(const struct sweep_point *point, unsigned jobs, double available,
                        struct reason *why) {
    const struct sweep_spec *spec = point->grid->spec;
    if (spec->valid && !spec->valid(point, why->text, sizeof why->text))
        return false;
    const struct rnn_spec net = spec->net ? spec->net(point) : (struct rnn_spec){ 0 };
    const char *fault = spec->net ? rnn_spec_fault(&net) : NULL;
    if (fault)
        return sweep_point_fault(why->text, sizeof why->text, point, fault);
    const double bytes =
        (spec->net ? rnn_bytes(&net) : 0) + (spec->work ? spec->work(point) : 0) * (double)sizeof(double);
    return bytes * jobs <= available || refuse_bytes(point, bytes, jobs, available, why);
}

/* Nothing here depends on the seed, so one seed stands for all. */
bool sweep_grid_check(const struct grid *grid, unsigned jobs, bool everything, double index,
                      struct reason *why) {
    const double available = sweep_memory_available();
    struct sweep_point point = { .grid = grid, .everything = everything };
    const struct axis *seed = sweep_grid_axis(grid, "seed");
    const uint64_t step = seed && seed->stride == 1 ? seed->count : 1;
    bool good = true;
    if (index > available)
        return sweep_refuse(why, "%llu cells need %.15g bytes for their index, but only %.15g are available",
                            (unsigned long long)grid->mine, index, available);
    for (uint64_t cell = 0; good && cell < grid->cells; cell += step) {
        sweep_point_set(&point, cell);
        good = check_point(&point, jobs, available - index, why);
    }
    return good;
}
