/* cells.h - a table on its way to standard output, cell after cell. */
#ifndef PD_CLI_CELLS_H
#define PD_CLI_CELLS_H

#include <stdbool.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"

/** Row by row; the texts hang on the arena. */
struct pd_cells {
        struct pd_arena *arena;
        const char **at;
        size_t count;
        bool failed;
};

/** A text of ours. NULL: there was no memory for it. */
void pd_cells_add(struct pd_cells *cells, const char *text);

/** A copy of a stranger's text, made fit to print; NULL as above. */
void pd_cells_add_text(struct pd_cells *cells, const char *text);

/** Append the rows of `columns` cells each. */
int pd_cells_put(const struct pd_cells *cells, size_t columns, struct pd_buf *out,
                 struct pd_err *err) PD_MUST_CHECK;

#endif
