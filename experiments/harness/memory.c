/* Bytes that grow, bytes that live as long as a run, and how many there may be. */
#include "internal.h"

#include <math.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

bool sweep_reserve(struct buffer *buffer, size_t more) {
    if (buffer->failed)
        return false;
    if (more <= buffer->capacity - buffer->size)
        return true;
    size_t capacity = buffer->capacity ? buffer->capacity : 4096;
    while (capacity - buffer->size < more && capacity <= SIZE_MAX / 2)
        capacity *= 2;
    char *data = capacity - buffer->size < more ? NULL : realloc(buffer->data, capacity);
    if (!data) {
        buffer->failed = true;
        return false;
    }
    buffer->data = data;
    buffer->capacity = capacity;
    return true;
}

void sweep_append(struct buffer *buffer, const char *bytes, size_t size) {
    if (size == 0 || !sweep_reserve(buffer, size))
        return;
    memcpy(buffer->data + buffer->size, bytes, size);
    buffer->size += size;
}

void sweep_print(struct buffer *buffer, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int size = vsnprintf(NULL, 0, format, list);
    va_end(list);
    if (size < 0 || !sweep_reserve(buffer, (size_t)size + 1))
        return;
    va_start(list, format);
    vsnprintf(buffer->data + buffer->size, (size_t)size + 1, format, list);
    va_end(list);
    buffer->size += (size_t)size;
}

void sweep_buffer_free(struct buffer *buffer) {
    free(buffer->data);
    *buffer = (struct buffer){ .data = NULL };
}

struct arena_block {
    struct arena_block *before;
    max_align_t bytes[];
};

void *sweep_keep(struct arena *arena, size_t size) {
    if (size > SIZE_MAX - sizeof(struct arena_block))
        return NULL;
    struct arena_block *block = malloc(sizeof *block + size);
    if (!block)
        return NULL;
    block->before = arena->last;
    arena->last = block;
    return block->bytes;
}

char *sweep_keep_print(struct arena *arena, const char *format, ...) {
    va_list list;
    va_start(list, format);
    int size = vsnprintf(NULL, 0, format, list);
    va_end(list);
    char *text = size < 0 ? NULL : sweep_keep(arena, (size_t)size + 1);
    if (!text)
        return NULL;
    va_start(list, format);
    vsnprintf(text, (size_t)size + 1, format, list);
    va_end(list);
    return text;
}

void sweep_arena_free(struct arena *arena) {
    while (arena->last) {
        struct arena_block *before = arena->last->before;
        free(arena->last);
        arena->last = before;
    }
}

/* A control group without a limit says "max", or a number near 2^63. */
static double control_group_limit(const char *path) {
    double limit = (double)INFINITY;
    FILE *file = fopen(path, "re");
    if (!file)
        return limit;
    if (fscanf(file, "%lf", &limit) != 1)
        limit = (double)INFINITY;
    fclose(file);
    return limit;
}

static double address_space_left(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) || limit.rlim_cur == RLIM_INFINITY)
        return (double)INFINITY;
    double pages = 0;
    FILE *file = fopen("/proc/self/statm", "re");
    if (file) {
        if (fscanf(file, "%lf", &pages) != 1)
            pages = 0;
        fclose(file);
    }
    return fmax(0, (double)limit.rlim_cur - pages * (double)sysconf(_SC_PAGESIZE));
}

double sweep_memory_available(void) {
    double physical = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    double group = fmin(control_group_limit("/sys/fs/cgroup/memory.max"),
                        control_group_limit("/sys/fs/cgroup/memory/memory.limit_in_bytes"));
    return fmin(fmin(physical, group), address_space_left());
}
