/* test_docker_spec.c - a wish as what Docker is asked to make. */
#include "docker_spec.h"

#include <string.h>

#include "alloc_fail.h"
#include "docker_amount.h"
#include "json/get.h"
#include "json/json.h"
#include "pd_test.h"

/* A pipeline of one node with a shared folder, and its orchestrator. */
static struct pd_solution *make_solution(void)
{
        struct pd_solution *solution = NULL;
        struct pd_err err = {0};

        assert_pd_ok(pd_solution_new(PD_SOLUTION_PIPELINE, &solution, &err), err);
        assert_pd_ok(pd_solution_set_name(solution, "My Demo", &err), err);
        solution->claim = pd_arena_alloc(&solution->arena, 1, sizeof(*solution->claim));
        assert_non_null(solution->claim);
        solution->blueprint = json_pack("{s:s}", "name", "My Demo");
        assert_pd_ok(pd_solution_add_node(solution, "a", "reg/a:1", "/shared",
                                          &pd_solution_default_options, &err),
                     err);
        assert_pd_ok(pd_solution_add_node(solution, "orchestrator", "reg/o:1", "/shared",
                                          &pd_solution_default_options, &err),
                     err);
        assert_pd_ok(pd_solution_add_proto(solution, "a", "syntax", 6, &err), err);
        return solution;
}

static struct pd_docker_specs specs_of(const struct pd_solution *solution)
{
        const struct pd_engine_wish wish = {.solution = solution, .name = "demo"};
        struct pd_findings findings = {0};
        struct pd_docker_specs specs;
        struct pd_err err = {0};

        assert_pd_ok(pd_docker_specs_make(&wish, "127.0.0.1", &findings, &specs, &err), err);
        pd_findings_done(&findings);
        return specs;
}

static void a_workload_becomes_a_body(void **state)
{
        static const char want[] =
                "{\"Image\":\"reg/a:1\",\"Hostname\":\"a\","
                "\"Env\":[\"SHARED_FOLDER_PATH=/shared\"],"
                "\"ExposedPorts\":{\"8061/tcp\":{},\"8062/tcp\":{}},"
                "\"HostConfig\":{\"NetworkMode\":\"demo.network\",\"PortBindings\":{"
                "\"8061/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"\"}],"
                "\"8062/tcp\":[{\"HostIp\":\"127.0.0.1\",\"HostPort\":\"\"}]},"
                "\"SecurityOpt\":[\"no-new-privileges\"],"
                "\"RestartPolicy\":{\"Name\":\"unless-stopped\"},"
                "\"Mounts\":[{\"Type\":\"volume\",\"Source\":\"demo.shared-folder\","
                "\"Target\":\"/shared\"}]},"
                "\"NetworkingConfig\":{\"EndpointsConfig\":{\"demo.network\":{\"Aliases\":[\"a\"]}}"
                "}}";
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = make_solution();
        pd_auto(pd_docker_specs_done) struct pd_docker_specs specs = specs_of(solution);
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(1 << 16);

        (void)state;
        assert_string_equal(specs.solution, "my-demo");
        assert_string_equal(specs.at[0].container, "demo.a");
        assert_string_equal(specs.at[0].ports, "protobuf-api=8061 webui=8062");
        pd_json_write(&text, specs.at[0].body, PD_JSON_COMPACT);
        assert_string_equal(text.data, want);
}

static void only_the_orchestrator_gets_a_token_and_neither_is_in_the_digest(void **state)
{
        static const struct pd_docker_owner owner = {"demo", "id", NULL, "my-demo"};
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = make_solution();
        pd_auto(pd_docker_specs_done) struct pd_docker_specs specs = specs_of(solution);
        pd_auto(pd_json_free_ptr) json_t *node = NULL;
        pd_auto(pd_json_free_ptr) json_t *orchestrator = NULL;
        const json_t *env;

        (void)state;
        node = pd_docker_spec_body(&specs.at[0], &owner, "tok");
        orchestrator = pd_docker_spec_body(&specs.at[1], &owner, "tok");
        assert_int_equal(json_array_size(pd_json_get(node, "Env")), 1);
        env = pd_json_get(orchestrator, "Env");
        assert_int_equal(json_array_size(env), 4);
        assert_string_equal(json_string_value(json_array_get(env, 1)), "PD_PIPELINE=/pipeline");
        assert_string_equal(json_string_value(json_array_get(env, 2)),
                            "PD_RUN_FILE=/tmp/playground-run.json");
        assert_string_equal(json_string_value(json_array_get(env, 3)), "PD_TOKEN=tok");
        assert_string_equal(pd_json_get_string(pd_json_get(node, "Labels"), PD_LABEL_SPEC),
                            specs.at[0].digest);
        assert_null(pd_json_get(pd_json_get(node, "Labels"), PD_LABEL_OWNER));
        assert_int_equal(json_array_size(pd_json_get(specs.at[1].body, "Env")), 3);
}

static void the_digest_is_of_all_that_a_container_is_made_from(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = make_solution();
        pd_auto(pd_docker_specs_done) struct pd_docker_specs before = specs_of(solution);
        pd_auto(pd_docker_specs_done) struct pd_docker_specs same = specs_of(solution);
        pd_auto(pd_docker_specs_done) struct pd_docker_specs after = {0};

        (void)state;
        assert_string_equal(before.at[0].digest, same.at[0].digest);
        assert_string_equal(before.at[1].digest, same.at[1].digest);

        /* the pipeline is the orchestrator's alone */
        json_object_set_new(solution->blueprint, "version", json_string("2"));
        after = specs_of(solution);
        assert_string_equal(before.at[0].digest, after.at[0].digest);
        assert_string_not_equal(before.at[1].digest, after.at[1].digest);

        pd_docker_specs_done(&after);
        solution->workloads[0].working_dir = "/w";
        after = specs_of(solution);
        assert_string_not_equal(before.at[0].digest, after.at[0].digest);
}

