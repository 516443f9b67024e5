/* test_address.c - addresses out of text, and back. */
#include "address.h"

#include <string.h>

#include "pd_test.h"

static void literals_are_places_and_come_back_as_written(void **state)
{
        static const struct {
                const char *text;
                int family;
                uint16_t port;
        } rows[] = {
                {"127.0.0.1:8061", AF_INET, 8061},
                {"0.0.0.0:0", AF_INET, 0},
                {"255.255.255.255:65535", AF_INET, 65535},
                {"[::1]:8061", AF_INET6, 8061},
                {"[::]:1", AF_INET6, 1},
                {"[fe80::1:2:3:4]:8061", AF_INET6, 8061},
                {"[::ffff:10.0.0.7]:8061", AF_INET6, 8061},
                {"unix:/run/pd/grpc.sock", AF_UNIX, 0},
                {"unix:/with:colon", AF_UNIX, 0},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_grpc_address address;
                char text[PD_GRPC_PLACE_SIZE];
                struct pd_err err = {0};

                print_message("  %s\n", rows[i].text);
                assert_pd_ok(pd_grpc_address_read(rows[i].text, &address, &err), err);
                assert_int_equal(address.place.at.any.sa_family, rows[i].family);
                assert_int_equal(address.port, rows[i].port);
                assert_int_equal(pd_grpc_place_port(&address.place), rows[i].port);
                assert_string_equal(address.host, "");
                pd_grpc_place_write(&address.place, text);
                assert_string_equal(text, rows[i].text);
        }
}

static void names_are_left_to_be_looked_up(void **state)
{
        static const struct {
                const char *text, *host;
        } rows[] = {
                {"localhost:8061", "localhost"},
                {"a:1", "a"},
                {"node-1.space.svc.cluster.local:8061", "node-1.space.svc.cluster.local"},
                {"absolute.example.:80", "absolute.example."},
                {"under_score:80", "under_score"},
                {"7up:80", "7up"},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_grpc_address address;
                struct pd_err err = {0};

                print_message("  %s\n", rows[i].text);
                assert_pd_ok(pd_grpc_address_read(rows[i].text, &address, &err), err);
                assert_string_equal(address.host, rows[i].host);
                assert_int_equal(address.place.len, 0);
                assert_int_not_equal(address.port, 0);
        }
}

static void what_is_no_address_is_refused_with_the_reason(void **state)
{
        static const struct {
                const char *text, *says;
        } rows[] = {
                {"", "no port"},
                {"localhost", "no port"},
                {":8061", "1 to 253 bytes"},
                {"[]:8061", "IPv6"},
                {"[::1]", "neither the name"},
                {"::1:8061", "write an IPv6 address as [::1]"},
                {"[10.0.0.7]:8061", "no IPv6 address"},
                {"[::1%lo]:8061", "no IPv6 address"},
                {"10.0.0.300:8061", "neither the name"},
                {"10.0.0:8061", "neither the name"},
                {"a..b:8061", "neither the name"},
                {".a:8061", "neither the name"},
                {"a b:8061", "neither the name"},
                {"http://a:8061", "neither the name"},
                {"a:", "the port"},
                {"a:x", "the port"},
                {"a:-1", "the port"},
                {"a:65536", "the port"},
                {"a:8061/", "the port"},
                {"unix:", "begins with /"},
                {"unix:relative", "begins with /"},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_grpc_address address;
                struct pd_err err = {0};

                print_message("  %s\n", rows[i].text);
                assert_pd_fail(pd_grpc_address_read(rows[i].text, &address, &err), err,
                               PD_E_INVALID);
                assert_pd_says(err.msg, rows[i].says);
        }
}

/* The longest that is taken, and one byte more. */
static void assert_longest(const char *begin, size_t filled, const char *end)
{
        struct pd_grpc_address address;
        struct pd_err err = {0};
        char text[512];

        for (size_t more = 0; more <= 1; more++) {
                size_t len = strlen(begin);

                memcpy(text, begin, len);
                memset(text + len, 'x', filled + more);
                memcpy(text + len + filled + more, end, strlen(end) + 1);
                if (more == 0)
                        assert_pd_ok(pd_grpc_address_read(text, &address, &err), err);
                else
                        assert_pd_fail(pd_grpc_address_read(text, &address, &err), err,
                                       PD_E_INVALID);
        }
}

static void host_and_path_have_their_lengths(void **state)
{
        (void)state;
        assert_longest("", PD_GRPC_MAX_HOST, ":8061");
        assert_longest("unix:/", sizeof(((struct sockaddr_un *)NULL)->sun_path) - 2, "");
}

static void a_unix_socket_without_a_name_has_a_text(void **state)
{
        struct pd_grpc_place place = {.at.any.sa_family = AF_UNIX, .len = sizeof(sa_family_t)};
        char text[PD_GRPC_PLACE_SIZE];

        (void)state;
        pd_grpc_place_write(&place, text);
        assert_string_equal(text, "unix:");
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(literals_are_places_and_come_back_as_written),
                cmocka_unit_test(names_are_left_to_be_looked_up),
                cmocka_unit_test(what_is_no_address_is_refused_with_the_reason),
                cmocka_unit_test(host_and_path_have_their_lengths),
                cmocka_unit_test(a_unix_socket_without_a_name_has_a_text),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
