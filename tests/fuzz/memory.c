/* As if the machine had little memory, so that no input is long to lay out. Takes the place of limits.c. */
#include "base/base.h"

double sweep_memory_available(void) {
    return 1 << 18;
}
