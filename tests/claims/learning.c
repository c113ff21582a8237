/* C14, C5: what lies within reach of the gradient is learnt, what lies beyond is not. */
#include "claim.h"

/* Share of 16 runs that solved their task: Adam 2e-3, clipped by norm at 1, 50 units, batches of 20. */
static double share(const char *task, const char *kind, const char *length, const char *updates) {
    struct sweep_table table =
        claim_run(16, (const char *const[]){ "--task", task, "--kind", kind, "--length", length, "--updates",
                                             updates, "--seed", "101:116", NULL });
    const double solved = claim_mean(&table, "solved", "").mean;
    sweep_table_free(&table);
    return solved;
}

START_TEST(temporal_order_over_20_steps_is_learnt_by_tanh_and_not_by_sigmoid) {
    claim_at_least("C14", "order, T 20, tanh: share of 16 seeds that solve it in 2000 updates",
                   share("order", "tanh", "20", "2000"), 0.75, "16 of 16 measured independently");
    claim_at_most("C14", "order, T 20, sigmoid: the same", share("order", "sigmoid", "20", "2000"), 0.2,
                  "0 of 16 measured independently");
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("learning");
    tcase_add_test(cases, temporal_order_over_20_steps_is_learnt_by_tanh_and_not_by_sigmoid);
    return claim_main(cases);
}
