/* test_spring.c - the settings of the existing deployer mean what they meant. */
#include <string.h>

#include "base/own.h"
#include "pd_test.h"
#include "settings.h"

/* Settings after one SPRING_APPLICATION_JSON. */
struct place {
        struct pd_deployer_settings settings;
        struct pd_config *config;
        struct pd_spring_ignored ignored;
};

static void place_done(struct place *place)
{
        pd_config_free(place->config);
        pd_spring_ignored_done(&place->ignored);
}

static int apply(struct place *place, const char *json, struct pd_err *err)
{
        if (place->config == NULL)
                assert_pd_ok(
                        pd_config_new(&pd_deployer_table, &place->settings, &place->config, err),
                        *err);
        return pd_spring_apply(json, place->config, &place->ignored, err);
}

static void dotted_names_and_nested_objects_mean_the_same(void **state)
{
        static const char *const forms[] = {
                "{\"cmndatasvc\":{\"cmndatasvcendpointurl\":\"http://c/ccds\"},"
                "\"kube\":{\"incrementPort\":\"9000\"},\"server\":{\"port\":9090}}",
                "{\"cmndatasvc.cmndatasvcendpointurl\":\"http://c/ccds\","
                "\"kube.incrementPort\":9000,\"server.port\":\"9090\"}",
                "{\"cmndatasvc\":{\"cmndatasvcEndpointURL\":\"http://c/ccds\"},"
                "\"kube.incrementport\":9000,\"Server\":{\"Port\":9090}}",
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(forms); i++) {
                pd_auto(place_done) struct place place = {0};
                struct pd_err err = {0};

                assert_pd_ok(apply(&place, forms[i], &err), err);
                assert_string_equal(place.settings.cds_url, "http://c/ccds");
                assert_int_equal(place.settings.service_port, 9000);
                assert_int_equal(place.settings.port, 9090);
                assert_int_equal(place.ignored.count, 0);
        }
}

static void every_name_of_the_contract_has_its_setting(void **state)
{
        pd_auto(place_done) struct place place = {0};
        const struct pd_deployer_settings *settings = &place.settings;
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(
                apply(&place,
                      "{\"cmndatasvc\":{\"cmndatasvcuser\":\"cu\",\"cmndatasvcpwd\":\"cp\"},"
                      "\"nexus\":{\"url\":\"http://n\",\"username\":\"nu\",\"password\":\"np\"},"
                      "\"jwt\":{\"auth\":{\"secret\":{\"key\":\"c2VjcmV0\"}}},"
                      "\"playgroundDeployUrl\":\"http://p/deploy_solution\","
                      "\"blueprint\":{\"ImageName\":\"o:1\",\"port\":\"1\",\"name\":\"x\"},"
                      "\"kube\":{\"incrementPort\":2,\"mlTargetPort\":3,\"singleModelPort\":4,"
                      "\"singleTargetPort\":5,\"folderPath\":\"x\"},\"probe.port\":1,"
                      "\"unknown\":[1]}",
                      &err),
                err);
        assert_string_equal(settings->cds_user, "cu");
        assert_string_equal(pd_secret_reveal(settings->cds_password, NULL), "cp");
        assert_string_equal(settings->nexus_url, "http://n");
        assert_string_equal(settings->nexus_user, "nu");
        assert_string_equal(pd_secret_reveal(settings->nexus_password, NULL), "np");
        assert_string_equal(pd_secret_reveal(settings->token_secret, NULL), "c2VjcmV0");
        assert_string_equal(settings->playground_url, "http://p/deploy_solution");
        assert_string_equal(settings->render.orchestrator_image, "o:1");
        assert_int_equal(settings->orchestrator_port, 1);
        assert_int_equal(settings->service_port, 2);
        assert_int_equal(settings->target_port, 3);
        assert_int_equal(settings->model_service_port, 4);
        assert_int_equal(settings->model_target_port, 5);

        assert_int_equal(place.ignored.count, 4);
        assert_string_equal(place.ignored.at[0], "blueprint.name");
        assert_string_equal(place.ignored.at[1], "kube.folderPath");
        assert_string_equal(place.ignored.at[2], "probe.port");
        assert_string_equal(place.ignored.at[3], "unknown");
}

static void a_variable_of_our_own_wins(void **state)
{
        pd_auto(place_done) struct place place = {0};
        char variable[] = "PD_PORT=7000";
        char *const environment[] = {variable, NULL};
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(apply(&place, "{}", &err), err);
        assert_pd_ok(pd_config_variables(place.config, environment, &err), err);
        assert_pd_ok(apply(&place, "{\"server.port\":9090}", &err), err);
        assert_int_equal(place.settings.port, 7000);
}

static void what_is_wrong_is_named_and_secrets_are_not_quoted(void **state)
{
        static const struct {
                const char *json, *says;
        } rows[] = {
                {"planted-secret", "no JSON"},
                {"[\"planted-secret\"]", "an object is wanted"},
                {"{\"jwt.auth.secret.key\":planted-secret}", "no JSON"},
                {"{\"jwt.auth.secret.key\":[\"planted-secret\"]}",
                 "'jwt.auth.secret.key' is an array"},
                {"{\"nexus.password\":1.5}", "'nexus.password' is a"},
                {"{\"server.port\":\"many\"}", "'server.port'"},
                {"{\"server.port\":70000}", "'server.port'"},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(place_done) struct place place = {0};
                struct pd_err err = {0};

                assert_pd_fail(apply(&place, rows[i].json, &err), err, PD_E_INVALID);
                assert_pd_says(err.msg, rows[i].says);
                assert_null(strstr(err.msg, "planted"));
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(dotted_names_and_nested_objects_mean_the_same),
                cmocka_unit_test(every_name_of_the_contract_has_its_setting),
                cmocka_unit_test(a_variable_of_our_own_wins),
                cmocka_unit_test(what_is_wrong_is_named_and_secrets_are_not_quoted),
        };

        return cmocka_run_group_tests_name("spring", tests, NULL, NULL);
}
