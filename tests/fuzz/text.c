/* A text file. It is accepted if it is not empty and iconv, which another made, takes it as UTF-8 without a NUL. */
#include "fuzz.h"
#include "grid/grid.h"

#include <iconv.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

static bool is_text(const uint8_t *data, size_t size) {
    char *in = (char *)(uintptr_t)data, *room = malloc(4 * size + 4), *out = room;
    size_t left = size, free_room = 4 * size + 4;
    iconv_t converter = iconv_open("UTF-16LE", "UTF-8");
    MUST(room && converter != (iconv_t)-1);
    const bool good = iconv(converter, &in, &left, &out, &free_room) == 0 && left == 0;
    iconv_close(converter);
    free(room);
    return good && size && !memchr(data, 0, size);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    char name[64];
    struct arena arena = { NULL };
    struct reason why = { .text = "" };
    const int fd = memfd_create("text", MFD_CLOEXEC);
    MUST(fd >= 0 && write(fd, data, size) == (ssize_t)size);
    snprintf(name, sizeof name, "/proc/self/fd/%d", fd);
    const struct file *file = sweep_file_read("file", name, &arena, &why);
    MUST((file != NULL) == is_text(data, size));
    MUST(file ? file->text.size == size && memcmp(file->text.bytes, data, size) == 0 : why.text[0] != '\0');
    MUST(!file || sweep_file_content(file, &arena));
    sweep_arena_free(&arena);
    close(fd);
    return 0;
}
