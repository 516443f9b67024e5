/* deployment.c - a deployment as commands show it. */
#include "deployment.h"

#include <string.h>

#include "base/clock.h"
#include "json/build.h"

char *pd_deployment_addresses(const struct pd_workload_status *workload, struct pd_arena *arena)
{
        char *text = pd_arena_string(arena, workload->address_count > 0 ? "" : "-");

        for (size_t i = 0; text != NULL && i < workload->address_count; i++) {
                const struct pd_address *address = &workload->addresses[i];
                bool is_ip6 = strchr(address->host, ':') != NULL;

                text = pd_arena_printf(arena, is_ip6 ? "%s%s%s%s[%s]:%u" : "%s%s%s%s%s:%u", text,
                                       i > 0 ? ", " : "", address->port_name,
                                       address->port_name[0] != '\0' ? " " : "", address->host,
                                       address->port);
        }
        return text;
}

static json_t *time_json(int64_t unix_ms)
{
        char text[PD_RFC3339_SIZE];

        if (unix_ms == 0)
                return json_null();
        pd_clock_rfc3339(unix_ms, text);
        return json_string(text);
}

static json_t *workload_json(const struct pd_workload_status *workload)
{
        json_t *addresses = json_array();

        for (size_t i = 0; i < workload->address_count; i++) {
                const struct pd_address *address = &workload->addresses[i];

                pd_json_append(&addresses,
                               json_pack("{s:s, s:s, s:i, s:i}", "name", address->port_name, "host",
                                         address->host, "port", address->port, "containerPort",
                                         address->container_port));
        }
        return json_pack("{s:s, s:s, s:s, s:s, s:o, s:I, s:s, s:s, s:s, s:o}", "name",
                         workload->name, "image", workload->image, "imageId", workload->image_id,
                         "state", pd_state_name(workload->state), "since",
                         time_json(workload->since_ms), "restarts", (json_int_t)workload->restarts,
                         "reason", pd_reason_name(workload->reason), "detail", workload->detail,
                         "advice", workload->advice, "addresses", addresses);
}

json_t *pd_deployment_json(const struct pd_deployment *deployment)
{
        json_t *workloads = json_array();

        for (size_t i = 0; i < deployment->workload_count; i++)
                pd_json_append(&workloads, workload_json(&deployment->workloads[i]));
        return json_pack("{s:s, s:s, s:s, s:s, s:s, s:o, s:s, s:b, s:o}", "engine",
                         deployment->engine, "name", deployment->name, "id", deployment->id,
                         "owner", deployment->owner, "solution", deployment->solution, "created",
                         time_json(deployment->created_ms), "state",
                         pd_state_name(deployment->state), "hasVolume", deployment->has_volume,
                         "workloads", workloads);
}
