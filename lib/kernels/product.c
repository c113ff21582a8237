/* Products and outer sums, built once per instruction-set level: -DLEVEL=plain, avx2 or avx512 with the flags
 * of that level. An output is one chain of multiply-adds over the summed index in increasing order, whatever
 * the tile it is computed in, which makes its bits equal on every level that fuses them. */
#include "level.h"
#include "vector.h"

#include <string.h>

/* The loop over the summed index: rounds enough for a jump to weigh nothing and its end to be foreseen. */
#if defined __clang__
#define STEPS _Pragma("clang loop unroll_count(8)")
#else
#define STEPS _Pragma("GCC unroll 8")
#endif

/* The tiles (strips, columns) a level has registers for, and the most strips for each number of columns.
 * Fewer columns take more strips: some eight sums must be in flight to hide the latency of an addition. */
#if defined __AVX512F__
/* clang-format off */
#define TILES(X)                                                                                             \
    X(1, 1) X(2, 1) X(3, 1) X(4, 1) X(5, 1) X(6, 1) X(7, 1) X(8, 1)                                          \
    X(1, 2) X(2, 2) X(3, 2) X(4, 2) X(1, 3) X(2, 3) X(3, 3) X(4, 3)                                          \
    X(1, 4) X(2, 4) X(3, 4) X(4, 4) X(1, 5) X(2, 5) X(3, 5) X(4, 5)                                          \
    X(1, 6) X(2, 6) X(3, 6) X(4, 6)
/* clang-format on */
static const size_t heights[] = { 1, 8, 4, 4, 4, 4, 4 };
enum { WIDEST = 6, TALLEST = 8, OUTER_STRIPS = 4 };
#elif defined __AVX2__
#define TILES(X) X(1, 1) X(2, 1) X(3, 1) X(4, 1) X(1, 2) X(2, 2) X(1, 3) X(1, 4) X(1, 5) X(1, 6)
static const size_t heights[] = { 1, 4, 2, 1, 1, 1, 1 };
enum { WIDEST = 6, TALLEST = 4, OUTER_STRIPS = 1 };
#elif defined __aarch64__ /* 32 registers of two doubles */
#define TILES(X) X(1, 1) X(2, 1) X(3, 1) X(1, 2) X(2, 2) X(1, 3) X(1, 4) X(1, 5) X(1, 6)
static const size_t heights[] = { 1, 3, 2, 1, 1, 1, 1 };
enum { WIDEST = 6, TALLEST = 3, OUTER_STRIPS = 1 };
#else /* sixteen registers of two doubles, or unknown */
#define TILES(X) X(1, 1) X(2, 1) X(1, 2)
static const size_t heights[] = { 1, 2, 1 };
enum { WIDEST = 2, TALLEST = 2, OUTER_STRIPS = 1 };
#endif

enum { PER_STRIP = K_STRIP / LANES, MOST_VECTORS = TALLEST * PER_STRIP };

/* Whether an outer sum lays a out anew, [tile][n][column of the tile], or reads it where it is, which is faster where
 * tiles are so tall that each row is read few times. */
enum { LAID = OUTER_STRIPS == 1 };

/* Where sums are: `at` the first row of column 0; columns lie `step` doubles apart; behind a seam rows go on `skip`
 * doubles further, and columns lie `more` further apart. With a `skip` of 0 there is no seam. */
struct place {
    double *at;
    size_t step;
    ptrdiff_t skip, more;
};

/* out[column] = start[where[column]] + sum over the terms of W x[column], where no start is zero. Of an x that is
 * `turned` the columns of a tile lie together: [k][column], or as LAID says. */
struct block {
    const struct k_term *terms, *end;
    const uint32_t *where; /* NULL: 0, 1, 2, ... */
    size_t rows; /* of W; the last strip may reach beyond */
    size_t first, part; /* rows to the first seam, and from each to the next or the end */
    struct place out, start;
    size_t x_step; /* of a turned x that is not laid out: doubles from one k to the next */
};

/* Loads or stores lanes from..to - 1 of vectors v of a tile. */
INLINE void move_vectors(vec sum[WIDEST][MOST_VECTORS], struct place place, const uint32_t *where,
                         size_t column, size_t from, size_t to, const int v, const int columns,
                         const int storing) {
    UNROLL
    for (int c = 0; c < WIDEST; c++) {
        const size_t i = column + (size_t)c;
        double *x = place.at + (size_t)v * LANES + (where && c < columns ? where[i] : i) * place.step;
        if (c < columns && storing)
            store_some(x, sum[c][v], from, to);
        else if (c < columns)
            sum[c][v] = (vec)((bits)sum[c][v] | (bits)load_some(x, from, to));
    }
}

