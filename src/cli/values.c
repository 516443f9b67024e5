/* values.c - what a values file changes in a solution. */
#include "values.h"

#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "base/own.h"
#include "config/nearest.h"
#include "json/get.h"
#include "json/json.h"
#include "solution/image.h"
#include "solution/quantity.h"

/* Longest value that is no string. */
#define MAX_NUMBER 64

/* The workload that is changed, and where the values for it stand. */
struct change {
        struct pd_solution *solution;
        struct pd_workload *workload;
        struct pd_toleration *toleration; /* of it, likewise */
        struct pd_findings *findings;
};

/* A member of an object: its name, and what is done with its value. -1: no memory. */
struct member {
        const char *name;
        int (*apply)(struct change *change, const char *path, const json_t *value);
};

static void refuse(const struct change *change, const char *path, const char *wanted,
                   const json_t *value)
{
        pd_findings_add(change->findings, PD_SEVERITY_ERROR, path, "is %s and must be %s",
                        pd_json_kind(value), wanted);
}

/* Every member of `object` by its row; others are errors. */
static int apply_members(struct change *change, const char *path, const json_t *object,
                         const struct member *members, size_t count)
{
        const char *name;
        json_t *value;

        if (!json_is_object(object)) {
                refuse(change, path, "an object", object);
                return 0;
        }
        json_object_foreach (pd_json_unconst(object), name, value) {
                struct pd_path at = pd_path("%s.%s", path, pd_show(name).text);
                struct pd_nearest nearest = {.word = name};
                size_t i = 0;

                for (; i < count && strcmp(members[i].name, name) != 0; i++)
                        pd_nearest_offer(&nearest, members[i].name);
                if (i < count) {
                        if (members[i].apply(change, at.text, value) < 0)
                                return -1;
                } else {
                        pd_findings_add(change->findings, PD_SEVERITY_ERROR, at.text,
                                        "is nothing that can be set here%s%s%s",
                                        nearest.best[0] != '\0' ? "; did you mean '" : "",
                                        nearest.best, nearest.best[0] != '\0' ? "'?" : "");
                }
        }
        return 0;
}

static int apply_image(struct change *change, const char *path, const json_t *value)
{
        const char *image = json_string_value(value);

        if (image == NULL) {
                refuse(change, path, "a text", value);
                return 0;
        }
        if (!pd_image_check(image, path, change->findings, NULL))
                return 0;
        change->workload->image = pd_arena_string(&change->solution->arena, image);
        return change->workload->image != NULL ? 0 : -1;
}

/* An array of texts, in place of what is there. */
static int read_strings(struct change *change, const char *path, const json_t *value,
                        struct pd_strings *ret)
{
        struct pd_strings strings = {0};
        json_t *item;
        size_t i;

        if (!json_is_array(value))
                refuse(change, path, "an array of texts", value);
        json_array_foreach (value, i, item) {
                const char **place;

                if (!json_is_string(item)) {
                        refuse(change, pd_path("%s[%zu]", path, i).text, "a text", item);
                        continue;
                }
                place = pd_arena_push(&change->solution->arena, &strings.at, &strings.count,
                                      sizeof(*place));
                if (place == NULL)
                        return -1;
                *place = pd_arena_string(&change->solution->arena, json_string_value(item));
                if (*place == NULL)
                        return -1;
        }
        *ret = strings;
        return 0;
}

static int apply_command(struct change *change, const char *path, const json_t *value)
{
        return read_strings(change, path, value, &change->workload->command);
}

static int apply_args(struct change *change, const char *path, const json_t *value)
{
        return read_strings(change, path, value, &change->workload->args);
}

/* --- Names and values --- */

/* The text of a string, a number or a boolean, in the arena; NULL: no memory. */
static const char *write_scalar(const struct change *change, const json_t *value)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(MAX_NUMBER);

        if (json_is_string(value))
                return pd_arena_string(&change->solution->arena, json_string_value(value));
        pd_json_write(&text, value, PD_JSON_COMPACT);
        return text.failed == 0 ? pd_arena_string(&change->solution->arena, text.data) : NULL;
}

static int set_pairs(struct change *change, const char *path, const json_t *object,
                     struct pd_pairs *pairs, bool are_amounts)
{
        const char *name;
        json_t *value;

        if (!json_is_object(object))
                refuse(change, path, "an object", object);
        json_object_foreach (pd_json_unconst(object), name, value) {
                struct pd_path at = pd_path("%s.%s", path, pd_show(name).text);
                const char *text = NULL;

                if (json_is_object(value) || json_is_array(value)) {
                        refuse(change, at.text, "a text or a number", value);
                        continue;
                }
                if (!json_is_null(value) && (text = write_scalar(change, value)) == NULL)
                        return -1;
                if (text != NULL && are_amounts && !pd_quantity_parse(text, NULL))
                        pd_findings_add(change->findings, PD_SEVERITY_ERROR, at.text,
                                        "'%s' is no amount; write a number and m, k, M, G, Ki, Mi "
                                        "or Gi, as in 500m or 64Mi",
                                        pd_show(text).text);
                else if (pd_pairs_set(&change->solution->arena, pairs, name, text) < 0)
                        return -1;
        }
        return 0;
}

