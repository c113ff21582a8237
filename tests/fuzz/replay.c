/* Gives every file of a folder to the fuzz target it is linked with: replay FOLDER. */
#include "fuzz.h"

#include <dirent.h>
#include <limits.h>
#include <string.h>

enum { MOST = 1 << 20 };

static void replay(const char *name) {
    static uint8_t data[MOST];
    FILE *file = fopen(name, "rb");
    MUST(file);
    const size_t size = fread(data, 1, MOST, file);
    fclose(file);
    uint8_t *exact = malloc(size ? size : 1); /* so that a sanitizer sees its end */
    MUST(exact);
    memcpy(exact, data, size);
    LLVMFuzzerTestOneInput(exact, size);
    free(exact);
}

int main(int argc, char **argv) {
    char name[PATH_MAX];
    int replayed = 0;
    DIR *corpus = argc == 2 ? opendir(argv[1]) : NULL;
    MUST(corpus);
    for (struct dirent *file; (file = readdir(corpus));)
        if (file->d_name[0] != '.') {
            snprintf(name, sizeof name, "%s/%s", argv[1], file->d_name);
            replay(name);
            replayed++;
        }
    closedir(corpus);
    printf("%d inputs\n", replayed);
    return replayed ? 0 : 1;
}
