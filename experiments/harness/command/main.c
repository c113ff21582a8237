/* The main of every experiment program. */
#include "sweep.h"

int main(int argc, char **argv) {
    return sweep_main(&experiment, argc, argv);
}
