/* The values of an axis, AXIS=LIST. What is accepted lies in the range of the axis, and its content, read again, is the
 * same value under the same name. */
#include "fuzz.h"
#include "grid/grid.h"

#include <string.h>

static bool in_range(const struct word *word, const struct value *value) {
    if (word->kind == KIND_COUNT)
        return value->count >= word->least && value->count <= LARGEST_EXACT;
    if (word->kind == KIND_REAL)
        return value->real >= word->low && value->real <= word->high;
    return word->names[value->count] && strcmp(word->names[value->count], value->text) == 0;
}

static bool same(const struct word *word, const struct value *a, const struct value *b) {
    return word->kind == KIND_REAL ? a->real == b->real : a->count == b->count;
}

static void check(const struct word *word, const struct value *value) {
    struct axis again = { .word = word };
    struct arena arena = { NULL };
    struct reason why = { .text = "" };
    MUST(in_range(word, value));
    MUST(sweep_axis_parse(&again, value->content, &arena, &why) && again.count == 1);
    MUST(same(word, value, again.values) && strcmp(value->content, again.values->content) == 0);
    free(again.values);
    sweep_arena_free(&arena);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    struct axis axis = { .word = NULL };
    struct arena arena = { NULL };
    struct reason why = { .text = "" };
    char *text = malloc(size + 1), *list = text;
    MUST(text);
    memcpy(text, data, size);
    text[size] = '\0';
    axis.word = sweep_word(strsep(&list, "="));
    MUST(!axis.word || !axis.word->names[NAMES_MAX]);
    if (axis.word && axis.word->kind != KIND_FILE && list) {
        const bool good = sweep_axis_parse(&axis, list, &arena, &why);
        MUST(good ? axis.count > 0 : why.text[0] != '\0');
        for (size_t i = 0; good && i < axis.count; i++)
            check(axis.word, &axis.values[i]);
    }
    free(axis.values);
    sweep_arena_free(&arena);
    free(text);
    return 0;
}
