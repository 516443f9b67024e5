/* test_server.c - who may come, which method it gets, and when it must go. */
#include "both.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "address.h"
#include "base/format.h"

static const struct pd_grpc_request keep = {.path = KEEP};

/* A log that a test reads. */
struct book {
        struct pd_log log;
        int read_fd;
        char text[4096];
};

static void open_book(struct book *book)
{
        int ends[2];

        assert_int_equal(pipe2(ends, O_CLOEXEC | O_NONBLOCK), 0);
        *book = (struct book){.log = {.fd = ends[1], .level = PD_LOG_WARN}, .read_fd = ends[0]};
}

/* What was written so far; the book is closed. */
static const char *read_book(struct book *book)
{
        ssize_t len = read(book->read_fd, book->text, sizeof(book->text) - 1);

        book->text[len < 0 ? 0 : len] = '\0';
        assert_int_equal(close(book->read_fd), 0);
        assert_int_equal(close(book->log.fd), 0);
        return book->text;
}

static size_t count_lines(const char *text)
{
        size_t count = 0;

        for (; *text != '\0'; text++)
                count += *text == '\n';
        return count;
}

/* A peer that is no client. */
static int connect_to(const struct both *both)
{
        struct pd_grpc_address where;
        struct pd_err err = {0};
        int fd;

        assert_pd_ok(pd_grpc_address_read(both->target, &where, &err), err);
        fd = socket(where.place.at.any.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
        assert_true(fd >= 0);
        assert_int_equal(connect(fd, &where.place.at.any, where.place.len), 0);
        return fd;
}

/* Whether the server has closed the connection; what it said before is thrown away. */
static bool is_closed(int fd)
{
        char bytes[256];
        ssize_t len;

        do {
                len = recv(fd, bytes, sizeof(bytes), MSG_DONTWAIT);
        } while (len > 0);
        return len == 0 || (errno != EAGAIN && errno != EWOULDBLOCK);
}

static void who_does_not_speak_is_sent_away_and_logged_once(void **state)
{
        static const char *const says[] = {"", "GET / HTTP/1.1\r\nHost: a\r\n\r\n",
                                           "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n"};
        static const char *const logged[] = {"has not spoken HTTP/2", "does not speak HTTP/2",
                                             "has not spoken HTTP/2"};

        (void)state;
        for (size_t i = 0; i < PD_COUNT(says); i++) {
                struct book book;
                struct pd_grpc_server_options options = {.hello_ms = 30, .log = &book.log};
                struct both both;
                int fd;

                print_message("  '%s'\n", says[i]);
                open_book(&book);
                both_open(&both, &options, NULL);
                fd = connect_to(&both);
                assert_int_equal(write(fd, says[i], strlen(says[i])), strlen(says[i]));
                BOTH_UNTIL(&both, is_closed(fd));
                assert_int_equal(close(fd), 0);
                for (int k = 0; k < 3; k++)
                        both_turn(&both);
                both_close(&both);
                assert_pd_says(read_book(&book), logged[i]);
                assert_int_equal(count_lines(book.text), 1);
        }
}

static void a_client_that_comes_and_goes_is_not_worth_a_warning(void **state)
{
        struct book book;
        struct pd_grpc_server_options options = {.log = &book.log};
        struct both both;
        struct witness call;

        (void)state;
        open_book(&book);
        both_open(&both, &options, NULL);
        both_ask(&both, false, &call);
        pd_grpc_channel_free(both.channel);
        both.channel = NULL;
        both_turn(&both);
        both_close(&both);
        assert_string_equal(read_book(&book), "");
}

static void an_idle_connection_is_ended_and_the_next_call_makes_another(void **state)
{
        const struct pd_grpc_server_options options = {.idle_ms = 30};
        struct both both;
        struct witness call;

        (void)state;
        both_open(&both, &options, NULL);
        for (int i = 0; i < 2; i++) {
                both_ask(&both, false, &call);
                assert_int_equal(call.code, PD_GRPC_OK);
                assert_int_equal(pd_grpc_channel_state(both.channel), PD_GRPC_READY);
                BOTH_UNTIL(&both, pd_grpc_channel_state(both.channel) == PD_GRPC_IDLE);
        }
        both_close(&both);
}

static void a_connection_with_a_call_is_not_idle(void **state)
{
        const struct pd_grpc_server_options options = {.idle_ms = 10};
        struct both both;
        struct witness call;
        int64_t began_us;

        (void)state;
        both_open(&both, &options, NULL);
        both_call(&both, &keep, &call);
        BOTH_UNTIL(&both, both.kept_count == 1);
        began_us = pd_clock_mono_us();
        BOTH_UNTIL(&both, pd_clock_mono_us() - began_us > 50000);
        assert_int_equal(pd_grpc_channel_state(both.channel), PD_GRPC_READY);
        assert_int_equal(call.ended, 0);
        both_close(&both);
}

static void a_client_that_does_not_take_the_good_bye_is_closed(void **state)
{
        static const char hello[] = "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\4\0\0\0\0";
        const struct pd_grpc_server_options options = {.hello_ms = 60, .idle_ms = 10};
        struct both both;
        int fd;

        (void)state;
        both_open(&both, &options, NULL);
        fd = connect_to(&both);
        assert_int_equal(write(fd, hello, sizeof(hello)), sizeof(hello));
        BOTH_UNTIL(&both, is_closed(fd));
        assert_int_equal(close(fd), 0);
        both_close(&both);
}

static void those_over_the_limit_of_connections_wait(void **state)
{
        const struct pd_grpc_server_options options = {.max_connections = 1};
        struct both both;
        struct witness first, second;
        struct pd_grpc_channel *channel;

        (void)state;
        both_open(&both, &options, NULL);
        both_ask(&both, false, &first);
        channel = both.channel;

        both_dial(&both, NULL);
        both_call(&both, &keep, &second);
        for (int i = 0; i < 3; i++)
                both_turn(&both);
        assert_int_equal(both.kept_count, 0);

        pd_grpc_channel_free(channel);
        BOTH_UNTIL(&both, both.kept_count == 1);
        assert_int_equal(second.ended, 0);
        both_close(&both);
}

static void calls_of_a_server_that_goes_are_unavailable(void **state)
{
        struct both both;
        struct witness call;

        (void)state;
        both_open(&both, NULL, NULL);
        both_call(&both, &keep, &call);
        BOTH_UNTIL(&both, both.kept_count == 1);
        both_kill(&both);
        BOTH_UNTIL(&both, call.ended > 0);
        assert_int_equal(call.code, PD_GRPC_UNAVAILABLE);
        assert_int_equal(both.ended, 0); /* dropped */
        both_close(&both);
}

static void on_drained(void *app)
{
        struct both *both = app;

        both->drained++;
}

static void a_server_without_connections_is_drained_at_once(void **state)
{
        struct both both;

        (void)state;
        both_open(&both, NULL, NULL);
        pd_grpc_server_drain(both.server, on_drained);
        assert_int_equal(both.drained, 0); /* never from within */
        both_turn(&both);
        assert_int_equal(both.drained, 1);
        both_close(&both);
}

static void idle_clients_of_a_draining_server_leave(void **state)
{
        struct both both;
        struct witness call;

        (void)state;
        both_open(&both, NULL, NULL);
        both_ask(&both, false, &call);
        pd_grpc_server_drain(both.server, on_drained);
        BOTH_UNTIL(&both, both.drained == 1);
        BOTH_UNTIL(&both, pd_grpc_channel_state(both.channel) == PD_GRPC_IDLE);
        both_close(&both);
}

static void drained_may_free_the_server(void *app)
{
        struct both *both = app;

        both->drained++;
        both_kill(both);
}

static void a_server_may_be_freed_when_it_is_drained(void **state)
{
        struct both both;
        struct witness call;

        (void)state;
        both_open(&both, NULL, NULL);
        both_call(&both, &keep, &call);
        BOTH_UNTIL(&both, both.kept_count == 1);
        pd_grpc_server_drain(both.server, drained_may_free_the_server);
        pd_grpc_call_cancel(call.call);
        BOTH_UNTIL(&both, both.drained == 1);
        both_close(&both);
}

/* The table. */

/* Which method was called last. */
struct names {
        struct both both;
        const char *called;
};

/* A method that says its name. */
#define NAMED(id, name)                                                                            \
        static void begin_##id(struct pd_grpc_call *call, void *app)                               \
        {                                                                                          \
                (void)call;                                                                        \
                ((struct names *)app)->called = (name);                                            \
        }

NAMED(two, "/b/Two")
NAMED(one, "/a/One")
NAMED(twofold, "/b/Twofold")
NAMED(three, "/c/Three")
NAMED(tw, "/b/Tw")
NAMED(other, "other")

static const struct pd_grpc_method some[] = {
        {.path = "/b/Two", .begin = begin_two},         {.path = "/a/One", .begin = begin_one},
        {.path = "/b/Twofold", .begin = begin_twofold}, {.path = "/c/Three", .begin = begin_three},
        {.path = "/b/Tw", .begin = begin_tw},           {.begin = begin_other},
};

/* A call of `path` comes to `want` (NULL: nowhere) at a server with the first `count` rows. */
static void assert_finds(size_t count, const char *path, const char *want)
{
        const struct pd_grpc_request request = {.path = path};
        struct names names = {.both.target = "127.0.0.1:0"};
        struct both *both = &names.both;
        struct pd_err err = {0};
        struct witness call;

        print_message("  %s of %zu\n", path, count);
        assert_pd_ok(pd_loop_new(&both->loop, &err), err);
        assert_pd_ok(pd_grpc_server_new(both->loop, NULL,
                                        &(struct pd_grpc_methods){some, count, &names},
                                        &both->server, &err),
                     err);
        assert_pd_ok(pd_grpc_server_listen(both->server, "unix:/tmp/pd-test-server", &err), err);
        assert_int_equal(pd_grpc_server_port(both->server), 0);
        assert_pd_ok(pd_grpc_server_listen(both->server, both->target, &err), err);
        pd_format(both->target, sizeof(both->target), "127.0.0.1:%u",
                  (unsigned)pd_grpc_server_port(both->server));
        both_dial(both, NULL);
        both_call(both, &request, &call);
        BOTH_UNTIL(both, call.ended > 0);
        if (call.code != PD_GRPC_UNIMPLEMENTED)
                print_message("  ended with: %s\n", call.text);
        assert_int_equal(call.code, PD_GRPC_UNIMPLEMENTED);
        assert_int_equal(names.called != NULL, want != NULL);
        if (want != NULL)
                assert_string_equal(names.called, want);
        both_close(both);
}

static void methods_are_found_by_their_whole_path(void **state)
{
        static const char *const others[] = {"/",           "/b/T",    "/b/Twof",
                                             "/b/Twofolds", "/d/Four", "/0"};

        (void)state;
        for (size_t count = 0; count <= PD_COUNT(some); count++) {
                bool has_other = count == PD_COUNT(some);

                for (size_t i = 0; i + 1 < PD_COUNT(some); i++)
                        assert_finds(count, some[i].path,
                                     i < count   ? some[i].path
                                     : has_other ? "other"
                                                 : NULL);
                for (size_t i = 0; i < PD_COUNT(others); i++)
                        assert_finds(count, others[i], has_other ? "other" : NULL);
        }
}

static void what_cannot_be_listened_at_is_refused(void **state)
{
        struct both both;
        struct pd_err err = {0};

        (void)state;
        both_open(&both, NULL, NULL);
        assert_pd_fail(pd_grpc_server_listen(both.server, both.target, &err), err, PD_E_CONFLICT);
        assert_pd_fail(pd_grpc_server_listen(both.server, "nonsense", &err), err, PD_E_INVALID);
        both_close(&both);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(who_does_not_speak_is_sent_away_and_logged_once),
                cmocka_unit_test(a_client_that_comes_and_goes_is_not_worth_a_warning),
                cmocka_unit_test(an_idle_connection_is_ended_and_the_next_call_makes_another),
                cmocka_unit_test(a_connection_with_a_call_is_not_idle),
                cmocka_unit_test(a_client_that_does_not_take_the_good_bye_is_closed),
                cmocka_unit_test(those_over_the_limit_of_connections_wait),
                cmocka_unit_test(calls_of_a_server_that_goes_are_unavailable),
                cmocka_unit_test(a_server_without_connections_is_drained_at_once),
                cmocka_unit_test(idle_clients_of_a_draining_server_leave),
                cmocka_unit_test(a_server_may_be_freed_when_it_is_drained),
                cmocka_unit_test(methods_are_found_by_their_whole_path),
                cmocka_unit_test(what_cannot_be_listened_at_is_refused),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
