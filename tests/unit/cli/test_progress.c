/* test_progress.c - what is shown of what an engine does. */
#include "progress.h"

#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "alloc_fail.h"
#include "base/file.h"
#include "base/own.h"
#include "json/json.h"
#include "pd_test.h"

#define MAX_OUTPUT (64 * 1024)

static char *no_environment[] = {NULL};

/* A command whose output is a file, so no terminal. */
struct world {
        struct pd_cli cli;
        struct pd_call call;
        struct pd_progress progress;
};

static void begin(struct world *world, enum pd_output output)
{
        *world = (struct world){
                .cli = {.in = -1, .out = memfd_create("out", MFD_CLOEXEC), .err = -1},
        };
        assert_true(world->cli.out >= 0);
        world->cli.environment = no_environment;
        world->call = (struct pd_call){.cli = &world->cli, .options = {.output = (int)output}};
        pd_progress_begin(&world->progress, &world->call);
}

static void end(struct world *world)
{
        pd_progress_end(&world->progress);
        (void)close(world->cli.out);
}

static void tell(struct world *world, struct pd_engine_event event)
{
        event.workload = event.workload != NULL ? event.workload : "";
        event.detail = event.detail != NULL ? event.detail : "";
        event.advice = event.advice != NULL ? event.advice : "";
        event.lines = event.lines != NULL ? event.lines : "";
        pd_progress_tell(&world->progress, &event);
}

/* What was written, without the times, which differ; the caller frees it. */
static char *written(const struct world *world)
{
        struct pd_err err = {0};
        char *text = NULL, *from, *to;

        assert_true(lseek(world->cli.out, 0, SEEK_SET) == 0);
        assert_pd_ok(pd_file_read_fd(world->cli.out, "output", MAX_OUTPUT, &text, NULL, &err), err);
        from = to = text;
        while (from[0] != '\0') {
                size_t len = strcspn(from, "\n") + 1;
                const char *unit = from[0] == ' ' ? strstr(from, " s  ") : NULL;
                size_t skipped = unit != NULL && unit < from + len ? (size_t)(unit + 4 - from) : 0;

                memmove(to, from + skipped, len - skipped);
                to += len - skipped;
                from += len;
        }
        *to = '\0';
        return text;
}

static void without_a_terminal_each_change_is_a_line_and_more_of_the_same_is_none(void **state)
{
        pd_auto(end) struct world world;
        pd_auto(pd_free_ptr) char *text = NULL;

        (void)state;
        begin(&world, PD_OUTPUT_TEXT);
        tell(&world, (struct pd_engine_event){.workload = "solver", .state = PD_STATE_PULLING});
        tell(&world, (struct pd_engine_event){.workload = "solver",
                                              .state = PD_STATE_PULLING,
                                              .detail = "1.0 of 2.0 MiB"});
        tell(&world, (struct pd_engine_event){.workload = "a", .state = PD_STATE_READY});
        tell(&world, (struct pd_engine_event){.workload = "solver", .state = PD_STATE_READY});
        tell(&world, (struct pd_engine_event){.state = PD_STATE_READY});
        text = written(&world);
        assert_string_equal(text, "solver  pulling\n"
                                  "a       ready\n"
                                  "solver  ready\n");
}

static void a_failure_ends_with_its_last_lines_and_what_to_do(void **state)
{
        pd_auto(end) struct world world;
        pd_auto(pd_free_ptr) char *text = NULL;

        (void)state;
        begin(&world, PD_OUTPUT_TEXT);
        tell(&world, (struct pd_engine_event){.workload = "solver",
                                              .state = PD_STATE_FAILED,
                                              .reason = PD_REASON_EXITED,
                                              .detail = "ended with exit status 3",
                                              .advice = "read them",
                                              .lines = "one\ntwo"});
        pd_progress_end(&world.progress);
        text = written(&world);
        assert_string_equal(text, "solver  failed: exited  ended with exit status 3\n"
                                  "\n"
                                  "solver: ended with exit status 3\n"
                                  "    | one\n"
                                  "    | two\n"
                                  "    read them\n");
}

static void who_is_not_ready_in_time_ends_with_what_to_do(void **state)
{
        pd_auto(end) struct world world;
        pd_auto(pd_free_ptr) char *text = NULL;

        (void)state;
        begin(&world, PD_OUTPUT_TEXT);
        tell(&world, (struct pd_engine_event){.workload = "solver",
                                              .state = PD_STATE_STARTING,
                                              .reason = PD_REASON_NOT_ANSWERING,
                                              .detail = "does not answer",
                                              .advice = "look at the port"});
        tell(&world, (struct pd_engine_event){.workload = "sink", .state = PD_STATE_STARTING});
        pd_progress_end(&world.progress);
        text = written(&world);
        assert_string_equal(text, "solver  starting: not_answering  does not answer\n"
                                  "sink    starting\n"
                                  "\n"
                                  "solver: does not answer\n"
                                  "    look at the port\n");
}

