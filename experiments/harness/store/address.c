/* The address of a cell: what its rows depend on, spelled in one way. */
#include "store.h"

void sweep_address(struct buffer *out, const struct sweep_point *point) {
    for (size_t i = 0; i < point->grid->count; i++) {
        const struct axis *axis = &point->grid->axes[i];
        sweep_append_text(out, axis->word->name);
        sweep_append_text(out, "=");
        sweep_append_text(out, axis->values[point->index[i]].content);
        sweep_append_text(out, " ");
    }
    sweep_append_text(out, rnn_fused() ? "arithmetic=fused" : "arithmetic=plain");
}
