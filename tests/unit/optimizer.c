/* Each optimiser against a second implementation in long double, exploded gradients included. */
#include "train.h"
#include "unit.h"

#include <math.h>
#include <string.h>

enum { N = 37, STEPS = 100 };

static const struct rnn_optimizer rules[] = {
    { RNN_SGD, 0.0713, 0, 0, 0 },
    { RNN_SGD, 0.0713, 0.613, 0, 0 },
    { RNN_RMSPROP, 0.00713, 0, 0.917, 1e-3 },
    { RNN_RMSPROP, 0.00713, 0.613, 0.917, 1e-3 },
    { RNN_ADAM, 0.00713, 0.913, 0.9917, 1e-3 },
    { RNN_ADAM, 0.00713, 0, 0, 1e-3 },
    { RNN_RMSPROP, 0.00713, 0.613, 0, 1e-3 },
    { RNN_RMSPROP, 0.00713, 0, 1e-4, 1e-3 }, /* forgets a burst within the steps */
    { RNN_ADAM, 0.00713, 1e-4, 1e-6, 1e-3 },
};
enum { RULES = sizeof rules / sizeof *rules };

/* One parameter, written from the formulas of train.h; k counts from 1. */
static void second_step(long double *theta, long double *v, long double *s, long double g, int k,
                        const struct rnn_optimizer *o) {
    const long double mu = o->momentum, nu = o->decay;
    if (o->rule == RNN_SGD) {
        *v = mu * *v + g;
        *theta -= o->rate * *v;
    } else if (o->rule == RNN_RMSPROP) {
        *s = nu * *s + (1 - nu) * g * g;
        *v = mu * *v + g / (sqrtl(*s) + o->epsilon);
        *theta -= o->rate * *v;
    } else {
        *v = mu * *v + (1 - mu) * g;
        *s = nu * *s + (1 - nu) * g * g;
        *theta -= o->rate * (*v / (1 - powl(mu, k))) / (sqrtl(*s / (1 - powl(nu, k))) + o->epsilon);
    }
}

/* Steps from..until - 1, in which the gradient is given on an exponent, and that of one component in `every` is
 * 2^power times larger. */
struct burst {
    int from, until, every, power, exponent;
};

static bool bursts(const struct burst *b, int k) {
    return k >= b->from && k < b->until;
}

/* g of step k: of many sizes, some of them zero */
static long double gradient_of(int k, int i, const struct burst *b) {
    double g;
    rnn_gaussian(&g, 1, 0.713, (struct rnn_stream){ 2385, RNN_FOR_NOISE, (uint32_t)(k * N + i) });
    return i == 13 ? 0 : ldexpl(g, i % 7 * 3 - 9 + (bursts(b, k) && i % b->every == 0 ? b->power : 0));
}

/* The largest |theta - second theta| over the size of theta or, if that is larger, of what was added to
 * it. */
static double difference(const struct rnn_optimizer *o, struct burst b) {
    double theta[N], g[N], v[N] = { 0 }, s[N] = { 0 }, worst = 0;
    int exponents[N] = { 0 };
    long double second[N], second_v[N] = { 0 }, second_s[N] = { 0 }, size[N];
    struct rnn_moments moments = { v, s, exponents, 1, 1, false };
    for (int i = 0; i < N; i++)
        size[i] = fabsl(second[i] = theta[i] = 0.0917 * (i - 17));
    for (int k = 1; k <= STEPS; k++) {
        const int exponent = bursts(&b, k) ? b.exponent : 0;
        int carried = exponent;
        for (int i = 0; i < N; i++) {
            const long double exact = gradient_of(k, i, &b);
            g[i] = (double)ldexpl(exact, -exponent);
            second_step(&second[i], &second_v[i], &second_s[i], exact, k, o);
            size[i] = fmaxl(size[i], fabsl(second[i]));
        }
        ck_assert(rnn_step(theta, g, N, &carried, o, &moments));
        ck_assert(carried == 0 || (carried == exponent && moments.exploded));
    }
    for (int i = 0; i < N; i++)
        worst = fmax(worst, (double)(fabsl(theta[i] - second[i]) / size[i]));
    return worst;
}

START_TEST(a_hundred_steps_are_those_of_a_second_implementation) {
    for (int i = 0; i < RULES; i++)
        ck_assert_double_lt(difference(&rules[i], (struct burst){ .every = 1 }), 1e-13);
}
END_TEST