/* Loads or stores the sums of a tile, of which `rows` rows are left; others are 0, and stay away. */
INLINE void move(vec sum[WIDEST][MOST_VECTORS], struct place place, const struct block *b,
                 const uint32_t *where, size_t column, size_t rows, const int vectors, const int columns,
                 const int storing) {
    size_t left = place.skip ? b->first : rows;
    if (left >= rows || left >= (size_t)vectors * LANES) { /* no seam; only the last strip may lack rows */
        UNROLL
        for (int v = 0; v < MOST_VECTORS; v++) {
            const size_t here = (size_t)v * LANES;
            if (v < vectors - PER_STRIP || (v < vectors && here + LANES <= rows))
                move_vectors(sum, place, where, column, 0, LANES, v, columns, storing);
            else if (v < vectors && here < rows)
                move_vectors(sum, place, where, column, 0, rows - here, v, columns, storing);
        }
        return;
    }
    UNROLL
    for (int v = 0; v < MOST_VECTORS; v++)
        for (size_t from = 0, to; v < vectors && from < LANES && (size_t)v * LANES + from < rows; from = to) {
            if (left == 0) {
                left = b->part;
                place.at += place.skip;
                place.step += (size_t)place.more;
            }
            to = left < LANES - from ? from + left : LANES;
            left -= to - from;
            move_vectors(sum, place, where, column, from, to, v, columns, storing);
        }
}

/* One tile of `strips` strips from `strip` on and `columns` columns from `column` on, with all its sums in
 * registers. `strips`, `columns` and `turned` are constants. The loops run to the most there can be and ask
 * inside, because Clang keeps a loop of a single round too long, and its sums in memory. */
INLINE void tile(const struct block *b, size_t strip, size_t column, const int strips, const int columns,
                 const int turned) {
    const int vectors = strips * PER_STRIP;
    const size_t rows = b->rows - strip * K_STRIP; /* from here on */
    vec sum[WIDEST][MOST_VECTORS] = { 0 }, w[MOST_VECTORS];
    if (b->start.at)
        move(sum, b->start, b, b->where, column, rows, vectors, columns, 0);
    for (const struct k_term *term = b->terms; term < b->end; term++) {
        const size_t depth = term->cols, next = depth * K_STRIP; /* doubles from one strip to the next */
        const size_t x_column = turned ? 1 : depth, x_step = !turned ? 1 : LAID ? (size_t)columns : b->x_step;
        const double *W = term->packed + strip * next, *x = term->x + column * (turned && !LAID ? 1 : depth);
        STEPS
        for (size_t k = 0; k < depth; k++) {
            UNROLL
            for (int v = 0; v < MOST_VECTORS; v++)
                if (v < vectors)
                    w[v] = load(W + (size_t)(v / PER_STRIP) * next + v % PER_STRIP * LANES);
            UNROLL
            for (int c = 0; c < WIDEST; c++) {
                const vec factor = splat(c < columns ? x[(size_t)c * x_column] : 0);
                UNROLL
                for (int v = 0; v < MOST_VECTORS; v++)
                    if (c < columns && v < vectors)
                        sum[c][v] = fma_of(w[v], factor, sum[c][v]);
            }
            W += K_STRIP;
            x += x_step;
        }
    }
    move(sum, b->out, b, NULL, column, rows, vectors, columns, 1);
}

typedef void tile_kernel(const struct block *b, size_t strip, size_t column);
#define DEFINE(name, strips, columns, turned)                                                                \
    static void name##_##strips##_##columns(const struct block *b, size_t strip, size_t column) {            \
        tile(b, strip, column, strips, columns, turned);                                                     \
    }
#define BOTH(strips, columns)  DEFINE(tile, strips, columns, 0) DEFINE(turned, strips, columns, 1)
#define ENTRY(strips, columns) [columns][strips] = { tile_##strips##_##columns, turned_##strips##_##columns },
TILES(BOTH)
static tile_kernel *const tiles[WIDEST + 1][TALLEST + 1][2] = { TILES(ENTRY) };

/* The same from `row` on, behind so many seams. */
static struct place place_from(struct place place, size_t row, size_t seams) {
    if (place.at)
        place.at += (ptrdiff_t)row + (ptrdiff_t)seams * place.skip;
    place.step += seams * (size_t)place.more;
    return place;
}

static struct block block_from(struct block b, size_t row) {
    const size_t seams = row < b.first ? 0 : 1 + (row - b.first) / b.part;
    b.first += seams * b.part - row;
    b.out = place_from(b.out, row, seams);
    b.start = place_from(b.start, row, seams);
    return b;
}

/* Tiles of one height side by side, for all columns. */
INLINE void multiply_strips(const struct block *b, size_t strip, size_t strips, struct k_cut wide,
                            const int turned) {
    struct block rest;
    if (strip > 0) {
        rest = block_from(*b, strip * K_STRIP);
        b = &rest;
    }
    for (size_t j = 0, column = 0; j < wide.pieces; column += k_piece(wide, j++))
        tiles[k_piece(wide, j)][strips][turned](b, strip, column);
}

