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

static const char *const names[] = { "W_hh",  "W_xh",   "b_h",   "gain_h", "gain_x",  "W_hy",
                                     "b_y",   "dW_hh",  "dW_xh", "db_h",   "dgain_h", "dgain_x",
                                     "dW_hy", "db_y",   "x",     "target", "h",       "c",
                                     "dh",    "log_dh", "dc",    "log_dc", "sample",  "cell" };
enum {
    PARAMETERS = 7,
    NAMES = sizeof names / sizeof *names,
    CELL = NAMES - 1,
    SAMPLE = CELL - 1,
    ARRAYS = SAMPLE
};

/* Fills in the seven of `p`, each times 2^exponent; a gain that the net does not have takes no room in theta. */
static void list_parameters(struct npy list[PARAMETERS], const struct rnn *net,
                            const struct rnn_parameters *p, int exponent) {
    const size_t H = net->spec.hidden, I = net->spec.inputs, O = net->spec.outputs, GH = net->gates * H;
    const size_t T = net->spec.weights == RNN_UNTIED ? net->spec.length : 0;
    const struct npy all[PARAMETERS] = {
        { .data = p->W_hh, .shape = { T ? T : GH, T ? GH : H, T ? H : 0 } },
        { .data = p->W_xh, .shape = { I ? GH : 0, I } },
        { .data = p->b_h, .shape = { GH } },
        { .data = p->gain_h, .shape = { net->p.gain_x > net->p.gain_h ? H : 0 } },
        { .data = p->gain_x, .shape = { net->p.W_hy > net->p.gain_x ? H : 0 } },
        { .data = p->W_hy, .shape = { O, H } },
        { .data = p->b_y, .shape = { O } },
    };
    for (int i = 0; i < PARAMETERS; i++) {
        list[i] = all[i];
        list[i].exponent = exponent;
    }
}

/* What the loss compares with: the linear one's v (B, H), where it is given, else of the n steps that are read
 * labels (n, B) or, of a task without classes, numbers (n, B, O). */
static struct npy target_of(const struct rnn *net, const struct rnn_training *training, const double *v) {
    const size_t B = net->spec.batch, O = net->spec.outputs, n = O ? net->spec.reads : 0;
    if (v)
        return (struct npy){ .data = v, .shape = { B, net->spec.hidden } };
    if (training && !training->spec.problem.task->classes)
        return (struct npy){ .data = net->target, .shape = { n, B, O } };
    return (struct npy){ .labels = net->label, .shape = { n, B } };
}

/* All there is, in the order of the names; what the net lacks, or did not keep, has a first dimension of 0. */
static void list_arrays(struct npy list[ARRAYS], const struct rnn *net, struct npy target, bool gradients) {
    const size_t B = net->spec.batch, H = net->spec.hidden, I = net->spec.inputs, T = net->spec.length;
    const size_t kept = net->spec.segment >= T ? T + 1 : 0, back = gradients ? T : 0;
    const struct npy others[ARRAYS - 2 * PARAMETERS] = {
        { .data = net->x, .shape = { I ? T : 0, B, I } },
        target,
        { .data = net->h, .shape = { kept, B, H } },
        { .data = net->c, .shape = { net->c ? kept : 0, B, H } },
        { .data = net->dh, .shape = { back, B, H }, .exponents = net->exponent },
        { .data = net->log_dh, .shape = { back } },
        { .data = net->dc, .shape = { net->c ? back : 0, B, H }, .exponents = net->exponent },
        { .data = net->log_dc, .shape = { net->c ? back : 0 } },
    };
    memset(list, 0, ARRAYS * sizeof *list);
    list_parameters(list, net, &net->p, 0);
    if (gradients)
        list_parameters(list + PARAMETERS, net, &net->d, net->gradient_exponent);
    memcpy(list + 2 * PARAMETERS, others, sizeof others);
}

/* ---- the folder of a cell ------------------------------------------------------------------------- */

/* The last names are those of texts: what a net has written; and of which cell all this is, by which program, and how
 * long. */
static bool path_of(char path[PATH_MAX], const char *folder, size_t i) {
    errno = ENAMETOOLONG;
    return snprintf(path, PATH_MAX, "%s/%s.%s", folder, names[i], i < ARRAYS ? "npy" : "txt") < PATH_MAX;
}

/* Only files this program writes. */
static bool remove_folder(const char *folder) {
    char path[PATH_MAX];
    for (size_t i = 0; i < NAMES; i++)
        if (!path_of(path, folder, i) || (unlink(path) && errno != ENOENT))
            return false;
    return rmdir(folder) == 0 || errno == ENOENT;
}

static bool describe(struct buffer *out, const char *folder, const struct run *run,
                     const struct buffer *address) {
    char path[PATH_MAX];
    struct stat info;
    unsigned long long bytes = 0;
    for (size_t i = 0; i < CELL; i++) {
        const bool there = path_of(path, folder, i) && stat(path, &info) == 0;
        if (!there && errno != ENOENT)
            return false;
        bytes += there ? (unsigned long long)info.st_size : 0;
    }
    sweep_append(out, address->data, address->size);
    sweep_print(out, " program=%016llx bytes=%llu\n", (unsigned long long)run->program, bytes);
    return !out->failed;
}

