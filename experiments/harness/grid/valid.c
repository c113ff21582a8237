/* Checks of a point that several experiments share: see sweep.h, `valid`. */
#include "base/base.h"
#include "sweep.h"

#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

bool sweep_invalid(char *reason, size_t size, const char *format, ...) {
    va_list list;
    va_start(list, format);
    vsnprintf(reason, size, sweep_tr(format), list);
    va_end(list);
    return false;
}

bool sweep_lags_valid(const struct sweep_point *point, char *reason, size_t size) {
    const uint64_t first = sweep_count(point, "first"), last = sweep_count(point, "last");
    const uint64_t length = sweep_count(point, "length");
    if (last >= length)
        return sweep_invalid(reason, size, "--last %" PRIu64 ": must be below --length %" PRIu64, last,
                             length);
    if (last < 2 || first > last - 2)
        return sweep_invalid(reason, size, "--first %" PRIu64 ": must leave three lags up to --last %" PRIu64,
                             first, last);
    return true;
}

bool sweep_text_valid(const struct sweep_point *point, char *reason, size_t size) {
    const uint64_t length = sweep_count(point, "length");
    const size_t bytes = sweep_text(point, "file").size;
    if (bytes > length)
        return true;
    return sweep_invalid(reason, size,
                         "--file %s: holds %zu bytes, a window of --length %" PRIu64 " needs %" PRIu64,
                         sweep_name(point, "file"), bytes, length, length + 1);
}
