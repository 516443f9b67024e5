/* gen_solution.h - arbitrary solutions out of a seed, whose parts agree. */
#ifndef PD_TESTS_GEN_SOLUTION_H
#define PD_TESTS_GEN_SOLUTION_H

#include <stdint.h>

#include "solution/solution.h"

/** Pipelines and models, with all that a solution can say. The caller frees it. */
struct pd_solution *pd_gen_solution(uint64_t seed);

#endif
