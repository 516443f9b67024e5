/* solution.c - making and searching the struct in the middle. */
#include "solution/solution.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "solution/names.h"

#define SHARED_FOLDER_VARIABLE "SHARED_FOLDER_PATH"

const struct pd_solution_options pd_solution_default_options = {
        .orchestrator_image = "playground-orchestrator:" PD_VERSION,
        .orchestrator_port = 8061,
        .service_port = 8556,
        .target_port = 8061,
        .web_port = 8062,
        .claim = {.storage_class = "", .size = "1Gi"},
};

int pd_solution_new(enum pd_solution_kind kind, struct pd_solution **ret, struct pd_err *err)
{
        struct pd_solution *solution = calloc(1, sizeof(*solution));

        if (solution == NULL)
                return pd_fail_memory(err, "solution");
        solution->kind = kind;
        solution->name = "";
        *ret = solution;
        return 0;
}

void pd_solution_free(struct pd_solution *solution)
{
        if (solution == NULL)
                return;
        json_decref(solution->blueprint);
        pd_arena_done(&solution->arena);
        free(solution);
}

struct pd_workload *pd_solution_add_workload(struct pd_solution *solution)
{
        return pd_arena_push(&solution->arena, &solution->workloads, &solution->workload_count,
                             sizeof(struct pd_workload));
}

static int copy_pairs(struct pd_arena *arena, const struct pd_pairs *from, struct pd_pairs *ret)
{
        if (from->count == 0)
                return 0;

        ret->at = pd_arena_alloc(arena, from->count, sizeof(*ret->at));
        if (ret->at == NULL)
                return -1;
        ret->count = from->count;
        for (size_t i = 0; i < from->count; i++) {
                ret->at[i].name = pd_arena_string(arena, from->at[i].name);
                ret->at[i].value = pd_arena_string(arena, from->at[i].value);
                if (ret->at[i].name == NULL || ret->at[i].value == NULL)
                        return -1;
        }
        return 0;
}

static int set_mount(struct pd_arena *arena, const char *path, struct pd_workload *workload)
{
        struct pd_pair variable = {SHARED_FOLDER_VARIABLE, path};

        workload->mount_path = pd_arena_string(arena, path);
        if (workload->mount_path == NULL)
                return -1;
        return copy_pairs(arena, &(struct pd_pairs){&variable, 1}, &workload->env);
}

static int set_ports(struct pd_arena *arena, const struct pd_solution_options *options,
                     struct pd_workload *workload)
{
        struct pd_port *ports = pd_arena_alloc(arena, 2, sizeof(*ports));

        if (ports == NULL)
                return -1;
        if (pd_workload_is_orchestrator(workload))
                ports[0] = (struct pd_port){PD_PORT_ORCHESTRATOR_API, options->orchestrator_port,
                                            options->orchestrator_port};
        else
                ports[0] = (struct pd_port){PD_PORT_NODE_API, options->target_port,
                                            options->service_port};
        ports[1] = (struct pd_port){PD_PORT_WEB, options->web_port, 0};
        workload->ports = (struct pd_ports){ports, 2};
        return 0;
}

/* What does not depend on which node it is. */
static int fill_node(struct pd_arena *arena, const char *mount_path,
                     const struct pd_solution_options *options, struct pd_workload *workload)
{
        workload->pull_policy = options->pull_policy;
        if (set_ports(arena, options, workload) < 0 ||
            copy_pairs(arena, &options->requests, &workload->requests) < 0 ||
            copy_pairs(arena, &options->limits, &workload->limits) < 0)
                return -1;
        return mount_path != NULL ? set_mount(arena, mount_path, workload) : 0;
}

int pd_solution_add_node(struct pd_solution *solution, const char *name, const char *image,
                         const char *mount_path, const struct pd_solution_options *options,
                         struct pd_err *err)
{
        struct pd_workload workload = {.name = pd_arena_string(&solution->arena, name),
                                       .image = pd_arena_string(&solution->arena, image)};
        struct pd_workload *place;

        if (workload.name == NULL || workload.image == NULL ||
            fill_node(&solution->arena, mount_path, options, &workload) < 0)
                return pd_fail_memory(err, "workload");
        place = pd_solution_add_workload(solution);
        if (place == NULL)
                return pd_fail_memory(err, "workload");
        *place = workload;
        return 0;
}

int pd_solution_set_name(struct pd_solution *solution, const char *name, struct pd_err *err)
{
        const char *copy = pd_arena_string(&solution->arena, name);

        if (copy == NULL)
                return pd_fail_memory(err, "name");
        solution->name = copy;
        return 0;
}

int pd_solution_add_file(struct pd_solution *solution, struct pd_files *files, const char *name,
                         const void *bytes, size_t size, struct pd_err *err)
{
        struct pd_file file = {.name = pd_arena_string(&solution->arena, name),
                               .data = pd_arena_copy(&solution->arena, bytes, size),
                               .size = size};
        struct pd_file *place;

        if (file.name == NULL || file.data == NULL)
                return pd_fail_memory(err, "file");
        place = pd_arena_push(&solution->arena, &files->at, &files->count, sizeof(*place));
        if (place == NULL)
                return pd_fail_memory(err, "file");
        *place = file;
        return 0;
}

int pd_solution_add_proto(struct pd_solution *solution, const char *workload, const char *text,
                          size_t size, struct pd_err *err)
{
        const char *name = pd_arena_printf(&solution->arena, "%s.proto", workload);

        if (name == NULL)
                return pd_fail_memory(err, "proto");
        return pd_solution_add_file(solution, &solution->protos, name, text, size, err);
}

int pd_solution_copy_file(struct pd_solution *solution, const struct pd_file *file,
                          struct pd_file *ret, struct pd_err *err)
{
        const char *data;

        if (file->data == NULL)
                return 0;
        data = pd_arena_copy(&solution->arena, file->data, file->size);
        if (data == NULL)
                return pd_fail_memory(err, "file");
        *ret = (struct pd_file){.data = data, .size = file->size};
        return 0;
}

const struct pd_workload *pd_solution_find(const struct pd_solution *solution, const char *name)
{
        for (size_t i = 0; i < solution->workload_count; i++) {
                if (strcasecmp(solution->workloads[i].name, name) == 0)
                        return &solution->workloads[i];
        }
        return NULL;
}

bool pd_workload_is_orchestrator(const struct pd_workload *workload)
{
        return strcmp(workload->name, PD_ORCHESTRATOR_NAME) == 0;
}

uint16_t pd_workload_api_port(const struct pd_workload *workload)
{
        return workload->ports.count > 0 ? workload->ports.at[0].service_port : 0;
}

static const char *const pull_policies[] = {
        [PD_PULL_UNSET] = "",
        [PD_PULL_ALWAYS] = "Always",
        [PD_PULL_IF_NOT_PRESENT] = "IfNotPresent",
        [PD_PULL_NEVER] = "Never",
};

const char *pd_pull_policy_name(enum pd_pull_policy policy)
{
        return pull_policies[policy];
}

bool pd_pull_policy_parse(const char *name, enum pd_pull_policy *ret)
{
        for (enum pd_pull_policy p = PD_PULL_ALWAYS; p <= PD_PULL_NEVER; p++) {
                if (strcmp(name, pull_policies[p]) == 0) {
                        *ret = p;
                        return true;
                }
        }
        return false;
}
