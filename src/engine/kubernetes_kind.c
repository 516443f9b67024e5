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

const char *pd_kubernetes_kind_path(enum pd_kubernetes_kind kind, struct pd_arena *arena,
                                    const char *namespace_name, const char *name)
{
        bool has_group = strchr(kinds[kind].version, '/') != NULL;
        bool is_within = namespace_name != NULL && kind != PD_KUBERNETES_NAMESPACE;

        return pd_arena_printf(arena, "/%s/%s%s%s/%s%s%s", has_group ? "apis" : "api",
                               kinds[kind].version, is_within ? "/namespaces/" : "",
                               is_within ? namespace_name : "", kinds[kind].collection,
                               name != NULL ? "/" : "", name != NULL ? name : "");
}
