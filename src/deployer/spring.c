/* spring.c - the settings of the existing deployer. */
#include "spring.h"

#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "base/arena.h"
#include "base/own.h"
#include "json/get.h"
#include "json/json.h"

#define MAX_DEPTH 16

/* Their names and ours; Spring compares without case. */
static const struct {
        const char *theirs, *ours;
} names[] = {
        {"cmndatasvc.cmndatasvcendpointurl", "cds-url"},
        {"cmndatasvc.cmndatasvcuser", "cds-user"},
        {"cmndatasvc.cmndatasvcpwd", "cds-password"},
        {"nexus.url", "nexus-url"},
        {"nexus.username", "nexus-user"},
        {"nexus.password", "nexus-password"},
        {"jwt.auth.secret.key", "token-secret"},
        {"playgroundDeployUrl", "playground-url"},
        {"blueprint.ImageName", "orchestrator-image"},
        {"blueprint.port", "orchestrator-port"},
        {"kube.incrementPort", "service-port"},
        {"kube.mlTargetPort", "target-port"},
        {"kube.singleModelPort", "model-service-port"},
        {"kube.singleTargetPort", "model-target-port"},
        {"server.port", "port"},
};

struct reading {
        struct pd_config *config;
        struct pd_spring_ignored *ignored;
};

static const char *our_name(const char *theirs)
{
        for (size_t i = 0; i < PD_COUNT(names); i++) {
                if (strcasecmp(names[i].theirs, theirs) == 0)
                        return names[i].ours;
        }
        return NULL;
}

/* A scalar as text; NULL: it is none, or null. */
static const char *text_of(const json_t *value, struct pd_arena *arena)
{
        if (json_is_string(value))
                return json_string_value(value);
        if (json_is_integer(value))
                return pd_arena_printf(arena, "%" JSON_INTEGER_FORMAT, json_integer_value(value));
        if (json_is_boolean(value))
                return json_is_true(value) ? "true" : "false";
        return NULL;
}

static int ignore(struct reading *reading, const char *name, struct pd_err *err)
{
        const char **place = pd_arena_push(&reading->ignored->arena, &reading->ignored->at,
                                           &reading->ignored->count, sizeof(*place));

        if (place == NULL)
                return pd_fail_memory(err, "settings");
        *place = name;
        return 0;
}

static int read_scalar(struct reading *reading, const char *name, const json_t *value,
                       struct pd_err *err)
{
        const char *ours = our_name(name);
        const char *text = text_of(value, &reading->ignored->arena);

        if (ours == NULL)
                return ignore(reading, name, err);
        if (json_is_null(value))
                return 0;
        if (text == NULL)
                return pd_fail(err, PD_E_INVALID, 0,
                               "'%s' is %s; a text or a whole number is wanted", name,
                               pd_json_kind(value));
        if (pd_config_set(reading->config, ours, text, PD_CONFIG_FROM_OTHER, err) < 0)
                return pd_wrap(err, "'%s'", name);
        return 0;
}

/* All members of an object, nested ones under their dotted name; the depth is limited by the
 * parser. */
static int read_object(struct reading *reading, const char *prefix, json_t *object,
                       struct pd_err *err)
{
        const char *key;
        json_t *value;

        json_object_foreach (object, key, value) {
                const char *name = pd_arena_printf(&reading->ignored->arena, "%s%s%s", prefix,
                                                   prefix[0] != '\0' ? "." : "", key);
                int result;

                if (name == NULL)
                        return pd_fail_memory(err, "settings");
                result = json_is_object(value) ? read_object(reading, name, value, err)
                                               : read_scalar(reading, name, value, err);
                if (result < 0)
                        return -1;
        }
        return 0;
}

static int by_text(const void *a, const void *b)
{
        return strcmp(*(const char *const *)a, *(const char *const *)b);
}

int pd_spring_apply(const char *json, struct pd_config *config, struct pd_spring_ignored *ignored,
                    struct pd_err *err)
{
        static const struct pd_json_limits limits = {.max_bytes = PD_SPRING_MAX_BYTES,
                                                     .max_depth = MAX_DEPTH,
                                                     .max_values = PD_SPRING_MAX_BYTES};
        pd_auto(pd_json_free_ptr) json_t *object = NULL;
        struct reading reading = {.config = config, .ignored = ignored};

        /* the parser's message may quote a secret */
        if (pd_json_parse(json, strlen(json), &limits, &object, NULL) < 0)
                return pd_fail(err, PD_E_INVALID, 0, "it is no JSON, or has a name twice");
        if (!json_is_object(object))
                return pd_fail(err, PD_E_INVALID, 0, "it is %s; an object is wanted",
                               pd_json_kind(object));
        if (read_object(&reading, "", object, err) < 0)
                return -1;
        if (ignored->count > 0)
                qsort(ignored->at, ignored->count, sizeof(*ignored->at), by_text);
        return 0;
}

void pd_spring_ignored_done(struct pd_spring_ignored *ignored)
{
        pd_arena_done(&ignored->arena);
        *ignored = (struct pd_spring_ignored){0};
}
