/* test_orchestrator.c - the messages of orchestrator.proto, out and in. */
#include "pd_test.h"

#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "alloc_fail.h"
#include "base/file.h"
#include "base/own.h"
#include "proto/orchestrator.h"
#include "proto/proto.h"
#include "proto/text.h"

/* PD_ORCHESTRATOR_PROTO, compiled: what the clients in every zip go by. */
static struct pd_proto *proto;

static const struct pd_text_pair pairs[] = {{"rpc", "run"}, {"size", "100"}, {"", ""}};

/* The text of a message by the proto itself. */
static void assert_means(const char *name, const struct pd_buf *bytes, const char *wanted)
{
        const struct pd_proto_message *message = pd_proto_find(proto, name);
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(10000);
        struct pd_err err = {0};

        assert_non_null(message);
        assert_pd_ok(pd_buf_check(bytes, name, &err), err);
        assert_pd_ok(pd_proto_text(message, bytes->data, bytes->len, &text, &err), err);
        assert_string_equal(text.data, wanted);
}

static void assert_pairs(const struct pd_text_map *map, const struct pd_text_pair *wanted,
                         size_t count)
{
        assert_int_equal(map->count, count);
        for (size_t i = 0; i < count; i++) {
                assert_string_equal(map->at[i].key, wanted[i].key);
                assert_string_equal(map->at[i].value, wanted[i].value);
        }
}

static void a_configuration_is_read_as_it_was_written(void **state)
{
        const struct pd_orchestration sent = {
                .blueprint = "{\"nodes\": []}",
                .dockerinfo = "{}",
                .protofiles = {pairs, 2},
                .queuesize = 7,
                .iterations = -1,
        };
        pd_auto(pd_buf_done) struct pd_buf bytes = PD_BUF_INIT(1000);
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_orchestration got;
        struct pd_err err = {0};
        (void)state;

        pd_orchestration_encode(&sent, &bytes);
        assert_means("OrchestrationConfiguration", &bytes,
                     "blueprint: \"{\\\"nodes\\\": []}\"\n"
                     "dockerinfo: \"{}\"\n"
                     "protofiles {\n  key: \"rpc\"\n  value: \"run\"\n}\n"
                     "protofiles {\n  key: \"size\"\n  value: \"100\"\n}\n"
                     "queuesize: 7\niterations: -1\n");
        assert_pd_ok(pd_orchestration_decode(bytes.data, bytes.len, &arena, &got, &err), err);
        assert_string_equal(got.blueprint, sent.blueprint);
        assert_string_equal(got.dockerinfo, sent.dockerinfo);
        assert_pairs(&got.protofiles, pairs, 2);
        assert_int_equal(got.queuesize, 7);
        assert_int_equal(got.iterations, -1);
}

static void a_label_is_read_as_it_was_written(void **state)
{
        const struct pd_run_label sent = {"caf\xc3\xa9"};
        pd_auto(pd_buf_done) struct pd_buf bytes = PD_BUF_INIT(1000);
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_run_label got;
        struct pd_err err = {0};
        (void)state;

        pd_run_label_encode(&sent, &bytes);
        assert_means("RunLabel", &bytes, "label: \"caf\\303\\251\"\n");
        assert_pd_ok(pd_run_label_decode(bytes.data, bytes.len, &arena, &got, &err), err);
        assert_string_equal(got.label, sent.label);
}

static void an_observation_is_read_as_it_was_written(void **state)
{
        const struct pd_observation sent = {".*", "Orch.*"};
        pd_auto(pd_buf_done) struct pd_buf bytes = PD_BUF_INIT(1000);
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_observation got;
        struct pd_err err = {0};
        (void)state;

        pd_observation_encode(&sent, &bytes);
        assert_means("OrchestrationObservationConfiguration", &bytes,
                     "name_regex: \".*\"\ncomponent_regex: \"Orch.*\"\n");
        assert_pd_ok(pd_observation_decode(bytes.data, bytes.len, &arena, &got, &err), err);
        assert_string_equal(got.name_regex, ".*");
        assert_string_equal(got.component_regex, "Orch.*");
}

