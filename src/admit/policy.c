/* policy.c - a policy out of an object. */
#include "admit/policy.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"
#include "json/get.h"
#include "json/json.h"
#include "solution/findings.h"
#include "solution/image.h"
#include "solution/quantity.h"

/* Longest value of a variable that is not a string. */
#define MAX_NUMBER 64

static int fail_member(struct pd_err *err, const char *path, const char *message)
{
        return pd_fail(err, PD_E_INVALID, 0, "%s %s", path, message);
}

/* A copy of a text in the policy; NULL: no memory. */
static const char *copy(struct pd_policy *policy, const char *text, struct pd_err *err)
{
        const char *text_copy = pd_arena_string(&policy->arena, text);

        if (text_copy == NULL)
                (void)pd_fail_memory(err, "policy");
        return text_copy;
}

/* The string member of a rule, in the policy; NULL: an error. */
static const char *read_text(struct pd_policy *policy, const char *path, const json_t *rule,
                             const char *name, struct pd_err *err)
{
        const char *text = pd_json_get_string(rule, name);

        if (text != NULL && text[0] != '\0' &&
            strlen(text) == json_string_length(json_object_get(rule, name)))
                return copy(policy, text, err);
        (void)pd_fail(err, PD_E_INVALID, 0, "%s.%s must be a text that is not empty", path, name);
        return NULL;
}

/* The host of an image `HOST/x`, so that it is one that images can name. */
static bool is_registry(const char *host)
{
        struct pd_path name = pd_path("%s/x", host);
        struct pd_image image;

        return strlen(host) + sizeof("/x") <= sizeof(name.text) &&
               pd_image_parse(name.text, &image, NULL) == 0 && image.domain.len == strlen(host);
}

static int read_registry(struct pd_policy *policy, const char *path, const json_t *json,
                         struct pd_err *err)
{
        const char *host = json_string_value(json);
        const char **place;

        if (host == NULL || !is_registry(host))
                return fail_member(err, path,
                                   "must be a host that images name, as docker.io or "
                                   "hub.example.org:5000");
        host = copy(policy, host, err);
        if (host == NULL)
                return -1;
        place = pd_arena_push(&policy->arena, &policy->registries.at, &policy->registries.count,
                              sizeof(*place));
        if (place == NULL)
                return pd_fail_memory(err, "policy");
        *place = host;
        return 0;
}

/* The text of a number or a boolean, in the policy; NULL: an error. */
static const char *write_value(struct pd_policy *policy, const json_t *value, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(MAX_NUMBER);

        pd_json_write(&text, value, PD_JSON_COMPACT);
        if (pd_buf_check(&text, "value", err) < 0)
                return NULL;
        return copy(policy, text.data, err);
}

/* The value of a variable: text, or a number or a boolean as JSON writes it. */
static const char *read_value(struct pd_policy *policy, const char *path, const json_t *rule,
                              struct pd_err *err)
{
        const json_t *value = pd_json_get(rule, "value");

        if (json_is_string(value) && strlen(json_string_value(value)) == json_string_length(value))
                return copy(policy, json_string_value(value), err);
        if (json_is_number(value) || json_is_boolean(value))
                return write_value(policy, value, err);
        (void)pd_fail(err, PD_E_INVALID, 0, "%s.value must be a text, a number or a boolean", path);
        return NULL;
}

static int read_variable(struct pd_policy *policy, const char *path, const json_t *rule,
                         struct pd_err *err)
{
        const char *pattern = read_text(policy, path, rule, "docker_image_pattern", err);
        const char *name = pattern != NULL ? read_text(policy, path, rule, "name", err) : NULL;
        const char *value = name != NULL ? read_value(policy, path, rule, err) : NULL;
        pd_auto(pd_pattern_free_ptr) struct pd_pattern *image = NULL;
        struct pd_policy_variable *place;

        if (value == NULL)
                return -1;
        if (strchr(name, '=') != NULL)
                return pd_fail(err, PD_E_INVALID, 0, "%s.name must have no '=' in it", path);
        if (pd_pattern_new(pattern, &image, err) < 0)
                return pd_wrap(err, "%s.docker_image_pattern", path);

        place = pd_arena_push(&policy->arena, &policy->variables, &policy->variable_count,
                              sizeof(*place));
        if (place == NULL)
                return pd_fail_memory(err, "policy");
        *place = (struct pd_policy_variable){pd_steal(&image), name, value};
        return 0;
}

