/* visit_protos.c - the third step: protos. */
#include "visit.h"

#include "base/map.h"
#include "uri.h"

/* Whether the node has a proto that can be asked for; a bad address is a finding. */
static bool wants_proto(const struct pd_visit *visit, const struct pd_node *node)
{
        const char *fault;

        if (node->is_shared_folder || node->proto_uri[0] == '\0')
                return false;
        fault = pd_uri_fault(node->proto_uri);
        if (fault != NULL)
                pd_findings_add(visit->findings, PD_SEVERITY_ERROR,
                                pd_path("nodes[%zu].proto_uri", node->json_index).text, "'%s' %s",
                                pd_show(node->proto_uri).text, fault);
        return fault == NULL;
}

/* Ask for the proto of every node; requests[i] is the one of node i, SIZE_MAX: none. */
static int ask_protos(struct pd_visit *visit, const struct pd_graph *graph, struct pd_batch *batch,
                      size_t *requests, struct pd_err *err)
{
        struct pd_map asked = {0};
        int result = 0;

        for (size_t i = 0; i < graph->node_count && result == 0; i++) {
                const struct pd_node *node = &graph->nodes[i];

                requests[i] = SIZE_MAX;
                if (!wants_proto(visit, node) || pd_map_get(&asked, node->proto_uri, &requests[i]))
                        continue;
                requests[i] = pd_batch_add(batch, &visit->acumos->nexus, node->proto_uri,
                                           PD_CATALOG_MAX_PROTO);
                if (pd_map_set(&asked, node->proto_uri, requests[i]) < 0)
                        result = pd_fail_memory(err, "protos");
        }
        pd_map_done(&asked);
        return result;
}

static int read_protos(struct pd_visit *visit, const struct pd_graph *graph,
                       const struct pd_batch *batch, const size_t *requests, struct pd_err *err)
{
        for (size_t i = 0; i < graph->node_count; i++) {
                const struct pd_fetch_answer *answer;
                struct pd_file file;

                if (requests[i] == SIZE_MAX)
                        continue;
                if (pd_batch_need(batch, requests[i], "proto", &answer, err) < 0)
                        return pd_wrap(err, "node '%s'", pd_show(graph->nodes[i].name).text);
                if (pd_visit_keep(visit, answer, "proto", &file, err) < 0)
                        return -1;
                visit->solution->protos[i] =
                        (struct pd_node_proto){.text = file.data, .size = file.size};
        }
        return 0;
}

int pd_visit_protos(struct pd_visit *visit, struct pd_err *err)
{
        const struct pd_graph *graph = pd_blueprint_graph(visit->solution->blueprint);
        struct pd_arena *arena = &visit->solution->arena;
        pd_auto(pd_batch_done) struct pd_batch batch;
        size_t *requests = pd_arena_alloc(arena, graph->node_count, sizeof(*requests));

        pd_batch_init(&batch, arena, graph->node_count);
        visit->solution->protos =
                pd_arena_alloc(arena, graph->node_count, sizeof(*visit->solution->protos));
        if (requests == NULL || visit->solution->protos == NULL)
                return pd_fail_memory(err, "protos");

        if (ask_protos(visit, graph, &batch, requests, err) < 0)
                return -1;
        if (visit->findings->errors > 0 || batch.count == 0)
                return 0;
        if (pd_visit_run(visit, &batch, err) < 0)
                return -1;
        return read_protos(visit, graph, &batch, requests, err);
}
