/* What every unit test's main does: one suite, one case, its tests in order. */
#ifndef UNIT_H
#define UNIT_H

#include <check.h>
#include <stddef.h>

/* Runs the cases and returns how many tests failed, as an exit code. */
static inline int unit_run_cases(const char *name, TCase *cases) {
    Suite *suite = suite_create(name);
    tcase_set_timeout(cases, 0); /* the test runner has its own, which knows of slow instruments */
    suite_add_tcase(suite, cases);
    SRunner *runner = srunner_create(suite);
    srunner_run_all(runner, CK_ENV);
    const int failed = srunner_ntests_failed(runner);
    srunner_free(runner);
    return failed > 0;
}

static inline int unit_run(const char *name, const TTest *const tests[], size_t count) {
    TCase *cases = tcase_create(name);
    for (size_t i = 0; i < count; i++)
        tcase_add_test(cases, tests[i]);
    return unit_run_cases(name, cases);
}

/* Marks the end of `size` doubles of work in an array of CAPACITY, and sees that the mark is still there. */
static inline double *unit_mark(double *work, size_t capacity, double size) {
    ck_assert_double_lt(size, (double)capacity);
    work[(size_t)size] = 0.713;
    return work + (size_t)size;
}

#define UNIT_MAIN(name, ...)                                                                                 \
    int main(void) {                                                                                         \
        const TTest *const tests[] = { __VA_ARGS__ };                                                        \
        return unit_run(name, tests, sizeof tests / sizeof *tests);                                          \
    }

#endif
