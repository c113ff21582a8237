/* The main of every experiment program. */
#include "sweep.h"

/* Written by program.py. */
extern const uint64_t sweep_program;

int main(int argc, char **argv) {
    return sweep_main(&experiment, sweep_program, argc, argv);
}
