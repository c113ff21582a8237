/* The address of a cell: what its rows depend on, spelled in one way. */
#include "store.h"

#include <string.h>

static void append_text(struct buffer *out, const char *text) {
    sweep_append(out, text, strlen(text));
}

void sweep_address(struct buffer *out, const struct sweep_point *point) {
    for (size_t i = 0; i < point->grid->count; i++) {
        const struct axis *axis = &point->grid->axes[i];
        append_text(out, axis->word->name);
        append_text(out, "=");
        append_text(out, axis->values[point->index[i]].content);
        append_text(out, " ");
    }
    append_text(out, rnn_fused() ? "arithmetic=fused" : "arithmetic=plain");
}
