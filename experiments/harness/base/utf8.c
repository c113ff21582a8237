/* UTF-8 as RFC 3629 has it. */
#include "base.h"

#include <string.h>

/* No overlong form, no surrogate, nothing above U+10FFFF. */
size_t sweep_utf8(const unsigned char *bytes, size_t size) {
    unsigned char c = bytes[0];
    if (c < 0x80)
        return 1;
    size_t length = c >= 0xC2 && c <= 0xDF ? 2 : (c & 0xF0) == 0xE0 ? 3 : c >= 0xF0 && c <= 0xF4 ? 4 : 0;
    if (length == 0 || length > size)
        return 0;
    for (size_t i = 1; i < length; i++)
        if ((bytes[i] & 0xC0) != 0x80)
            return 0;
    bool overlong = (c == 0xE0 && bytes[1] < 0xA0) || (c == 0xF0 && bytes[1] < 0x90);
    bool surrogate = c == 0xED && bytes[1] > 0x9F, above = c == 0xF4 && bytes[1] > 0x8F;
    return overlong || surrogate || above ? 0 : length;
}

size_t sweep_utf8_valid(const void *bytes, size_t size) {
    const unsigned char *text = bytes;
    size_t valid = 0;
    for (size_t length; valid < size && (length = sweep_utf8(text + valid, size - valid));)
        valid += length;
    return valid;
}

void sweep_quote(struct buffer *out, const char *text) {
    size_t left = strlen(text);
    sweep_append(out, "\"", 1);
    while (left) {
        size_t length = sweep_utf8((const unsigned char *)text, left);
        if (length == 0)
            sweep_append(out, "\\ufffd", 6);
        else if (*text == '"' || *text == '\\')
            sweep_print(out, "\\%c", *text);
        else if ((unsigned char)*text < 0x20)
            sweep_print(out, "\\u%04x", (unsigned)*text);
        else
            sweep_append(out, text, length);
        text += length ? length : 1;
        left -= length ? length : 1;
    }
    sweep_append(out, "\"", 1);
}