START_TEST(a_gradient_beyond_double_is_stepped_along_as_exactly) {
    static const struct burst all[] = {
        { 31, STEPS + 1, 1, 300, 0 },     { 31, STEPS + 1, 1, 700, 0 },
        { 31, STEPS + 1, 1, 2500, 2490 }, { 31, STEPS + 1, 1, 2500, 3100 },
        { 31, STEPS + 1, 1, -900, -950 }, { 31, STEPS + 1, 5, 700, 0 },
        { 31, STEPS + 1, 5, 700, 690 },   { 11, 12, 5, 450, 0 },
        { 11, 12, 1, 450, 460 },          { 11, 14, 5, 1400, 950 },
    };
    for (int i = 0; i < RULES; i++)
        for (size_t j = 0; j < sizeof all / sizeof *all; j++)
            if (rules[i].rule != RNN_SGD || all[j].power < 800) /* theta itself leaves double */
                ck_assert_double_lt(difference(&rules[i], all[j]), 1e-13);
}
END_TEST

START_TEST(a_burst_that_is_forgotten_leaves_no_exponent) {
    double theta[2] = { 2.385, -0.713 }, v[2] = { 0 }, s[2] = { 0 };
    int exponents[2] = { 0 };
    struct rnn_moments moments = { v, s, exponents, 1, 1, false };
    for (int k = 0; k < STEPS; k++) {
        double g[] = { k == 0 ? ldexp(1.3, 700) : 1.3, 0.713 };
        int exponent = 0;
        ck_assert(rnn_step(theta, g, 2, &exponent, &rules[RULES - 2], &moments));
        ck_assert_int_eq(moments.exploded, exponents[0] != 0);
        ck_assert_int_eq(exponents[1], 0);
    }
    ck_assert(!moments.exploded);
}
END_TEST

START_TEST(theta_beyond_double_is_told) {
    double theta[2] = { 2.385, -0.713 }, g[2] = { 0.713, 1.3 }, v[2] = { 0 }, s[2] = { 0 };
    int exponents[2] = { 0 };
    struct rnn_moments moments = { v, s, exponents, 1, 1, false };
    const struct rnn_optimizer sgd = rnn_sgd(0.1);
    int exponent = 900;
    ck_assert(rnn_step(theta, g, 2, &exponent, &sgd, &moments));
    exponent = 1100;
    ck_assert(!rnn_step(theta, g, 2, &exponent, &sgd, &moments));
}
END_TEST

START_TEST(presets_are_filled_and_lawful) {
    const struct rnn_optimizer presets[] = { rnn_sgd(0.713), rnn_rmsprop(0.713), rnn_adam(0.713) };
    for (int i = 0; i < 3; i++) {
        ck_assert_ptr_null(rnn_optimizer_fault(&presets[i]));
        ck_assert_double_eq(presets[i].rate, 0.713);
        ck_assert_int_eq(presets[i].rule, RNN_SGD + i);
    }
    ck_assert_double_eq(presets[0].momentum, 0);
    ck_assert_double_eq(presets[1].momentum, 0);
    ck_assert_double_eq(presets[1].decay, 0.99);
    ck_assert_double_eq(presets[1].epsilon, 1e-8);
    ck_assert_double_eq(presets[2].epsilon, 1e-8);
    ck_assert_double_eq(presets[2].momentum, 0.9);
    ck_assert_double_eq(presets[2].decay, 0.999);
}
END_TEST

START_TEST(a_wrong_field_is_named) {
    static const struct {
        struct rnn_optimizer optimizer;
        const char *field;
    } wrong[] = { { { 0, 1, 0, 0, 1 }, "optimizer" },
                  { { RNN_ADAM + 1, 1, 0, 0, 1 }, "optimizer" },
                  { { RNN_SGD, 0, 0, 0, 1 }, "rate" },
                  { { RNN_SGD, -0.1, 0, 0, 1 }, "rate" },
                  { { RNN_ADAM, NAN, 0, 0, 1 }, "rate" },
                  { { RNN_ADAM, INFINITY, 0, 0, 1 }, "rate" },
                  { { RNN_SGD, 1, 1, 0, 1 }, "momentum" },
                  { { RNN_SGD, 1, -0.1, 0, 1 }, "momentum" },
                  { { RNN_ADAM, 1, NAN, 0, 1 }, "momentum" },
                  { { RNN_RMSPROP, 1, 0, 1, 1 }, "decay" },
                  { { RNN_ADAM, 1, 0, -0.1, 1 }, "decay" },
                  { { RNN_ADAM, 1, 0, 0, 0 }, "epsilon" },
                  { { RNN_RMSPROP, 1, 0, 0, INFINITY }, "epsilon" } };
    for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
        const char *fault = rnn_optimizer_fault(&wrong[i].optimizer);
        ck_assert_ptr_nonnull(fault);
        ck_assert_int_eq(strncmp(fault, wrong[i].field, strlen(wrong[i].field)), 0);
    }
}
END_TEST

UNIT_MAIN("optimizer", a_hundred_steps_are_those_of_a_second_implementation,
          a_gradient_beyond_double_is_stepped_along_as_exactly, a_burst_that_is_forgotten_leaves_no_exponent,
          theta_beyond_double_is_told, presets_are_filled_and_lawful, a_wrong_field_is_named)
