/* C19: batch normalisation is no cure. Its factor per step against mean field, its growth with depth against
 * the published laws, and what it does give: independence of the initial scale. */
#include "claim.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>

static const char *const seeds = "1:10";

/* What the back-propagation through one normaliser adds to chi at a finite batch: 1 / variance of B gaussian
 * numbers, and the directions that mean and deviation take out (Yang et al. 2019, of linear nets). */
static double finite_batch(double batch) {
    return (batch - 2) / (batch - 3);
}

/* The tolerances of plain driven nets of 128 units, four standard deviations of the mean of ten seeds. Many
 * inputs, lest the drive differ from unit to unit. */
static const struct {
    const char *activation;
    double tolerance;
} activations[] = { { "sigmoid", .030 }, { "tanh", .030 }, { "relu", .030 }, { "linear", .040 } };
enum { ACTIVATIONS = sizeof activations / sizeof *activations };

/* ---- the theory once more, by a plain sum -------------------------------------------------------------- */

static double phi(const char *name, double a) {
    return *name == 's' ? 1 / (1 + exp(-a)) : *name == 't' ? tanh(a) : *name == 'r' ? fmax(a, 0) : a;
}

static double slope_of(const char *name, double a) {
    const double y = phi(name, a);
    return *name == 's' ? y * (1 - y) : *name == 't' ? 1 - y * y : *name == 'r' ? a > 0 : 1;
}

/* E[phi], E[phi^2] and E[phi'^2] of phi(deviation z), z ~ N(0, 1): the midpoint rule on |z| < 9 */
struct moments {
    double mean, square, slope;
};
static struct moments moments_of(const char *name, double deviation) {
    struct moments m = { 0, 0, 0 };
    for (int i = -1152; i < 1152; i++) {
        const double z = (i + 0.5) / 128, weight = exp(-z * z / 2) / sqrt(2 * M_PI) / 128;
        m.mean += weight * phi(name, deviation * z);
        m.square += weight * pow(phi(name, deviation * z), 2);
        m.slope += weight * pow(slope_of(name, deviation * z), 2);
    }
    return m;
}

/* r of a plain net, at the variance q that reproduces itself. */
static double plain_rate(const char *name, double scale, double drive) {
    double q = drive;
    for (int i = 0; i < 500; i++)
        q = scale * scale * moments_of(name, sqrt(q)).square + drive;
    return scale * sqrt(moments_of(name, sqrt(q)).slope);
}

/* r at scale 1 for a large batch: chi = gamma^2 E[phi'^2] / (Var phi + s2) for full, without s2 for separate. */
static double rate(const char *name, const char *norm, double gamma, double drive) {
    if (*norm == 'i')
        return plain_rate(name, 1, gamma * gamma);
    const bool full = *norm == 'f';
    const struct moments m = moments_of(name, gamma * (full || drive == 0 ? 1 : sqrt(2)));
    return gamma * sqrt(m.slope / (m.square - m.mean * m.mean + (full ? drive : 0)));
}

static void slope_is_that_of_theory(const struct sweep_table *table, int i, const char *norm,
                                    const char *gamma, const char *drive) {
    char where[64], what[96];
    snprintf(where, sizeof where, "norm=%s gamma=%s drive=%s", norm, gamma, drive);
    snprintf(what, sizeof what, "slope: %s, %s, gamma %s, drive %s", activations[i].activation, norm, gamma,
             drive);
    const double more = *norm == 'i' ? 0 : 0.5 * log(finite_batch(32));
    const double r = rate(activations[i].activation, norm, atof(gamma), atof(drive));
    claim_near("C19", what, claim_mean(table, "slope", where).mean, log(r) + more, activations[i].tolerance,
               "mean field of a large batch, times (B-2)/(B-3)");
    snprintf(what, sizeof what, "theory: %s, %s, gamma %s, drive %s", activations[i].activation, norm, gamma,
             drive);
    claim_near("C19", what, claim_mean(table, "theory_r", where).mean, r, 2e-5 * r, "a plain sum over z");
    if (*drive == '0' && !drive[1])
        claim_at_most("C19", "and it does not vanish: minus that slope",
                      -claim_mean(table, "slope", where).mean, 0, "chi >= 1 without input");
}

START_TEST(the_slope_is_that_of_mean_field_theory) {
    static const char *const gammas[] = { "0.1", "1", "4" };
    struct sweep_table table =
        claim_run(180, (const char *const[]){ "--activation", activations[_i].activation, "--norm",
                                              "input,full,separate", "--gamma", "0.1,1,4", "--drive", "0,0.1",
                                              "--inputs", "256", "--seed", seeds, NULL });
    for (int g = 0; g < 3; g++) {
        slope_is_that_of_theory(&table, _i, "input", gammas[g], "0.1");
        slope_is_that_of_theory(&table, _i, "full", gammas[g], "0.1");
        slope_is_that_of_theory(&table, _i, "separate", gammas[g], "0.1");
        slope_is_that_of_theory(&table, _i, "full", gammas[g], "0"); /* and so `separate`, its twin there */
    }
    sweep_table_free(&table);
}
END_TEST

