/* layout.c - the one table of what lies where in a solution.zip. */
#include "layout.h"

#include <assert.h>
#include <string.h>
#include <strings.h>

#define MANIFESTS "deployments/"
#define PROTOS    "microservice/"
#define CLIENT    "orchestrator_client/"

enum kinds {
        PIPELINE = 1 << PD_SOLUTION_PIPELINE,
        MODEL = 1 << PD_SOLUTION_MODEL,
        BOTH = PIPELINE | MODEL,
};

/* clang-format off: a file a line */
static const struct {
        const char *name;
        enum pd_layout_role role;
        enum kinds kinds;
        const char *from; /* of a constant: its name in constants.h */
} files[] = {
        {"blueprint.json", PD_LAYOUT_BLUEPRINT, PIPELINE, NULL},
        {"dockerinfo.json", PD_LAYOUT_DOCKERINFO, PIPELINE, NULL},
        {"modelname.txt", PD_LAYOUT_MODEL_NAME, MODEL, NULL},
        {"solution_icon.png", PD_LAYOUT_ICON, BOTH, NULL},
        {"solution_description.html", PD_LAYOUT_DESCRIPTION, BOTH, NULL},
        {"kubernetes-client-script.py", PD_LAYOUT_CONSTANT, BOTH, "kubernetes-client-script.py"},
        {"requirements.txt", PD_LAYOUT_CONSTANT, BOTH, "requirements.txt"},
        {"deployment-readme.txt", PD_LAYOUT_CONSTANT, PIPELINE, "deployment-readme.txt"},
        {"deployment-readme.txt", PD_LAYOUT_CONSTANT, MODEL, "deployment-readme-model.txt"},
        {"protobuf/orchestrator.proto", PD_LAYOUT_CONSTANT, PIPELINE, "orchestrator.proto"},
        {CLIENT "orchestrator_client.py", PD_LAYOUT_CONSTANT, PIPELINE, "orchestrator_client.py"},
        {CLIENT "status_client.py", PD_LAYOUT_CONSTANT, PIPELINE, "status_client.py"},
        {CLIENT "orchestrator_pb2.py", PD_LAYOUT_CONSTANT, PIPELINE, "orchestrator_pb2.py"},
        {CLIENT "orchestrator_pb2_grpc.py", PD_LAYOUT_CONSTANT, PIPELINE,
         "orchestrator_pb2_grpc.py"},
};

/* Folders in which every file with that end has a role. */
static const struct {
        const char *folder, *end;
        enum pd_layout_role role;
        bool is_flat; /* files in folders within do not count */
} folders[] = {
        {MANIFESTS, ".yaml", PD_LAYOUT_MANIFEST, false},
        {MANIFESTS, ".yml", PD_LAYOUT_MANIFEST, false},
        {PROTOS, ".proto", PD_LAYOUT_PROTO, true},
};
/* clang-format on */

const char pd_layout_claim[] = MANIFESTS "pvc.yaml";

static bool starts_with(const char *name, const char *start)
{
        return strncasecmp(name, start, strlen(start)) == 0;
}

static bool ends_with(const char *name, const char *end)
{
        size_t len = strlen(name), end_len = strlen(end);

        return len >= end_len && strcasecmp(name + len - end_len, end) == 0;
}

static enum pd_layout_role role_by_folder(const char *name)
{
        for (size_t i = 0; i < PD_COUNT(folders); i++) {
                const char *rest = name + strlen(folders[i].folder);

                if (starts_with(name, folders[i].folder) && ends_with(rest, folders[i].end) &&
                    !(folders[i].is_flat && strchr(rest, '/') != NULL))
                        return folders[i].role;
        }
        return PD_LAYOUT_EXTRA;
}

enum pd_layout_role pd_layout_role(enum pd_solution_kind kind, const char *name)
{
        for (size_t i = 0; i < PD_COUNT(files); i++) {
                if ((files[i].kinds & 1 << kind) && strcasecmp(files[i].name, name) == 0)
                        return files[i].role;
        }
        return role_by_folder(name);
}

bool pd_layout_is_of_pipeline(const char *name)
{
        return starts_with(name, CLIENT) ||
               strcasecmp(name, pd_layout_name(PD_LAYOUT_BLUEPRINT)) == 0;
}

const char *pd_layout_name(enum pd_layout_role role)
{
        size_t i = 0;

        while (files[i].role != role) {
                i++;
                assert(i < PD_COUNT(files)); /* not for roles of many files */
        }
        return files[i].name;
}

bool pd_layout_next_constant(enum pd_solution_kind kind, size_t *at, const char **ret_name,
                             const char **ret_from)
{
        for (size_t i = *at; i < PD_COUNT(files); i++) {
                if (files[i].role == PD_LAYOUT_CONSTANT && (files[i].kinds & 1 << kind)) {
                        *ret_name = files[i].name;
                        *ret_from = files[i].from;
                        *at = i + 1;
                        return true;
                }
        }
        return false;
}

const char *pd_layout_service(enum pd_solution_kind kind, const char *workload,
                              struct pd_arena *arena)
{
        if (kind == PD_SOLUTION_MODEL)
                return MANIFESTS "service.yaml";
        return pd_arena_printf(arena, MANIFESTS "%s_service.yaml", workload);
}

const char *pd_layout_deployment(enum pd_solution_kind kind, const char *workload,
                                 struct pd_arena *arena)
{
        if (kind == PD_SOLUTION_MODEL)
                return MANIFESTS "deployment.yaml";
        return pd_arena_printf(arena, MANIFESTS "%s_deployment.yaml", workload);
}

const char *pd_layout_proto(const char *proto, struct pd_arena *arena)
{
        return pd_arena_printf(arena, PROTOS "%s", proto);
}

char *pd_layout_proto_owner(const char *name, struct pd_arena *arena)
{
        const char *owner = name + strlen(PROTOS);

        return pd_arena_copy(arena, owner, strlen(owner) - strlen(".proto"));
}
