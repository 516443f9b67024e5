/* deployment.h - a deployment as commands show it. */
#ifndef PD_CLI_DEPLOYMENT_H
#define PD_CLI_DEPLOYMENT_H

#include <jansson.h>

#include "base/arena.h"
#include "base/attr.h"
#include "engine/engine.h"

/** For programs; NULL: no memory. */
json_t *pd_deployment_json(const struct pd_deployment *deployment) PD_MUST_CHECK;

/** "webui 127.0.0.1:32768, ..."; "-" for none; NULL: no memory. */
char *pd_deployment_addresses(const struct pd_workload_status *workload,
                              struct pd_arena *arena) PD_MUST_CHECK;

#endif