/* Yang et al. 2019: (B - 2) / (B - 3) for linear; pi / (pi - 1) for relu as B grows, here times the same
 * factor. Tolerances of ln growth: four standard deviations of the mean of eight seeds, measured on thirty
 * others, and 2 / H for the finite width. */
static const struct {
    const char *activation, *batch;
    double limit, tolerance;
} laws[] = {
    { "linear", "16", 1, .024 },
    { "linear", "32", 1, .020 },
    { "linear", "64", 1, .016 },
    { "relu", "16", M_PI / (M_PI - 1), .032 },
    { "relu", "32", M_PI / (M_PI - 1), .023 },
    { "relu", "64", M_PI / (M_PI - 1), .020 },
};
enum { LAWS = sizeof laws / sizeof *laws };

START_TEST(a_deep_net_grows_by_the_published_laws) {
    const char *const flags[] = {
        "--activation", laws[_i].activation, "--batch", laws[_i].batch, "--hidden", "256", "--seed", "1:8",
        /* a deep feed-forward net, but for its last layer, whose gradient is the loss's own */
        "--weights", "untied", "--drive", "0", "--length", "12", "--first", "1", "--last", "11", "--norm",
        "full", "--gamma", "1", NULL
    };
    struct sweep_table table = claim_run(8, flags);
    const double B = atof(laws[_i].batch);
    char what[96];
    snprintf(what, sizeof what, "ln growth of norm^2 per layer: %s, B %s", laws[_i].activation,
             laws[_i].batch);
    claim_near("C19", what, 2 * claim_mean(&table, "slope", "").mean, log(laws[_i].limit * finite_batch(B)),
               laws[_i].tolerance, "Yang et al. 2019; relu: limit times (B-2)/(B-3)");
    sweep_table_free(&table);
}
END_TEST

START_TEST(separate_normalisation_does_not_feel_the_initial_scale) {
    struct sweep_table table = claim_run(
        40, (const char *const[]){ "--activation", "tanh", "--norm", "none,separate", "--gamma", "1",
                                   "--scale", "0.25,4", "--drive", "0.1", "--seed", seeds, NULL });
    claim_near("C19", "separate: slope at scale 4 less that at 0.25",
               claim_mean(&table, "slope", "norm=separate scale=4").mean -
                   claim_mean(&table, "slope", "norm=separate scale=0.25").mean,
               0, 1e-3, "Cooijmans et al. 2017; epsilon over the variance is 4e-4");
    claim_near("C19", "none: slope at scale 4 less that at 0.25",
               claim_mean(&table, "slope", "norm=none scale=4").mean -
                   claim_mean(&table, "slope", "norm=none scale=0.25").mean,
               log(plain_rate("tanh", 4, 0.1) / plain_rate("tanh", 0.25, 0.1)), .030, "mean field");
    sweep_table_free(&table);
}
END_TEST

/* A gamma of 0.1 preserves the gradient and one of 1 lets it vanish (Cooijmans et al. 2017): over twenty
 * steps, what is left or has grown. */
START_TEST(a_small_gamma_preserves_in_one_setting_and_kills_in_another) {
    struct sweep_table table =
        claim_run(120, (const char *const[]){ "--activation", "tanh", "--init", "gaussian,identity", "--norm",
                                              "separate", "--gamma", "0.1,1,4", "--seed", seeds, NULL });
    static const struct {
        const char *what, *where;
        double sign, limit;
    } cases[] = {
        { "W = I, no input, gamma 0.1: ln of what 20 steps take", "init=identity drive=0 gamma=0.1", -1,
          .10536 }, /* 90 % stays */
        { "W = I, no input, gamma 1: ln of what 20 steps leave", "init=identity drive=0 gamma=1", 1,
          -4.605 }, /* 1 % */
        { "gaussian W, input, gamma 0.1: ln of what 20 steps leave", "init=gaussian drive=0.1 gamma=0.1", 1,
          -4.605 },
        { "gaussian W, input, gamma 4: minus ln of the growth over 20 steps",
          "init=gaussian drive=0.1 gamma=4", -1, -4.605 },
        { "gaussian W, no input, gamma 1: minus ln of the growth over 20 steps",
          "init=gaussian drive=0 gamma=1", -1, 0 },
    };
    for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
        claim_at_most("C19", cases[i].what,
                      20 * cases[i].sign * claim_mean(&table, "slope", cases[i].where).mean, cases[i].limit,
                      "Cooijmans et al. 2017; mean field");
    sweep_table_free(&table);
}
END_TEST

int main(void) {
    TCase *cases = tcase_create("batchnorm");
    tcase_add_loop_test(cases, the_slope_is_that_of_mean_field_theory, 0, ACTIVATIONS);
    tcase_add_loop_test(cases, a_deep_net_grows_by_the_published_laws, 0, LAWS);
    tcase_add_test(cases, separate_normalisation_does_not_feel_the_initial_scale);
    tcase_add_test(cases, a_small_gamma_preserves_in_one_setting_and_kills_in_another);
    return claim_main(cases);
}
