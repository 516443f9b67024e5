/* parts.h - the parts of a workload, out of the members of objects. */
#ifndef PD_MANIFEST_PARTS_H
#define PD_MANIFEST_PARTS_H

#include "field.h"

/** Read the spec of the claim into the solution. */
void pd_read_claim(struct pd_reader *reader, const struct pd_field *spec);

/** Read the spec of a Deployment, with its one container, into a workload that has its name. */
void pd_read_deployment(struct pd_reader *reader, const struct pd_field *spec,
                        struct pd_workload *workload);

/** Read a container into a workload that has its name; `volumes` are its pod's. */
void pd_read_container(struct pd_reader *reader, const struct pd_field *container,
                       const struct pd_field *volumes, struct pd_workload *workload);

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
