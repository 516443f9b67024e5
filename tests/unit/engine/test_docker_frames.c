/* test_docker_frames.c - lines, and the frames that Docker sends them in. */
#include "docker_frames.h"

#include <string.h>

#include "base/format.h"
#include "pd_test.h"

#define MAX_LINES 8

struct seen {
        char lines[MAX_LINES][128];
        size_t lens[MAX_LINES];
        size_t count;
        size_t enough; /* 0: never */
};

static bool take(void *context, char *text, size_t len)
{
        struct seen *seen = context;

        assert_true(seen->count < MAX_LINES);
        assert_int_equal(text[len], '\0');
        seen->lens[seen->count] = len;
        pd_format(seen->lines[seen->count], sizeof(seen->lines[0]), "%s", text);
        seen->count++;
        return seen->enough == 0 || seen->count < seen->enough;
}

#define FRAME(stream, len) stream "\0\0\0\0\0\0" len

/* Two lines in a frame each, a line without an end, two lines in one frame. */
static const char frames_text[] = FRAME("\1", "\4") "one\n" FRAME("\2", "\4") "two\n" FRAME(
        "\1", "\5") "three" FRAME("\1", "\7") "four\nfi";

static void frames_in_any_pieces_are_the_same_lines(void **state)
{
        (void)state;
        for (size_t piece = 1; piece <= sizeof(frames_text) - 1; piece++) {
                struct seen seen = {0};
                struct pd_docker_frames frames = PD_DOCKER_FRAMES_INIT(take, &seen);
                bool is_broken = true;

                for (size_t at = 0; at < sizeof(frames_text) - 1; at += piece) {
                        size_t left = sizeof(frames_text) - 1 - at;

                        assert_true(pd_docker_frames_feed(&frames, frames_text + at,
                                                          piece < left ? piece : left, &is_broken));
                        assert_false(is_broken);
                }
                assert_int_equal(seen.count, 5);
                assert_string_equal(seen.lines[0], "one");
                assert_string_equal(seen.lines[1], "two");
                assert_string_equal(seen.lines[2], "three");
                assert_string_equal(seen.lines[3], "four");
                assert_string_equal(seen.lines[4], "fi");
                pd_docker_frames_done(&frames);
        }
}

static void what_is_no_frame_is_told(void **state)
{
        static const char *const heads[] = {"\4\0\0\0\0\0\0\1", "\1\0\1\0\0\0\0\1", "HTTP/1.1"};

        (void)state;
        for (size_t i = 0; i < PD_COUNT(heads); i++) {
                struct seen seen = {0};
                struct pd_docker_frames frames = PD_DOCKER_FRAMES_INIT(take, &seen);
                bool is_broken = false;

                assert_false(pd_docker_frames_feed(&frames, heads[i], 8, &is_broken));
                assert_true(is_broken);
                pd_docker_frames_done(&frames);
        }
}

static void a_taker_that_has_enough_gets_no_more(void **state)
{
        struct seen seen = {.enough = 2};
        struct pd_docker_frames frames = PD_DOCKER_FRAMES_INIT(take, &seen);
        bool is_broken;

        (void)state;
        assert_false(
                pd_docker_frames_feed(&frames, frames_text, sizeof(frames_text) - 1, &is_broken));
        assert_false(is_broken);
        assert_int_equal(seen.count, 2);
        pd_docker_frames_done(&frames);
}

static void a_line_too_long_comes_in_pieces(void **state)
{
        static char text[2 * PD_ENGINE_MAX_LINE + 11];
        struct seen seen = {0};
        struct pd_lines lines = PD_LINES_INIT(take, &seen);

        (void)state;
        memset(text, 'x', sizeof(text) - 1);
        text[sizeof(text) - 1] = '\n';
        assert_true(pd_lines_feed(&lines, text, sizeof(text)));
        assert_int_equal(seen.count, 3);
        assert_int_equal(seen.lens[0], PD_ENGINE_MAX_LINE);
        assert_int_equal(seen.lens[1], PD_ENGINE_MAX_LINE);
        assert_int_equal(seen.lens[2], 10);
        pd_lines_done(&lines);
}

static void a_time_is_split_from_its_line(void **state)
{
        static const struct {
                const char *line, *time, *rest;
        } rows[] = {
                {"2026-11-23T03:35:23.031158230Z a line", "2026-11-23T03:35:23.031158230Z",
                 "a line"},
                {"2026-11-23T03:35:23+01:00 ", "2026-11-23T03:35:23+01:00", ""},
                {"2026 was a year", "", "2026 was a year"},
                {"", "", ""},
                {"2026-11-23T03:35:23.031158230Z", "", "2026-11-23T03:35:23.031158230Z"},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                char line[64] = {0};
                const char *time;

                memcpy(line, rows[i].line, strlen(rows[i].line));
                assert_string_equal(pd_lines_split_time(line, &time), rows[i].rest);
                assert_string_equal(time, rows[i].time);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(frames_in_any_pieces_are_the_same_lines),
                cmocka_unit_test(what_is_no_frame_is_told),
                cmocka_unit_test(a_taker_that_has_enough_gets_no_more),
                cmocka_unit_test(a_line_too_long_comes_in_pieces),
                cmocka_unit_test(a_time_is_split_from_its_line),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
