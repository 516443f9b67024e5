/* read_container.c - a container as a workload. */
#include "parts.h"

#include <string.h>

#include "json/get.h"
#include "solution/image.h"

static const struct pd_member container_members[] = {
        {"name", PD_MEMBER_READ, NULL},
        {"image", PD_MEMBER_READ, NULL},
        {"command", PD_MEMBER_READ, NULL},
        {"args", PD_MEMBER_READ, NULL},
        {"workingDir", PD_MEMBER_READ, NULL},
        {"env", PD_MEMBER_READ, NULL},
        {"ports", PD_MEMBER_READ, NULL},
        {"resources", PD_MEMBER_READ, NULL},
        {"volumeMounts", PD_MEMBER_READ, NULL},
        {"imagePullPolicy", PD_MEMBER_READ, NULL},
        {"securityContext", PD_MEMBER_READ, NULL},
        {"volumeDevices", PD_MEMBER_RIGHT, NULL},
        {"terminationMessagePath", PD_MEMBER_USUAL, "/dev/termination-log"},
        {"terminationMessagePolicy", PD_MEMBER_USUAL, "File"},
        {"envFrom", PD_MEMBER_REFUSED,
         "variables from elsewhere are not taken: write them out under env"},
};

static const struct pd_member variable_members[] = {
        {"name", PD_MEMBER_READ, NULL},
        {"value", PD_MEMBER_READ, NULL},
        {"valueFrom", PD_MEMBER_REFUSED,
         "a value from elsewhere is not taken: write it out as value"},
};

static const struct pd_member resources_members[] = {
        {"requests", PD_MEMBER_READ, NULL},
        {"limits", PD_MEMBER_READ, NULL},
};

static const struct pd_member mount_members[] = {
        {"name", PD_MEMBER_READ, NULL},
        {"mountPath", PD_MEMBER_READ, NULL},
        {"readOnly", PD_MEMBER_USUAL, "false"},
        {"mountPropagation", PD_MEMBER_RIGHT, "None"},
        {"subPath", PD_MEMBER_REFUSED, "only the whole shared folder can be mounted"},
        {"subPathExpr", PD_MEMBER_REFUSED, "only the whole shared folder can be mounted"},
};

static const char *read_image(struct pd_reader *reader, const struct pd_field *container)
{
        struct pd_field field = pd_field_member(container, "image");
        const char *image = pd_field_name(reader, &field);
        struct pd_image parts;
        struct pd_err err = {0};

        if (image != NULL && pd_image_parse(image, &parts, &err) < 0)
                pd_field_say(reader, PD_SEVERITY_ERROR, &field, "%s", err.msg);
        return image;
}

static struct pd_strings read_strings(struct pd_reader *reader, const struct pd_field *container,
                                      const char *name)
{
        struct pd_field array = pd_field_member(container, name);
        struct pd_field element = {0};
        struct pd_strings strings = {0};

        while (pd_field_next(reader, &array, JSON_STRING, &element)) {
                const char *text = pd_field_text(reader, &element);
                const char **place = NULL;

                if (text != NULL)
                        place = pd_reader_push(reader, &strings.at, &strings.count, sizeof(*place));
                if (place != NULL)
                        *place = text;
        }
        return strings;
}

/* An empty folder is the image's own, as an absent one is. */
static const char *read_working_dir(struct pd_reader *reader, const struct pd_field *container)
{
        struct pd_field field = pd_field_member(container, "workingDir");
        const char *text = pd_field_text(reader, &field);

        return text != NULL && text[0] != '\0' ? text : NULL;
}

/* Add what is named by `field`; the same name twice is an error. */
static void add_pair(struct pd_reader *reader, struct pd_pairs *pairs, const struct pd_field *field,
                     const char *name, const char *value)
{
        struct pd_pair *place;

        for (size_t i = 0; i < pairs->count; i++) {
                if (strcmp(pairs->at[i].name, name) == 0) {
                        pd_field_say(reader, PD_SEVERITY_ERROR, field,
                                     "'%s' is set twice: remove one", pd_show(name).text);
                        return;
                }
        }
        place = pd_reader_push(reader, &pairs->at, &pairs->count, sizeof(*place));
        if (place != NULL)
                *place = (struct pd_pair){name, value};
}

/* The name of a variable: engines put `=` behind it. */
static const char *read_variable_name(struct pd_reader *reader, const struct pd_field *field)
{
        const char *name = pd_field_name(reader, field);

        if (name != NULL && strchr(name, '=') != NULL) {
                pd_field_say(reader, PD_SEVERITY_ERROR, field, "must have no '=' in it");
                return NULL;
        }
        return name;
}

static struct pd_pairs read_env(struct pd_reader *reader, const struct pd_field *container)
{
        struct pd_field array = pd_field_member(container, "env");
        struct pd_field variable = {0};
        struct pd_pairs env = {0};

        while (pd_field_next(reader, &array, JSON_OBJECT, &variable)) {
                struct pd_field name_field = pd_field_member(&variable, "name");
                struct pd_field value_field = pd_field_member(&variable, "value");
                const char *name = read_variable_name(reader, &name_field);
                const char *value =
                        value_field.json != NULL ? pd_field_text(reader, &value_field) : "";

                pd_field_sort_out(reader, &variable, variable_members, PD_COUNT(variable_members));
                if (name != NULL && value != NULL)
                        add_pair(reader, &env, &name_field, name, value);
        }
        return env;
}

