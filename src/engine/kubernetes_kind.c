/* kubernetes_kind.c - the kinds of objects a deployment is made of, and where the API has them. */
#include "kubernetes_kind.h"

#include <string.h>

static const struct {
        const char *name;
        const char *version;
        const char *collection;
        unsigned stage;
} kinds[] = {
#define KIND_ROW(id, kind, version, collection, stage)                                             \
        [PD_KUBERNETES_##id] = {kind, version, collection, stage},
        PD_KUBERNETES_KINDS(KIND_ROW)
#undef KIND_ROW
};

const char *pd_kubernetes_kind_name(enum pd_kubernetes_kind kind)
{
        return kinds[kind].name;
}

const char *pd_kubernetes_kind_version(enum pd_kubernetes_kind kind)
{
        return kinds[kind].version;
}

unsigned pd_kubernetes_kind_stage(enum pd_kubernetes_kind kind)
{
        return kinds[kind].stage;
}

static const char *path_of(struct pd_arena *arena, const char *version, const char *namespace_name,
                           const char *collection, const char *name)
{
        return pd_arena_printf(arena, "/%s/%s%s%s/%s%s%s",
                               strchr(version, '/') != NULL ? "apis" : "api", version,
                               namespace_name != NULL ? "/namespaces/" : "",
                               namespace_name != NULL ? namespace_name : "", collection,
                               name != NULL ? "/" : "", name != NULL ? name : "");
}

const char *pd_kubernetes_kind_path(enum pd_kubernetes_kind kind, struct pd_arena *arena,
                                    const char *namespace_name, const char *name)
{
        return path_of(arena, kinds[kind].version,
                       kind != PD_KUBERNETES_NAMESPACE ? namespace_name : NULL,
                       kinds[kind].collection, name);
}

const char *pd_kubernetes_core_path(struct pd_arena *arena, const char *namespace_name,
                                    const char *collection, const char *name)
{
        return path_of(arena, "v1", namespace_name, collection, name);
}