static void a_status_is_read_as_it_was_written(void **state)
{
        const struct pd_orchestration_status sent = {true, INT32_MIN, "running", INT32_MAX};
        pd_auto(pd_buf_done) struct pd_buf bytes = PD_BUF_INIT(1000);
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_orchestration_status got;
        struct pd_err err = {0};
        (void)state;

        pd_orchestration_status_encode(&sent, &bytes);
        assert_means("OrchestrationStatus", &bytes,
                     "success: true\ncode: -2147483648\nmessage: \"running\"\n"
                     "active_threads: 2147483647\n");
        assert_pd_ok(pd_orchestration_status_decode(bytes.data, bytes.len, &arena, &got, &err),
                     err);
        assert_true(got.success);
        assert_int_equal(got.code, INT32_MIN);
        assert_string_equal(got.message, "running");
        assert_int_equal(got.active_threads, INT32_MAX);
}

static void an_event_is_read_as_it_was_written(void **state)
{
        const struct pd_orchestration_event sent = {
                "a", "RPC.call", "orchestrator", {pairs, PD_COUNT(pairs)}};
        pd_auto(pd_buf_done) struct pd_buf bytes = PD_BUF_INIT(1000);
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_orchestration_event got;
        struct pd_err err = {0};
        (void)state;

        pd_orchestration_event_encode(&sent, &bytes);
        assert_means("OrchestrationEvent", &bytes,
                     "run: \"a\"\nname: \"RPC.call\"\ncomponent: \"orchestrator\"\n"
                     "detail {\n}\n"
                     "detail {\n  key: \"rpc\"\n  value: \"run\"\n}\n"
                     "detail {\n  key: \"size\"\n  value: \"100\"\n}\n");
        assert_pd_ok(pd_orchestration_event_decode(bytes.data, bytes.len, &arena, &got, &err), err);
        assert_string_equal(got.run, "a");
        assert_string_equal(got.name, "RPC.call");
        assert_string_equal(got.component, "orchestrator");
        assert_pairs(&got.detail, pairs, PD_COUNT(pairs));
}

static void what_was_not_sent_is_empty(void **state)
{
        const struct pd_orchestration_event nothing = {0};
        pd_auto(pd_buf_done) struct pd_buf bytes = PD_BUF_INIT(1000);
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_orchestration got;
        struct pd_orchestration_event event;
        struct pd_err err = {0};
        (void)state;

        pd_orchestration_event_encode(&nothing, &bytes);
        assert_int_equal(bytes.len, 0);
        assert_pd_ok(pd_orchestration_event_decode(NULL, 0, &arena, &event, &err), err);
        assert_string_equal(event.run, "");
        assert_int_equal(event.detail.count, 0);
        assert_pd_ok(pd_orchestration_decode(NULL, 0, &arena, &got, &err), err);
        assert_string_equal(got.blueprint, "");
        assert_string_equal(got.dockerinfo, "");
        assert_int_equal(got.protofiles.count, 0);
        assert_int_equal(got.queuesize, 0);
}

/* How a reader of status takes bytes; "" for success. */
static void assert_read(const char *bytes, size_t len, const char *message, const char *says)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_orchestration_status got = {.message = "untouched"};
        struct pd_err err = {0};

        if (says == NULL) {
                assert_pd_ok(pd_orchestration_status_decode(bytes, len, &arena, &got, &err), err);
        } else {
                assert_pd_fail(pd_orchestration_status_decode(bytes, len, &arena, &got, &err), err,
                               PD_E_INVALID);
                assert_pd_says(err.msg, says);
        }
        assert_string_equal(got.message, message);
}

