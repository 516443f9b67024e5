/* read_rights.c - what a pod and its container ask for beyond themselves; none of it is kept. */
#include "parts.h"

static const struct pd_member pod_members[] = {
        {"sysctls", PD_MEMBER_RIGHT, NULL},        {"seccompProfile", PD_MEMBER_READ, NULL},
        {"appArmorProfile", PD_MEMBER_READ, NULL}, {"seLinuxOptions", PD_MEMBER_RIGHT, NULL},
        {"windowsOptions", PD_MEMBER_RIGHT, NULL},
};

static const struct pd_member container_members[] = {
        {"privileged", PD_MEMBER_RIGHT, "false"},
        {"allowPrivilegeEscalation", PD_MEMBER_RIGHT, "false"},
        {"capabilities", PD_MEMBER_READ, NULL},
        {"procMount", PD_MEMBER_RIGHT, "Default"},
        {"seccompProfile", PD_MEMBER_READ, NULL},
        {"appArmorProfile", PD_MEMBER_READ, NULL},
        {"seLinuxOptions", PD_MEMBER_RIGHT, NULL},
        {"windowsOptions", PD_MEMBER_RIGHT, NULL},
};

static const struct pd_member capabilities_members[] = {
        {"add", PD_MEMBER_RIGHT, NULL},
};

static const struct pd_member profile_members[] = {
        {"type", PD_MEMBER_RIGHT, "RuntimeDefault"},
};

/* Sort out the object that is a member of another one, if it is there. */
static struct pd_field sort_out_member(struct pd_reader *reader, const struct pd_field *object,
                                       const char *name, const struct pd_member *table,
                                       size_t count)
{
        struct pd_field field = pd_field_member(object, name);

        if (pd_field_is(reader, &field, JSON_OBJECT))
                pd_field_sort_out(reader, &field, table, count);
        return field;
}

static void sort_out_profiles(struct pd_reader *reader, const struct pd_field *context)
{
        sort_out_member(reader, context, "seccompProfile", profile_members,
                        PD_COUNT(profile_members));
        sort_out_member(reader, context, "appArmorProfile", profile_members,
                        PD_COUNT(profile_members));
}

void pd_read_pod_rights(struct pd_reader *reader, const struct pd_field *pod)
{
        struct pd_field context =
                sort_out_member(reader, pod, "securityContext", pod_members, PD_COUNT(pod_members));

        sort_out_profiles(reader, &context);
}

/*
 * Probes and hooks as such are noted where the container is read. One that names a host makes the
 * machine call there.
 */
static void check_host(struct pd_reader *reader, const struct pd_field *handler)
{
        static const char *const calls[] = {"httpGet", "tcpSocket"};

        for (size_t i = 0; i < PD_COUNT(calls); i++) {
                struct pd_field call = pd_field_member(handler, calls[i]);
                struct pd_field host = pd_field_member(&call, "host");

                if (host.json != NULL && reader->rights == PD_RIGHTS_REFUSED)
                        pd_field_say_right(reader, &host);
        }
}

static void check_hosts(struct pd_reader *reader, const struct pd_field *container)
{
        static const char *const probes[] = {"livenessProbe", "readinessProbe", "startupProbe"};
        static const char *const hooks[] = {"postStart", "preStop"};
        struct pd_field lifecycle = pd_field_member(container, "lifecycle");

        for (size_t i = 0; i < PD_COUNT(probes); i++) {
                struct pd_field probe = pd_field_member(container, probes[i]);

                check_host(reader, &probe);
        }
        for (size_t i = 0; i < PD_COUNT(hooks); i++) {
                struct pd_field hook = pd_field_member(&lifecycle, hooks[i]);

                check_host(reader, &hook);
        }
}

void pd_read_container_rights(struct pd_reader *reader, const struct pd_field *container)
{
        struct pd_field context = sort_out_member(reader, container, "securityContext",
                                                  container_members, PD_COUNT(container_members));

        sort_out_member(reader, &context, "capabilities", capabilities_members,
                        PD_COUNT(capabilities_members));
        sort_out_profiles(reader, &context);
        check_hosts(reader, container);
}
