/* test_listener.c - connections taken, left waiting, and the file of a unix socket. */
#include "listener.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "address.h"
#include "alloc_fail.h"
#include "base/clock.h"
#include "base/format.h"
#include "pd_test.h"

static struct pd_loop *new_loop(void)
{
        struct pd_loop *loop = NULL;
        struct pd_err err = {0};

        assert_pd_ok(pd_loop_new(&loop, &err), err);
        return loop;
}

/* Who has come to a listener. */
struct house {
        int room; /* how many more may come */
        int guests;
        char last[PD_GRPC_PLACE_SIZE];
};

static void take(void *owner, int fd, const char *peer)
{
        struct house *house = owner;

        assert_true((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0);
        assert_true((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0);
        assert_int_equal(close(fd), 0);
        house->room--;
        house->guests++;
        pd_format(house->last, sizeof(house->last), "%s", peer);
}

static bool has_room(void *owner)
{
        const struct house *house = owner;

        return house->room > 0;
}

static const struct pd_grpc_listener_ops ops = {.take = take, .has_room = has_room};

static struct pd_grpc_listener *new_listener(struct pd_loop *loop, const char *address,
                                             struct house *house)
{
        struct pd_grpc_listener *listener = NULL;
        struct pd_err err = {0};

        assert_pd_ok(pd_grpc_listener_new(loop, address, &ops, house, &listener, &err), err);
        return listener;
}

static void assert_refused(struct pd_loop *loop, const char *address, enum pd_err_code want)
{
        struct pd_grpc_listener *listener = NULL;
        struct house house = {.room = 1};
        struct pd_err err = {0};

        print_message("  %s\n", address);
        assert_pd_fail(pd_grpc_listener_new(loop, address, &ops, &house, &listener, &err), err,
                       want);
        assert_pd_says(err.msg, address);
        assert_null(listener);
}

static int connect_to(const char *address, uint16_t port)
{
        struct pd_grpc_address where;
        struct pd_err err = {0};
        int fd;

        assert_pd_ok(pd_grpc_address_read(address, &where, &err), err);
        pd_grpc_place_set_port(&where.place, port);
        fd = socket(where.place.at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_true(fd >= 0);
        assert_int_equal(connect(fd, &where.place.at.any, where.place.len), 0);
        return fd;
}

static void turn(struct pd_loop *loop, int wait_ms)
{
        struct pd_err err = {0};

        assert_pd_ok(pd_loop_turn(loop, wait_ms, &err), err);
}

/* A path in a folder of this test, which is made anew. */
#define FOLDER "/tmp/pd-test-listener"
#define PATH   FOLDER "/socket"

static int make_folder(void **state)
{
        (void)state;
        (void)unlink(PATH);
        (void)rmdir(FOLDER);
        return mkdir(FOLDER, 0700);
}

static int remove_folder(void **state)
{
        (void)state;
        return rmdir(FOLDER); /* it is empty: each test has cleaned up */
}

static void each_kind_of_address_takes_connections(void **state)
{
        static const struct {
                const char *listen, *connect, *peer;
        } rows[] = {
                {"127.0.0.1:0", "127.0.0.1:1", "127.0.0.1:"},
                {"0.0.0.0:0", "127.0.0.1:1", "127.0.0.1:"},
                {"[::1]:0", "[::1]:1", "[::1]:"},
                {"[::]:0", "[::1]:1", "[::1]:"},
                {"[::]:0", "127.0.0.1:1", "[::ffff:127.0.0.1]:"},
                {"unix:" PATH, "unix:" PATH, "unix:"},
        };
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct house house = {.room = 1};
                pd_auto(pd_grpc_listener_free_ptr) struct pd_grpc_listener *listener =
                        new_listener(loop, rows[i].listen, &house);
                uint16_t port = pd_grpc_listener_port(listener);
                pd_auto(pd_close_ptr) int fd = connect_to(rows[i].connect, port);

                print_message("  %s\n", rows[i].listen);
                assert_true(fd >= 0);
                assert_int_equal(port == 0, strncmp(rows[i].listen, "unix:", 5) == 0);
                turn(loop, -1);
                assert_int_equal(house.guests, 1);
                assert_memory_equal(house.last, rows[i].peer, strlen(rows[i].peer));
        }
}

static void those_without_room_wait(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct house house = {.room = 2};
        pd_auto(pd_grpc_listener_free_ptr) struct pd_grpc_listener *listener =
                new_listener(loop, "127.0.0.1:0", &house);
        int fds[3];

        (void)state;
        for (size_t i = 0; i < PD_COUNT(fds); i++)
                fds[i] = connect_to("127.0.0.1:1", pd_grpc_listener_port(listener));
        turn(loop, -1);
        assert_int_equal(house.guests, 2);
        turn(loop, 0);
        assert_int_equal(house.guests, 2);

        house.room = 1;
        pd_grpc_listener_go_on(listener);
        turn(loop, -1);
        assert_int_equal(house.guests, 3);
        for (size_t i = 0; i < PD_COUNT(fds); i++)
                assert_int_equal(close(fds[i]), 0);
}

static void without_descriptors_it_tries_again_after_a_pause(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct house house = {.room = 9};
        pd_auto(pd_grpc_listener_free_ptr) struct pd_grpc_listener *listener =
                new_listener(loop, "127.0.0.1:0", &house);
        pd_auto(pd_close_ptr) int fd = connect_to("127.0.0.1:1", pd_grpc_listener_port(listener));
        struct rlimit before, none;
        int64_t began_us = pd_clock_mono_us();

        (void)state;
        assert_true(fd >= 0);
        assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
        none = before;
        none.rlim_cur = 0;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
        turn(loop, -1);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        assert_int_equal(house.guests, 0);

        pd_grpc_listener_go_on(listener); /* does not shorten the pause */
        turn(loop, 0);
        assert_int_equal(house.guests,
                         pd_clock_mono_us() - began_us >= PD_GRPC_ACCEPT_PAUSE_MS * 1000);
        while (house.guests == 0)
                turn(loop, -1);
        assert_true(pd_clock_mono_us() - began_us >= PD_GRPC_ACCEPT_PAUSE_MS * 1000);
}

static void addresses_that_cannot_be_had_are_told_apart(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct house house = {.room = 1};
        pd_auto(pd_grpc_listener_free_ptr) struct pd_grpc_listener *listener =
                new_listener(loop, "127.0.0.1:0", &house);
        char taken[PD_GRPC_PLACE_SIZE];

        (void)state;
        pd_format(taken, sizeof(taken), "127.0.0.1:%u", (unsigned)pd_grpc_listener_port(listener));
        assert_refused(loop, taken, PD_E_CONFLICT);
        assert_refused(loop, "localhost:0", PD_E_INVALID);
        assert_refused(loop, "nonsense", PD_E_INVALID);
        assert_refused(loop, "192.0.2.1:0", PD_E_INVALID);
        assert_refused(loop, "unix:/tmp/no/such/folder/socket", PD_E_INVALID);
        assert_refused(loop, "unix:/dev/null/socket", PD_E_INVALID);
}

static void a_socket_that_somebody_listens_at_is_taken(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct house house = {.room = 1};
        pd_auto(pd_grpc_listener_free_ptr) struct pd_grpc_listener *listener =
                new_listener(loop, "unix:" PATH, &house);

        (void)state;
        assert_non_null(listener);
        assert_refused(loop, "unix:" PATH, PD_E_CONFLICT);
        assert_int_equal(access(PATH, F_OK), 0);
}

/* A socket file whose process is gone, as far as one can see. */
static void leave_stale_socket(void)
{
        struct pd_grpc_address where;
        struct pd_err err = {0};
        pd_auto(pd_close_ptr) int fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

        assert_pd_ok(pd_grpc_address_read("unix:" PATH, &where, &err), err);
        assert_int_equal(bind(fd, &where.place.at.any, where.place.len), 0);
        assert_int_equal(listen(fd, 1), 0);
}

static void a_stale_socket_is_replaced_and_removed_at_the_end(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct house house = {.room = 1};
        struct pd_grpc_listener *listener;

        (void)state;
        leave_stale_socket();
        listener = new_listener(loop, "unix:" PATH, &house);
        pd_grpc_listener_free(listener);
        assert_int_equal(access(PATH, F_OK), -1);
}

static void a_file_that_is_no_socket_is_left_alone(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        pd_auto(pd_close_ptr) int fd = open(PATH, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0600);

        (void)state;
        assert_true(fd >= 0);
        assert_refused(loop, "unix:" PATH, PD_E_CONFLICT);
        assert_int_equal(unlink(PATH), 0);
}

static void the_socket_of_a_successor_is_not_removed(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();
        struct house house = {.room = 1};
        struct pd_grpc_listener *listener = new_listener(loop, "unix:" PATH, &house);

        (void)state;
        assert_int_equal(rename(PATH, PATH ".old"), 0);
        leave_stale_socket();
        pd_grpc_listener_free(listener);
        assert_int_equal(unlink(PATH), 0);
        assert_int_equal(unlink(PATH ".old"), 0);
}

static int make_and_free(void *context, struct pd_err *err)
{
        pd_auto(pd_grpc_listener_free_ptr) struct pd_grpc_listener *listener = NULL;

        return pd_grpc_listener_new(context, "127.0.0.1:0", &ops, NULL, &listener, err);
}

static void each_failed_allocation_fails_the_making(void **state)
{
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = new_loop();

        (void)state;
        assert_int_equal(pd_alloc_fail_each(make_and_free, loop), 1);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_kind_of_address_takes_connections),
                cmocka_unit_test(those_without_room_wait),
                cmocka_unit_test(without_descriptors_it_tries_again_after_a_pause),
                cmocka_unit_test(addresses_that_cannot_be_had_are_told_apart),
                cmocka_unit_test(a_socket_that_somebody_listens_at_is_taken),
                cmocka_unit_test(a_stale_socket_is_replaced_and_removed_at_the_end),
                cmocka_unit_test(a_file_that_is_no_socket_is_left_alone),
                cmocka_unit_test(the_socket_of_a_successor_is_not_removed),
                cmocka_unit_test(each_failed_allocation_fails_the_making),
        };

        return cmocka_run_group_tests(tests, make_folder, remove_folder);
}
