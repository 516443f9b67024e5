/* test_log.c - log lines, and that nobody forges one. */
#include "base/log.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc_fail.h"
#include "base/own.h"
#include "base/utf8.h"
#include "pd_test.h"

#define TIME_LEN 24

static int open_log(void **state)
{
        static struct pd_log log;

        log = (struct pd_log){.fd = memfd_create("log", MFD_CLOEXEC), .level = PD_LOG_INFO};
        *state = &log;
        return log.fd < 0 ? -1 : 0;
}

static int close_log(void **state)
{
        const struct pd_log *log = *state;

        return close(log->fd);
}

/* All that was logged, the times apart: what the first one is does not matter. */
static const char *logged(const struct pd_log *log)
{
        static char text[64 * 1024];
        ssize_t len = pread(log->fd, text, sizeof(text) - 1, 0);

        assert_true(len >= 0);
        text[len] = '\0';
        return text;
}

static void a_text_line_is_for_people(void **state)
{
        pd_log(*state, PD_LOG_WARN, "fetch", "4f21", "no answer from '%s' for %d s", "host", 3);
        assert_string_equal(logged(*state) + TIME_LEN,
                            " WARN  fetch [4f21] no answer from 'host' for 3 s\n");
        assert_int_equal(logged(*state)[TIME_LEN - 1], 'Z');
}

static void a_line_that_belongs_to_no_request_has_no_id(void **state)
{
        pd_log(*state, PD_LOG_ERROR, "main", NULL, "x");
        assert_string_equal(logged(*state) + TIME_LEN, " ERROR main x\n");
}

static void a_json_line_is_for_machines(void **state)
{
        struct pd_log *log = *state;
        const char *text;

        log->format = PD_LOG_JSON;
        pd_log(log, PD_LOG_INFO, "fetch", "4f\"21", "a \"quoted\" %s", "\\ text\n");
        text = logged(log);
        assert_memory_equal(text, "{\"time\":\"2", 10);
        assert_string_equal(text + 9 + TIME_LEN,
                            "\",\"level\":\"info\",\"module\":\"fetch\",\"id\":\"4f\\\"21\","
                            "\"message\":\"a \\\"quoted\\\" \\\\ text\\n\"}\n");
}

static void a_json_line_without_request_has_no_id(void **state)
{
        struct pd_log *log = *state;

        log->format = PD_LOG_JSON;
        pd_log(log, PD_LOG_INFO, "main", NULL, "x");
        assert_string_equal(logged(log) + 9 + TIME_LEN,
                            "\",\"level\":\"info\",\"module\":\"main\",\"message\":\"x\"}\n");
}

static const struct pd_log_field fields[] = {
        {.name = "path", .text = "/a\n \"b\" \x1b"},
        {.name = "status", .number = 404},
        {.name = "ms", .number = 12, .is_thousandths = true},
        {.name = "drift", .number = -1500, .is_thousandths = true},
};

static const struct pd_log_line line_with_fields = {
        .level = PD_LOG_INFO,
        .module = "m",
        .id = "i",
        .message = "request",
        .fields = fields,
        .field_count = PD_COUNT(fields),
};

static void fields_stand_behind_the_message(void **state)
{
        pd_log_write(*state, &line_with_fields);
        assert_string_equal(logged(*state) + TIME_LEN,
                            " INFO  m [i] request path=\"/a\\n \\\"b\\\" \\u001b\" status=404 "
                            "ms=0.012 drift=-1.500\n");
}

static void fields_are_members_of_a_json_line(void **state)
{
        struct pd_log *log = *state;

        log->format = PD_LOG_JSON;
        pd_log_write(log, &line_with_fields);
        assert_pd_says(logged(log), "\"message\":\"request\",\"path\":\"/a\\n \\\"b\\\" \\u001b\","
                                    "\"status\":404,\"ms\":0.012,\"drift\":-1.500}\n");
}

