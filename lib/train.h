/* Learning: what is to be learnt, by which rule, with which remedies, and the calls a training is made of.
 *
 *     rnn_create(&net, &spec);  rnn_draw(net, seed);  rnn_training_create(&training, net, &how);
 *     while (training->updates < most && rnn_training_measure(training) == RNN_OK) {
 *         ... look at net->log_dh, net->gradient, net->loss ...
 *         if (rnn_training_update(training) != RNN_OK)
 *             break;
 *         ... every so often rnn_training_test(&score, training, length, sequences) ...
 *     }
 *
 * There are no call-backs: the loop is the caller's, and between two calls it may look at everything. */
/* clang-format off */
#ifndef RNN_TRAIN_H
#define RNN_TRAIN_H

#include "rnn.h"

#ifdef __cplusplus
extern "C" {
#endif

/* ---- tasks ------------------------------------------------------------------------------------------- */

/* T steps, t = 0..T-1; what is drawn is uniform where no law is named; one-hot: one channel a symbol.
 *
 *     adding             x_t = (value U(0,1), marker); one marker is 1 in [0, T/2), one in [T/2, T); target:
 *                        the sum of the two values marked (Hochreiter and Schmidhuber 1997)
 *     adding_anywhere    the same with the markers at any two steps (Le, Jaitly, Hinton 2015)
 *     order              one-hot A B c d e f: c..f, but A or B at p0 in [.1T, .2T) and p1 in [.5T, .6T);
 *                        which two, of 4 classes (Pascanu, Mikolov, Bengio 2013)
 *     order3             three of them, in [.1T, .2T), [.3T, .4T) and [.6T, .7T); 8 classes
 *     copy               one-hot 0..9: ten symbols of 1..8, blanks 0, the marker 9, ten blanks; the answer is
 *                        blank but in the last ten steps, where it is the ten symbols (Arjovsky, Shah, Bengio
 *                        2016, whose T is ours less 20)
 *     recall             a symbol of 4, one-hot, `delay` steps before the last; at all other steps noise
 *                        N(0, 1/4) on a fifth channel; which symbol, asked at the end
 *     last               one-hot A B c d e f, only c..f; which stood `delay` steps before the last: with
 *                        delay 1 the short-range control of `order`
 *     text               bytes of a text, one-hot of RNN_BYTES; which byte comes next */
struct rnn_problem;
struct rnn_batch;
struct rnn_task {
    const char *name;
    size_t inputs, outputs;           /* of the net */
    size_t least;                     /* the shortest T */
    size_t reads;                     /* the loss may be read at so many of the last steps: 1, or any */
    size_t answers;                   /* a wrong answer is an error at so many of the last reads: copy 10 */
    bool classes;                     /* softmax of `label`, error: wrong class; else squared, of `target` */
    bool one_hot;                     /* every x_t */
    double chance_loss, chance_error; /* of one answer, without any memory */
    size_t (*draws)(size_t length);   /* uniform numbers that one sequence is made of */
    void (*fill)(const struct rnn_batch *batch, const struct rnn_problem *problem, struct rnn_stream stream,
                 double *draws);
};
extern const struct rnn_task rnn_task_adding, rnn_task_adding_anywhere, rnn_task_order, rnn_task_order3,
    rnn_task_copy, rnn_task_recall, rnn_task_last, rnn_task_text;

/* The loss of the best guess that knows only the step, in nats, read at `reads` steps: of adding the variance
 * 1/6; of copy 10 ln 8 / reads, at most ln 8; of the others ln(classes). */
double rnn_chance_loss(const struct rnn_task *task, size_t reads);

struct rnn_text {
    const unsigned char *bytes; /* borrowed */
    size_t size;
};

/* A task and what it leaves open. */
struct rnn_problem {
    const struct rnn_task *task;
    size_t delay;                   /* recall 1..T-1, last 0..T-1; of no meaning to the others */
    struct rnn_text text, held_out; /* of text: to train on, and for tests; longer than T */
};

/* Room for a batch of sequences, all borrowed; time-major, as in a net. */
struct rnn_batch {
    size_t length, batch, reads; /* T, B, n */
    double *x;                   /* (T, B, inputs) */
    double *target;              /* (n, B, outputs), unless the task has classes */
    uint32_t *label;             /* (n, B), if it has */
    uint32_t *ones;              /* (T, B): of a task that is one-hot, which channel of x_t is 1; NULL: not wanted */
    size_t known;                /* first rows of x that are one-hot already, as `ones` says: only those are moved */
};

/* Fills a batch. Sequence b is the same whatever B is, and depends on the stream alone: a seed, RNN_FOR_BATCH
 * or, which training never touches, RNN_FOR_TEST, and the batch's number. `draws`: B * task->draws(T). */
void rnn_problem_fill(const struct rnn_batch *batch, const struct rnn_problem *problem,
                      struct rnn_stream stream, double *draws);

/* As rnn_spec_fault, of a problem at this length, read at the last `reads` steps. */
const char *rnn_problem_fault(const struct rnn_problem *problem, size_t length, size_t reads);

/* Fills x and the labels of a net with one window of `text` a sequence: x_t is byte number t, one-hot, and
 * the label the byte after each step read. Windows begin anywhere, drawn from RNN_FOR_TASK of the seed.
 * RNN_BAD_SIZE unless inputs = outputs = RNN_BYTES and size > length. */
enum { RNN_BYTES = 256 };
enum rnn_status rnn_draw_text(struct rnn *net, const unsigned char *text, size_t size, uint64_t seed);

/* Lets a net of letters write: from h_0 = 0 and a line feed on, each byte drawn with the probability the net gives
 * it, and read next; of length 1 meanwhile, of its longest after, with h_0 = 0. RNN_BAD_SIZE as above, or in segments. */
enum rnn_status rnn_write_text(unsigned char *bytes, size_t count, struct rnn *net, uint64_t seed);

/* ---- clipping and another remedy ----------------------------------------------------------------------- */

/* Clipping acts on a whole gradient g (count), after the backward pass and before the step. The true g is
 * 2^*exponent times `gradient`: a net's, with &net->gradient_exponent, or numbers without one, with NULL.
 * What a threshold has brought within double carries no exponent any more.
 *
 *     by norm     g *= threshold / ||g|| if ||g|| > threshold: one factor for all, the direction stays
 *                 (Pascanu, Mikolov, Bengio 2013, algorithm 1); *log_norm, unless NULL, is ln ||g|| before
 *     by value    every component into -threshold..threshold: the direction turns
 *
 * RNN_BAD_LAW: the threshold is not finite and > 0. RNN_DIVERGED: a component is not finite. Both leave g. */
enum rnn_clip { RNN_NO_CLIP = 1, RNN_CLIP_NORM, RNN_CLIP_VALUE };
enum rnn_status rnn_clip_norm(double *log_norm, double *gradient, size_t count, int *exponent,
                              double threshold);
enum rnn_status rnn_clip_value(double *gradient, size_t count, int *exponent, double threshold);

/* Omega of Pascanu, Mikolov, Bengio 2013, section 3.3: how far dL/da_t, their state, is from keeping its norm
 *
 *     Omega = mean (||phi'(a_{t-1}) * W_hh^T da_t|| / ||da_t|| - 1)^2     over t = 2..T and the sequences
 *
 * where da_t is not zero, and dW (H, H) = dOmega/dW_hh with da_t and a_t held constant, as they do. Theirs is
 * a sum over t; their code takes a mean, of squared norms. After rnn_backward of a tied elman net without a
 * norm, with RNN_EVERYTHING. `work` holds rnn_omega_work doubles. */
double rnn_omega(double *dW, const struct rnn *net, double *work);
double rnn_omega_work(const struct rnn_spec *spec);

/* ---- optimisers ---------------------------------------------------------------------------------------- */

/* With g the gradient, element by element, in step k = 1, 2, ...:
 *
 *     sgd        v = momentum v + g                                           theta -= rate v
 *     rmsprop    s = decay s + (1 - decay) g^2
 *                v = momentum v + g / (sqrt(s) + epsilon)                     theta -= rate v
 *     adam       v = momentum v + (1 - momentum) g
 *                s = decay s + (1 - decay) g^2
 *                theta -= rate v / (1 - momentum^k) / (sqrt(s / (1 - decay^k)) + epsilon)
 *
 * as PyTorch has them; TensorFlow adds rmsprop's epsilon to s, under the root. Tieleman and Hinton 2012;
 * Kingma and Ba 2015, whose beta_1 and beta_2 are momentum and decay. */
enum rnn_rule { RNN_SGD = 1, RNN_RMSPROP, RNN_ADAM };
struct rnn_optimizer {
    enum rnn_rule rule;
    double rate;           /* > 0 */
    double momentum;       /* [0, 1) */
    double decay, epsilon; /* [0, 1), > 0; not of sgd */
};
struct rnn_optimizer rnn_sgd(double rate);     /* momentum 0 */
struct rnn_optimizer rnn_rmsprop(double rate); /* momentum 0, decay .99, epsilon 1e-8 */
struct rnn_optimizer rnn_adam(double rate);    /* .9, .999, 1e-8 */
const char *rnn_optimizer_fault(const struct rnn_optimizer *optimizer);

/* What an optimiser remembers; before the first step both powers are 1 and all else is 0. */
struct rnn_moments {
    double *v, *s;                      /* (count): the true are 2^exponent v, or in rmsprop v, 4^exponent s */
    int *exponent;                      /* (count): 0 but where a component has exploded */
    double momentum_power, decay_power; /* momentum^k, decay^k */
    bool exploded;                      /* whether an exponent is not 0 */
};

/* One step of theta (count). The true gradient is 2^*exponent times `gradient`, and *exponent comes back 0 unless
 * that leaves the range of double. A component that has exploded has moments on an exponent of its own until they
 * are of ordinary size again, so that squares do not overflow and every step is that of exact arithmetic. Returns
 * whether all of theta is finite. */
bool rnn_step(double *theta, double *gradient, size_t count, int *exponent,
              const struct rnn_optimizer *optimizer, struct rnn_moments *moments);

/* ---- a training ---------------------------------------------------------------------------------------- */

/* Every field is to be set; zero is an error except where a zero is named. */
struct rnn_training_spec {
    struct rnn_problem problem;
    struct rnn_optimizer optimizer;
    enum rnn_clip clip;
    double threshold;         /* of a clip, > 0 */
    double omega;             /* 0: none; the weight of Omega in what is descended */
    size_t shortest, longest; /* T of a batch to train on is drawn from these; at most the net's */
    size_t window;            /* 0: none; k: the net has length 1, and for x the last k x_t, side by side */
    bool population;          /* test a norm with its population statistics: below; may be changed any time */
    uint64_t seed;            /* of data alone: update u trains on the same batch, whatever the rest */
};

/* As rnn_spec_fault, of a training of a net of that spec, which has none. */
const char *rnn_training_fault(const struct rnn_training_spec *spec, const struct rnn_spec *net);

/* Why a training cannot go on: an outcome, not a failure. */
enum rnn_cause { RNN_GOES_ON, RNN_LOST_STATE, RNN_LOST_LOSS, RNN_LOST_GRADIENT, RNN_LOST_THETA };
const char *rnn_cause_text(enum rnn_cause cause); /* what is not finite, or "none" */

struct rnn_training {
    struct rnn_training_spec spec;
    struct rnn *net;      /* borrowed */
    size_t updates;       /* made so far */
    size_t tested;        /* batches drawn for tests so far */
    double omega;         /* of the last measure, unweighted; 0 without */
    double log_norm;      /* of the last update: ln ||g|| before the clip, -inf for zero */
    bool clipped;         /* whether the clip changed g then */
    enum rnn_cause cause; /* with `updates`, where it was lost; */
    size_t stopped_at;    /* and the step, of a state or a gradient, else 0 */
    struct rnn_moments moments;
    struct rnn_training_work *work;
};

/* The training of a drawn net, or *training reused where that is large enough: one allocation beside the net,
 * which is borrowed. RNN_BAD_SPEC, RNN_NO_MEMORY: NULL. rnn_training_free nulls. */
enum rnn_status rnn_training_create(struct rnn_training **training, struct rnn *net,
                                    const struct rnn_training_spec *spec);
double rnn_training_bytes(const struct rnn_training_spec *spec, const struct rnn_spec *net); /* or NAN */
void rnn_training_free(struct rnn_training **training);

/* Draws the batch of the update to come and runs it: forward, loss, backward, Omega. RNN_OK, also where
 * gradients further back are exactly zero (-inf in net->log_dh; what lies above is right); RNN_DIVERGED. */
enum rnn_status rnn_training_measure(struct rnn_training *training);

/* Clips the gradient where it stands and takes a step. RNN_OK, RNN_DIVERGED; RNN_BAD_RANGE: none was measured since
 * the last update, test or restore. A norm's population statistics,
 * step by step (Cooijmans et al. 2017), are means over the updates, from the tenth on with weight 1/10 to the
 * newest; variances by B - 1. Steps never trained on have those of the last one that was. */
enum rnn_status rnn_training_update(struct rnn_training *training);

/* Runs `sequences` fresh ones of length T, drawn for tests, each batch once in a training; the loss as in
 * measure, of whole batches; the share of wrong classes, or the mean squared error. No gradient belongs to it.
 * RNN_OK, RNN_DIVERGED, RNN_BAD_RANGE: T, or no sequences. */
struct rnn_score {
    double loss, error;
    size_t sequences;
};
enum rnn_status rnn_training_test(struct rnn_score *score, struct rnn_training *training, size_t length,
                                  size_t sequences);

/* The same to learn whether the error is below `goal`: as soon as it is not, the batches left are not run, and loss
 * and error are short of theirs. Tests that follow see the same sequences either way. RNN_BAD_RANGE too if it is nan. */
enum rnn_status rnn_training_pass(struct rnn_score *score, struct rnn_training *training, size_t length,
                                  size_t sequences, double goal);

/* All that a training has become, in one copy without pointers, valid until the next call: from it, a
 * training created with the same specs, of a net with the same h_0, goes on to the same bits. RNN_BAD_SIZE: not the size of its state. */
void *rnn_training_state(struct rnn_training *training, size_t *size);
enum rnn_status rnn_training_restore(struct rnn_training *training, const void *state, size_t size);

#ifdef __cplusplus
}
#endif
#endif
