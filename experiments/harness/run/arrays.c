/* --arrays: everything a cell computed, so that it can be redone in another framework. The folder of a cell
 * is filled under another name and then takes its own, so it is whole or not there. */
#include "run.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static const char *const names[] = { "W_hh",   "W_xh", "b_h",     "gain_h", "gain_x", "W_hy",
                                     "b_y",    "x",    "target",  "h",      "c",      "dh",
                                     "log_dh", "dc",   "log_dc",  "dW_hh",  "dW_xh",  "db_h",
                                     "dW_hy",  "db_y", "dgain_h", "dgain_x" };
enum { ARRAYS = sizeof names / sizeof *names };

static void add(struct npy list[ARRAYS], size_t *count, struct npy array) {
    list[(*count)++] = array;
}

/* The gains of a normalised net, H each; one it does not have takes no room in theta. */
static void add_gains(struct npy list[ARRAYS], size_t *count, const struct rnn *net, bool gradient) {
    const size_t H = net->spec.hidden;
    const int e = gradient ? net->gradient_exponent : 0;
    const struct rnn_parameters *p = gradient ? &net->d : &net->p;
    if (net->p.gain_x > net->p.gain_h)
        add(list, count,
            (struct npy){
                .name = gradient ? "dgain_h" : "gain_h", .data = p->gain_h, .shape = { H }, .exponent = e });
    if (net->p.W_hy > net->p.gain_x)
        add(list, count,
            (struct npy){
                .name = gradient ? "dgain_x" : "gain_x", .data = p->gain_x, .shape = { H }, .exponent = e });
}

/* Parameters, or their gradients where `gradient` is set; what a net lacks, or did not keep, is left out. */
static void add_parameters(struct npy list[ARRAYS], size_t *count, const struct rnn *net, bool gradient) {
    const size_t H = net->spec.hidden, I = net->spec.inputs, O = net->spec.outputs, T = net->spec.length;
    const size_t rows = net->gates * H;
    const int e = gradient ? net->gradient_exponent : 0;
    const struct rnn_parameters *p = gradient ? &net->d : &net->p;
    struct npy hidden = {
        .name = gradient ? "dW_hh" : "W_hh", .data = p->W_hh, .shape = { rows, H }, .exponent = e
    };
    if (net->spec.weights == RNN_UNTIED)
        memcpy(hidden.shape, (size_t[3]){ T, rows, H }, sizeof hidden.shape);
    add(list, count, hidden);
    if (I)
        add(list, count,
            (struct npy){
                .name = gradient ? "dW_xh" : "W_xh", .data = p->W_xh, .shape = { rows, I }, .exponent = e });
    add(list, count,
        (struct npy){ .name = gradient ? "db_h" : "b_h", .data = p->b_h, .shape = { rows }, .exponent = e });
    add_gains(list, count, net, gradient);
    if (O) {
        add(list, count,
            (struct npy){
                .name = gradient ? "dW_hy" : "W_hy", .data = p->W_hy, .shape = { O, H }, .exponent = e });
        add(list, count,
            (struct npy){ .name = gradient ? "db_y" : "b_y", .data = p->b_y, .shape = { O }, .exponent = e });
    }
}

static size_t list_arrays(struct npy list[ARRAYS], const struct rnn *net, const double *target,
                          bool with_gradients) {
    const size_t T = net->spec.length, B = net->spec.batch, H = net->spec.hidden, I = net->spec.inputs;
    size_t count = 0;
    add_parameters(list, &count, net, false);
    if (I)
        add(list, &count, (struct npy){ .name = "x", .data = net->x, .shape = { T, B, I } });
    if (target)
        add(list, &count, (struct npy){ .name = "target", .data = target, .shape = { B, H } });
    else if (net->spec.outputs)
        add(list, &count, (struct npy){ .name = "target", .labels = net->label, .shape = { B } });
    if (net->spec.segment >= T)
        add(list, &count, (struct npy){ .name = "h", .data = net->h, .shape = { T + 1, B, H } });
    if (net->c && net->spec.segment >= T)
        add(list, &count, (struct npy){ .name = "c", .data = net->c, .shape = { T + 1, B, H } });
    if (!with_gradients)
        return count;
    add(list, &count,
        (struct npy){ .name = "dh", .data = net->dh, .shape = { T, B, H }, .exponents = net->exponent });
    add(list, &count, (struct npy){ .name = "log_dh", .data = net->log_dh, .shape = { T } });
    if (net->c) {
        add(list, &count,
            (struct npy){ .name = "dc", .data = net->dc, .shape = { T, B, H }, .exponents = net->exponent });
        add(list, &count, (struct npy){ .name = "log_dc", .data = net->log_dc, .shape = { T } });
    }
    add_parameters(list, &count, net, true);
    return count;
}

