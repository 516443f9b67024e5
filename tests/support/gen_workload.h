/*
 * gen_workload.h - arbitrary workloads out of a seed, for tests of what must hold for all of them.
 *
 * They say everything that a workload can say, with the texts that writers and readers get wrong;
 * their objects fit the schema of Kubernetes. The same seed gives the same ones.
 */
#ifndef PD_TESTS_GEN_WORKLOAD_H
#define PD_TESTS_GEN_WORKLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/arena.h"
#include "solution/solution.h"

/** `state` is the seed; what is made lives in `arena`. A lack of memory fails the test. */
struct pd_gen {
        uint64_t state;
        struct pd_arena *arena;
};

/** A number below `limit`, which is over 0. */
size_t pd_gen_below(struct pd_gen *gen, size_t limit);

/** True once in `times`. */
bool pd_gen_once_in(struct pd_gen *gen, size_t times);

/** Any UTF-8 text, "" and control characters included. */
const char *pd_gen_text(struct pd_gen *gen);

/** A workload of that name, which is not copied; one with a mount only where there is a claim. */
struct pd_workload pd_gen_workload(struct pd_gen *gen, const char *name, bool has_claim);

struct pd_claim pd_gen_claim(struct pd_gen *gen);

#endif
