/* What a claim test prints and holds. It reruns the experiment its page describes, on a smaller grid; every
 * line states what was measured, what was expected and whether that passes, and goes to build/claims.md too. */
#ifndef CLAIM_H
#define CLAIM_H

#include "sweep.h"

#include <check.h>

/* Runs the linked experiment with these flags, up to NULL; fails unless it gives `rows` rows, all of status
 * ok. */
struct sweep_table claim_run(size_t rows, const char *const flags[]);

/* Mean and sample standard deviation of a column over the rows that match, such as "activation=tanh scale=1
 * lag=20". No row that matches, or an empty field in one, fails the test. */
struct claim_mean {
    double mean, deviation;
    size_t count;
};
struct claim_mean claim_mean(const struct sweep_table *table, const char *column, const char *where);

/* A column, or an axis of numbers, in one row; an empty field fails the test. */
double claim_value(const struct sweep_table *table, size_t row, const char *column);

/* |measured - expected| <= tolerance; `source` says where expectation and tolerance come from. */
void claim_near(const char *claim, const char *what, double measured, double expected, double tolerance,
                const char *source);
/* measured <= limit, measured >= limit */
void claim_at_most(const char *claim, const char *what, double measured, double limit, const char *source);
void claim_at_least(const char *claim, const char *what, double measured, double limit, const char *source);

/* The same of a share of n seeds, whose 95 % interval (Wilson 1927) the line says too. */
void claim_share_at_most(const char *claim, const char *what, double share, size_t n, double limit,
                         const char *source);
void claim_share_at_least(const char *claim, const char *what, double share, size_t n, double limit,
                          const char *source);

/* main of a claim test: opens this experiment's part of the summary, runs the cases, writes the summary anew. */
int claim_main(TCase *cases);

#endif