static int apply_env(struct change *change, const char *path, const json_t *value)
{
        return set_pairs(change, path, value, &change->workload->env, false);
}

static int apply_requests(struct change *change, const char *path, const json_t *value)
{
        return set_pairs(change, path, value, &change->workload->requests, true);
}

static int apply_limits(struct change *change, const char *path, const json_t *value)
{
        return set_pairs(change, path, value, &change->workload->limits, true);
}

static int apply_resources(struct change *change, const char *path, const json_t *value)
{
        static const struct member members[] = {
                {"limits", apply_limits},
                {"requests", apply_requests},
        };

        return apply_members(change, path, value, members, PD_COUNT(members));
}

/* --- Where it may run --- */

static int apply_node_selector(struct change *change, const char *path, const json_t *value)
{
        return set_pairs(change, path, value, &change->workload->node_selector, false);
}

/* A text; of `choices`, which end with NULL, where there are some. */
static int read_text(struct change *change, const char *path, const json_t *value,
                     const char *const *choices, const char **ret)
{
        const char *text = json_string_value(value);

        if (text == NULL) {
                refuse(change, path, "a text", value);
                return 0;
        }
        for (; choices != NULL && strcmp(choices[0], text) != 0; choices++)
                if (choices[1] == NULL) {
                        pd_findings_add(change->findings, PD_SEVERITY_ERROR, path,
                                        "'%s' is nothing that Kubernetes knows here",
                                        pd_show(text).text);
                        return 0;
                }
        *ret = pd_arena_string(&change->solution->arena, text);
        return *ret != NULL ? 0 : -1;
}

static int apply_key(struct change *change, const char *path, const json_t *value)
{
        return read_text(change, path, value, NULL, &change->toleration->key);
}

static int apply_operator(struct change *change, const char *path, const json_t *value)
{
        static const char *const operators[] = {"Equal", "Exists", NULL};

        return read_text(change, path, value, operators, &change->toleration->op);
}

static int apply_value(struct change *change, const char *path, const json_t *value)
{
        return read_text(change, path, value, NULL, &change->toleration->value);
}

static int apply_effect(struct change *change, const char *path, const json_t *value)
{
        static const char *const effects[] = {"NoExecute", "NoSchedule", "PreferNoSchedule", NULL};

        return read_text(change, path, value, effects, &change->toleration->effect);
}

static int apply_tolerations(struct change *change, const char *path, const json_t *value)
{
        static const struct member members[] = {
                {"effect", apply_effect},
                {"key", apply_key},
                {"operator", apply_operator},
                {"value", apply_value},
        };
        struct pd_tolerations *list = &change->workload->tolerations;
        json_t *item;
        size_t i;

        if (!json_is_array(value))
                refuse(change, path, "an array of objects", value);
        json_array_foreach (value, i, item) {
                change->toleration = pd_arena_push(&change->solution->arena, &list->at,
                                                   &list->count, sizeof(*list->at));
                if (change->toleration == NULL)
                        return -1;
                *change->toleration = (struct pd_toleration){.key = NULL};
                if (apply_members(change, pd_path("%s[%zu]", path, i).text, item, members,
                                  PD_COUNT(members)) < 0)
                        return -1;
        }
        return 0;
}

/* --- Nodes --- */

static struct pd_workload *find_workload(struct change *change, const char *path, const char *name)
{
        const struct pd_solution *solution = change->solution;
        struct pd_nearest nearest = {.word = name};

        for (size_t i = 0; i < solution->workload_count; i++) {
                if (strcasecmp(solution->workloads[i].name, name) == 0)
                        return &solution->workloads[i];
                pd_nearest_offer(&nearest, solution->workloads[i].name);
        }
        pd_findings_add(change->findings, PD_SEVERITY_ERROR, path,
                        "the solution has no node of that name%s%s%s",
                        nearest.best[0] != '\0' ? "; did you mean '" : "", nearest.best,
                        nearest.best[0] != '\0' ? "'?" : "");
        return NULL;
}

static int apply_nodes(struct change *change, const char *path, const json_t *nodes)
{
        static const struct member members[] = {
                {"args", apply_args},
                {"command", apply_command},
                {"env", apply_env},
                {"image", apply_image},
                {"nodeSelector", apply_node_selector},
                {"resources", apply_resources},
                {"tolerations", apply_tolerations},
        };
        const char *name;
        json_t *node;

        if (!json_is_object(nodes))
                refuse(change, path, "an object", nodes);
        json_object_foreach (pd_json_unconst(nodes), name, node) {
                struct pd_path at = pd_path("%s.%s", path, pd_show(name).text);

                change->workload = find_workload(change, at.text, name);
                if (change->workload != NULL &&
                    apply_members(change, at.text, node, members, PD_COUNT(members)) < 0)
                        return -1;
        }
        return 0;
}

int pd_values_apply(const json_t *values, struct pd_solution *solution,
                    struct pd_findings *findings, struct pd_err *err)
{
        static const struct member members[] = {{"nodes", apply_nodes}};
        struct change change = {.solution = solution, .findings = findings};

        if (apply_members(&change, "values", values, members, PD_COUNT(members)) < 0)
                return pd_fail_memory(err, "the values");
        return 0;
}
