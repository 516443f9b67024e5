/* kubernetes_workload.h - one workload as its Deployment and its Services. Pure. */
#ifndef PD_ENGINE_KUBERNETES_WORKLOAD_H
#define PD_ENGINE_KUBERNETES_WORKLOAD_H

#include <jansson.h>

#include "base/attr.h"
#include "kubernetes_objects.h"
#include "solution/solution.h"

/* What the pods of an orchestrator have besides. */
struct pd_kubernetes_pipeline {
        const char *hash; /* of its files */
        size_t map_count; /* ConfigMaps that hold them */
};

/* As a JSON object; NULL: no memory. */
json_t *pd_kubernetes_pairs_json(const struct pd_pairs *pairs) PD_MUST_CHECK;

/* All give NULL for want of memory, and an object without the labels of the deployment. */

/* `labels` go to its pods, too. `pipeline` NULL: it gets no files. */
json_t *pd_kubernetes_deployment(const struct pd_workload *workload,
                                 const struct pd_kubernetes_shape *shape, const json_t *labels,
                                 const struct pd_kubernetes_pipeline *pipeline) PD_MUST_CHECK;

/* Of its gRPC, and where it `has_face` of an orchestrator's HTTP; at node ports where it
 * `is_published`. */
json_t *pd_kubernetes_service(const struct pd_workload *workload, const char *id, bool has_face,
                              bool is_published) PD_MUST_CHECK;

/* The port of its web page in the container; 0: it has none. */
uint16_t pd_kubernetes_web_port(const struct pd_workload *workload);

/* Of its web page, `<name>webui`. */
json_t *pd_kubernetes_web_service(const struct pd_workload *workload, const char *id,
                                  bool is_published) PD_MUST_CHECK;

#endif
