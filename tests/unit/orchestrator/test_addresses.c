/* test_addresses.c - dockerinfo.json, as it comes and as it should not. */
#include <stdio.h>
#include <string.h>

#include "addresses.h"
#include "alloc_fail.h"
#include "base/own.h"
#include "pd_test.h"

static int read_text(const char *text, struct pd_arena *arena, struct pd_addresses *ret,
                     struct pd_err *err)
{
        return pd_addresses_read(text, strlen(text), arena, ret, err);
}

#define ONE(host, port)                                                                            \
        "{\"docker_info_list\": [{\"container_name\": \"Node\", \"ip_address\": " host             \
        ", \"port\": " port "}]}"

static void a_port_is_a_number_or_a_string(void **state)
{
        static const struct {
                const char *text;
                const char *host;
                uint16_t port;
        } rows[] = {
                {ONE("\"node\"", "\"8556\""), "node", 8556},
                {ONE("\"node\"", "8556"), "node", 8556},
                {ONE("\"10.0.0.7\"", "1"), "10.0.0.7", 1},
                {ONE("\"my_node.name-space\"", "65535"), "my_node.name-space", 65535},
                {ONE("\"::1\"", "\"65535\""), "::1", 65535},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_arena_done) struct pd_arena arena = {0};
                struct pd_addresses addresses;
                struct pd_err err = {0};

                assert_pd_ok(read_text(rows[i].text, &arena, &addresses, &err), err);
                assert_int_equal(addresses.count, 1);
                assert_string_equal(addresses.at[0].node, "Node");
                assert_string_equal(addresses.at[0].host, rows[i].host);
                assert_int_equal(addresses.at[0].port, rows[i].port);
        }
}

static void what_is_no_address_is_refused_and_named(void **state)
{
        static const struct {
                const char *text;
                const char *says;
        } rows[] = {
                {"", "line 1"},
                {"[]", "docker_info_list"},
                {"{\"docker_info_list\": {}}", "docker_info_list"},
                {"{\"docker_info_list\": [7]}", "container_name"},
                {"{\"docker_info_list\": [{\"ip_address\": \"a\", \"port\": 1}]}",
                 "container_name"},
                {ONE("null", "1"), "'Node'"},
                {ONE("7", "1"), "'Node'"},
                {ONE("\"\"", "1"), "'Node'"},
                {ONE("\"unix:/run/docker.sock\"", "1"), "'Node'"},
                {ONE("\"a b\"", "1"), "'Node'"},
                {ONE("\"a/b\"", "1"), "'Node'"},
                {ONE("\"a%b\"", "1"), "'Node'"},
                {ONE("\"a\\n\"", "1"), "'Node'"},
                {ONE("\"node\"", "null"), "port of node 'Node'"},
                {ONE("\"node\"", "0"), "port of node 'Node'"},
                {ONE("\"node\"", "-1"), "port of node 'Node'"},
                {ONE("\"node\"", "65536"), "port of node 'Node'"},
                {ONE("\"node\"", "8556.0"), "port of node 'Node'"},
                {ONE("\"node\"", "true"), "port of node 'Node'"},
                {ONE("\"node\"", "\"\""), "port of node 'Node'"},
                {ONE("\"node\"", "\"8556 \""), "port of node 'Node'"},
                {ONE("\"node\"", "\"http\""), "port of node 'Node'"},
                {ONE("\"node\"", "\"99999999999999999999\""), "port of node 'Node'"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_arena_done) struct pd_arena arena = {0};
                struct pd_addresses addresses;
                struct pd_err err = {0};

                assert_pd_fail(read_text(rows[i].text, &arena, &addresses, &err), err,
                               PD_E_INVALID);
                assert_pd_says(err.msg, rows[i].says);
        }
}

static void a_long_host_is_refused(void **state)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        char text[512];
        char host[255];
        struct pd_addresses addresses;
        struct pd_err err = {0};
        (void)state;

        memset(host, 'a', sizeof(host) - 1);
        host[sizeof(host) - 1] = '\0';
        (void)snprintf(text, sizeof(text), ONE("\"%s\"", "1"), host);
        assert_pd_fail(read_text(text, &arena, &addresses, &err), err, PD_E_INVALID);
        (void)snprintf(text, sizeof(text), ONE("\"%s\"", "1"), host + 1);
        assert_pd_ok(read_text(text, &arena, &addresses, &err), err);
}

static void a_text_over_the_limits_is_too_large(void **state)
{
        static char text[PD_ADDRESSES_MAX_BYTES + 2];
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_addresses addresses;
        struct pd_err err = {0};
        (void)state;

        memset(text, ' ', sizeof(text) - 1);
        assert_pd_fail(read_text(text, &arena, &addresses, &err), err, PD_E_TOO_LARGE);
        memset(text, '[', PD_ADDRESSES_MAX_DEPTH + 2);
        text[PD_ADDRESSES_MAX_DEPTH + 2] = '\0';
        assert_pd_fail(read_text(text, &arena, &addresses, &err), err, PD_E_TOO_LARGE);
}

static void a_node_is_found_in_any_case_the_first_one_first(void **state)
{
        static const struct pd_address at[] = {
                {"Node", "a", 1}, {"node", "b", 2}, {"other", "c", 3}};
        static const struct pd_addresses addresses = {at, PD_COUNT(at)};
        (void)state;

        assert_ptr_equal(pd_addresses_find(&addresses, "NODE"), &at[0]);
        assert_ptr_equal(pd_addresses_find(&addresses, "Other"), &at[2]);
        assert_null(pd_addresses_find(&addresses, "nod"));
        assert_null(pd_addresses_find(&(struct pd_addresses){0}, "node"));
}

static int read_two(void *context, struct pd_err *err)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_addresses addresses;
        (void)context;

        return read_text(ONE("\"node\"", "1"), &arena, &addresses, err);
}

static void without_memory_it_fails(void **state)
{
        (void)state;

        assert_true(pd_alloc_fail_each(read_two, NULL) > 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_port_is_a_number_or_a_string),
                cmocka_unit_test(what_is_no_address_is_refused_and_named),
                cmocka_unit_test(a_long_host_is_refused),
                cmocka_unit_test(a_text_over_the_limits_is_too_large),
                cmocka_unit_test(a_node_is_found_in_any_case_the_first_one_first),
                cmocka_unit_test(without_memory_it_fails),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
