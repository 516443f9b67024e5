/* test_channel_connect.c - how a channel comes to a connection, and when it gives up. */
#include "channel.h"

#include <string.h>

#include "base/format.h"
#include "both.h"
#include "dns.h"
#include "listener.h"

static const struct pd_grpc_request keep = {.path = KEEP};

static void a_unix_socket_is_a_target(void **state)
{
        struct both both = {.target = "unix:/tmp/pd-test-channel"};
        struct pd_err err = {0};
        struct witness call;

        (void)state;
        assert_pd_ok(pd_loop_new(&both.loop, &err), err);
        both_serve(&both, NULL);
        both_dial(&both, NULL);
        both_ask(&both, false, &call);
        assert_int_equal(call.code, PD_GRPC_OK);
        both_close(&both);
}

/* A server for both.example, at one address of it after the other, or at both. */
struct named {
        struct both both;
        struct dns dns;
        unsigned port;
};

static void serve_at(struct named *named, const char *host)
{
        pd_format(named->both.target, sizeof(named->both.target), "%s:%u", host, named->port);
        both_serve(&named->both, NULL);
        named->port = pd_grpc_server_port(named->both.server);
}

static void open_named(struct named *named, const char *host)
{
        static const struct dns_record records[] = {{"both.example", "127.0.0.1", "::1"}};
        struct pd_err err = {0};

        *named = (struct named){.port = 0};
        assert_pd_ok(pd_loop_new(&named->both.loop, &err), err);
        dns_start(&named->dns, named->both.loop, records, PD_COUNT(records));
        serve_at(named, host);
        pd_format(named->both.target, sizeof(named->both.target), "both.example:%u", named->port);
        both_dial(&named->both, NULL);
        named->both.channel->dns_servers = named->dns.address;
}

static void close_named(struct named *named)
{
        dns_stop(&named->dns);
        both_close(&named->both);
}

/* The server goes, and comes back at `host`. */
static void move(struct named *named, const char *host)
{
        both_kill(&named->both);
        BOTH_UNTIL(&named->both, pd_grpc_channel_state(named->both.channel) == PD_GRPC_IDLE);
        serve_at(named, host);
}

static void each_address_of_a_name_is_tried(void **state)
{
        static const char *const hosts[] = {"127.0.0.1", "[::1]", "[::1]", "127.0.0.1"};
        struct named named;
        struct witness call;

        (void)state;
        open_named(&named, "[::1]");
        for (size_t i = 0; i < PD_COUNT(hosts); i++) {
                both_ask(&named.both, false, &call);
                assert_int_equal(call.code, PD_GRPC_OK);
                move(&named, hosts[i]);
        }
        assert_int_equal(named.dns.questions, 2 * PD_COUNT(hosts)); /* each try asks, for v4, v6 */
        close_named(&named);
}

static void the_addresses_of_a_name_have_their_turns(void **state)
{
        struct named named;
        struct witness call;
        size_t at_v6 = 0;

        (void)state;
        open_named(&named, "[::]");
        for (size_t i = 0; i < 4; i++) {
                both_call(&named.both, &keep, &call);
                BOTH_UNTIL(&named.both, named.both.kept_count == 1);
                at_v6 += strncmp(pd_grpc_call_peer(call.call), "[::1]", strlen("[::1]")) == 0;
                pd_grpc_call_drop(call.call);
                move(&named, "[::]");
        }
        assert_int_equal(at_v6, 2);
        close_named(&named);
}

/* What does not speak gRPC as it should. */

/** SETTINGS, then GOAWAY: a server that sends everybody away. */
static const char goes_at_once[] = "\0\0\0\4\0\0\0\0\0"
                                   "\0\0\10\7\0\0\0\0\0\0\0\0\0\0\0\0\0";

/* A server of one line. */
struct liar {
        const char *says;
        size_t len;
        int guests;
        int fds[16]; /* of those that are there */
};

