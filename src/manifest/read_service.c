/* read_service.c - the Service of a workload. */
#include "parts.h"

#include <string.h>

#include "json/get.h"

static const struct pd_member spec_members[] = {
        {"ports", PD_MEMBER_READ, NULL},
        {"selector", PD_MEMBER_READ, NULL},
        {"type", PD_MEMBER_READ, NULL},
        {"externalIPs", PD_MEMBER_RIGHT, NULL},
        {"externalTrafficPolicy", PD_MEMBER_USUAL, "Cluster"},
        {"internalTrafficPolicy", PD_MEMBER_USUAL, "Cluster"},
        {"ipFamilyPolicy", PD_MEMBER_USUAL, "SingleStack"},
        {"sessionAffinity", PD_MEMBER_USUAL, "None"},
};

/* Whether the labels are all that is selected by; an empty selector selects nothing. */
static bool selects(const json_t *selector, const json_t *labels)
{
        const char *name;
        json_t *value;

        json_object_foreach (pd_json_unconst(selector), name, value) {
                if (!json_equal(value, json_object_get(labels, name)))
                        return false;
        }
        return json_object_size(selector) > 0;
}

/* How a Service is reached from outside is up to whoever deploys; inside, these two are alike. */
static void check_type(struct pd_reader *reader, const struct pd_field *spec)
{
        struct pd_field field = pd_field_member(spec, "type");
        const char *type = pd_field_text(reader, &field);

        if (type != NULL && strcmp(type, "NodePort") != 0 && strcmp(type, "ClusterIP") != 0)
                pd_field_say(reader, PD_SEVERITY_NOTE, &field, "is not kept");
}

void pd_read_service(struct pd_reader *reader, const struct pd_field *spec, const json_t *labels,
                     struct pd_workload *workload)
{
        struct pd_field selector = pd_field_member(spec, "selector");
        struct pd_field ports = pd_field_member(spec, "ports");

        if (!pd_field_is(reader, &selector, JSON_OBJECT) || !selects(selector.json, labels)) {
                pd_field_say(reader, PD_SEVERITY_NOTE, spec->up,
                             "is not kept: it does not select the pods of '%s'", workload->name);
                return;
        }
        pd_field_sort_out(reader, spec, spec_members, PD_COUNT(spec_members));
        check_type(reader, spec);
        if (pd_field_must_be(reader, &ports, JSON_ARRAY))
                pd_read_offers(reader, &ports, &workload->ports);
}