static void strings_are_utf8_without_nul(void **state)
{
#define ROW(bytes, message, says)                                                                  \
        {                                                                                          \
                bytes, sizeof(bytes) - 1, message, says                                            \
        }
        static const struct {
                const char *bytes;
                size_t len;
                const char *message;
                const char *says;
        } rows[] = {
                ROW("\x1a\x02hi", "hi", NULL),
                ROW("\x1a\x02hi\x1a\x03you", "you", NULL),
                ROW("\x1a\x00", "", NULL),
                ROW("\x1a\x02\xc3\xa9", "\xc3\xa9", NULL),
                ROW("\x18\x05\x98\x06\x07\x1a\x02hi\x23\x08\x01\x24", "hi", NULL), /* unknown */
                ROW("\x1a\x02\xc3(", "untouched", "'message' of OrchestrationStatus is no UTF-8"),
                ROW("\x1a\x03\xed\xa0\x80", "untouched", "is no UTF-8"),
                ROW("\x1a\x02h\x00", "untouched", "'message' of OrchestrationStatus has a NUL"),
                ROW("\x1a\x03hi", "untouched", "OrchestrationStatus cannot be read"),
                ROW("\x08", "untouched", "cannot be read"),
                ROW("\x00\x01", "untouched", "cannot be read"),
                ROW("\x0f", "untouched", "cannot be read"),
                ROW("\x23\x08\x01", "untouched", "cannot be read"),
        };
#undef ROW
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                print_message("# row %zu\n", i);
                assert_read(rows[i].bytes, rows[i].len, rows[i].message, rows[i].says);
        }
}

static void a_broken_pair_breaks_the_message(void **state)
{
        static const char *const bytes[] = {"\x22\x03\x0a\x02x", "\x22\x04\x0a\x02\xc3(",
                                            "\x22\x01\x0a"};
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_orchestration_event got;
        struct pd_err err = {0};
        (void)state;

        for (size_t i = 0; i < PD_COUNT(bytes); i++) {
                assert_pd_fail(pd_orchestration_event_decode(bytes[i], strlen(bytes[i]), &arena,
                                                             &got, &err),
                               err, PD_E_INVALID);
                assert_pd_says(err.msg, "OrchestrationEvent: ");
        }
}

static void of_two_equal_keys_the_last_counts(void **state)
{
        static const struct pd_text_pair sent[] = {{"a", "1"}, {"b", "2"}, {"a", "3"}};
        static const struct pd_text_pair wanted[] = {{"a", "3"}, {"b", "2"}};
        const struct pd_orchestration_event event = {.detail = {sent, PD_COUNT(sent)}};
        pd_auto(pd_buf_done) struct pd_buf bytes = PD_BUF_INIT(1000);
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_orchestration_event got;
        struct pd_err err = {0};
        (void)state;

        pd_orchestration_event_encode(&event, &bytes);
        assert_pd_ok(pd_orchestration_event_decode(bytes.data, bytes.len, &arena, &got, &err), err);
        assert_pairs(&got.detail, wanted, PD_COUNT(wanted));
}

static void append_pairs(struct pd_buf *bytes, size_t from, size_t before)
{
        for (size_t i = from; i < before; i++) {
                char key[32];
                const struct pd_text_pair pair = {key, "x"};
                const struct pd_orchestration part = {.protofiles = {&pair, 1}};

                (void)snprintf(key, sizeof(key), "%zu", i);
                pd_orchestration_encode(&part, bytes);
        }
}

static void so_many_pairs_are_read_and_no_more(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf bytes = PD_BUF_INIT(1000000);
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_orchestration got;
        struct pd_err err = {0};
        (void)state;

        append_pairs(&bytes, 0, PD_TEXT_MAP_MAX_PAIRS);
        assert_pd_ok(pd_orchestration_decode(bytes.data, bytes.len, &arena, &got, &err), err);
        assert_int_equal(got.protofiles.count, PD_TEXT_MAP_MAX_PAIRS);
        assert_string_equal(got.protofiles.at[PD_TEXT_MAP_MAX_PAIRS - 1].key, "9999");

        append_pairs(&bytes, 0, 1);
        assert_pd_fail(pd_orchestration_decode(bytes.data, bytes.len, &arena, &got, &err), err,
                       PD_E_TOO_LARGE);
        assert_pd_says(err.msg, "OrchestrationConfiguration has over 10000 pairs");
}