/* A block of any size; `upward` takes the last rows first. */
INLINE void multiply_block(const struct block *b, size_t columns, const int turned, int upward) {
    const struct k_cut wide = k_cut(columns, WIDEST);
    const struct k_cut parts = k_cut((b->rows + K_STRIP - 1) / K_STRIP, heights[k_piece(wide, 0)]);
    for (size_t n = 0; n < parts.pieces; n++) {
        const size_t i = upward ? parts.pieces - 1 - n : n;
        multiply_strips(b, k_pieces_before(parts, i), k_piece(parts, i), wide, turned);
    }
}

static void product(double *out, size_t gates, size_t apart, const double *start, size_t start_step,
                    const uint32_t *where, const struct k_term *terms, size_t count, size_t batch,
                    size_t rows, int upward) {
    multiply_block(&(struct block){ .terms = terms,
                                    .end = count ? terms + count : terms, /* NULL, if there are none */
                                    .where = where,
                                    .rows = gates * rows,
                                    .first = rows,
                                    .part = rows,
                                    .out = { out, rows, (ptrdiff_t)apart - (ptrdiff_t)rows, 0 },
                                    .start = { (double *)start, start_step, 0, 0 } },
                   batch, 0, upward);
}

/* ---- outer sums --------------------------------------------------------------------------------------- */

/* W += sum_n a[n] x[n]^T is a product too, with n for the summed index: strips of x on the left, columns of a
 * on the right. Some n of x, and if LAID of a, are laid out as tiles read them, which spares the cache the
 * strides of rows. */
enum { OUTER_DEPTH = 128, OUTER_ROWS = 132, OUTER_COLS = OUTER_STRIPS * K_STRIP };

INLINE void turn_columns(double *turned, const double *a, size_t depth, const size_t width, size_t step) {
    for (size_t n = 0; n < depth; n++)
        memcpy(turned + n * width, a + n * step, width * sizeof *a);
}

/* a[n] as columns that lie together: [piece][n][column of the piece]. The usual widths are constants, since
 * a copy of so few numbers is otherwise a call. */
static void turn(double *turned, const double *a, size_t depth, struct k_cut wide, size_t step) {
    for (size_t i = 0; i < wide.pieces; i++) {
        const size_t width = k_piece(wide, i);
        if (width == WIDEST)
            turn_columns(turned, a, depth, WIDEST, step);
        else if (width == WIDEST - 1)
            turn_columns(turned, a, depth, WIDEST - 1, step);
        else
            turn_columns(turned, a, depth, width, step);
        turned += width * depth;
        a += width;
    }
}

/* Some columns of two matrices that lie beside one another: the first `own` of them are of matrix `of`, the others, if
 * there are any, the first ones of the next. */
struct columns {
    size_t of, from, own, others;
};

static struct columns columns_at(const struct k_outer sums[2], size_t j) {
    const size_t first = sums[0].cols, left = first + sums[1].cols - j,
                 width = left < OUTER_COLS ? left : OUTER_COLS;
    if (j >= first)
        return (struct columns){ 1, j - first, width, 0 };
    return (struct columns){ 0, j, width < first - j ? width : first - j,
                             width < first - j ? 0 : width - (first - j) };
}

/* x as strips, a row of them for each column; what the last has too many is zero. */
static void lay_columns(double *strips, const struct k_outer sums[2], struct columns c, size_t depth) {
    const size_t step = sums[c.of].cols, next_step = sums[1].cols, all = c.own + c.others;
    for (size_t row = 0; row < (all + K_STRIP - 1) / K_STRIP * K_STRIP; row += LANES) {
        const size_t own = row < c.own ? c.own - row : 0, end = row < all ? all - row : 0;
        const double *x = sums[c.of].x + c.from + row, *next = sums[1].x + row - c.own;
        double *to = strips + row / K_STRIP * K_STRIP * depth + row % K_STRIP;
        for (size_t n = 0; n < depth && own >= LANES; n++)
            store(to + n * K_STRIP, load(x + n * step));
        for (size_t n = 0; n < depth && own < LANES; n++)
            store(to + n * K_STRIP, (vec)((bits)load_first(x + n * step, own) |
                                          (bits)load_some(next + n * next_step, own, end)));
    }
}

/* At most OUTER_DEPTH of n, OUTER_ROWS rows of each W and all columns; a_step doubles from a[n] to a[n + 1],
 * W_apart rows from one gate to the next. */
