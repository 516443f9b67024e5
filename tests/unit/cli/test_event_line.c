/* test_event_line.c - events as lines. */
#include "event_line.h"

#include "base/attr.h"
#include "base/own.h"
#include "json/json.h"
#include "pd_test.h"

#define TIME "1970-01-01T00:00:00.001Z"

static const struct {
        const char *event, *line;
} rows[] = {
        {"{\"run\": \"a\", \"name\": \"RPC.call\", \"component\": "
         "\"OrchestrationThreadBase[component=converter,svc=a.B,rpc=convert]\", \"detail\": "
         "{\"rpc\": \"convert\"}}",
         "  RPC.call  converter/convert\n"},
        {"{\"name\": \"queue.added\", \"component\": \"OrchestrationQueue[a_b_c]\", \"detail\": "
         "{\"queue\": \"OrchestrationQueue[a_b_c]\", \"size\": \"12\"}}",
         "  queue.added  queue a_b_c  size=12\n"},
        {"{\"name\": \"finished\", \"component\": \"orchestrator\", \"detail\": {}}",
         "  finished  orchestrator\n"},
        /* a message is one line, and the last that is said */
        {"{\"name\": \"o\", \"component\": \"c\", \"detail\": {\"message\": \"a {\\n  b: 1\\n  c: "
         "\\\"x  y\\\"\\n}\\n\", \"size\": \"9\"}}",
         "  o  c  size=9  a { b: 1 c: \"x  y\" }\n"},
        {"{\"name\": \"exception\", \"component\": \"c\", \"detail\": {\"method\": \"m\", "
         "\"traceback\": \"first\\nsecond\\n\"}}",
         "  exception  c  traceback=first second\n"},
        /* nothing reaches a terminal that does something there */
        {"{\"name\": \"\\u001b[2J\", \"component\": \"a\\r\\u009b\", \"detail\": {\"\\u0007\": "
         "\"\\u0008\", \"message\": \"\\u001b]0;x\\u0007\"}}",
         "  ?[2J  a??  ?=?  ?]0;x?\n"},
        {"{\"name\": \"\xc3\xa9\", \"component\": \"c\"}", "  \xc3\xa9  c\n"},
        /* what is no event as it should be */
        {"{}", "    \n"},
        {"[]", "    \n"},
        {"{\"name\": 1, \"component\": {}, \"detail\": []}", "    \n"},
        {"{\"name\": \"n\", \"component\": \"OrchestrationThreadBase[component=x\", \"detail\": "
         "{\"size\": 3}}",
         "  n  OrchestrationThreadBase[component=x\n"},
        {"{\"name\": \"n\", \"component\": \",rpc=a,svc=\"}", "  n  ,rpc=a,svc=\n"},
        {"{\"name\": \"n\", \"component\": \"OrchestrationThreadBase[component=,svc=,rpc=\"}",
         "  n  /\n"},
        {"{\"name\": \"n\", \"component\": \"OrchestrationQueue[\"}", "  n  queue \n"},
};

static void an_event_is_one_line_that_is_fit_to_print(void **state)
{
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_json_free_ptr) json_t *event = json_loads(rows[i].event, 0, NULL);
                pd_auto(pd_buf_done) struct pd_buf line = PD_BUF_INIT(4096);
                pd_auto(pd_buf_done) struct pd_buf want = PD_BUF_INIT(4096);

                assert_non_null(event);
                pd_buf_printf(&want, "before\n" TIME "%s", rows[i].line);
                pd_buf_puts(&line, "before\n");
                pd_event_line_put(event, 1, &line);
                assert_string_equal(line.data, want.data);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_event_is_one_line_that_is_fit_to_print),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
