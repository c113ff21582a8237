/* Rows to a pipe or a device, in the order of the cells, each as soon as those before it are out. A worker
 * that is far ahead waits, so that memory stays bounded. */
#include "run.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

enum { AHEAD = 256 };

struct stream {
    int fd;
    const char *path;
    uint64_t next; /* the cell that is to be written */
    struct buffer slots[AHEAD];
    bool ready[AHEAD];
};

static bool format_rows(const struct sweep_point *point, struct worker *worker) {
    worker->text.size = 0;
    const struct rows rows = sweep_worker_rows(worker);
    sweep_csv_rows(&worker->text, point, &rows);
    return !worker->text.failed;
}

static bool refuse_write(const struct stream *stream, struct reason *why) {
    if (errno == EPIPE)
        return sweep_refuse(why, "%s: its reader has gone (%s)", stream->path, strerror(errno));
    return sweep_refuse(why, "%s: %s", stream->path, strerror(errno));
}

/* Buffers are swapped, not copied. */
static bool take_rows(struct run *run, uint64_t i, struct worker *worker, struct reason *why) {
    struct stream *stream = run->outlet.self;
    while (i >= stream->next + AHEAD && !run->failed)
        pthread_cond_wait(&run->moved, &run->lock);
    if (run->failed)
        return sweep_refuse(why, "stopped");
    struct buffer *slot = &stream->slots[i % AHEAD], old = *slot;
    *slot = worker->text;
    worker->text = old;
    stream->ready[i % AHEAD] = true;
    for (size_t at; stream->ready[at = stream->next % AHEAD]; stream->next++) {
        if (!sweep_write(stream->fd, stream->slots[at].data, stream->slots[at].size))
            return refuse_write(stream, why);
        stream->ready[at] = false;
        pthread_cond_broadcast(&run->moved);
    }
    return true;
}

static int write_header(const struct grid *grid, const struct stream *stream) {
    struct buffer header = { .data = NULL };
    struct reason why = { .failed = false };
    sweep_csv_header(&header, grid);
    bool good = header.failed
                    ? sweep_no_memory(&why)
                    : sweep_write(stream->fd, header.data, header.size) || refuse_write(stream, &why);
    sweep_buffer_free(&header);
    if (!good)
        sweep_say(grid->spec->name, "%s", why.text);
    return good ? SWEEP_DONE : SWEEP_FAILED;
}

static int run_into(const struct run *wanted, bool quiet, struct stream *stream) {
    const struct grid *grid = wanted->grid;
    if (write_header(grid, stream) != SWEEP_DONE)
        return SWEEP_FAILED;
    struct run run = { .grid = grid,
                       .jobs = wanted->jobs,
                       .arrays = wanted->arrays,
                       .outlet = { .self = stream, .format = format_rows, .take = take_rows } };
    sweep_progress_start(&run.progress, grid->mine, 0, quiet);
    bool good = sweep_run(&run);
    for (size_t i = 0; i < AHEAD; i++)
        sweep_buffer_free(&stream->slots[i]);
    sweep_progress_clear(&run.progress);
    if (good && stream->next < grid->mine) {
        sweep_say(grid->spec->name, "interrupted: %llu of %llu cells written to %s",
                  (unsigned long long)stream->next, (unsigned long long)grid->mine, stream->path);
        return 128 + sweep_interrupted();
    }
    if (good)
        sweep_progress_end(&run.progress, stream->path);
    return good ? SWEEP_DONE : SWEEP_FAILED;
}

int sweep_stream(const struct run *wanted, bool quiet, const char *path) {
    const struct grid *grid = wanted->grid;
    bool standard = strcmp(path, "-") == 0;
    struct stream stream = { .path = standard ? "standard output" : path };
    const char *arrays = wanted->arrays;
    int status = arrays ? sweep_arrays_folder(grid->spec, arrays) : SWEEP_DONE;
    if (status != SWEEP_DONE)
        return status;
    stream.fd = standard ? STDOUT_FILENO : open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    if (stream.fd < 0) {
        sweep_say(grid->spec->name, "%s: %s", path, strerror(errno));
        return SWEEP_FAILED;
    }
    status = run_into(wanted, quiet, &stream);
    if (close(stream.fd) && status == SWEEP_DONE) {
        sweep_say(grid->spec->name, "%s: %s", stream.path, strerror(errno));
        status = SWEEP_FAILED;
    }
    return status;
}