static void limits_are_given_in_dockers_units(void **state)
{
        static struct pd_pair limits[] = {{"cpu", "1.5"}, {"memory", "64Mi"}, {"disk", "1"}};
        static struct pd_pair requests[] = {{"cpu", "1"}, {"memory", "16M"}};
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = make_solution();
        pd_auto(pd_docker_specs_done) struct pd_docker_specs specs = {0};
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        const struct pd_engine_wish wish = {.solution = solution, .name = "demo"};
        struct pd_err err = {0};
        const json_t *host;

        (void)state;
        solution->workloads[0].limits = (struct pd_pairs){limits, PD_COUNT(limits)};
        solution->workloads[0].requests = (struct pd_pairs){requests, PD_COUNT(requests)};
        solution->workloads[0].node_selector = (struct pd_pairs){requests, 1};
        assert_pd_ok(pd_docker_specs_make(&wish, "127.0.0.1", &findings, &specs, &err), err);
        host = pd_json_get(specs.at[0].body, "HostConfig");
        assert_int_equal(json_integer_value(pd_json_get(host, "NanoCpus")), 1500000000);
        assert_int_equal(json_integer_value(pd_json_get(host, "Memory")), 67108864);
        assert_int_equal(json_integer_value(pd_json_get(host, "MemorySwap")), 67108864);
        assert_int_equal(json_integer_value(pd_json_get(host, "MemoryReservation")), 16000000);
        assert_int_equal(findings.count, 2);
        assert_pd_says(findings.at[0].message, "nodeSelector");
        assert_pd_says(findings.at[1].message, "'disk'");
}

static void amounts_are_read_to_the_unit(void **state)
{
        static const struct {
                const char *text;
                int64_t unit, want; /* -1: none */
        } rows[] = {
                {"1", 1000000000, 1000000000},
                {"500m", 1000000000, 500000000},
                {"0.1", 1000000000, 100000000},
                {"64Mi", 1, 67108864},
                {"1.5Gi", 1, 1610612736},
                {"2k", 1, 2000},
                {"", 1, -1},
                {"m", 1, -1},
                {"1x", 1, -1},
                {"-1", 1, -1},
                {".5", 1, -1},
                {"9000E", 1, -1},
                {"1111111111111111111111111", 1, -1},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                int64_t value = -1;

                print_message("# '%s'\n", rows[i].text);
                assert_int_equal(pd_docker_amount(rows[i].text, rows[i].unit, &value),
                                 rows[i].want >= 0);
                assert_int_equal(value, rows[i].want);
        }
}

static void a_name_that_is_no_label_is_refused(void **state)
{
        static const char *const names[] = {"", "..", "a/b", "Demo", "a.b", "1a"};
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = make_solution();

        (void)state;
        for (size_t i = 0; i < PD_COUNT(names); i++) {
                const struct pd_engine_wish wish = {.solution = solution, .name = names[i]};
                struct pd_findings findings = {0};
                struct pd_docker_specs specs;
                struct pd_err err = {0};

                assert_pd_fail(pd_docker_specs_make(&wish, "127.0.0.1", &findings, &specs, &err),
                               err, PD_E_INVALID);
        }
}

/* The digest of the orchestrator, and its whole body made and dropped. */
static int make_and_drop(const struct pd_solution *solution, char digest[PD_DIGEST_SIZE],
                         struct pd_err *err)
{
        static const struct pd_docker_owner owner = {"demo", "id", "me", "my-demo"};
        const struct pd_engine_wish wish = {.solution = solution, .name = "demo"};
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        pd_auto(pd_docker_specs_done) struct pd_docker_specs specs = {0};
        pd_auto(pd_json_free_ptr) json_t *body = NULL;

        if (pd_docker_specs_make(&wish, "127.0.0.1", &findings, &specs, err) < 0)
                return -1;
        memcpy(digest, specs.at[1].digest, PD_DIGEST_SIZE);
        body = pd_docker_spec_body(&specs.at[1], &owner, "token");
        return body != NULL ? 0 : pd_fail_memory(err, "a body");
}

/* OpenSSL lives without some of what it asks for: those few make no difference. */
static void a_lack_of_memory_is_an_error_or_changes_nothing(void **state)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = make_solution();
        char want[PD_DIGEST_SIZE], got[PD_DIGEST_SIZE];
        struct pd_err err = {0};
        size_t allocations, failures = 0;

        (void)state;
        assert_pd_ok(make_and_drop(solution, want, &err), err);
        pd_alloc_fail_never();
        assert_pd_ok(make_and_drop(solution, want, &err), err);
        allocations = pd_alloc_count();
        for (size_t i = 1; i <= allocations; i++) {
                int result;

                pd_alloc_fail_at(i);
                result = make_and_drop(solution, got, &err);
                pd_alloc_fail_never();
                if (result == 0)
                        assert_string_equal(got, want);
                else
                        assert_int_equal(err.code, PD_E_INTERNAL);
                failures += result < 0;
        }
        assert_true(failures > allocations / 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_workload_becomes_a_body),
                cmocka_unit_test(only_the_orchestrator_gets_a_token_and_neither_is_in_the_digest),
                cmocka_unit_test(the_digest_is_of_all_that_a_container_is_made_from),
                cmocka_unit_test(limits_are_given_in_dockers_units),
                cmocka_unit_test(amounts_are_read_to_the_unit),
                cmocka_unit_test(a_name_that_is_no_label_is_refused),
                cmocka_unit_test(a_lack_of_memory_is_an_error_or_changes_nothing),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