static void nothing_that_is_logged_ends_a_line_or_steers_a_terminal(void **state)
{
        struct pd_log *log = *state;
        const char *text;

        for (int format = PD_LOG_TEXT; format <= PD_LOG_JSON; format++) {
                log->format = (enum pd_log_format)format;
                pd_log(log, PD_LOG_INFO, "m\n", "i\r\n", "%s",
                       "a\n2026 ERROR forged\x1b[2J\x7f\t\xc2\x85\xc2\x9b"
                       "31m\xff\xc3 \xc2\xa0");
        }
        text = logged(log);
        assert_true(pd_utf8_valid(text, strlen(text), NULL));
        assert_int_equal(strchr(text, '\n') + 1 - text, (long)strcspn(text, "\n") + 1);
        assert_pd_says(text, "INFO  m\\n [i\\r\\n] a\\n2026 ERROR forged\\u001b[2J\\u007f\\t\\u0085"
                             "\\u009b31m\xef\xbf\xbd\xef\xbf\xbd \xc2\xa0\n");
        assert_pd_says(text, "\"message\":\"a\\n2026 ERROR forged\\u001b[2J\\u007f\\t\\u0085\\u009b"
                             "31m\xef\xbf\xbd\xef\xbf\xbd \xc2\xa0\"}\n");
        for (const char *at = text; *at != '\0'; at++)
                assert_true((unsigned char)*at >= ' ' || *at == '\n');
}

static void lines_above_the_level_are_left_out(void **state)
{
        struct pd_log *log = *state;

        pd_log(log, PD_LOG_DEBUG, "m", NULL, "no");
        pd_log(NULL, PD_LOG_ERROR, "m", NULL, "nobody listens");
        assert_string_equal(logged(log), "");
        log->level = PD_LOG_DEBUG;
        pd_log(log, PD_LOG_DEBUG, "m", NULL, "yes");
        assert_string_equal(logged(log) + TIME_LEN, " DEBUG m yes\n");
}

static void a_long_message_is_cut(void **state)
{
        const char *text;

        pd_log(*state, PD_LOG_INFO, "m", NULL, "%*d", 2 * PD_LOG_MAX_MESSAGE, 7);
        text = logged(*state);
        assert_int_equal(strlen(text), TIME_LEN + strlen(" INFO  m \n") + PD_LOG_MAX_MESSAGE);
        assert_string_equal(text + strlen(text) - 4, "...\n");
}

static void a_line_without_memory_says_that_it_is_lost(void **state)
{
        pd_alloc_fail_at(1);
        pd_log(*state, PD_LOG_INFO, "m", NULL, "x");
        pd_alloc_fail_never();
        assert_string_equal(logged(*state), "a line of the log is lost: no memory\n");
}

static void levels_are_named(void **state)
{
        static const char *const names[] = {"error", "warn", "info", "debug"};
        struct pd_err err = {0};
        enum pd_log_level level;

        (void)state;
        for (size_t i = 0; i < PD_COUNT(names); i++) {
                assert_pd_ok(pd_log_level_parse(names[i], &level, &err), err);
                assert_int_equal(level, i);
        }
        assert_pd_fail(pd_log_level_parse("Warn", &level, &err), err, PD_E_INVALID);
        assert_string_equal(err.msg, "'Warn' is no log level; write error, warn, info or debug");
        assert_pd_fail(pd_log_level_parse("", &level, &err), err, PD_E_INVALID);
}

#define LOG_TEST(name) cmocka_unit_test_setup_teardown(name, open_log, close_log)

int main(void)
{
        const struct CMUnitTest tests[] = {
                LOG_TEST(a_text_line_is_for_people),
                LOG_TEST(a_line_that_belongs_to_no_request_has_no_id),
                LOG_TEST(a_json_line_is_for_machines),
                LOG_TEST(a_json_line_without_request_has_no_id),
                LOG_TEST(fields_stand_behind_the_message),
                LOG_TEST(fields_are_members_of_a_json_line),
                LOG_TEST(nothing_that_is_logged_ends_a_line_or_steers_a_terminal),
                LOG_TEST(lines_above_the_level_are_left_out),
                LOG_TEST(a_long_message_is_cut),
                LOG_TEST(a_line_without_memory_says_that_it_is_lost),
                cmocka_unit_test(levels_are_named),
        };

        return cmocka_run_group_tests_name("base log", tests, NULL, NULL);
}