static void text_that_is_no_utf8_is_mended(void **state)
{
        static const struct pd_text_pair detail[] = {{"\xff", "caf\xc3\xa9\xc3"}};
        const struct pd_orchestration_event event = {"a\x80z", "\xc3\xa9", NULL, {detail, 1}};
        static const struct pd_text_pair wanted[] = {{"?", "caf\xc3\xa9?"}};
        pd_auto(pd_buf_done) struct pd_buf bytes = PD_BUF_INIT(1000);
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_orchestration_event got;
        struct pd_err err = {0};
        (void)state;

        pd_orchestration_event_encode(&event, &bytes);
        assert_pd_ok(pd_orchestration_event_decode(bytes.data, bytes.len, &arena, &got, &err), err);
        assert_string_equal(got.run, "a?z");
        assert_string_equal(got.name, "\xc3\xa9");
        assert_string_equal(got.component, "");
        assert_pairs(&got.detail, wanted, 1);
}

static void long_texts_have_their_length(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(1000000);
        pd_auto(pd_buf_done) struct pd_buf bytes = PD_BUF_INIT(1000000);
        static const size_t lens[] = {127, 128, 16383, 16384, 300000};
        (void)state;

        for (size_t i = 0; i < PD_COUNT(lens); i++) {
                pd_auto(pd_arena_done) struct pd_arena arena = {0};
                struct pd_text_pair pair = {"k", NULL};
                struct pd_orchestration_event event = {.detail = {&pair, 1}}, got;
                struct pd_err err = {0};

                pd_buf_clear(&text);
                pd_buf_clear(&bytes);
                pd_buf_fill(&text, 'x', lens[i]);
                pair.value = text.data;
                pd_orchestration_event_encode(&event, &bytes);
                assert_pd_ok(
                        pd_orchestration_event_decode(bytes.data, bytes.len, &arena, &got, &err),
                        err);
                assert_pairs(&got.detail, &pair, 1);
        }
}

static int write_and_read(void *context, struct pd_err *err)
{
        const struct pd_orchestration sent = {"{}", "{}", .protofiles = {pairs, PD_COUNT(pairs)},
                                              .queuesize = 1};
        pd_auto(pd_buf_done) struct pd_buf bytes = PD_BUF_INIT(1000);
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_orchestration got;

        (void)context;
        pd_orchestration_encode(&sent, &bytes);
        if (pd_buf_check(&bytes, "configuration", err) < 0)
                return -1;
        return pd_orchestration_decode(bytes.data, bytes.len, &arena, &got, err);
}

static void each_failing_allocation_is_an_error(void **state)
{
        (void)state;

        assert_true(pd_alloc_fail_each(write_and_read, NULL) > 2);
}

static int compile(void **state)
{
        pd_auto(pd_free_ptr) char *text = NULL;
        size_t len;

        (void)state;
        if (pd_file_read_at(AT_FDCWD, PD_ORCHESTRATOR_PROTO, PD_PROTO_MAX_BYTES, &text, &len,
                            NULL) < 0)
                return -1;
        return pd_proto_compile(text, len, NULL, &proto, NULL);
}

static int release(void **state)
{
        (void)state;
        pd_proto_free(proto);
        return 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_configuration_is_read_as_it_was_written),
                cmocka_unit_test(a_label_is_read_as_it_was_written),
                cmocka_unit_test(an_observation_is_read_as_it_was_written),
                cmocka_unit_test(a_status_is_read_as_it_was_written),
                cmocka_unit_test(an_event_is_read_as_it_was_written),
                cmocka_unit_test(what_was_not_sent_is_empty),
                cmocka_unit_test(strings_are_utf8_without_nul),
                cmocka_unit_test(a_broken_pair_breaks_the_message),
                cmocka_unit_test(of_two_equal_keys_the_last_counts),
                cmocka_unit_test(so_many_pairs_are_read_and_no_more),
                cmocka_unit_test(text_that_is_no_utf8_is_mended),
                cmocka_unit_test(long_texts_have_their_length),
                cmocka_unit_test(each_failing_allocation_is_an_error),
        };

        return cmocka_run_group_tests_name("proto orchestrator", tests, compile, release);
}
