/* Stands before the real pthread_create: the first THREADS calls succeed, the others find no room. */
#include <dlfcn.h>
#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>

__attribute__((visibility("default"))) int pthread_create(pthread_t *, const pthread_attr_t *,
                                                          void *(*)(void *), void *);

int pthread_create(pthread_t *thread, const pthread_attr_t *attributes, void *(*work)(void *), void *self) {
    static atomic_int made;
    int (*real)(pthread_t *, const pthread_attr_t *, void *(*)(void *), void *);
    *(void **)&real = dlsym(RTLD_NEXT, "pthread_create");
    const char *allowed = getenv("THREADS");
    return !allowed || atomic_fetch_add(&made, 1) < atoi(allowed) ? real(thread, attributes, work, self)
                                                                  : EAGAIN;
}
