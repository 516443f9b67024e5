/* read_claim.c - the claim behind the shared folder. */
#include "parts.h"

#include <string.h>

#include "base/arena.h"

/* What Deployments of older deployers call PD_MANIFEST_CLAIM_NAME. */
#define OLDER_NAME "pipeline"

static const struct pd_member spec_members[] = {
        {"accessModes", PD_MEMBER_READ, NULL},
        {"resources", PD_MEMBER_READ, NULL},
        {"storageClassName", PD_MEMBER_READ, NULL},
        {"volumeMode", PD_MEMBER_USUAL, "Filesystem"},
};

static const struct pd_member resources_members[] = {
        {"requests", PD_MEMBER_READ, NULL},
};

static const struct pd_member requests_members[] = {
        {"storage", PD_MEMBER_READ, NULL},
};

static void check_access(struct pd_reader *reader, const struct pd_field *spec)
{
        struct pd_field modes = pd_field_member(spec, "accessModes");
        struct pd_field mode = {0};

        while (pd_field_next(reader, &modes, JSON_STRING, &mode)) {
                if (strcmp(json_string_value(mode.json), "ReadWriteMany") != 0)
                        pd_field_say(reader, PD_SEVERITY_WARNING, &mode,
                                     "becomes ReadWriteMany: all nodes share the folder");
        }
}

static const char *read_size(struct pd_reader *reader, const struct pd_field *spec)
{
        struct pd_field resources = pd_field_member(spec, "resources");
        struct pd_field requests = pd_field_member(&resources, "requests");
        struct pd_field storage = pd_field_member(&requests, "storage");

        if (!pd_field_must_be(reader, &resources, JSON_OBJECT) ||
            !pd_field_must_be(reader, &requests, JSON_OBJECT))
                return NULL;
        pd_field_sort_out(reader, &resources, resources_members, PD_COUNT(resources_members));
        pd_field_sort_out(reader, &requests, requests_members, PD_COUNT(requests_members));
        if (storage.json == NULL)
                pd_field_say(reader, PD_SEVERITY_ERROR, &storage, "is missing");
        return pd_field_amount(reader, &storage);
}

bool pd_is_claim(const struct pd_reader *reader, const char *name)
{
        const char *own = reader->claim_name;

        if (own == NULL || strcmp(name, own) == 0)
                return own != NULL;
        return strcmp(name, OLDER_NAME) == 0 && strcmp(own, PD_MANIFEST_CLAIM_NAME) == 0;
}

void pd_read_claim(struct pd_reader *reader, const struct pd_field *spec)
{
        struct pd_field class = pd_field_member(spec, "storageClassName");
        const char *storage_class = pd_field_text(reader, &class);
        const char *size = read_size(reader, spec);
        struct pd_claim *claim;

        pd_field_sort_out(reader, spec, spec_members, PD_COUNT(spec_members));
        check_access(reader, spec);
        if (size == NULL)
                return;

        claim = pd_arena_alloc(&reader->solution->arena, 1, sizeof(*claim));
        if (claim == NULL) {
                reader->no_memory = true;
                return;
        }
        *claim = (struct pd_claim){storage_class, size};
        reader->solution->claim = claim;
}
