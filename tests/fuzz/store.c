/* A file where the store should be: damaged, or anything else. It is opened, or set aside for a new one; what is read
 * has its checksum; a cell that is put is there afterwards, and another program finds it. */
#include "fuzz.h"
#include "store/inside.h"

#include <fcntl.h>
#include <string.h>
#include <unistd.h>

static const double value[] = { 0.713, -2.385 };
static char folder[] = "/dev/shm/fuzz-XXXXXX", path[sizeof folder + 12], aside[sizeof path + 1],
            journal[sizeof path + 8];

static void clean(void) {
    unlink(path);
    unlink(aside);
    unlink(journal);
    rmdir(folder);
}

static void begin(void) {
    if (path[0])
        return;
    if (access("/dev/shm", W_OK) != 0) /* in memory, where there is such a place */
        memcpy(folder, "/var/tmp", 8);
    MUST(mkdtemp(folder));
    snprintf(path, sizeof path, "%s/busy.sqlite", folder);
    snprintf(aside, sizeof aside, "%s~", path);
    snprintf(journal, sizeof journal, "%s-journal", path);
    atexit(clean);
}

static void write_file(const uint8_t *data, size_t size) {
    const int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    close(fd);
}

static struct buffer address_of(const char *text) {
    return (struct buffer){ .data = (char *)(uintptr_t)text, .size = strlen(text) };
}

/* What there is at an address, if anything: two doubles a row in every store that is not a wrong one. */
static bool look(struct store *store, const char *text, struct buffer *values) {
    const struct buffer address = address_of(text);
    char status[STATUS_MAX];
    struct reason why;
    bool there = false;
    values->size = 0;
    if (sweep_store_hold(store, &why)) {
        there = sweep_store_has(store, &address);
        there = sweep_store_get(store, &address, values, status) && there;
        sweep_store_release(store);
    }
    return there;
}

static bool put(struct store *store, const struct buffer *address, struct reason *why) {
    const struct rows rows = { value, 1, 2, "ok" };
    return sweep_store_put(store, address, &rows, why) && sweep_store_flush(store, why);
}

/* What was put may not be there where the file is found to be damaged only then; put again, it is. (Where a tree is out
 * of order, another cell of the same address and program may be found.) */
static void use(struct store *store, bool fresh) {
    const struct buffer address = address_of("scale=0.713 seed=1 arithmetic=plain"),
                        state = address_of("a state");
    const struct buffer unfinished = address_of("scale=0.5 seed=2 arithmetic=plain");
    struct buffer values = { .data = NULL };
    struct reason why = { .text = "" };
    look(store, "scale=0.5 seed=1 arithmetic=plain", &values);
    values.size = 0;
    sweep_store_resume(store, &unfinished, &values);
    bool good = sweep_store_checkpoint(store, &address, &state, &why) && sweep_store_flush(store, &why) &&
                put(store, &address, &why);
    if (good && !fresh && !look(store, address.data, &values))
        good = put(store, &address, &why);
    MUST(good || why.text[0]);
    MUST(!good || fresh || look(store, address.data, &values));
    MUST(!good || fresh || values.size == sizeof value);
    sweep_buffer_free(&values);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct store_spec spec = { .experiment = "busy", .path = path, .program = 7 };
    struct reason why = { .text = "" };
    begin();
    write_file(data, size);
    const struct store_spec nowhere = { .experiment = "busy", .program = 7 };
    struct store *store = sweep_store_open(&nowhere, &why);
    MUST(store);
    sweep_store_take_all(store, &spec, path, &why);
    use(store, false);
    sweep_store_close(store);
    for (int fresh = 0; fresh < 2; fresh++) {
        spec.fresh = fresh;
        store = sweep_store_open(&spec, &why);
        MUST(store || why.text[0]);
        if (store)
            use(store, fresh);
        if (store)
            sweep_store_close(store);
    }
    unlink(path);
    unlink(aside);
    unlink(journal);
    return 0;
}
