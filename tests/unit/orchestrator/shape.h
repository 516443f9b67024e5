/* shape.h - plans by their edges alone, for what asks no more of them. */
#ifndef PD_TESTS_SHAPE_H
#define PD_TESTS_SHAPE_H

#include <stddef.h>

#include "plan.h"

struct shape_edge {
        size_t from, to;
};

/** Lanes and edges, groups not yet found. The caller releases it. */
struct pd_plan *shape_plan(size_t lanes, const struct shape_edge *edges, size_t edge_count);

#endif
