/* fuzz_blueprint.c - a blueprint is read; without errors it is made into a solution, whose own
 * blueprint has none either and needs no further change. */
#include <assert.h>
#include <stdint.h>

#include "blueprint/blueprint.h"
#include "json/json.h"
#include "solution/names.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* The deployable blueprint of the text; NULL: it has errors, or is none. */
static json_t *make_deployable(const char *text, size_t len)
{
        pd_auto(pd_blueprint_free_ptr) struct pd_blueprint *blueprint = NULL;
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        struct pd_blueprint_parts parts = {0};
        struct pd_findings findings = {0};
        int result = pd_blueprint_read(text, len, &findings, &blueprint, NULL);
        size_t errors = findings.errors;

        pd_findings_done(&findings);
        if (result < 0 || errors > 0)
                return NULL;

        result = pd_blueprint_solution(blueprint, &parts, &pd_solution_default_options, &solution,
                                       NULL);
        assert(result == 0);
        for (size_t i = 0; i < solution->workload_count; i++) {
                assert(pd_label_valid(solution->workloads[i].name));
                assert(pd_solution_find(solution, solution->workloads[i].name) ==
                       &solution->workloads[i]);
        }
        return json_incref(solution->blueprint);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        pd_auto(pd_json_free_ptr) json_t *once = make_deployable((const char *)data, size);
        pd_auto(pd_json_free_ptr) json_t *twice = NULL;
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(SIZE_MAX);

        if (once == NULL)
                return 0;
        pd_json_write(&text, once, PD_JSON_COMPACT);
        twice = make_deployable(text.data, text.len);
        assert(twice != NULL || text.len > PD_BLUEPRINT_MAX_BYTES);
        assert(twice == NULL || json_equal(once, twice));
        return 0;
}
