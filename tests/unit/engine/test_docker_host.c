/* test_docker_host.c - where the Docker Engine API is. */
#include "docker_host.h"

#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include "base/format.h"
#include "pd_test.h"

static void a_host_is_a_socket_or_this_machine(void **state)
{
        static const struct {
                const char *host, *socket, *base; /* base NULL: refused */
        } rows[] = {
                {"unix:///var/run/docker.sock", "/var/run/docker.sock", "http://docker"},
                {"tcp://127.0.0.1:2375", NULL, "http://127.0.0.1:2375"},
                {"tcp://localhost:2375", NULL, "http://localhost:2375"},
                {"tcp://[::1]:2375", NULL, "http://[::1]:2375"},
                {"tcp://127.0.0.1.evil:2375", NULL, NULL},
                {"tcp://127.0.0.1:2375/x", NULL, NULL},
                {"tcp://127.0.0.1:0", NULL, NULL},
                {"tcp://127.0.0.1", NULL, NULL},
                {"tcp://10.0.0.1:2375", NULL, NULL},
                {"unix://relative", NULL, NULL},
                {"ssh://user@host", NULL, NULL},
                {"npipe:////./pipe/docker_engine", NULL, NULL},
                {"/var/run/docker.sock", NULL, NULL},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                const struct pd_docker_options options = {.host = rows[i].host};
                struct pd_docker_host host = {0};
                struct pd_err err = {0};

                print_message("# %s\n", rows[i].host);
                if (rows[i].base == NULL) {
                        assert_pd_fail(pd_docker_host_find(&options, &host, &err), err,
                                       PD_E_INVALID);
                        continue;
                }
                assert_pd_ok(pd_docker_host_find(&options, &host, &err), err);
                assert_string_equal(host.base, rows[i].base);
                assert_int_equal(host.socket != NULL, rows[i].socket != NULL);
                if (host.socket != NULL)
                        assert_string_equal(host.socket, rows[i].socket);
                pd_docker_host_done(&host);
        }
}

static void a_socket_of_the_users_own_is_found(void **state)
{
        char folder[] = "/tmp/pd-host-XXXXXX";
        struct sockaddr_un address = {.sun_family = AF_UNIX};
        struct stat about;
        int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
        const struct pd_docker_options options = {.host = "", .runtime_folder = folder};
        struct pd_docker_host host = {0};
        struct pd_err err = {0};

        (void)state;
        if (stat("/var/run/docker.sock", &about) == 0)
                skip(); /* that one comes first */
        assert_non_null(mkdtemp(folder));
        pd_format(address.sun_path, sizeof(address.sun_path), "%s/docker.sock", folder);
        assert_int_equal(bind(fd, (const struct sockaddr *)&address, sizeof(address)), 0);
        assert_pd_ok(pd_docker_host_find(&options, &host, &err), err);
        assert_string_equal(host.socket, address.sun_path);
        pd_docker_host_done(&host);
        assert_int_equal(unlink(address.sun_path), 0);
        assert_int_equal(rmdir(folder), 0);
        (void)close(fd);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_host_is_a_socket_or_this_machine),
                cmocka_unit_test(a_socket_of_the_users_own_is_found),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