static void lie(void *owner, int fd, const char *peer)
{
        struct liar *liar = owner;

        (void)peer;
        assert_true(liar->guests < (int)PD_COUNT(liar->fds));
        assert_int_equal(write(fd, liar->says, liar->len), liar->len);
        liar->fds[liar->guests++] = fd;
}

static bool likes_guests(void *owner)
{
        (void)owner;
        return true;
}

/* A call that would wait until its server is ready, and one that would not. */
static void assert_sees_through(struct liar *liar, const char *problem)
{
        static const struct pd_grpc_listener_ops ops = {.take = lie, .has_room = likes_guests};
        static const struct pd_grpc_channel_options options = {
                .connect_ms = 50, .backoff_ms = 10000, .backoff_max_ms = 10000};
        static const struct pd_grpc_request waits = {.path = KEEP, .waits_for_ready = true};
        struct pd_grpc_listener *listener = NULL;
        struct both both = {.target = ""};
        struct pd_err err = {0};
        struct witness patient, call;

        assert_pd_ok(pd_loop_new(&both.loop, &err), err);
        assert_pd_ok(pd_grpc_listener_new(both.loop, "127.0.0.1:0", &ops, liar, &listener, &err),
                     err);
        pd_format(both.target, sizeof(both.target), "127.0.0.1:%u",
                  (unsigned)pd_grpc_listener_port(listener));
        both_dial(&both, &options);

        both_call(&both, &waits, &patient);
        BOTH_UNTIL(&both, pd_grpc_channel_state(both.channel) == PD_GRPC_FAILED);
        both_ask(&both, false, &call);
        assert_int_equal(call.code, PD_GRPC_UNAVAILABLE);
        assert_pd_says(call.text, problem);
        assert_int_equal(patient.ended, 0);
        assert_int_equal(liar->guests, 1); /* and not asked again at once */

        for (int i = 0; i < liar->guests; i++)
                assert_int_equal(close(liar->fds[i]), 0);
        pd_grpc_listener_free(listener);
        both_close(&both);
}

static void a_server_that_says_nothing_is_no_server(void **state)
{
        struct liar liar = {.says = "", .len = 0};

        (void)state;
        assert_sees_through(&liar, "does not speak HTTP/2");
}

static void a_server_of_another_kind_is_no_server(void **state)
{
        static const char says[] = "HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n";
        struct liar liar = {.says = says, .len = sizeof(says) - 1};

        (void)state;
        assert_sees_through(&liar, "127.0.0.1:");
}

static void a_server_that_sends_everybody_away_is_not_asked_at_once(void **state)
{
        struct liar liar = {.says = goes_at_once, .len = sizeof(goes_at_once) - 1};

        (void)state;
        assert_sees_through(&liar, "takes no further calls");
}

static void a_host_that_is_not_there_is_named(void **state)
{
        struct both both = {.target = "pd-test.invalid:8061"};
        const struct pd_grpc_channel_options options = {.connect_ms = 100};
        struct pd_err err = {0};
        struct witness call;

        (void)state;
        assert_pd_ok(pd_loop_new(&both.loop, &err), err);
        both_dial(&both, &options);
        both_ask(&both, false, &call);
        assert_int_equal(call.code, PD_GRPC_UNAVAILABLE);
        assert_pd_says(call.text, "cannot look up host 'pd-test.invalid'");
        both_close(&both);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_unix_socket_is_a_target),
                cmocka_unit_test(each_address_of_a_name_is_tried),
                cmocka_unit_test(the_addresses_of_a_name_have_their_turns),
                cmocka_unit_test(a_server_that_says_nothing_is_no_server),
                cmocka_unit_test(a_server_of_another_kind_is_no_server),
                cmocka_unit_test(a_server_that_sends_everybody_away_is_not_asked_at_once),
                cmocka_unit_test(a_host_that_is_not_there_is_named),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
