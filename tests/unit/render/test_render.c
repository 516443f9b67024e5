/* test_render.c - settings become options, and wrong ones are named. */
#include <string.h>

#include "pd_test.h"
#include "render/render.h"

struct program {
        struct pd_render_settings render;
};

static const struct pd_config_key keys[] = {PD_RENDER_ROWS(struct program, render)};
static const struct pd_config_table table = {keys, PD_COUNT(keys)};

/* What one setting makes of the defaults; NULL: nothing is set. */
static int read_with(const char *name, const char *value, struct pd_arena *arena,
                     struct pd_render_options *ret, struct pd_err *err)
{
        pd_auto(pd_config_free_ptr) struct pd_config *config = NULL;
        struct program program = {0};
        int result;

        assert_pd_ok(pd_config_new(&table, &program, &config, err), *err);
        if (name != NULL)
                assert_pd_ok(pd_config_set(config, name, value, PD_CONFIG_FROM_FLAG, err), *err);
        result = pd_render_options_read(&program.render, arena, ret, err);
        /* the texts are the config's, which is gone when this returns */
        if (result == 0 && ret->manifest.pull_secret != NULL)
                ret->manifest.pull_secret = pd_arena_string(arena, ret->manifest.pull_secret);
        if (result == 0 && ret->solution.claim.storage_class != NULL)
                ret->solution.claim.storage_class =
                        pd_arena_string(arena, ret->solution.claim.storage_class);
        return result;
}

static void without_settings_the_options_are_those_of_the_contract(void **state)
{
        pd_auto(pd_config_free_ptr) struct pd_config *config = NULL;
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct program program = {0};
        struct pd_render_options options;
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(pd_config_new(&table, &program, &config, &err), err);
        assert_pd_ok(pd_render_options_read(&program.render, &arena, &options, &err), err);
        assert_string_equal(options.solution.orchestrator_image,
                            pd_solution_default_options.orchestrator_image);
        assert_int_equal(options.solution.service_port, 8556);
        assert_int_equal(options.solution.pull_policy, PD_PULL_UNSET);
        assert_string_equal(options.solution.claim.storage_class, "");
        assert_string_equal(options.solution.claim.size, "1Gi");
        assert_int_equal(options.manifest.service_type, PD_SERVICE_NODE_PORT);
        assert_string_equal(options.manifest.pull_secret, "acumos-registry");
        assert_int_equal(options.solution.requests.count, 0);
}

static void each_setting_has_its_effect(void **state)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_render_options options;
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(read_with("image-pull-policy", "Never", &arena, &options, &err), err);
        assert_int_equal(options.solution.pull_policy, PD_PULL_NEVER);
        assert_pd_ok(read_with("service-type", "ClusterIP", &arena, &options, &err), err);
        assert_int_equal(options.manifest.service_type, PD_SERVICE_CLUSTER_IP);
        assert_pd_ok(read_with("pull-secret", "mine", &arena, &options, &err), err);
        assert_string_equal(options.manifest.pull_secret, "mine");
        assert_pd_ok(read_with("no-pull-secret", "true", &arena, &options, &err), err);
        assert_null(options.manifest.pull_secret);
        assert_pd_ok(read_with("storage-class", "fast", &arena, &options, &err), err);
        assert_string_equal(options.solution.claim.storage_class, "fast");
        assert_pd_ok(read_with("default-storage-class", "true", &arena, &options, &err), err);
        assert_null(options.solution.claim.storage_class);
        assert_pd_ok(read_with("limits", "cpu=1.5,nvidia.com/gpu=1", &arena, &options, &err), err);
        assert_int_equal(options.solution.limits.count, 2);
        assert_string_equal(options.solution.limits.at[1].name, "nvidia.com/gpu");
        assert_string_equal(options.solution.limits.at[0].value, "1.5");
}

static void a_wrong_value_is_named(void **state)
{
        static const struct {
                const char *name, *value, *says;
        } rows[] = {
                {"orchestrator-image", "https://x/y", "orchestrator-image: "},
                {"pull-secret", "My Secret", "pull-secret: 'My Secret' is no name"},
                {"storage-class", "-a", "storage-class: '-a' is no name"},
                {"claim-size", "1 Gi", "claim-size: '1 Gi' is no amount"},
                {"claim-size", "", "claim-size: '' is no amount"},
                {"requests", "cpu", "requests: 'cpu' is not of the form"},
                {"requests", "cpu=1,cpu=2", "requests names 'cpu' twice"},
                {"limits", "CPU=1", "limits: 'CPU' is no resource"},
                {"limits", "cpu=lots", "limits: 'lots' is no amount"},
                {"limits", "cpu=1,", "limits: '' is not of the form"},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_arena_done) struct pd_arena arena = {0};
                struct pd_render_options options;
                struct pd_err err = {0};

                assert_pd_fail(read_with(rows[i].name, rows[i].value, &arena, &options, &err), err,
                               PD_E_INVALID);
                assert_pd_says(err.msg, rows[i].says);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(without_settings_the_options_are_those_of_the_contract),
                cmocka_unit_test(each_setting_has_its_effect),
                cmocka_unit_test(a_wrong_value_is_named),
        };

        return cmocka_run_group_tests_name("render", tests, NULL, NULL);
}