static bool write_text(const char *folder, size_t name, const void *bytes, size_t size) {
    char path[PATH_MAX];
    FILE *file = path_of(path, folder, name) ? fopen(path, "we") : NULL;
    const bool good = file && fwrite(bytes, 1, size, file) == size;
    const int error = errno;
    if (file && fclose(file) && good)
        return false;
    errno = error;
    return good;
}

static bool fill_folder(const char *folder, const struct worker *worker, const struct npy list[ARRAYS]) {
    char path[PATH_MAX];
    struct buffer text = { .data = NULL };
    if (!remove_folder(folder) || mkdir(folder, 0777))
        return false;
    for (size_t i = 0; i < ARRAYS; i++)
        if (list[i].shape[0] && (!path_of(path, folder, i) || !sweep_npy_write(path, &list[i])))
            return false;
    const bool good =
        (!worker->sample.size || write_text(folder, SAMPLE, worker->sample.bytes, worker->sample.size)) &&
        describe(&text, folder, worker->run, &worker->address) &&
        write_text(folder, CELL, text.data, text.size);
    const int error = text.failed ? ENOMEM : errno;
    sweep_buffer_free(&text);
    errno = error;
    return good;
}

/* The older folder moves aside and goes; with a stranger's file in it, it comes back. A kill leaves one of the two whole,
 * maybe aside. */
static bool put_in_place(const char *draft, const char *folder, const char *older) {
    if (rename(older, folder) && errno != ENOENT && !remove_folder(older)) /* left by a kill */
        return false;
    if (rename(folder, older) && errno != ENOENT)
        return false;
    if (rename(draft, folder) == 0 && (remove_folder(older) || (errno != ENOTEMPTY && errno != EEXIST)))
        return true;
    const int error = errno;
    rename(folder, draft);
    rename(older, folder);
    errno = error;
    return false;
}

static bool name_folder(char path[PATH_MAX], const struct run *run, const char *format, uint64_t cell) {
    char name[32];
    snprintf(name, sizeof name, format, (unsigned long long)cell);
    errno = ENAMETOOLONG;
    return snprintf(path, PATH_MAX, "%s/%s", run->arrays, name) < PATH_MAX;
}

bool sweep_arrays_write(const struct rnn *net, const struct sweep_point *point, const uint64_t *seed,
                        bool with_gradients) {
    struct worker *worker = point->worker;
    const struct run *run = worker->run;
    const size_t count = net->spec.batch * net->spec.hidden;
    double *v = NULL;
    struct npy list[ARRAYS];
    char draft[PATH_MAX], folder[PATH_MAX], older[PATH_MAX];
    if (!run->arrays)
        return true;
    if (seed && !(v = malloc(count * sizeof *v)))
        return sweep_no_memory(&worker->why);
    if (seed)
        rnn_gaussian(v, count, 1, (struct rnn_stream){ *seed, RNN_FOR_LOSS, 0 });
    list_arrays(list, net, target_of(net, worker->training, v),
                with_gradients && net->spec.record == RNN_EVERYTHING);
    bool good = name_folder(folder, run, "cell-%05llu", point->cell) &&
                name_folder(draft, run, ".cell-%05llu.tmp", point->cell) &&
                name_folder(older, run, ".cell-%05llu.older", point->cell) &&
                fill_folder(draft, worker, list) && put_in_place(draft, folder, older);
    if (!good) {
        sweep_refuse(&worker->why, "%s: %s", folder, strerror(errno));
        remove_folder(draft);
    }
    worker->arrays_written = good;
    worker->sample.size = 0;
    free(v);
    return good;
}

bool sweep_arrays_at_end(const struct sweep_point *point) {
    struct worker *worker = point->worker;
    if (!worker->run->arrays || !worker->training || worker->arrays_written)
        return true;
    const bool good = rnn_training_measure(worker->training) == RNN_OK;
    return sweep_arrays_write(worker->net, point, NULL, good);
}

bool sweep_arrays_there(const struct run *run, uint64_t cell, const struct buffer *address) {
    struct buffer wanted = { .data = NULL };
    char folder[PATH_MAX], path[PATH_MAX], *line = NULL;
    size_t room = 0;
    bool there = name_folder(folder, run, "cell-%05llu", cell) && path_of(path, folder, CELL) &&
                 describe(&wanted, folder, run, address);
    FILE *file = there ? fopen(path, "re") : NULL;
    there = file && getline(&line, &room, file) == (ssize_t)wanted.size &&
            memcmp(line, wanted.data, wanted.size) == 0;
    if (file)
        fclose(file);
    free(line);
    sweep_buffer_free(&wanted);
    return there;
}

bool sweep_arrays_spare(const struct run *run, struct reason *why) {
    char folder[PATH_MAX], path[PATH_MAX];
    struct stat info;
    for (uint64_t i = 0; run->arrays && i < run->grid->mine; i++)
        for (size_t name = SAMPLE; name <= CELL; name++) { /* no other file can be a text */
            const bool there = name_folder(folder, run, "cell-%05llu", sweep_grid_cell(run->grid, i)) &&
                               path_of(path, folder, name) && stat(path, &info) == 0;
            const char *read = there ? sweep_grid_reads(run->grid, &info) : NULL;
            if (read)
                return sweep_refuse(why, "--arrays: %s would be written over the text %s that is read", path,
                                    read);
        }
    return true;
}
