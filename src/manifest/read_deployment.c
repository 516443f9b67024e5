/* read_deployment.c - what is around the one container of a Deployment. */
#include "parts.h"

#include <string.h>

#include "json/get.h"

static const struct pd_member spec_members[] = {
        {"replicas", PD_MEMBER_READ, NULL},
        {"template", PD_MEMBER_READ, NULL},
        {"selector", PD_MEMBER_NOISE, NULL},
        {"revisionHistoryLimit", PD_MEMBER_USUAL, "10"},
        {"progressDeadlineSeconds", PD_MEMBER_USUAL, "600"},
};

static const struct pd_member template_members[] = {
        {"metadata", PD_MEMBER_NOISE, NULL},
        {"spec", PD_MEMBER_READ, NULL},
};

static const struct pd_member pod_members[] = {
        {"containers", PD_MEMBER_READ, NULL},
        {"volumes", PD_MEMBER_READ, NULL},
        {"imagePullSecrets", PD_MEMBER_NOISE, NULL}, /* the deploying side has its own */
        {"securityContext", PD_MEMBER_READ, NULL},
        {"hostNetwork", PD_MEMBER_RIGHT, "false"},
        {"hostPID", PD_MEMBER_RIGHT, "false"},
        {"hostIPC", PD_MEMBER_RIGHT, "false"},
        {"hostUsers", PD_MEMBER_RIGHT, "false"},
        {"serviceAccount", PD_MEMBER_RIGHT, "default"},
        {"serviceAccountName", PD_MEMBER_RIGHT, "default"},
        {"automountServiceAccountToken", PD_MEMBER_RIGHT, "false"},
        {"restartPolicy", PD_MEMBER_USUAL, "Always"},
        {"dnsPolicy", PD_MEMBER_USUAL, "ClusterFirst"},
        {"schedulerName", PD_MEMBER_USUAL, "default-scheduler"},
        {"terminationGracePeriodSeconds", PD_MEMBER_USUAL, "30"},
        {"initContainers", PD_MEMBER_REFUSED, "containers that run before are not taken"},
        {"ephemeralContainers", PD_MEMBER_REFUSED, "containers for debugging are not taken"},
};

/* clang-format off: a member a line */
static const struct pd_member volume_members[] = {
        {"name", PD_MEMBER_READ, NULL},       {"persistentVolumeClaim", PD_MEMBER_READ, NULL},
        {"hostPath", PD_MEMBER_READ, NULL},   {"secret", PD_MEMBER_RIGHT, NULL},
        {"projected", PD_MEMBER_RIGHT, NULL}, {"csi", PD_MEMBER_RIGHT, NULL},
};
/* clang-format on */

static const struct pd_member claim_members[] = {
        {"claimName", PD_MEMBER_READ, NULL},
        {"readOnly", PD_MEMBER_USUAL, "false"},
};

/*
 * A workload runs once: its callers keep one connection, so more than one was never used. None at
 * all is another thing than one.
 */
static void check_replicas(struct pd_reader *reader, const struct pd_field *spec)
{
        struct pd_field field = pd_field_member(spec, "replicas");
        json_int_t replicas;

        if (!pd_field_is(reader, &field, JSON_INTEGER))
                return;
        replicas = json_integer_value(field.json);
        if (replicas > 1)
                pd_field_say(reader, PD_SEVERITY_WARNING, &field,
                             "is %" JSON_INTEGER_FORMAT ", but one is run", replicas);
        else if (replicas < 1)
                pd_field_say(reader, PD_SEVERITY_ERROR, &field,
                             "is %" JSON_INTEGER_FORMAT ", but one is run: write 1, or leave the "
                             "workload out",
                             replicas);
}

static void check_claim_volume(struct pd_reader *reader, const struct pd_field *claim)
{
        struct pd_field field = pd_field_member(claim, "claimName");
        const char *name = pd_field_name(reader, &field);

        pd_field_sort_out(reader, claim, claim_members, PD_COUNT(claim_members));
        if (name == NULL)
                return;
        if (!pd_is_claim(reader, name))
                pd_field_say(reader, PD_SEVERITY_ERROR, &field,
                             "is '%s', but no file has this claim", pd_show(name).text);
        else if (strcmp(name, reader->claim_name) != 0)
                pd_field_say(reader, PD_SEVERITY_NOTE, &field, "is '%s', as older ones call '%s'",
                             name, reader->claim_name);
}

/* Existing orchestrators keep their logs on the machine; ours are read where containers run. */
static void check_host_path(struct pd_reader *reader, const struct pd_field *volume,
                            const struct pd_workload *workload)
{
        struct pd_field field = pd_field_member(volume, "hostPath");

        if (field.json == NULL)
                return;
        if (pd_workload_is_orchestrator(workload))
                pd_field_say(reader, PD_SEVERITY_NOTE, &field, "is not kept");
        else
                pd_field_say_right(reader, &field);
}

/* Volumes but for the claim are dropped, and with them what is mounted from them. */
static void check_volumes(struct pd_reader *reader, const struct pd_field *volumes,
                          const struct pd_workload *workload)
{
        struct pd_field volume = {0};

        while (pd_field_next(reader, volumes, JSON_OBJECT, &volume)) {
                struct pd_field claim = pd_field_member(&volume, "persistentVolumeClaim");

                if (pd_field_is(reader, &claim, JSON_OBJECT))
                        check_claim_volume(reader, &claim);
                check_host_path(reader, &volume, workload);
                pd_field_sort_out(reader, &volume, volume_members, PD_COUNT(volume_members));
        }
}

void pd_read_deployment(struct pd_reader *reader, const struct pd_field *spec,
                        struct pd_workload *workload)
{
        struct pd_field template = pd_field_member(spec, "template");
        struct pd_field pod = pd_field_member(&template, "spec");
        struct pd_field containers = pd_field_member(&pod, "containers");
        struct pd_field volumes = pd_field_member(&pod, "volumes");
        struct pd_field container = {0};

        pd_field_sort_out(reader, spec, spec_members, PD_COUNT(spec_members));
        check_replicas(reader, spec);
        if (!pd_field_must_be(reader, &template, JSON_OBJECT) ||
            !pd_field_must_be(reader, &pod, JSON_OBJECT) ||
            !pd_field_must_be(reader, &containers, JSON_ARRAY))
                return;

        pd_field_sort_out(reader, &template, template_members, PD_COUNT(template_members));
        pd_field_sort_out(reader, &pod, pod_members, PD_COUNT(pod_members));
        pd_read_pod_rights(reader, &pod);
        check_volumes(reader, &volumes, workload);
        if (json_array_size(containers.json) != 1)
                pd_field_say(reader, PD_SEVERITY_ERROR, &containers,
                             "has %zu containers, but must have one",
                             json_array_size(containers.json));
        else if (pd_field_next(reader, &containers, JSON_OBJECT, &container))
                pd_read_container(reader, &container, &volumes, workload);
}
