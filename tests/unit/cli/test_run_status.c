/* test_run_status.c - the status of an orchestrator as people read it. */
#include "run_status.h"

#include "alloc_fail.h"
#include "json/json.h"
#include "output.h"
#include "pd_test.h"
#include "quoted_json.h"

static const char running[] =
        "{'success': true, 'code': 0, 'message': 'running', 'active_threads': 2, 'state': "
        "'running', 'label': 'a', 'stalled_seconds': null, 'lanes': ["
        "{'node': 'source', 'operation': 'give', 'queue': {'messages': 0, 'bytes': 0, 'full': "
        "false}, 'queue_limits': {'messages': 1000, 'bytes': 67108864}, 'calls_open': 1, 'calls': "
        "12, 'failed': 0, 'dropped': 0, 'problem': ''},"
        "{'node': 'sink', 'operation': 'take', 'queue': {'messages': 1000, 'bytes': 1536, 'full': "
        "true}, 'queue_limits': {'messages': 1000, 'bytes': 67108864}, 'calls_open': 0, 'calls': "
        "7, 'failed': 3, 'dropped': 2, 'problem': 'INTERNAL: no\\nway\\u001b[2J'}],"
        "'edges': [{'from': {'node': 'source', 'operation': 'give'}, 'to': {'node': 'sink', "
        "'operation': 'take'}, 'messages': 1007, 'bytes': 9, 'messages_per_second': 3.26}]}";

static void assert_shown(const json_t *status, const char *want)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);
        struct pd_err err = {0};

        assert_pd_ok(pd_run_status_put(status, "demo", &text, &err), err);
        assert_pd_ok(pd_buf_check(&text, "text", &err), err);
        assert_string_equal(text.data, want);
}

static void a_run_is_a_table_with_advice(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *status = pd_test_json(running);
        (void)state;

        assert_shown(status,
                     "demo: running; label 'a'\n"
                     "\n"
                     "NODE    OPERATION  STATE      CALLS  ERRORS      LAST ERROR\n"
                     "source  give       in a call  12     0\n"
                     "sink    take       failing    7      3 (2 lost)  INTERNAL: no?way?[2J\n"
                     "\n"
                     "FROM         TO         MESSAGES  RATE   QUEUE\n"
                     "source/give  sink/take  1007      3.3/s  1000 of 1000, 1.5 KiB of 64 MiB, "
                     "full\n"
                     "\n"
                     "sink/take: INTERNAL: no?way?[2J\n"
                     "    'playgroundctl logs -d demo sink' may say why\n");
}

static void what_stands_still_says_so(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *status = pd_test_json(
                "{'message': 'running', 'state': 'running', 'label': '', 'stalled_seconds': 12}");
        (void)state;

        assert_shown(status,
                     "demo: running\n"
                     "\n"
                     "stalled: queues are full, and nothing has been taken from them for 12 s\n"
                     "    a node takes that long for one message, or a cycle makes more messages "
                     "than it takes;\n"
                     "    'playgroundctl logs -d demo' shows what the nodes do, 'playgroundctl "
                     "stop -d demo' ends it\n");
}

static void phases_are_told_apart_and_say_what_to_do(void **state)
{
        static const struct {
                const char *status;
                enum pd_run_phase phase;
                const char *says;
        } rows[] = {
                {"{'message': 'not initialized', 'state': 'not initialized'}", PD_RUN_PHASE_WAITS,
                 "demo: not initialized\n\n'playgroundctl run -d demo' starts a run\n"},
                {"{'message': 'initialized', 'state': 'initialized'}", PD_RUN_PHASE_WAITS,
                 "demo: initialized\n\n'playgroundctl run -d demo' starts a run\n"},
                {"{'message': 'running: no source', 'state': 'running'}", PD_RUN_PHASE_RUNS,
                 "demo: running: no source\n"},
                {"{'message': 'finished', 'state': 'finished'}", PD_RUN_PHASE_ENDED,
                 "demo: finished\n\n'playgroundctl run -d demo' starts a run\n"},
                {"{'message': 'stopped', 'state': 'stopped', 'label': 'x'}", PD_RUN_PHASE_ENDED,
                 "demo: stopped; label 'x'\n\n'playgroundctl run -d demo' starts a run\n"},
                {"{'message': 'failed: bad', 'state': 'failed'}", PD_RUN_PHASE_FAILED,
                 "demo: failed: bad\n\n'playgroundctl up' with a pipeline that was mended takes "
                 "its place\n"},
                {"{}", PD_RUN_PHASE_WAITS, "demo: \n\n'playgroundctl run -d demo' starts a run\n"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_json_free_ptr) json_t *status = pd_test_json(rows[i].status);

                assert_int_equal(pd_run_status_phase(status), rows[i].phase);
                assert_shown(status, rows[i].says);
        }
}

/* Members of other kinds than they should be, and lists of anything. */
static void a_status_of_a_stranger_does_no_harm(void **state)
{
        static const char *const values[] = {"null",
                                             "1",
                                             "'x'",
                                             "[]",
                                             "{}",
                                             "[null, 1, {}]",
                                             "[{'node': 1, 'queue': [], 'from': 'x', 'to': {}}]"};
        static const char *const members[] = {"message", "state",           "label",
                                              "lanes",   "stalled_seconds", "edges"};
        (void)state;

        for (size_t i = 0; i < PD_COUNT(members); i++) {
                for (size_t k = 0; k < PD_COUNT(values); k++) {
                        pd_auto(pd_json_free_ptr) json_t *status = pd_test_json(running);
                        pd_auto(pd_json_free_ptr) json_t *value = NULL;
                        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);
                        pd_auto(pd_buf_done) struct pd_buf list = PD_BUF_INIT(256);
                        struct pd_err err = {0};

                        pd_buf_printf(&list, "[%s]", values[k]);
                        value = pd_test_json(list.data);
                        assert_int_equal(
                                json_object_set(status, members[i], json_array_get(value, 0)), 0);
                        assert_pd_ok(pd_run_status_put(status, "demo", &text, &err), err);
                        assert_pd_ok(pd_buf_check(&text, "text", &err), err);
                }
        }
}

static int put_for_memory(void *context, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);

        if (pd_run_status_put(context, "demo", &text, err) < 0)
                return -1;
        return pd_buf_check(&text, "text", err);
}

static void a_lack_of_memory_is_told(void **state)
{
        pd_auto(pd_json_free_ptr) json_t *status = pd_test_json(running);
        (void)state;

        assert_true(pd_alloc_fail_each(put_for_memory, status) > 3);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(a_run_is_a_table_with_advice),
                cmocka_unit_test(what_stands_still_says_so),
                cmocka_unit_test(phases_are_told_apart_and_say_what_to_do),
                cmocka_unit_test(a_status_of_a_stranger_does_no_harm),
                cmocka_unit_test(a_lack_of_memory_is_told),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