/* Removes a cell's folder; only files this program writes. */
static bool remove_folder(const char *folder) {
    for (size_t i = 0; i <= ARRAYS; i++) {
        char *path = NULL;
        if (asprintf(&path, i < ARRAYS ? "%s/%s.npy" : "%s/cell.txt", folder, names[i % ARRAYS]) < 0)
            return false;
        bool gone = unlink(path) == 0 || errno == ENOENT;
        free(path);
        if (!gone)
            return false;
    }
    return rmdir(folder) == 0 || errno == ENOENT;
}

/* cell.txt: of which cell the arrays are, by which program, and how long each is. */
static bool describe(struct buffer *out, const struct buffer *address, uint64_t program,
                     const struct npy list[], size_t count) {
    sweep_append(out, address->data, address->size);
    sweep_print(out, " program=%016llx\n", (unsigned long long)program);
    for (size_t i = 0; i < count; i++)
        sweep_print(out, "%s.npy %zu\n", list[i].name, sweep_npy_size(&list[i]));
    return !out->failed;
}

static bool write_description(const char *folder, const struct worker *worker, const struct npy list[],
                              size_t count) {
    struct buffer text = { .data = NULL };
    char *path = NULL;
    FILE *file = NULL;
    errno = ENOMEM;
    if (describe(&text, &worker->address, worker->run->program, list, count) &&
        asprintf(&path, "%s/cell.txt", folder) >= 0)
        file = fopen(path, "we");
    bool good = file && fwrite(text.data, 1, text.size, file) == text.size;
    good = (!file || fclose(file) == 0) && good;
    int error = errno;
    free(path);
    sweep_buffer_free(&text);
    errno = error;
    return good;
}

static bool fill_folder(const char *folder, const struct worker *worker, const struct npy list[],
                        size_t count) {
    if (!remove_folder(folder) || mkdir(folder, 0777))
        return false;
    for (size_t i = 0; i < count; i++)
        if (!sweep_npy_write(folder, &list[i]))
            return false;
    return write_description(folder, worker, list, count);
}

static bool write_cell(const struct sweep_point *point, const struct npy list[], size_t count) {
    struct worker *worker = point->worker;
    struct arena arena = { NULL };
    const unsigned long long cell = point->cell;
    char *draft = sweep_keep_print(&arena, "%s/.cell-%05llu.tmp", worker->run->arrays, cell);
    char *folder = sweep_keep_print(&arena, "%s/cell-%05llu", worker->run->arrays, cell);
    bool good = draft && folder;
    if (!good)
        sweep_no_memory(&worker->why);
    else if (!fill_folder(draft, worker, list, count) || !remove_folder(folder) || rename(draft, folder)) {
        good = sweep_refuse(&worker->why, "%s: %s", folder, strerror(errno));
        remove_folder(draft);
    }
    worker->arrays_written += good;
    sweep_arena_free(&arena);
    return good;
}

bool sweep_arrays_write(const struct rnn *net, const struct sweep_point *point, const uint64_t *seed,
                        bool with_gradients) {
    struct worker *worker = point->worker;
    struct npy list[ARRAYS];
    if (!worker->run->arrays)
        return true;
    if (net->spec.record != RNN_EVERYTHING)
        with_gradients = false;
    size_t count = net->spec.batch * net->spec.hidden;
    double *target = NULL;
    if (seed) {
        target = malloc(count * sizeof *target);
        if (!target)
            return sweep_no_memory(&worker->why);
        rnn_gaussian(target, count, 1, (struct rnn_stream){ *seed, RNN_FOR_LOSS, 0 });
    }
    bool good = write_cell(point, list, list_arrays(list, net, target, with_gradients));
    free(target);
    return good;
}

/* Each line after the first is the name of a file and its size. */
static bool files_are_there(const char *folder, FILE *list) {
    char name[64], path[PATH_MAX];
    unsigned long long size;
    struct stat info;
    int fields;
    while ((fields = fscanf(list, "%63s %llu", name, &size)) == 2)
        if (snprintf(path, sizeof path, "%s/%s", folder, name) >= (int)sizeof path || stat(path, &info) ||
            (unsigned long long)info.st_size != size)
            return false;
    return fields == EOF;
}

bool sweep_arrays_there(const char *arrays, uint64_t cell, const struct buffer *address, uint64_t program) {
    struct buffer wanted = { .data = NULL };
    char folder[PATH_MAX], *path = NULL, *line = NULL;
    size_t room = 0;
    bool there =
        describe(&wanted, address, program, NULL, 0) &&
        snprintf(folder, sizeof folder, "%s/cell-%05llu", arrays, (unsigned long long)cell) < PATH_MAX &&
        asprintf(&path, "%s/cell.txt", folder) >= 0;
    FILE *file = there ? fopen(path, "re") : NULL;
    there = file && getline(&line, &room, file) == (ssize_t)wanted.size &&
            memcmp(line, wanted.data, wanted.size) == 0 && files_are_there(folder, file);
    if (file)
        fclose(file);
    free(line);
    free(path);
    sweep_buffer_free(&wanted);
    return there;
}