static void what_has_failed_and_came_up_after_all_is_no_failure(void **state)
{
        pd_auto(end) struct world world;
        pd_auto(pd_free_ptr) char *text = NULL;

        (void)state;
        begin(&world, PD_OUTPUT_TEXT);
        tell(&world, (struct pd_engine_event){.workload = "solver",
                                              .state = PD_STATE_FAILED,
                                              .reason = PD_REASON_EXITED,
                                              .lines = "one\n"});
        tell(&world, (struct pd_engine_event){.workload = "solver",
                                              .state = PD_STATE_READY,
                                              .reason = PD_REASON_EXITED});
        pd_progress_end(&world.progress);
        text = written(&world);
        assert_string_equal(text, "solver  failed: exited\n"
                                  "solver  ready\n");
}

static void a_program_gets_every_event_with_all_of_its_members(void **state)
{
        pd_auto(end) struct world world;
        pd_auto(pd_free_ptr) char *text = NULL;
        pd_auto(pd_json_free_ptr) json_t *line = NULL;
        struct pd_err err = {0};

        (void)state;
        begin(&world, PD_OUTPUT_JSON);
        tell(&world, (struct pd_engine_event){.workload = "solver",
                                              .state = PD_STATE_FAILED,
                                              .at_ms = 1000,
                                              .reason = PD_REASON_EXITED,
                                              .advice = "read \"them\"",
                                              .lines = "one\n",
                                              .done_bytes = 1,
                                              .total_bytes = UINT64_C(5000000000)});
        pd_progress_end(&world.progress);
        text = written(&world);
        assert_pd_ok(pd_json_parse(text, strlen(text), &pd_json_default_limits, &line, &err), err);
        assert_string_equal(json_string_value(json_object_get(line, "time")),
                            "1970-01-01T00:00:01.000Z");
        assert_string_equal(json_string_value(json_object_get(line, "workload")), "solver");
        assert_string_equal(json_string_value(json_object_get(line, "state")), "failed");
        assert_string_equal(json_string_value(json_object_get(line, "reason")), "exited");
        assert_string_equal(json_string_value(json_object_get(line, "detail")), "");
        assert_string_equal(json_string_value(json_object_get(line, "advice")), "read \"them\"");
        assert_string_equal(json_string_value(json_object_get(line, "lines")), "one\n");
        assert_int_equal(json_integer_value(json_object_get(line, "doneBytes")), 1);
        assert_int_equal(json_integer_value(json_object_get(line, "totalBytes")), 5000000000);
}

static void tell_of_two(struct world *world)
{
        tell(world, (struct pd_engine_event){.workload = "a",
                                             .state = PD_STATE_FAILED,
                                             .reason = PD_REASON_EXITED,
                                             .advice = "read",
                                             .lines = "one\n"});
        tell(world, (struct pd_engine_event){.workload = "b", .state = PD_STATE_READY});
        pd_progress_end(&world->progress);
}

/* Telling has no way to fail, so what it costs is one workload's line at most. */
static void a_lack_of_memory_costs_the_line_of_one_workload(void **state)
{
        size_t made, n = 0;

        (void)state;
        do {
                pd_auto(end) struct world world;
                pd_auto(pd_free_ptr) char *text = NULL;

                begin(&world, PD_OUTPUT_TEXT);
                pd_alloc_fail_at(++n);
                tell_of_two(&world);
                made = pd_alloc_count();
                pd_alloc_fail_never();
                text = written(&world);
                assert_true(strstr(text, "a  failed: exited\n") != NULL ||
                            strstr(text, "b  ready\n") != NULL);
        } while (made >= n);
        assert_true(n > 2);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(
                        without_a_terminal_each_change_is_a_line_and_more_of_the_same_is_none),
                cmocka_unit_test(a_failure_ends_with_its_last_lines_and_what_to_do),
                cmocka_unit_test(who_is_not_ready_in_time_ends_with_what_to_do),
                cmocka_unit_test(what_has_failed_and_came_up_after_all_is_no_failure),
                cmocka_unit_test(a_program_gets_every_event_with_all_of_its_members),
                cmocka_unit_test(a_lack_of_memory_costs_the_line_of_one_workload),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
