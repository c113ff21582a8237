/* How much the machine, the user and the control groups let this process take. */
#include "base.h"

#include <limits.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

static double number_in(const char *path) {
    double number = (double)INFINITY;
    FILE *file = fopen(path, "re");
    if (file && fscanf(file, "%lf", &number) != 1)
        number = (double)INFINITY; /* "max", or nothing */
    if (file)
        fclose(file);
    return number;
}

/* The least limit of a group and of all above it. In a container its path may be one of the host's, of which
 * only the uppermost group is to be seen. */
static double least_limit(const char *mount, char *group, const char *name) {
    double least = (double)INFINITY;
    char path[PATH_MAX];
    for (char *end = group + strlen(group); end; end = strrchr(group, '/')) {
        *end = '\0';
        if (snprintf(path, sizeof path, "%s%s/%s", mount, group, name) < (int)sizeof path)
            least = fmin(least, number_in(path));
    }
    return least;
}

/* A line is "0::/group" in version 2 of control groups, "4:memory,cpu:/group" in version 1. */
double sweep_group_limit(const char *groups, const char *root) {
    double least = (double)INFINITY;
    char *line = NULL, mount[PATH_MAX];
    size_t room = 0;
    FILE *file = fopen(groups, "re");
    while (file && getline(&line, &room, file) > 0) {
        char *controllers = strchr(line, ':'), *group = controllers ? strchr(controllers + 1, ':') : NULL;
        if (!group)
            continue;
        line[strcspn(line, "\n")] = '\0';
        *group++ = '\0';
        const bool second = controllers[1] == '\0', first = strstr(controllers, "memory") != NULL;
        snprintf(mount, sizeof mount, "%s%s", root, first ? "/memory" : "");
        if (first || second)
            least = fmin(least, least_limit(mount, group, second ? "memory.max" : "memory.limit_in_bytes"));
    }
    free(line);
    if (file)
        fclose(file);
    return least;
}

static double address_space_left(void) {
    struct rlimit limit;
    if (getrlimit(RLIMIT_AS, &limit) || limit.rlim_cur == RLIM_INFINITY)
        return (double)INFINITY;
    const double pages = number_in("/proc/self/statm");
    return fmax(0, (double)limit.rlim_cur - (isinf(pages) ? 0 : pages) * (double)sysconf(_SC_PAGESIZE));
}

double sweep_memory_available(void) {
    const double physical = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE);
    return fmin(fmin(physical, sweep_group_limit("/proc/self/cgroup", "/sys/fs/cgroup")),
                address_space_left());
}
