/* Threads that do one work side by side. */
#include "base.h"

#include <sched.h>
#include <stdlib.h>
#include <unistd.h>

unsigned sweep_team_start(struct team *team, unsigned wanted, void *(*work)(void *), void *self) {
    team->count = 0;
    while (team->count < wanted && team->count < TEAM_MAX &&
           pthread_create(&team->threads[team->count], NULL, work, self) == 0)
        team->count++;
    return team->count;
}

void sweep_team_join(const struct team *team) {
    for (unsigned i = 0; i < team->count; i++)
        pthread_join(team->threads[i], NULL);
}

/* OMP_NUM_THREADS may be a list, of which the first is meant here: "4,2". */
static unsigned wished_threads(void) {
    const char *text = getenv("OMP_NUM_THREADS");
    char *end = NULL;
    unsigned long wished = text ? strtoul(text, &end, 10) : 0;
    return end && end > text && (*end == '\0' || *end == ',') && wished <= TEAM_MAX ? (unsigned)wished : 0;
}

unsigned sweep_cores(void) {
    cpu_set_t set;
    unsigned wished = wished_threads();
    if (wished)
        return wished;
    if (sched_getaffinity(0, sizeof set, &set) == 0)
        return (unsigned)CPU_COUNT(&set);
    long cores = sysconf(_SC_NPROCESSORS_ONLN); /* more of them than a set holds */
    return cores < 1 ? 1 : cores < TEAM_MAX ? (unsigned)cores : TEAM_MAX;
}
