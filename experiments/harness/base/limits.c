/* How much the machine, the user and the control group let this process take. */
#include "base.h"

#include <math.h>
#include <stdio.h>
#include <sys/resource.h>
#include <unistd.h>

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
