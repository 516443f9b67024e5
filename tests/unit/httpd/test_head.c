/* test_head.c - heads that are proper, and heads that two readers may understand differently. */
#include "head.h"

#include <string.h>

#include "pd_test.h"

#define MAX_LINES 8

/* "Name: value" lines, without the blank. */
static struct pd_pairs lines(const char *const *texts, struct pd_pair items[MAX_LINES])
{
        static char copies[MAX_LINES][256];
        struct pd_pairs pairs = {.items = items};

        for (; pairs.count < MAX_LINES && texts[pairs.count] != NULL; pairs.count++) {
                char *copy = copies[pairs.count];
                size_t name = strcspn(texts[pairs.count], ":");

                memcpy(copy, texts[pairs.count], strlen(texts[pairs.count]) + 1);
                copy[name] = '\0';
                items[pairs.count] = (struct pd_pair){.name = copy, .value = copy + name + 1};
        }
        return pairs;
}

static int check(const char *version, const char *const *texts, struct pd_body_claim *claim,
                 struct pd_err *err)
{
        struct pd_pair items[MAX_LINES];
        struct pd_pairs pairs = lines(texts, items);

        return pd_head_check(version, &pairs, 100, claim, err);
}

static void a_proper_head_claims_its_body(void **state)
{
        static const struct {
                const char *version;
                const char *texts[MAX_LINES];
                struct pd_body_claim claim;
        } rows[] = {
                {"HTTP/1.1", {"Host:h"}, {0}},
                {"HTTP/1.0", {NULL}, {0}},
                {"HTTP/1.1", {"hOST:", "X!#$%&'*+-.^_`|~1:\ta\xe9 b"}, {0}},
                {"HTTP/1.1", {"Host:h", "Content-Length:0"}, {.length = 0}},
                {"HTTP/1.1",
                 {"Host:h", "content-length:18446744073709551615"},
                 {.length = UINT64_MAX}},
                {"HTTP/1.0", {"Content-Length:007"}, {.length = 7}},
                {"HTTP/1.1", {"Host:h", "Transfer-Encoding:Chunked"}, {.is_chunked = true}},
                {"HTTP/1.1",
                 {"Host:h", "Content-Length:5", "Expect:100-Continue"},
                 {.length = 5, .wants_to_be_asked = true}},
                {"HTTP/1.1", {"Host:h", "Expect:a miracle"}, {0}},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_body_claim claim;
                struct pd_err err = {0};

                print_message("# row %zu\n", i);
                assert_pd_ok(check(rows[i].version, rows[i].texts, &claim, &err), err);
                assert_int_equal(claim.is_chunked, rows[i].claim.is_chunked);
                assert_int_equal(claim.length, rows[i].claim.length);
                assert_int_equal(claim.wants_to_be_asked, rows[i].claim.wants_to_be_asked);
        }
}

static void a_head_of_two_meanings_is_refused(void **state)
{
        static const struct {
                const char *version;
                const char *texts[MAX_LINES];
                const char *says;
        } rows[] = {
                {"HTTP/1.1", {NULL}, "Host"},
                {"HTTP/1.1", {"Host:a", "Host:a"}, "Host"},
                {"HTTP/1.0", {"Host:a", "host:b"}, "Host"},
                {"HTTP/1.1", {"Host:h", "Content-Length:5", "Content-Length:5"}, "twice"},
                {"HTTP/1.1", {"Host:h", "Content-Length:5", "content-length:6"}, "twice"},
                {"HTTP/1.1", {"Host:h", "Content-Length:"}, "no length"},
                {"HTTP/1.1", {"Host:h", "Content-Length:+5"}, "no length"},
                {"HTTP/1.1", {"Host:h", "Content-Length:-5"}, "no length"},
                {"HTTP/1.1", {"Host:h", "Content-Length:5,5"}, "no length"},
                {"HTTP/1.1", {"Host:h", "Content-Length:0x5"}, "no length"},
                {"HTTP/1.1", {"Host:h", "Content-Length:18446744073709551616"}, "no length"},
                {"HTTP/1.1", {"Host:h", "Content-Length:5", "Transfer-Encoding:chunked"}, "both"},
                {"HTTP/1.1", {"Host:h", "Transfer-Encoding:identity"}, "chunked"},
                {"HTTP/1.1", {"Host:h", "Transfer-Encoding:gzip, chunked"}, "chunked"},
                {"HTTP/1.1", {"Host:h", "Transfer-Encoding:xchunked"}, "chunked"},
                {"HTTP/1.1",
                 {"Host:h", "Transfer-Encoding:chunked", "Transfer-Encoding:chunked"},
                 "chunked"},
                {"HTTP/1.0", {"Transfer-Encoding:chunked"}, "chunked"},
                {"HTTP/1.1", {"Host:h", "Content-Length :5"}, "name"},
                {"HTTP/1.1", {"Host:h", "A B:5"}, "name"},
                {"HTTP/1.1", {"Host:h", ":5"}, "name"},
                {"HTTP/1.1", {"Host:h", "\xc3\xa9:5"}, "name"},
                {"HTTP/1.1", {"Host:h", "A:b\rContent-Length: 5"}, "control"},
                {"HTTP/1.1", {"Host:h", "A:\x7f"}, "control"},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_body_claim claim;
                struct pd_err err = {0};

                print_message("# row %zu\n", i);
                assert_pd_fail(check(rows[i].version, rows[i].texts, &claim, &err), err,
                               PD_E_INVALID);
                assert_pd_says(err.msg, rows[i].says);
        }
}

static void too_many_lines_are_refused(void **state)
{
        struct pd_pair items[PD_HTTPD_MAX_HEADERS + 1] = {{"Host", "h"}};
        struct pd_pairs pairs = {.items = items, .count = PD_HTTPD_MAX_HEADERS};
        struct pd_body_claim claim;
        struct pd_err err = {0};

        (void)state;
        for (size_t i = 1; i < PD_COUNT(items); i++)
                items[i] = (struct pd_pair){"X", "y"};
        assert_pd_ok(pd_head_check("HTTP/1.1", &pairs, 100, &claim, &err), err);
        pairs.count++;
        assert_pd_fail(pd_head_check("HTTP/1.1", &pairs, 100, &claim, &err), err, PD_E_TOO_LARGE);
}

static void too_many_bytes_are_refused(void **state)
{
        static const struct pd_pair host = {"Host", "h"};
        const struct pd_pairs pairs = {.items = &host, .count = 1};
        const size_t most = PD_HTTPD_MAX_URL_BYTES + PD_HTTPD_MAX_HEADER_BYTES;
        struct pd_body_claim claim;
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(pd_head_check("HTTP/1.1", &pairs, most, &claim, &err), err);
        assert_pd_fail(pd_head_check("HTTP/1.1", &pairs, most + 1, &claim, &err), err,
                       PD_E_TOO_LARGE);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_proper_head_claims_its_body),
                cmocka_unit_test(a_head_of_two_meanings_is_refused),
                cmocka_unit_test(too_many_lines_are_refused),
                cmocka_unit_test(too_many_bytes_are_refused),
        };

        return cmocka_run_group_tests_name("httpd head", tests, NULL, NULL);
}
