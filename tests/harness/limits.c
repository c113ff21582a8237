/* Prints the memory limit of the control groups that a file names: limits GROUPS ROOT. */
#include "base/base.h"

#include <stdio.h>

int main(int argc, char **argv) {
    if (argc == 3)
        printf("%.17g\n", sweep_group_limit(argv[1], argv[2]));
    return argc == 3 ? 0 : 2;
}
