/* check_top.c - what stands beside the nodes. */
#include "room.h"

#include <strings.h>

#include "json/get.h"

static void check_texts(const struct pd_object *top)
{
        static const char *const keys[] = {"name", "version", "pipeline_id", "creation_date",
                                           "type"};
        const json_t *name = pd_json_get(top->json, "name");

        for (size_t i = 0; i < PD_COUNT(keys); i++)
                (void)pd_object_string(top, keys[i]);
        if (name == NULL || (json_is_string(name) && json_string_length(name) == 0))
                pd_findings_add(top->findings, PD_SEVERITY_WARNING, "name",
                                "the pipeline has no name: it is called '" PD_BLUEPRINT_NAME "'");
}

static void check_input_ports(const struct pd_blueprint *blueprint, const struct pd_object *top)
{
        size_t count = pd_object_array_size(top, "input_ports");
        struct pd_object port;

        for (size_t i = 0; i < count; i++) {
                const char *name;

                if (!pd_object_item(top, "input_ports", i, &port))
                        continue;
                name = pd_object_string(&port, "container_name");
                if (name[0] != '\0' && pd_node_index_find(&blueprint->index, name) == PD_GRAPH_NONE)
                        pd_findings_add(top->findings, PD_SEVERITY_WARNING,
                                        pd_object_path(&port, "container_name").text,
                                        "the input port is at '%s', and no node has that name",
                                        pd_show(name).text);
        }
}

static void check_probe(const struct pd_object *top, const char *key)
{
        size_t count = pd_object_array_size(top, key);
        struct pd_object item;

        for (size_t i = 0; i < count; i++) {
                if (pd_object_item(top, key, i, &item) &&
                    strcasecmp(pd_object_string(&item, "value"), "true") == 0)
                        pd_findings_add(top->findings, PD_SEVERITY_WARNING,
                                        pd_object_path(&item, "value").text,
                                        "a probe is wanted, and none is added");
        }
}

void pd_check_top(const struct pd_blueprint *blueprint, const struct pd_object *top)
{
        check_texts(top);
        check_input_ports(blueprint, top);
        check_probe(top, "probeIndicator");
        check_probe(top, "probeIndocator"); /* as older tools spell it */
}