/* A list: each element by `read`. */
static int read_list(struct pd_policy *policy, const char *name, const json_t *list,
                     int (*read)(struct pd_policy *, const char *, const json_t *, struct pd_err *),
                     struct pd_err *err)
{
        if (!json_is_array(list) || json_array_size(list) > PD_POLICY_MAX_ITEMS)
                return pd_fail(err, PD_E_INVALID, 0, "%s must be a list of at most %d", name,
                               PD_POLICY_MAX_ITEMS);
        for (size_t i = 0; i < json_array_size(list); i++) {
                if (read(policy, pd_path("%s[%zu]", name, i).text, json_array_get(list, i), err) <
                    0)
                        return -1;
        }
        return 0;
}

static int read_registries(struct pd_policy *policy, const char *name, const json_t *json,
                           struct pd_err *err)
{
        return read_list(policy, name, json, read_registry, err);
}

static int read_variables(struct pd_policy *policy, const char *name, const json_t *json,
                          struct pd_err *err)
{
        return read_list(policy, name, json, read_variable, err);
}

static int read_size(const char *name, const json_t *json, size_t *ret, struct pd_err *err)
{
        json_int_t number = json_integer_value(json);

        if (number < 1)
                return fail_member(err, name, "must be a whole number over 0");
        *ret = (size_t)number;
        return 0;
}

static int read_max_workloads(struct pd_policy *policy, const char *name, const json_t *json,
                              struct pd_err *err)
{
        return read_size(name, json, &policy->max_workloads, err);
}

static int read_max_bytes(struct pd_policy *policy, const char *name, const json_t *json,
                          struct pd_err *err)
{
        return read_size(name, json, &policy->archive.max_bytes, err);
}

static int read_resource(struct pd_policy *policy, const char *name, const json_t *json,
                         struct pd_err *err)
{
        const char *text =
                json_is_number(json) ? write_value(policy, json, err) : json_string_value(json);
        struct pd_pair *place;

        if (json_is_number(json) && text == NULL)
                return -1;
        if (text == NULL || !pd_quantity_parse(text, NULL))
                return pd_fail(err, PD_E_INVALID, 0,
                               "max_resources: '%s' must be an amount such as 16, 500m or 64Gi",
                               pd_show(name).text);
        place = pd_arena_push(&policy->arena, &policy->max_resources.at,
                              &policy->max_resources.count, sizeof(*place));
        if (place == NULL)
                return pd_fail_memory(err, "policy");
        *place = (struct pd_pair){copy(policy, name, err), copy(policy, text, err)};
        return place->name != NULL && place->value != NULL ? 0 : -1;
}

static int read_max_resources(struct pd_policy *policy, const char *name, const json_t *json,
                              struct pd_err *err)
{
        const char *resource;
        json_t *amount;

        if (!json_is_object(json) || json_object_size(json) > PD_POLICY_MAX_ITEMS)
                return pd_fail(err, PD_E_INVALID, 0, "%s must be an object of at most %d amounts",
                               name, PD_POLICY_MAX_ITEMS);
        json_object_foreach (pd_json_unconst(json), resource, amount) {
                if (read_resource(policy, resource, amount, err) < 0)
                        return -1;
        }
        return 0;
}

static const struct {
        const char *name;
        int (*read)(struct pd_policy *policy, const char *name, const json_t *json,
                    struct pd_err *err);
} members[] = {
        {"registries", read_registries},
        {"max_workloads", read_max_workloads},
        {"max_bytes", read_max_bytes},
        {"max_resources", read_max_resources},
        {"environment_variables", read_variables},
};

static int read_member(struct pd_policy *policy, const char *name, const json_t *json,
                       struct pd_err *err)
{
        for (size_t i = 0; i < PD_COUNT(members); i++) {
                if (strcmp(members[i].name, name) == 0)
                        return members[i].read(policy, name, json, err);
        }
        return pd_fail(err, PD_E_INVALID, 0,
                       "'%s' is no member of a policy, which are registries, max_workloads, "
                       "max_bytes, max_resources and environment_variables",
                       pd_show(name).text);
}

int pd_policy_read(const json_t *json, struct pd_policy *policy, struct pd_err *err)
{
        const char *name;
        json_t *member;

        if (!json_is_object(json))
                return pd_fail(err, PD_E_INVALID, 0, "a policy is an object, not %s",
                               pd_json_kind(json));
        json_object_foreach (pd_json_unconst(json), name, member) {
                if (read_member(policy, name, member, err) < 0)
                        return -1;
        }
        return 0;
}

void pd_policy_done(struct pd_policy *policy)
{
        for (size_t i = 0; i < policy->variable_count; i++)
                pd_pattern_free(policy->variables[i].image);
        pd_arena_done(&policy->arena);
}
