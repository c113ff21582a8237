/* What only the files of this room know of a training. */
#ifndef TRAIN_WORK_H
#define TRAIN_WORK_H

#include "train.h"

/* Statistics of a norm over the batches trained on: population.c. */
struct rnn_population {
    double *mean, *variance; /* (N, longest, H), as net->mean */
    double *seen; /* (longest): batches that had this step */
};

/* Takes in the statistics of the batch that the net last ran. */
void rnn_population_add(const struct rnn_population *population, const struct rnn *net);

/* Puts those of the population in their place, for a frozen net. */
void rnn_population_use(struct rnn *net, const struct rnn_population *population);

struct rnn_training_work {
    double *head, *theta; /* with the moments and the population, the state: see rnn_training_state */
    struct rnn_population population;
    double *draws;
    double *sequences; /* of a window: (longest, B, inputs of the task) */
    double *dW, *omega; /* dOmega/dW_hh (H, H), and rnn_omega's work */
    bool measured; /* the gradient is that of the update to come */
    size_t state_size, capacity; /* bytes */
};

#endif
