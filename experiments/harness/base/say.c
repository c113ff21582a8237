/* Messages: what was refused, what failed, what was probably meant. */
#include "base.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool sweep_refuse(struct reason *why, const char *format, ...) {
    va_list list;
    va_start(list, format);
    vsnprintf(why->text, sizeof why->text, sweep_tr(format), list);
    va_end(list);
    return false;
}

bool sweep_no_memory(struct reason *why) {
    why->failed = true;
    return sweep_refuse(why, "out of memory");
}

bool sweep_fail(const char *path, struct reason *why) {
    why->failed = true;
    return sweep_refuse(why, "%s: %s", path, strerror(errno));
}

bool sweep_wrong_name(int error) {
    return error == ENOENT || error == ENOTDIR || error == EISDIR || error == EACCES || error == ELOOP ||
           error == ENAMETOOLONG || error == ENXIO || error == EROFS;
}

void sweep_say(const char *name, const char *format, ...) {
    char line[1024];
    va_list list;
    va_start(list, format);
    vsnprintf(line, sizeof line, sweep_tr(format), list);
    va_end(list);
    fprintf(stderr, "%s: %s\n", name, line);
}

static size_t least(size_t a, size_t b, size_t c) {
    size_t least_two = a < b ? a : b;
    return least_two < c ? least_two : c;
}

enum { LONGEST = 40 };

static size_t distance_between(const char *a, size_t m, const char *b, size_t n) {
    size_t d[LONGEST + 1][LONGEST + 1];
    for (size_t i = 0; i <= m; i++)
        d[i][0] = i;
    for (size_t j = 0; j <= n; j++)
        d[0][j] = j;
    for (size_t i = 1; i <= m; i++)
        for (size_t j = 1; j <= n; j++) {
            size_t change = a[i - 1] != b[j - 1];
            d[i][j] = least(d[i - 1][j] + 1, d[i][j - 1] + 1, d[i - 1][j - 1] + change);
            bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
            if (swapped && d[i - 2][j - 2] + 1 < d[i][j])
                d[i][j] = d[i - 2][j - 2] + 1;
        }
    return d[m][n];
}

void sweep_keep_nearer(const char **nearest, size_t *best, const char *typed, const char *word) {
    const size_t m = strlen(typed), n = strlen(word);
    if (m == 0 || m > LONGEST || n > LONGEST)
        return;
    const size_t distance = distance_between(typed, m, word, n);
    const bool begins = strncmp(typed, word, m < n ? m : n) == 0;
    if ((begins || (distance <= 2 && distance < n)) && distance < *best) {
        *best = distance;
        *nearest = word;
    }
}

int sweep_finish_output(const char *name) {
    if (!ferror(stdout) && fflush(stdout) == 0)
        return SWEEP_DONE;
    sweep_say(name, "standard output: %s", strerror(errno)); /* of this write, or of one just before */
    return SWEEP_FAILED;
}
