/* kubernetes_files.h - the files of a pipeline, for its orchestrator, as ConfigMaps. Pure. */
#ifndef PD_ENGINE_KUBERNETES_FILES_H
#define PD_ENGINE_KUBERNETES_FILES_H

#include <stdint.h>

#include <jansson.h>

#include "base/attr.h"
#include "base/err.h"
#include "solution/solution.h"

/* Room for the hash with its NUL. */
#define PD_KUBERNETES_HASH_SIZE 17

struct pd_kubernetes_files {
        json_t *maps; /* an array of objects with `data` and `binaryData`, as ConfigMaps have them;
                         the caller's */
        char hash[PD_KUBERNETES_HASH_SIZE]; /* another one when any file has changed */
};

/* blueprint.json, dockerinfo.json and the protos, in as few maps as in this order possible.
 * PD_E_TOO_LARGE: one of them is over PD_KUBERNETES_MAX_CONFIG_MAP. */
int pd_kubernetes_files_make(const struct pd_solution *solution, struct pd_kubernetes_files *ret,
                             struct pd_err *err) PD_MUST_CHECK;

#endif
