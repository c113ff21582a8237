/* C1: what a fixed window does not hold, no training can make it see; what it holds it learns. */
#include "claim.h"

/* Mean error of 16 runs that are asked, by `last`, for one symbol of four: 3/4 is chance. */
static double error(const char *window, const char *delay) {
    struct sweep_table table = claim_run(
        16, (const char *const[]){ "--window", window, "--delay", delay, "--seed", "101:116", NULL });
    const double mean = claim_mean(&table, "error", "").mean;
    sweep_table_free(&table);
    return mean;
}

START_TEST(a_window_solves_what_it_holds_and_is_at_chance_one_step_further_back) {
    claim_at_most("C1", "window of 6: error on the symbol 5 steps back, mean of 16 seeds", error("6", "5"),
                  0.02, "within the window");
    claim_near("C1", "window of 6: error on the symbol 6 steps back", error("6", "6"), 0.75, 0.02,
               "chance, one in four: there is no path");
    claim_near("C1", "window of 3: error on the symbol 3 steps back", error("3", "3"), 0.75, 0.02,
               "chance, one in four: there is no path");
    claim_at_most("C1", "recurrent net of the same size: error on the symbol 6 steps back", error("0", "6"),
                  0.02, "it crosses the step");
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("window");
    tcase_add_test(cases, a_window_solves_what_it_holds_and_is_at_chance_one_step_further_back);
    return claim_main(cases);
}
