/* docker_amount.h - amounts of resources as numbers: "500m", "64Mi", "1.5". Pure. */
#ifndef PD_ENGINE_DOCKER_AMOUNT_H
#define PD_ENGINE_DOCKER_AMOUNT_H

#include <stdbool.h>
#include <stdint.h>

/* The amount times `unit`, rounded; false: it is none, or too large for a number. */
bool pd_docker_amount(const char *text, int64_t unit, int64_t *ret);

#endif
