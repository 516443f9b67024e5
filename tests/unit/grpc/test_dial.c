/* test_dial.c - one try to connect, to sockets of this process. */
#include "dial.h"

#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "pd_test.h"

/** Long enough not to come. */
#define NEVER_MS 60000

/* A loop, a socket to connect to, and a dial with what it came to. */
struct fixture {
        struct pd_loop *loop;
        int server;
        struct pd_grpc_place place;
        struct pd_grpc_dial dial;
        int calls;
        int fd;
        struct pd_err err;
};

static void on_done(struct pd_grpc_dial *dial, int fd, const struct pd_err *err)
{
        struct fixture *fixture = PD_OWNER_OF(dial, struct fixture, dial);

        fixture->calls++;
        fixture->fd = fd;
        if (err != NULL)
                fixture->err = *err;
        assert_int_equal(fd < 0, err != NULL);
}

static void read_place(struct fixture *fixture, const char *address)
{
        struct pd_grpc_address where;
        struct pd_err err = {0};

        assert_pd_ok(pd_grpc_address_read(address, &where, &err), err);
        fixture->place = where.place;
}

static struct fixture listen_at(const char *address, int backlog)
{
        struct fixture fixture = {.fd = -1, .dial.done = on_done};
        struct pd_err err = {0};
        socklen_t len = sizeof(fixture.place.at);

