/* Text for people, folded to the width of where they read it. */
#include "command.h"

#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

static int variable(const char *name, int otherwise) {
    const char *text = getenv(name);
    uint64_t value;
    return text && sweep_parse_count(&value, text) && value >= 1 && value <= 1000 ? (int)value : otherwise;
}

static int at_least(int value, int least) {
    return value < least ? least : value;
}

struct screen sweep_screen(void) {
    struct winsize size = { .ws_col = 0 };
    const bool known = ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col && size.ws_row;
    const int columns = known ? size.ws_col : variable("COLUMNS", 80);
    const int rows = known ? size.ws_row : variable("LINES", 24);
    return (struct screen){ at_least(columns, 40), at_least(rows, 12),
                            strcmp(nl_langinfo(CODESET), "UTF-8") == 0 };
}

/* Columns on the screen: a letter of several bytes takes one. */
static int columns(const char *text, int bytes) {
    int count = 0;
    for (int i = 0; i < bytes; i++)
        count += (text[i] & 0xC0) != 0x80;
    return count;
}

void sweep_fold(struct buffer *out, const char *text, int indent, int at, int width) {
    while (*text) {
        const int bytes = (int)strcspn(text, " "), word = columns(text, bytes);
        if (at > indent && at + 1 + word > width) {
            sweep_print(out, "\n%*s", indent, "");
            at = indent;
        } else {
            sweep_print(out, "%*s", at > indent ? 1 : indent - at, "");
            at = at > indent ? at + 1 : indent;
        }
        for (int i = 0; i < bytes; i++)
            sweep_append(out, text[i] == '\t' ? " " : text + i, 1);
        at += word;
        text += bytes + (int)strspn(text + bytes, " ");
    }
    sweep_append(out, "\n", 1);
}
