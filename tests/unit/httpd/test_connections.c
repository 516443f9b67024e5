/* test_connections.c - who is shut down when, and when the last one is served. */
#include "connections.h"

#include <pthread.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/own.h"
#include "pd_test.h"

#define IDLE_MS    1000
#define RECEIVE_MS 5000

/* A connection over a pair of sockets. */
struct wire {
        int ours, theirs;
        struct pd_connection *connection;
};

static struct pd_connections *make(void)
{
        struct pd_connections *connections = NULL;
        struct pd_err err = {0};

        assert_pd_ok(pd_connections_new(IDLE_MS, RECEIVE_MS, &connections, &err), err);
        return connections;
}

static struct wire open_wire(struct pd_connections *connections)
{
        int fds[2];

        assert_int_equal(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
        return (struct wire){fds[0], fds[1], pd_connection_opened(connections, fds[0])};
}

static void close_wire(struct wire *wire)
{
        pd_connection_closed(wire->connection);
        (void)close(wire->ours);
        (void)close(wire->theirs);
}

static bool is_shut_down(const struct wire *wire)
{
        char byte;

        return recv(wire->theirs, &byte, 1, MSG_DONTWAIT) == 0;
}

static bool sweep_in(struct pd_connections *connections, int64_t ms)
{
        return pd_connections_sweep(connections, pd_clock_mono_us() + ms * 1000);
}

static void a_connection_that_asks_for_nothing_is_shut_down(void **state)
{
        pd_auto(pd_connections_free_ptr) struct pd_connections *connections = make();
        struct wire wire = open_wire(connections);

        (void)state;
        (void)sweep_in(connections, IDLE_MS / 2);
        assert_false(is_shut_down(&wire));
        (void)sweep_in(connections, IDLE_MS + 1);
        assert_true(is_shut_down(&wire));
        close_wire(&wire);
}

static void a_request_that_does_not_end_is_shut_down(void **state)
{
        pd_auto(pd_connections_free_ptr) struct pd_connections *connections = make();
        struct wire wire = open_wire(connections);

        (void)state;
        pd_connection_asks(wire.connection);
        (void)sweep_in(connections, RECEIVE_MS / 2);
        assert_false(is_shut_down(&wire));
        (void)sweep_in(connections, RECEIVE_MS + 1);
        assert_true(is_shut_down(&wire));
        close_wire(&wire);
}

static void a_handler_may_take_its_time(void **state)
{
        pd_auto(pd_connections_free_ptr) struct pd_connections *connections = make();
        struct wire wire = open_wire(connections);

        (void)state;
        pd_connection_asks(wire.connection);
        pd_connection_has_asked(wire.connection);
        (void)sweep_in(connections, 1000 * RECEIVE_MS);
        assert_false(is_shut_down(&wire));

        pd_connection_is_served(wire.connection);
        (void)sweep_in(connections, IDLE_MS + 1);
        assert_true(is_shut_down(&wire));
        close_wire(&wire);
}

/* Whether something has happened to our end since this was last asked, as an epoll set sees it that
 * tells each change once. */
static bool is_woken(int epoll, const struct wire *wire)
{
        struct epoll_event event = {.events = EPOLLIN | EPOLLET, .data.fd = wire->ours};
        int result;

        if (epoll_ctl(epoll, EPOLL_CTL_ADD, wire->ours, &event) == 0) {
                (void)epoll_wait(epoll, &event, 1, 0);
                return false;
        }
        result = epoll_wait(epoll, &event, 1, 0);
        assert_true(result <= 0 || event.data.fd == wire->ours);
        return result > 0;
}

static void a_client_that_has_ended_is_not_waited_for(void **state)
{
        pd_auto(pd_connections_free_ptr) struct pd_connections *connections = make();
        pd_auto(pd_close_ptr) int epoll = epoll_create1(EPOLL_CLOEXEC);
        struct wire wire = open_wire(connections);

        (void)state;
        assert_int_equal(shutdown(wire.theirs, SHUT_WR), 0);
        assert_false(is_woken(epoll, &wire));
        assert_false(is_woken(epoll, &wire));
        (void)sweep_in(connections, 0);
        assert_true(is_woken(epoll, &wire));

        /* and yet he gets what was under way to him */
        assert_int_equal(send(wire.ours, "x", 1, 0), 1);
        assert_false(is_shut_down(&wire));
        close_wire(&wire);
}

static void a_client_that_has_ended_behind_his_request_is_served(void **state)
{
        pd_auto(pd_connections_free_ptr) struct pd_connections *connections = make();
        pd_auto(pd_close_ptr) int epoll = epoll_create1(EPOLL_CLOEXEC);
        struct wire unread = open_wire(connections);

        (void)state;
        assert_int_equal(send(unread.theirs, "x", 1, 0), 1);
        assert_int_equal(shutdown(unread.theirs, SHUT_WR), 0);
        assert_false(is_woken(epoll, &unread));
        (void)sweep_in(connections, 0);
        assert_false(is_woken(epoll, &unread));
        close_wire(&unread);
}

static void only_those_that_are_late_are_shut_down(void **state)
{
        pd_auto(pd_connections_free_ptr) struct pd_connections *connections = make();
        struct wire a = open_wire(connections), b = open_wire(connections),
                    c = open_wire(connections);

        (void)state;
        pd_connection_asks(b.connection);
        assert_int_equal(pd_connections_open(connections), 3);
        assert_int_equal(pd_connections_busy(connections), 1);
        (void)sweep_in(connections, IDLE_MS + 1);
        assert_true(is_shut_down(&a));
        assert_false(is_shut_down(&b));
        assert_true(is_shut_down(&c));

        close_wire(&b);
        close_wire(&a);
        close_wire(&c);
        assert_int_equal(pd_connections_open(connections), 0);
}

static void a_sweep_tells_whether_there_is_anything_to_sweep(void **state)
{
        pd_auto(pd_connections_free_ptr) struct pd_connections *connections = make();
        struct wire wire;

        (void)state;
        assert_false(sweep_in(connections, 0));
        pd_connections_expect(connections);
        assert_true(sweep_in(connections, 0));
        wire = open_wire(connections);
        assert_true(sweep_in(connections, 0));
        close_wire(&wire);
        assert_false(sweep_in(connections, 0));
}

static void *serve_and_close(void *context)
{
        struct wire *wire = context;

        pd_connection_is_served(wire->connection);
        close_wire(wire);
        return NULL;
}

static void draining_waits_for_the_last_request(void **state)
{
        pd_auto(pd_connections_free_ptr) struct pd_connections *connections = make();
        struct wire wire = open_wire(connections);
        pthread_t server;

        (void)state;
        pd_connection_asks(wire.connection);
        assert_false(pd_connections_are_draining(connections));
        assert_false(pd_connections_drain(connections, 0, 1));
        assert_true(pd_connections_are_draining(connections));

        assert_int_equal(pthread_create(&server, NULL, serve_and_close, &wire), 0);
        assert_true(pd_connections_drain(connections, 60000, 60000));
        assert_int_equal(pthread_join(server, NULL), 0);
}

static void draining_waits_for_silence_on_what_is_open(void **state)
{
        pd_auto(pd_connections_free_ptr) struct pd_connections *connections = make();
        struct wire wire = open_wire(connections);
        int64_t began_us = pd_clock_mono_us();

        (void)state;
        assert_true(pd_connections_drain(connections, 50, 60000));
        assert_true(pd_clock_mono_us() - began_us >= 50000);
        close_wire(&wire);
}

static void draining_waits_for_what_is_expected(void **state)
{
        pd_auto(pd_connections_free_ptr) struct pd_connections *connections = make();
        struct wire wire;

        (void)state;
        pd_connections_expect(connections);
        assert_false(pd_connections_drain(connections, 60000, 1));
        wire = open_wire(connections);
        close_wire(&wire);
        assert_true(pd_connections_drain(connections, 60000, 60000));
}

static void a_connection_without_memory_is_not_counted(void **state)
{
        pd_auto(pd_connections_free_ptr) struct pd_connections *connections = make();

        (void)state;
        pd_connection_asks(NULL);
        pd_connection_has_asked(NULL);
        pd_connection_is_served(NULL);
        pd_connection_closed(NULL);
        assert_int_equal(pd_connections_busy(connections), 0);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_connection_that_asks_for_nothing_is_shut_down),
                cmocka_unit_test(a_request_that_does_not_end_is_shut_down),
                cmocka_unit_test(a_handler_may_take_its_time),
                cmocka_unit_test(a_client_that_has_ended_is_not_waited_for),
                cmocka_unit_test(a_client_that_has_ended_behind_his_request_is_served),
                cmocka_unit_test(only_those_that_are_late_are_shut_down),
                cmocka_unit_test(a_sweep_tells_whether_there_is_anything_to_sweep),
                cmocka_unit_test(draining_waits_for_the_last_request),
                cmocka_unit_test(draining_waits_for_silence_on_what_is_open),
                cmocka_unit_test(draining_waits_for_what_is_expected),
                cmocka_unit_test(a_connection_without_memory_is_not_counted),
        };

        return cmocka_run_group_tests_name("httpd connections", tests, NULL, NULL);
}
