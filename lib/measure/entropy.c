/* What a text tells of its next byte to who looks at none before. */
#include "measure.h"

#include <math.h>

double rnn_entropy(const unsigned char *bytes, size_t size) {
    size_t count[256] = { 0 };
    double bits = 0;
    for (size_t i = 0; i < size; i++)
        count[bytes[i]]++;
    for (size_t c = 0; c < 256; c++) {
        const double share = (double)count[c] / (double)size;
        bits -= count[c] ? share * rnn_log10(share) * M_LN10 / M_LN2 : 0;
    }
    return bits;
}