        assert_pd_ok(pd_loop_new(&fixture.loop, &err), err);
        read_place(&fixture, address);
        fixture.server = socket(fixture.place.at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_true(fixture.server >= 0);
        assert_int_equal(bind(fixture.server, &fixture.place.at.any, fixture.place.len), 0);
        assert_int_equal(listen(fixture.server, backlog), 0);
        assert_int_equal(getsockname(fixture.server, &fixture.place.at.any, &len), 0);
        return fixture;
}

static void done(struct fixture *fixture)
{
        pd_grpc_dial_cancel(&fixture->dial);
        pd_close_ptr(&fixture->fd);
        pd_close_ptr(&fixture->server);
        pd_loop_free(fixture->loop);
}

static void start(struct fixture *fixture, int64_t ms)
{
        pd_grpc_dial_start(&fixture->dial, fixture->loop, &fixture->place,
                           pd_clock_mono_us() + ms * 1000, 30000);
        assert_int_equal(fixture->calls, 0); /* never from within */
}

static void turn_until_told(struct fixture *fixture)
{
        struct pd_err err = {0};

        while (fixture->calls == 0)
                assert_pd_ok(pd_loop_turn(fixture->loop, -1, &err), err);
}

static void each_family_is_connected(void **state)
{
        static const char *const addresses[] = {"127.0.0.1:0", "[::1]:0", "unix:/tmp/pd-test-dial"};

        (void)state;
        for (size_t i = 0; i < PD_COUNT(addresses); i++) {
                struct fixture fixture;
                pd_auto(pd_close_ptr) int accepted = -1;

                print_message("  %s\n", addresses[i]);
                (void)unlink("/tmp/pd-test-dial");
                fixture = listen_at(addresses[i], 1);
                start(&fixture, NEVER_MS);
                turn_until_told(&fixture);
                assert_true((fcntl(fixture.fd, F_GETFL) & O_NONBLOCK) != 0);
                accepted = accept(fixture.server, NULL, NULL);
                assert_true(accepted >= 0);
                done(&fixture);
        }
        (void)unlink("/tmp/pd-test-dial");
}

static int option(int fd, int level, int name)
{
        int value = -1;
        socklen_t len = sizeof(value);

        assert_int_equal(getsockopt(fd, level, name, &value, &len), 0);
        return value;
}

static void the_kernel_watches_the_peer(void **state)
{
        struct fixture fixture = listen_at("127.0.0.1:0", 1);

        (void)state;
        start(&fixture, NEVER_MS);
        turn_until_told(&fixture);
        assert_int_equal(option(fixture.fd, IPPROTO_TCP, TCP_NODELAY), 1);
        assert_int_equal(option(fixture.fd, SOL_SOCKET, SO_KEEPALIVE), 1);
        assert_int_equal(option(fixture.fd, IPPROTO_TCP, TCP_KEEPIDLE), 10);
        assert_int_equal(option(fixture.fd, IPPROTO_TCP, TCP_KEEPINTVL), 10);
        assert_int_equal(option(fixture.fd, IPPROTO_TCP, TCP_KEEPCNT), 3);
        assert_int_equal(option(fixture.fd, IPPROTO_TCP, TCP_USER_TIMEOUT), 30000);
        done(&fixture);
}

static void a_refusal_names_the_place(void **state)
{
        struct fixture fixture = listen_at("127.0.0.1:0", 1);
        char place[PD_GRPC_PLACE_SIZE];

        (void)state;
        assert_int_equal(close(fixture.server), 0);
        fixture.server = -1;
        start(&fixture, NEVER_MS);
        turn_until_told(&fixture);
        assert_int_equal(fixture.err.code, PD_E_UNAVAILABLE);
        assert_int_equal(fixture.err.sys, ECONNREFUSED);
        pd_grpc_place_write(&fixture.place, place);
        assert_pd_says(fixture.err.msg, place);
        done(&fixture);
}

static void a_failure_at_once_is_told_later(void **state)
{
        struct fixture fixture = listen_at("127.0.0.1:0", 1);

        (void)state;
        read_place(&fixture, "unix:/tmp/no/such/folder/socket");
        start(&fixture, NEVER_MS);
        turn_until_told(&fixture);
        assert_int_equal(fixture.err.code, PD_E_UNAVAILABLE);
        assert_int_equal(fixture.err.sys, ENOENT);
        done(&fixture);
}

/* A server that takes nobody: when its queue is full the kernel drops what comes. */
static void fill_queue(const struct fixture *fixture, int fds[], size_t count)
{
        for (size_t i = 0; i < count; i++) {
                fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
                assert_true(fds[i] >= 0);
                (void)connect(fds[i], &fixture->place.at.any, fixture->place.len);
        }
}

static void a_try_ends_at_its_deadline(void **state)
{
        struct fixture fixture = listen_at("127.0.0.1:0", 0);
        int fds[4];

        (void)state;
        fill_queue(&fixture, fds, PD_COUNT(fds));
        start(&fixture, 20);
        turn_until_told(&fixture);
        assert_int_equal(fixture.err.code, PD_E_TIMEOUT);
        for (size_t i = 0; i < PD_COUNT(fds); i++)
                assert_int_equal(close(fds[i]), 0);
        done(&fixture);
}

static void a_cancelled_try_is_not_told(void **state)
{
        struct fixture fixture = listen_at("127.0.0.1:0", 1);
        struct pd_err err = {0};

        (void)state;
        pd_grpc_dial_cancel(&fixture.dial); /* none is under way: is fine */
        start(&fixture, 1);
        pd_grpc_dial_cancel(&fixture.dial);
        assert_pd_ok(pd_loop_turn(fixture.loop, 5, &err), err);

        read_place(&fixture, "unix:/tmp/no/such/folder/socket");
        start(&fixture, 1);
        pd_grpc_dial_cancel(&fixture.dial);
        assert_pd_ok(pd_loop_turn(fixture.loop, 5, &err), err);
        assert_int_equal(fixture.calls, 0);
        done(&fixture);
}

static void try_again_once(struct pd_grpc_dial *dial, int fd, const struct pd_err *err)
{
        struct fixture *fixture = PD_OWNER_OF(dial, struct fixture, dial);

        assert_int_equal(fd, -1);
        assert_non_null(err);
        read_place(fixture, "unix:/tmp/no/such/folder/socket");
        dial->done = on_done;
        start(fixture, NEVER_MS);
}

static void another_try_may_begin_when_one_ends(void **state)
{
        struct fixture fixture = listen_at("127.0.0.1:0", 1);

        (void)state;
        assert_int_equal(close(fixture.server), 0);
        fixture.server = -1;
        fixture.dial.done = try_again_once;
        start(&fixture, NEVER_MS);
        turn_until_told(&fixture);
        assert_int_equal(fixture.err.sys, ENOENT);
        done(&fixture);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_family_is_connected),
                cmocka_unit_test(the_kernel_watches_the_peer),
                cmocka_unit_test(a_refusal_names_the_place),
                cmocka_unit_test(a_failure_at_once_is_told_later),
                cmocka_unit_test(a_try_ends_at_its_deadline),
                cmocka_unit_test(a_cancelled_try_is_not_told),
                cmocka_unit_test(another_try_may_begin_when_one_ends),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
