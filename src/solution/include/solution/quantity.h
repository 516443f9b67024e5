/* quantity.h - amounts of resources as Kubernetes writes them: `500m`, `1Gi`, `2`, `1e3`. */
#ifndef PD_SOLUTION_QUANTITY_H
#define PD_SOLUTION_QUANTITY_H

#include <stdbool.h>
#include <stdint.h>

/** In place of an amount that is over 2^64 - 2 thousandths: 18 PB. */
#define PD_QUANTITY_HUGE UINT64_MAX

/**
 * The amount in thousandths, rounded up as Kubernetes does; *ret_milli may be NULL. False: it is
 * none. Digits with at most one point between or beside them, then a unit (n u m k M G T P E, Ki Mi
 * Gi Ti Pi Ei) or a decimal exponent; never negative.
 */
bool pd_quantity_parse(const char *text, uint64_t *ret_milli);

#endif
