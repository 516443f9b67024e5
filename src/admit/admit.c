/* admit.c - a solution held against a policy. */
#include "admit/admit.h"

#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <strings.h>

#include "base/buf.h"
#include "package/package.h"
#include "solution/image.h"
#include "solution/quantity.h"

/* What docker takes a name without a registry to mean, and another name for it. */
#define HUB         "docker.io"
#define HUB_AS_WELL "index.docker.io"

/* Most bytes of a list of registries. */
#define MAX_LISTED (PD_POLICY_MAX_ITEMS * (PD_IMAGE_MAX_NAME + 2))

/* What a policy calls the shared folder's volume. */
#define STORAGE "storage"

static void check_count(const struct pd_solution *solution, const struct pd_policy *policy,
                        struct pd_findings *findings)
{
        if (solution->workload_count > policy->max_workloads)
                pd_findings_add(findings, PD_SEVERITY_ERROR, "workloads",
                                "there are %zu, but at most %zu are taken",
                                solution->workload_count, policy->max_workloads);
}

static bool is_same(struct pd_span one, struct pd_span other)
{
        return one.len == other.len && strncasecmp(one.at, other.at, one.len) == 0;
}

static struct pd_span span_of(const char *text)
{
        return (struct pd_span){text, strlen(text)};
}

/* A registry by the one name it goes by. */
static struct pd_span canonical(struct pd_span host)
{
        return host.len == 0 || is_same(host, span_of(HUB_AS_WELL)) ? span_of(HUB) : host;
}

/* Whether it is one of the policy's registries; all of them are where it names none. */
static bool is_taken(const struct pd_span *registry, const struct pd_strings *registries)
{
        for (size_t i = 0; i < registries->count; i++) {
                if (is_same(*registry, canonical(span_of(registries->at[i]))))
                        return true;
        }
        return registries->count == 0;
}

static int refuse_registry(const struct pd_workload *workload, const char *path,
                           const struct pd_span *registry, const struct pd_strings *registries,
                           struct pd_findings *findings, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf taken = PD_BUF_INIT(MAX_LISTED);

        for (size_t i = 0; i < registries->count; i++)
                pd_buf_printf(&taken, "%s%s", i > 0 ? ", " : "", registries->at[i]);
        if (pd_buf_check(&taken, "list of registries", err) < 0)
                return -1;
        pd_findings_add(findings, PD_SEVERITY_ERROR, path,
                        "the image of '%s' is refused: '%.*s' is none of the registries %s",
                        workload->name, (int)registry->len, registry->at, taken.data);
        return 0;
}

static int check_registries(const struct pd_solution *solution, const struct pd_policy *policy,
                            struct pd_findings *findings, struct pd_err *err)
{
        for (size_t i = 0; i < solution->workload_count; i++) {
                const struct pd_workload *workload = &solution->workloads[i];
                struct pd_path path = pd_path("workloads[%zu].image", i);
                struct pd_image image;
                struct pd_span registry;

                if (pd_image_parse(workload->image, &image, NULL) < 0)
                        continue;
                registry = canonical(image.domain);
                if (!is_taken(&registry, &policy->registries) &&
                    refuse_registry(workload, path.text, &registry, &policy->registries, findings,
                                    err) < 0)
                        return -1;
        }
        return 0;
}

/* An amount in thousandths; what is none asks for nothing. */
static uint64_t amount_of(const struct pd_pairs *amounts, const char *resource)
{
        uint64_t milli = 0;

        for (size_t i = 0; i < amounts->count; i++) {
                if (strcmp(amounts->at[i].name, resource) == 0 &&
                    pd_quantity_parse(amounts->at[i].value, &milli))
                        return milli;
        }
        return 0;
}

static uint64_t asked_by(const struct pd_workload *workload, const char *resource)
{
        uint64_t request = amount_of(&workload->requests, resource);
        uint64_t limit = amount_of(&workload->limits, resource);

        return request > limit ? request : limit;
}

/* What the whole solution asks for. */
static uint64_t asked_for(const struct pd_solution *solution, const char *resource)
{
        uint64_t sum = 0;

        if (strcmp(resource, STORAGE) == 0 && solution->claim != NULL)
                (void)pd_quantity_parse(solution->claim->size, &sum);
        for (size_t i = 0; i < solution->workload_count; i++) {
                uint64_t asked = asked_by(&solution->workloads[i], resource);

                sum = asked > PD_QUANTITY_HUGE - sum ? PD_QUANTITY_HUGE : sum + asked;
        }
        return sum;
}

static void check_resources(const struct pd_solution *solution, const struct pd_policy *policy,
                            struct pd_findings *findings)
{
        for (size_t i = 0; i < policy->max_resources.count; i++) {
                const struct pd_pair *max = &policy->max_resources.at[i];
                uint64_t given = 0;

                if (pd_quantity_parse(max->value, &given) && asked_for(solution, max->name) > given)
                        pd_findings_add(findings, PD_SEVERITY_ERROR, "",
                                        "the workloads together ask for more %s than the %s that "
                                        "are given",
                                        max->name, max->value);
        }
}

static int apply_variable(struct pd_solution *solution, const struct pd_policy_variable *variable,
                          size_t index, struct pd_findings *findings, struct pd_err *err)
{
        struct pd_workload *workload = &solution->workloads[index];
        bool is_wanted;

        if (pd_pattern_match(variable->image, workload->image, &is_wanted, err) < 0)
                return pd_wrap(err, "variable '%s' for the image of '%s'", variable->name,
                               workload->name);
        if (!is_wanted)
                return 0;
        if (pd_pairs_set(&solution->arena, &workload->env, variable->name, variable->value) < 0)
                return pd_fail_memory(err, "variables");
        pd_findings_add(findings, PD_SEVERITY_NOTE, pd_path("workloads[%zu].env", index).text,
                        "'%s' of '%s' is set by the policy", pd_show(variable->name).text,
                        workload->name);
        return 0;
}

int pd_admit_solution(struct pd_solution *solution, const struct pd_policy *policy,
                      struct pd_findings *findings, struct pd_err *err)
{
        check_count(solution, policy, findings);
        if (check_registries(solution, policy, findings, err) < 0)
                return -1;
        check_resources(solution, policy, findings);

        for (size_t i = 0; i < solution->workload_count; i++) {
                for (size_t j = 0; j < policy->variable_count; j++) {
                        if (apply_variable(solution, &policy->variables[j], i, findings, err) < 0)
                                return -1;
                }
        }
        return 0;
}

int pd_admit(const void *zip, size_t len, const struct pd_policy *policy,
             struct pd_findings *findings, struct pd_solution **ret, struct pd_err *err)
{
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;

        if (pd_archive_read(zip, len, &policy->archive, &archive, err) < 0 ||
            pd_package_unpack(archive, PD_RIGHTS_REFUSED, findings, &solution, err) < 0 ||
            pd_admit_solution(solution, policy, findings, err) < 0)
                return -1;
        if (findings->failed != 0)
                return pd_fail_memory(err, "findings");
        *ret = findings->errors == 0 ? pd_steal(&solution) : NULL;
        return 0;
}
