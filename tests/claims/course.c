/* C13, C15: an explosion is not only a matter of how weights are drawn: from a start below the critical scale a gradient
 * grows in training, since to learn what lies far back r has to come up to 1. */
#include "claim.h"

#include <math.h>

enum { SEEDS = 16, LOOKS = 30, LENGTH = 30 };

/* The rows of one seed, lag 0, in the order of the updates: `stride` rows apart. */
static double growth(const struct sweep_table *table, size_t seed) {
    const size_t first = seed * LOOKS * LENGTH;
    const double start = claim_value(table, first, "log10_gradient");
    double most = start;
    for (size_t i = 0; i < LOOKS; i++)
        most = fmax(most, claim_value(table, first + i * LENGTH, "log10_gradient"));
    return most - start;
}

START_TEST(from_below_the_critical_scale_gradients_grow_tenfold_in_training) {
    struct sweep_table table =
        claim_run(SEEDS * LOOKS * LENGTH, (const char *const[]){ "--seed", "101:116", NULL });
    const struct claim_mean start = claim_mean(&table, "slope", "update=0 lag=0"),
                            end = claim_mean(&table, "slope", "update=1450 lag=0"),
                            radius = claim_mean(&table, "radius", "update=0 lag=0");
    double tenfold = 0;
    for (size_t seed = 0; seed < SEEDS; seed++)
        tenfold += growth(&table, seed) > 1;
    claim_near("C15", "spectral radius at the start, mean of 16 seeds", radius.mean, 0.98, 0.06,
               "scale 0.95, below the critical scale 1 of tanh; finite n spreads it");
    claim_at_most("C15", "slope of ln||dL/dh|| at the start, mean", start.mean, -0.1, "vanishes");
    claim_share_at_least("C15", "share of seeds whose ||g|| grows tenfold in training", tenfold / SEEDS,
                         SEEDS, 0.25, "Pascanu, Mikolov, Bengio 2013: .27 to 776 in one run");
    claim_near("C15", "slope at the end, mean", end.mean, 0, 0.1, "r comes up to 1");
    claim_at_most("C13", "share of lags from 20 on in dL/dW_hh at the start, log10 less that at update 500",
                  claim_mean(&table, "log10_beyond", "update=0 lag=20").mean -
                      claim_mean(&table, "log10_beyond", "update=500 lag=20").mean,
                  -0.5, "what lies far back counts for little at the start, and for much when it is learnt");
    sweep_table_free(&table);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("course");
    tcase_add_test(cases, from_below_the_critical_scale_gradients_grow_tenfold_in_training);
    return claim_main(cases);
}
