/* test_kubernetes_config.c - kubeconfig files as kubectl understands them. */
#include "pd_test.h"

#include "kubernetes_config.h"
#include "quoted_json.h"

/* Two files; the second is looked at where the first one says nothing. */
struct world {
        struct pd_kubeconfig_file files[2];
        struct pd_arena arena;
        struct pd_kubeconfig config;
        struct pd_err err;
};

static int read_world(struct world *world, const char *context)
{
        return pd_kubeconfig_read(world->files, 2, context, &world->arena, &world->config,
                                  &world->err);
}

static struct world make_world(const char *cluster, const char *user)
{
        char text[1024];

        (void)snprintf(text, sizeof(text),
                       "{'current-context': 'here',"
                       " 'clusters': [{'name': 'c', 'cluster': %s}],"
                       " 'users': [{'name': 'u', 'user': %s}],"
                       " 'contexts': [{'name': 'here', 'context': {'cluster': 'c', 'user': 'u'}},"
                       "              {'name': 'lost', 'context': {'cluster': 'x', 'user': 'u'}},"
                       "              {'name': 'none', 'context': {'cluster': 'c'}}]}",
                       cluster, user);
        return (struct world){
                .files =
                        {
                                {.path = "/home/me/.kube/config", .json = pd_test_json(text)},
                                {.path = "other",
                                 .json = pd_test_json(
                                         "{'current-context': 'there',"
                                         " 'clusters': [{'name': 'c', 'cluster': {'server': "
                                         "'no'}}],"
                                         " 'users': [{'name': 'v', 'user': {'tokenFile': "
                                         "'token'}}],"
                                         " 'contexts': [{'name': 'there', 'context': "
                                         "{'cluster': 'c',"
                                         " 'user': 'v', 'namespace': 'mine'}}]}")},
                        },
        };
}

static void end_world(struct world *world)
{
        pd_arena_done(&world->arena);
        json_decref(world->files[0].json);
        json_decref(world->files[1].json);
}

#define SERVER "{'server': 'https://h:6443/'}"

static void current_context_counts_unless_one_is_named(void **state)
{
        struct world world = make_world(SERVER, "{'token': 't'}");

        (void)state;
        assert_pd_ok(read_world(&world, NULL), world.err);
        assert_string_equal(world.config.context, "here");
        assert_string_equal(world.config.token, "t");
        assert_null(world.config.namespace_name);
        assert_pd_ok(read_world(&world, "there"), world.err);
        assert_string_equal(world.config.namespace_name, "mine");
        assert_null(world.config.token);
        end_world(&world);
}

static void first_entry_of_a_name_counts(void **state)
{
        struct world world = make_world(SERVER, "{}");

        (void)state;
        assert_pd_ok(read_world(&world, "there"), world.err);
        assert_string_equal(world.config.server, "https://h:6443");
        end_world(&world);
}

static void relative_paths_begin_at_the_file_that_has_them(void **state)
{
        struct world world =
                make_world("{'server': 'https://h', 'certificate-authority': 'ca.crt'}",
                           "{'client-certificate': '../me.crt', 'client-key': '/etc/me.key'}");

        (void)state;
        assert_pd_ok(read_world(&world, "here"), world.err);
        assert_string_equal(world.config.ca.file, "/home/me/.kube/ca.crt");
        assert_string_equal(world.config.certificate.file, "/home/me/.kube/../me.crt");
        assert_string_equal(world.config.key.file, "/etc/me.key");
        assert_null(world.config.ca.text);
        assert_pd_ok(read_world(&world, "there"), world.err);
        assert_string_equal(world.config.token_file, "token");
        end_world(&world);
}

static void data_comes_before_files(void **state)
{
        struct world world =
                make_world("{'server': 'https://h', 'certificate-authority': 'ca.crt',"
                           " 'certificate-authority-data': 'Q0E='}",
                           "{'client-certificate-data': 'Q0VSVA==', 'client-key-data': 'S0VZ'}");

        (void)state;
        assert_pd_ok(read_world(&world, "here"), world.err);
        assert_string_equal(world.config.ca.text, "CA");
        assert_null(world.config.ca.file);
        assert_string_equal(world.config.certificate.text, "CERT");
        assert_string_equal(world.config.key.text, "KEY");
        end_world(&world);
}

static void what_cannot_be_used_is_refused_with_a_way_out(void **state)
{
        static const struct {
                const char *cluster;
                const char *user;
                const char *context;
                enum pd_err_code code;
                const char *says;
        } rows[] = {
                {SERVER, "{'exec': {'command': 'aws'}}", "here", PD_E_UNPROCESSABLE, "never run"},
                {SERVER, "{'auth-provider': {}}", "here", PD_E_UNPROCESSABLE, "create token"},
                {SERVER, "{'as': 'root'}", "here", PD_E_UNPROCESSABLE, "'as'"},
                {"{'server': 'https://h', 'insecure-skip-tls-verify': true}", "{}", "here",
                 PD_E_UNPROCESSABLE, "certificate-authority"},
                {"{'server': 'https://h', 'proxy-url': 'http://p'}", "{}", "here",
                 PD_E_UNPROCESSABLE, "proxy"},
                {"{'server': 'https://h', 'tls-server-name': 'n'}", "{}", "here",
                 PD_E_UNPROCESSABLE, "name"},
                {"{'server': 'http://h'}", "{}", "here", PD_E_INVALID, "'http://h'"},
                {"{}", "{}", "here", PD_E_INVALID, "no https"},
                {SERVER, "{'client-key-data': '%%%'}", "here", PD_E_INVALID, "client-key-data"},
                {SERVER, "{}", "lost", PD_E_INVALID, "no cluster 'x'"},
                {SERVER, "{}", "none", PD_E_INVALID, "lacks its user"},
                {SERVER, "{}", "gone", PD_E_NOT_FOUND, "but: 'here', 'lost', 'none', 'there'"},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct world world = make_world(rows[i].cluster, rows[i].user);

                assert_pd_fail(read_world(&world, rows[i].context), world.err, rows[i].code);
                assert_pd_says(world.err.msg, rows[i].says);
                end_world(&world);
        }
}

static void switched_off_is_as_good_as_absent(void **state)
{
        struct world world =
                make_world("{'server': 'https://h', 'insecure-skip-tls-verify': false}", "{}");

        (void)state;
        assert_pd_ok(read_world(&world, "here"), world.err);
        end_world(&world);
}

static void nothing_at_all_has_no_current_context(void **state)
{
        struct pd_kubeconfig_file empty = {.path = "config", .json = json_null()};
        struct pd_kubeconfig config;
        struct pd_arena arena = {0};
        struct pd_err err = {0};

        (void)state;
        assert_pd_fail(pd_kubeconfig_read(&empty, 1, "", &arena, &config, &err), err,
                       PD_E_NOT_FOUND);
        assert_pd_fail(pd_kubeconfig_read(NULL, 0, NULL, &arena, &config, &err), err,
                       PD_E_NOT_FOUND);
        pd_arena_done(&arena);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(current_context_counts_unless_one_is_named),
                cmocka_unit_test(first_entry_of_a_name_counts),
                cmocka_unit_test(relative_paths_begin_at_the_file_that_has_them),
                cmocka_unit_test(data_comes_before_files),
                cmocka_unit_test(what_cannot_be_used_is_refused_with_a_way_out),
                cmocka_unit_test(switched_off_is_as_good_as_absent),
                cmocka_unit_test(nothing_at_all_has_no_current_context),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
