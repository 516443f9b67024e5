/* cells.c - a table, cell after cell. */
#include "cells.h"

#include "base/utf8.h"
#include "output.h"

void pd_cells_add(struct pd_cells *cells, const char *text)
{
        const char **place = pd_arena_push(cells->arena, &cells->at, &cells->count, sizeof(*place));

        if (place == NULL || text == NULL)
                cells->failed = true;
        else
                *place = text;
}

void pd_cells_add_text(struct pd_cells *cells, const char *text)
{
        char *shown = text != NULL ? pd_arena_string(cells->arena, text) : NULL;

        if (shown != NULL)
                pd_utf8_make_printable(shown);
        pd_cells_add(cells, shown);
}

int pd_cells_put(const struct pd_cells *cells, size_t columns, struct pd_buf *out,
                 struct pd_err *err)
{
        if (cells->failed)
                return pd_fail_memory(err, "output");
        pd_output_put_columns(out, cells->at, cells->count / columns, columns);
        return 0;
}
