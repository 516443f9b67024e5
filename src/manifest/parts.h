/* parts.h - the parts of a workload, out of the members of objects. */
#ifndef PD_MANIFEST_PARTS_H
#define PD_MANIFEST_PARTS_H

#include "field.h"

/** Read the spec of the claim into the solution. */
void pd_read_claim(struct pd_reader *reader, const struct pd_field *spec);

/** Whether it is what the solution's claim is called. */
bool pd_is_claim(const struct pd_reader *reader, const char *name);

/** Read the spec of a Deployment, with its one container, into a workload that has its name. */
void pd_read_deployment(struct pd_reader *reader, const struct pd_field *spec,
                        struct pd_workload *workload);

/** Read a container into a workload that has its name; `volumes` are its pod's. */
void pd_read_container(struct pd_reader *reader, const struct pd_field *container,
                       const struct pd_field *volumes, struct pd_workload *workload);

/** Say what a pod, or one of its containers, asks for beyond itself. */
void pd_read_pod_rights(struct pd_reader *reader, const struct pd_field *pod);
void pd_read_container_rights(struct pd_reader *reader, const struct pd_field *container);

/** The ports of a container; none of them is offered yet. */
struct pd_ports pd_read_ports(struct pd_reader *reader, const struct pd_field *container);

/**
 * Read the spec of a Service into the workload of the same name, whose pods have these labels; a
 * note where it does not select them.
 */
void pd_read_service(struct pd_reader *reader, const struct pd_field *spec, const json_t *labels,
                     struct pd_workload *workload);

/** Read the ports of a Service: at which numbers the container's are offered. */
void pd_read_offers(struct pd_reader *reader, const struct pd_field *service_ports,
                    struct pd_ports *ports);

#endif
