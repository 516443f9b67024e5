/* test_resolver.c - hosts looked up in /etc/hosts, and at a DNS server of this process. */
#include "resolver.h"

#include <string.h>

#include "alloc_fail.h"
#include "base/format.h"
#include "dns.h"
#include "pd_test.h"

static const struct dns_record records[] = {
        {"both.example", "10.0.0.7", "fd00::7"},
        {"four.example", "10.0.0.4", NULL},
        {"six.example", NULL, "fd00::6"},
        {"none.example", NULL, NULL},
};

static int start_dns(void **state)
{
        static struct dns dns;
        struct pd_loop *loop = NULL;
        struct pd_err err = {0};

        assert_pd_ok(pd_loop_new(&loop, &err), err);
        dns_start(&dns, loop, records, PD_COUNT(records));
        *state = &dns;
        return 0;
}

static int stop_dns(void **state)
{
        struct dns *dns = *state;

        dns_stop(dns);
        pd_loop_free(dns->loop);
        return 0;
}

/* What a lookup came to: the places as text, one a line. */
struct found {
        int calls;
        char places[PD_GRPC_PLACE_SIZE * 4];
        struct pd_err err;
};

static void on_found(void *user, const struct pd_grpc_place *places, size_t count,
                     const struct pd_err *err)
{
        struct found *found = user;

        found->calls++;
        found->places[0] = '\0';
        assert_int_equal(count == 0, err != NULL);
        if (err != NULL)
                found->err = *err;
        for (size_t i = 0; i < count; i++) {
                char text[PD_GRPC_PLACE_SIZE];
                size_t len = strlen(found->places);

                pd_grpc_place_write(&places[i], text);
                pd_format(found->places + len, sizeof(found->places) - len, "%s\n", text);
        }
}

static int look_up(struct dns *dns, const char *host, struct found *found, struct pd_err *err)
{
        struct pd_grpc_question question = {
                .host = host,
                .port = 8061,
                .servers = dns->address,
                .found = on_found,
                .user = found,
        };
        struct pd_grpc_lookup *lookup;

        if (pd_grpc_lookup_start(dns->loop, &question, &lookup, err) < 0)
                return -1;
        assert_int_equal(found->calls, 0); /* never from within */
        while (found->calls == 0) {
                if (pd_loop_turn(dns->loop, -1, err) < 0)
                        return -1;
        }
        return 0;
}

static void hosts_have_all_their_addresses(void **state)
{
        static const struct {
                const char *host, *places[2];
        } rows[] = {
                {"both.example", {"10.0.0.7:8061\n", "[fd00::7]:8061\n"}},
                {"BOTH.example.", {"10.0.0.7:8061\n", "[fd00::7]:8061\n"}},
                {"four.example", {"10.0.0.4:8061\n"}},
                {"six.example", {"[fd00::6]:8061\n"}},
                {"localhost", {"127.0.0.1:8061\n"}},
        };

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct found found = {.calls = 0};
                struct pd_err err = {0};

                print_message("  %s\n", rows[i].host);
                assert_pd_ok(look_up(*state, rows[i].host, &found, &err), err);
                for (size_t k = 0; k < 2 && rows[i].places[k] != NULL; k++)
                        assert_pd_says(found.places, rows[i].places[k]);
        }
}

static void a_host_without_address_is_named_with_the_reason(void **state)
{
        static const struct {
                const char *host, *says;
        } rows[] = {
                {"absent.example", "Domain name not found"},
                {"none.example", "no data"},
        };

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct found found = {.calls = 0};
                struct pd_err err = {0};

                print_message("  %s\n", rows[i].host);
                assert_pd_ok(look_up(*state, rows[i].host, &found, &err), err);
                assert_int_equal(found.err.code, PD_E_UNAVAILABLE);
                assert_pd_says(found.err.msg, rows[i].host);
                assert_pd_says(found.err.msg, rows[i].says);
        }
}

static void a_cancelled_lookup_is_not_told(void **state)
{
        struct dns *dns = *state;
        struct found found = {.calls = 0};
        struct pd_grpc_question question = {
                .host = DNS_SILENT,
                .servers = dns->address,
                .found = on_found,
                .user = &found,
        };
        struct pd_grpc_lookup *lookup;
        struct pd_err err = {0};

        assert_pd_ok(pd_grpc_lookup_start(dns->loop, &question, &lookup, &err), err);
        dns->questions = 0;
        while (dns->questions == 0)
                assert_pd_ok(pd_loop_turn(dns->loop, -1, &err), err);
        pd_grpc_lookup_cancel(lookup);

        /* when its answer is known already, but not told yet */
        question.host = "localhost";
        assert_pd_ok(pd_grpc_lookup_start(dns->loop, &question, &lookup, &err), err);
        pd_grpc_lookup_cancel(lookup);
        assert_pd_ok(pd_loop_turn(dns->loop, 0, &err), err);
        assert_int_equal(found.calls, 0);
}

/* c-ares may do without, or find nothing: what counts is that it tells, and that nothing is lost.
 */
static void each_failed_allocation_is_survived(void **state)
{
        size_t made = 1;

        for (size_t n = 1; made > 0; n++) {
                struct found found = {.calls = 0};
                struct pd_err err = {0};
                int result;

                pd_alloc_fail_at(n);
                result = look_up(*state, "both.example", &found, &err);
                made = pd_alloc_count() >= n;
                pd_alloc_fail_never();

                assert_int_equal(found.calls, result == 0);
                if (result == 0 && found.err.code == PD_OK)
                        assert_pd_says(found.places, ":8061");
                else
                        assert_pd_says(result < 0 ? err.msg : found.err.msg, "look");
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(hosts_have_all_their_addresses),
                cmocka_unit_test(a_host_without_address_is_named_with_the_reason),
                cmocka_unit_test(a_cancelled_lookup_is_not_told),
                cmocka_unit_test(each_failed_allocation_is_survived),
        };

        return cmocka_run_group_tests(tests, start_dns, stop_dns);
}
