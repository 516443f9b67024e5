/* fuzz_admit.c - what is admitted keeps to the policy, and is admitted again once it is packed. */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "admit/admit.h"
#include "json/json.h"
#include "package/package.h"
#include "solution/image.h"
#include "text_zip.h"

#define HOST     "hub.example.org"
#define MOST     3
#define VARIABLE "SET_BY_POLICY"
#define RULE_JSON                                                                                  \
        "{\"registries\": [\"" HOST "\"], \"max_workloads\": 3, \"max_resources\": {\"cpu\": 4},"  \
        " \"environment_variables\": [{\"docker_image_pattern\": \"[^/]+/(?!orchestrator)\","      \
        "  \"name\": \"" VARIABLE "\", \"value\": \"1\"}]}"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void make_policy(struct pd_policy *policy)
{
        pd_auto(pd_json_free_ptr) json_t *json = NULL;
        int result =
                pd_json_parse(RULE_JSON, strlen(RULE_JSON), &pd_json_default_limits, &json, NULL);

        if (result == 0)
                result = pd_policy_read(json, policy, NULL);
        assert(result == 0);
}

/* The solution that is admitted, or NULL; refused is what there is an error about. */
static struct pd_solution *admit(const void *zip, size_t len, const struct pd_policy *policy)
{
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        struct pd_solution *solution = NULL;

        if (pd_admit(zip, len, policy, &findings, &solution, NULL) == 0)
                assert((solution == NULL) == (findings.errors > 0));
        return solution;
}

static void check_workload(const struct pd_workload *workload)
{
        bool is_set = false;
        struct pd_image image;
        int result = pd_image_parse(workload->image, &image, NULL);

        assert(result == 0);
        assert(image.domain.len == strlen(HOST));
        for (size_t i = 0; i < workload->env.count; i++)
                is_set = is_set || strcmp(workload->env.at[i].name, VARIABLE) == 0;
        assert(is_set || strstr(workload->image, "/orchestrator") != NULL);
}

/* The same after packing, which drops extras that are in our way, and admitting. */
static struct pd_solution *pass_on(const struct pd_solution *solution,
                                   const struct pd_policy *policy)
{
        pd_auto(pd_free_ptr) void *zip = NULL;
        size_t len = 0;
        struct pd_solution *again;
        int result = pd_package_pack(solution, &pd_manifest_default_options, &zip, &len, NULL);

        assert(result == 0);
        again = admit(zip, len, policy);
        assert(again != NULL);
        return again;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        pd_auto(pd_policy_done) struct pd_policy policy = PD_POLICY_INIT;
        size_t len = 0;
        pd_auto(pd_free_ptr) void *zip = text_zip(data, size, &len);
        pd_auto(pd_solution_free_ptr) struct pd_solution *first = NULL;
        pd_auto(pd_solution_free_ptr) struct pd_solution *second = NULL;

        make_policy(&policy);
        first = admit(zip, len, &policy);
        if (first == NULL)
                return 0;
        assert(first->workload_count <= MOST);
        for (size_t i = 0; i < first->workload_count; i++)
                check_workload(&first->workloads[i]);
        second = pass_on(first, &policy);
        assert(second->workload_count == first->workload_count);
        return 0;
}