static void outer_block(const struct k_outer sums[2], const double *a, size_t gates, size_t W_apart,
                        size_t a_apart, size_t depth, size_t rows, size_t a_step) {
    double strips[OUTER_COLS * OUTER_DEPTH] __attribute__((aligned(64)));
    double turned[OUTER_ROWS * OUTER_DEPTH] __attribute__((aligned(64)));
    struct k_term term = { strips, turned, depth };
    struct block b = { .terms = &term, .end = &term + 1, .x_step = a_step };
    for (size_t j = 0; j < sums[0].cols + sums[1].cols; j += b.rows) {
        const struct columns c = columns_at(sums, j);
        const size_t step = sums[c.of].cols, next_step = sums[1].cols;
        b.first = c.own;
        b.part = c.others;
        b.rows = c.own + c.others;
        lay_columns(strips, sums, c, depth);
        for (size_t g = 0; g < gates; g++) {
            double *W = sums[c.of].W + g * W_apart * step + c.from,
                   *next = sums[1].W + g * W_apart * next_step;
            b.out = b.start =
                (struct place){ W, step, next - W - (ptrdiff_t)c.own, (ptrdiff_t)(next_step - step) };
            if (LAID)
                turn(turned, a + g * a_apart, depth, k_cut(rows, WIDEST), a_step);
            else
                term.x = a + g * a_apart;
            multiply_block(&b, rows, 1, 0);
        }
    }
}

static void wide_add(const struct k_outer sums[2], const double *a, size_t gates, size_t apart, size_t count,
                     size_t rows) {
    const struct k_cut high = k_cut(rows, OUTER_ROWS);
    for (size_t n = 0; n < count; n += OUTER_DEPTH)
        for (size_t i = 0; i < high.pieces; i++) {
            const size_t row = k_pieces_before(high, i),
                         depth = count - n < OUTER_DEPTH ? count - n : OUTER_DEPTH;
            const struct k_outer part[] = {
                { sums[0].W + row * sums[0].cols, sums[0].x + n * sums[0].cols, sums[0].cols },
                { sums[1].W + row * sums[1].cols, sums[1].x + n * sums[1].cols, sums[1].cols },
            };
            outer_block(part, a + n * rows + row, gates, rows, apart, depth, k_piece(high, i), rows);
        }
}

/* ---- sums of rows ------------------------------------------------------------------------------------- */

/* b += sum_n x[n] a[n], or without x sum_n a[n]: b (cols), cols >= LANES. A vector that would go beyond a row begins
 * earlier, and of its sums only the new ones count. */
static void row_sums_add(double *b, const double *a, const double *x, size_t count, size_t cols) {
    for (size_t j = 0; j < cols; j += ABREAST * LANES) {
        size_t from[ABREAST];
        vec sum[ABREAST];
        UNROLL
        for (size_t v = 0; v < ABREAST; v++) {
            from[v] = j + (v + 1) * LANES <= cols ? j + v * LANES : cols - LANES;
            sum[v] = load(b + from[v]);
        }
        for (size_t n = 0; n < count; n++) {
            const vec factor = splat(x ? x[n] : 1);
            UNROLL
            for (size_t v = 0; v < ABREAST; v++)
                sum[v] = fma_of(load(a + n * cols + from[v]), factor, sum[v]);
        }
        for (size_t v = 0, own = j; v < ABREAST && own < cols; v++, own += LANES)
            memcpy(b + own, (const double *)&sum[v] + (own - from[v]), (from[v] + LANES - own) * sizeof *b);
    }
}

static void column_sums_add(double *b, const double *a, size_t count, size_t cols) {
    if (cols >= LANES)
        row_sums_add(b, a, NULL, count, cols);
    else
        for (size_t n = 0; n < count; n++)
            for (size_t j = 0; j < cols; j++)
                b[j] += a[n * cols + j];
}

static size_t strips_of(size_t cols) {
    return (cols + K_STRIP - 1) / K_STRIP;
}

/* Columns of the second matrix that only fill up the last strip of the first cost nothing. */
static void outer_add(const struct k_outer sums[2], const double *a, size_t gates, size_t apart, size_t count,
                      size_t rows) {
    const size_t first = sums[0].cols, second = sums[1].cols;
    if (second && strips_of(first + second) < strips_of(first) + strips_of(second)) {
        wide_add(sums, a, gates, apart, count, rows);
        return;
    }
    for (size_t i = 0; i < 2; i++)
        if (sums[i].cols > 1 || rows < LANES)
            wide_add((struct k_outer[]){ sums[i], { sums[i].W, sums[i].x, 0 } }, a, gates, apart, count,
                     rows);
        else
            for (size_t g = 0; g < gates && sums[i].cols; g++)
                row_sums_add(sums[i].W + g * rows, a + g * apart, sums[i].x, count, rows);
}

const struct k_products NAME_OF(k_products_, LEVEL) = { FUSED, product, outer_add, column_sums_add };
