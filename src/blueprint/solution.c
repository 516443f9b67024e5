/* solution.c - a blueprint without errors becomes a solution. */
#include "room.h"

#include <assert.h>

#include "solution/names.h"

static int add_claim(struct pd_solution *solution, const struct pd_claim *from, struct pd_err *err)
{
        struct pd_claim *claim = pd_arena_alloc(&solution->arena, 1, sizeof(*claim));

        if (claim == NULL)
                return pd_fail_memory(err, "claim");
        claim->size = pd_arena_string(&solution->arena, from->size);
        if (from->storage_class != NULL)
                claim->storage_class = pd_arena_string(&solution->arena, from->storage_class);
        if (claim->size == NULL || (from->storage_class != NULL && claim->storage_class == NULL))
                return pd_fail_memory(err, "claim");
        solution->claim = claim;
        return 0;
}

/* Where the shared folder is mounted; NULL: there is none. */
static const char *find_mount_path(const struct pd_graph *graph)
{
        for (size_t i = 0; i < graph->node_count; i++) {
                if (graph->nodes[i].is_shared_folder)
                        return graph->nodes[i].name;
        }
        return NULL;
}

static int add_workloads(const struct pd_blueprint *blueprint,
                         const struct pd_solution_options *options, struct pd_solution *solution,
                         struct pd_err *err)
{
        const struct pd_graph *graph = &blueprint->graph;
        const char *mount_path = find_mount_path(graph);

        for (size_t i = 0; i < graph->node_count; i++) {
                if (!graph->nodes[i].is_shared_folder &&
                    pd_solution_add_node(solution, blueprint->labels[i], graph->nodes[i].image,
                                         mount_path, options, err) < 0)
                        return -1;
        }
        if (mount_path != NULL && add_claim(solution, &options->claim, err) < 0)
                return -1;
        return pd_solution_add_node(solution, PD_ORCHESTRATOR_NAME, options->orchestrator_image,
                                    mount_path, options, err);
}

static int add_parts(const struct pd_blueprint *blueprint, const struct pd_blueprint_parts *parts,
                     struct pd_solution *solution, struct pd_err *err)
{
        for (size_t i = 0; parts->protos != NULL && i < blueprint->graph.node_count; i++) {
                const struct pd_node_proto *proto = &parts->protos[i];

                if (proto->text != NULL && blueprint->labels[i] != NULL &&
                    pd_solution_add_proto(solution, blueprint->labels[i], proto->text, proto->size,
                                          err) < 0)
                        return -1;
        }
        if (pd_solution_copy_file(solution, &parts->icon, &solution->icon, err) < 0)
                return -1;
        return pd_solution_copy_file(solution, &parts->description, &solution->description, err);
}

int pd_blueprint_solution(const struct pd_blueprint *blueprint,
                          const struct pd_blueprint_parts *parts,
                          const struct pd_solution_options *options, struct pd_solution **ret,
                          struct pd_err *err)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;

        assert(!blueprint->has_errors);
        if (pd_solution_new(PD_SOLUTION_PIPELINE, &solution, err) < 0 ||
            pd_solution_set_name(solution, blueprint->name, err) < 0 ||
            add_workloads(blueprint, options, solution, err) < 0 ||
            add_parts(blueprint, parts, solution, err) < 0)
                return -1;

        solution->blueprint = pd_blueprint_deployable(blueprint);
        if (solution->blueprint == NULL)
                return pd_fail_memory(err, "blueprint");
        *ret = pd_steal(&solution);
        return 0;
}
