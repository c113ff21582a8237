/* Before anything runs: whether every point can be, and fits into memory. */
#include "grid.h"

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

/* `fault`: of the cell's network, NULL if it is the bytes that are too many. */
static bool refuse_point(const struct sweep_point *point, const char *fault, double bytes, unsigned jobs,
                         double available, struct reason *why) {
    struct buffer settings = { .data = NULL };
    print_settings(&settings, point);
    const char *given = settings.failed ? sweep_tr("this grid") : settings.data;
    if (fault)
        sweep_refuse(why, "%.300s: no network has these values (%s)", given, sweep_tr(fault));
    else
        sweep_refuse(why, "%.300s: needs %.15g bytes for each of %u jobs, but only %.15g are available%s",
                     given, bytes, jobs, available,
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
    const double bytes = (spec->net && !fault ? rnn_bytes(&net) : 0) +
                         (spec->work ? spec->work(point) : 0) * (double)sizeof(double);
    return (!fault && bytes * jobs <= available) || refuse_point(point, fault, bytes, jobs, available, why);
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