static struct pd_pairs read_amounts(struct pd_reader *reader, const struct pd_field *resources,
                                    const char *name)
{
        struct pd_field object = pd_field_member(resources, name);
        struct pd_pairs amounts = {0};
        const char *key;
        json_t *value;

        if (!pd_field_is(reader, &object, JSON_OBJECT))
                return amounts;
        json_object_foreach (pd_json_unconst(object.json), key, value) {
                struct pd_field field = pd_field_member(&object, key);
                const char *amount = pd_field_amount(reader, &field);
                struct pd_pair *place;

                if (amount == NULL)
                        continue;
                place = pd_reader_push(reader, &amounts.at, &amounts.count, sizeof(*place));
                if (place != NULL)
                        *place = (struct pd_pair){pd_reader_copy(reader, key), amount};
        }
        return amounts;
}

static void read_resources(struct pd_reader *reader, const struct pd_field *container,
                           struct pd_workload *workload)
{
        struct pd_field field = pd_field_member(container, "resources");

        if (!pd_field_is(reader, &field, JSON_OBJECT))
                return;
        pd_field_sort_out(reader, &field, resources_members, PD_COUNT(resources_members));
        workload->requests = read_amounts(reader, &field, "requests");
        workload->limits = read_amounts(reader, &field, "limits");
}

static void read_pull_policy(struct pd_reader *reader, const struct pd_field *container,
                             struct pd_workload *workload)
{
        struct pd_field field = pd_field_member(container, "imagePullPolicy");
        const char *name = pd_field_text(reader, &field);

        if (name != NULL && name[0] != '\0' && !pd_pull_policy_parse(name, &workload->pull_policy))
                pd_field_say(reader, PD_SEVERITY_ERROR, &field,
                             "is '%s', but must be Always, IfNotPresent or Never",
                             pd_show(name).text);
}

static const json_t *find_volume(const struct pd_field *volumes, const char *name)
{
        size_t i;
        json_t *volume;

        json_array_foreach (volumes->json, i, volume) {
                const char *other = pd_json_get_string(volume, "name");

                if (other != NULL && strcmp(other, name) == 0)
                        return volume;
        }
        return NULL;
}

/* Whether a volume is the shared folder. */
static bool is_claim(const struct pd_reader *reader, const json_t *volume)
{
        const json_t *claim = pd_json_get(volume, "persistentVolumeClaim");
        const char *name = pd_json_get_string(claim, "claimName");

        return name != NULL && pd_is_claim(reader, name);
}

static void mount_claim(struct pd_reader *reader, const struct pd_field *mount, const char *path,
                        struct pd_workload *workload)
{
        struct pd_field field = pd_field_member(mount, "mountPath");

        pd_field_sort_out(reader, mount, mount_members, PD_COUNT(mount_members));
        if (workload->mount_path != NULL)
                pd_field_say(reader, PD_SEVERITY_ERROR, mount,
                             "mounts the shared folder a second time");
        else if (path[0] != '/' || strchr(path, ':') != NULL)
                pd_field_say(reader, PD_SEVERITY_ERROR, &field,
                             "must begin with '/' and have no ':' in it");
        else
                workload->mount_path = path;
}

static void read_mounts(struct pd_reader *reader, const struct pd_field *container,
                        const struct pd_field *volumes, struct pd_workload *workload)
{
        struct pd_field array = pd_field_member(container, "volumeMounts");
        struct pd_field mount = {0};

        while (pd_field_next(reader, &array, JSON_OBJECT, &mount)) {
                struct pd_field name_field = pd_field_member(&mount, "name");
                struct pd_field path_field = pd_field_member(&mount, "mountPath");
                const char *name = pd_field_name(reader, &name_field);
                const char *path = pd_field_name(reader, &path_field);
                const json_t *volume = name != NULL ? find_volume(volumes, name) : NULL;

                if (name == NULL || path == NULL)
                        continue;
                if (volume == NULL)
                        pd_field_say(reader, PD_SEVERITY_ERROR, &name_field,
                                     "is '%s', but the pod has no such volume", pd_show(name).text);
                else if (is_claim(reader, volume))
                        mount_claim(reader, &mount, path, workload);
                else
                        pd_field_say(reader, PD_SEVERITY_NOTE, &mount,
                                     "nothing is mounted at '%s': the volume '%s' is not kept",
                                     pd_show(path).text, pd_show(name).text);
        }
}

void pd_read_container(struct pd_reader *reader, const struct pd_field *container,
                       const struct pd_field *volumes, struct pd_workload *workload)
{
        struct pd_field name_field = pd_field_member(container, "name");
        const char *name = pd_field_name(reader, &name_field);

        pd_field_sort_out(reader, container, container_members, PD_COUNT(container_members));
        pd_read_container_rights(reader, container);
        if (name != NULL && strcmp(name, workload->name) != 0)
                pd_field_say(reader, PD_SEVERITY_NOTE, &name_field,
                             "is '%s', and becomes that of the Deployment", pd_show(name).text);

        workload->image = read_image(reader, container);
        workload->command = read_strings(reader, container, "command");
        workload->args = read_strings(reader, container, "args");
        workload->working_dir = read_working_dir(reader, container);
        workload->env = read_env(reader, container);
        workload->ports = pd_read_ports(reader, container);
        read_resources(reader, container, workload);
        read_mounts(reader, container, volumes, workload);
        read_pull_policy(reader, container, workload);
}
