/* test_utf8.c - which bytes are UTF-8. */
#include "base/utf8.h"

#include <string.h>

#include "base/attr.h"
#include "pd_test.h"

static void each_first_character_has_its_size(void **state)
{
        static const struct {
                const char *text;
                size_t size;
        } rows[] = {
                {"a\xff", 1},
                {"\x7f", 1},
                {"\x80", 0},
                {"\xbf", 0},
                {"\xc0\x80", 0},
                {"\xc1\xbf", 0},
                {"\xc2\x80", 2},
                {"\xc2\x7f", 0},
                {"\xc2\xc0", 0},
                {"\xc2", 0},
                {"\xdf\xbf", 2},
                {"\xe0\x9f\xbf", 0},
                {"\xe0\xa0\x80", 3},
                {"\xe0\xa0", 0},
                {"\xe1\x80\x80", 3},
                {"\xe1\x80\x7f", 0},
                {"\xec\xbf\xbf", 3},
                {"\xed\x9f\xbf", 3},
                {"\xed\xa0\x80", 0},
                {"\xed\xbf\xbf", 0},
                {"\xee\x80\x80", 3},
                {"\xef\xbf\xbf", 3},
                {"\xf0\x8f\xbf\xbf", 0},
                {"\xf0\x90\x80\x80", 4},
                {"\xf0\x90\x80", 0},
                {"\xf0\x90\x80\xc0", 0},
                {"\xf0\x90\xc0\x80", 0},
                {"\xf3\xbf\xbf\xbf", 4},
                {"\xf4\x8f\xbf\xbf", 4},
                {"\xf4\x90\x80\x80", 0},
                {"\xf5\x80\x80\x80", 0},
                {"\xfe", 0},
                {"\xff", 0},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                if (pd_utf8_char(rows[i].text, strlen(rows[i].text)) != rows[i].size)
                        fail_msg("row %zu", i);
        }
        assert_int_equal(pd_utf8_char("", 0), 0);
        assert_int_equal(pd_utf8_char("", 1), 1); /* U+0000 is a character like others */
}

static void the_first_bad_byte_is_told(void **state)
{
        size_t bad = 77;

        (void)state;
        assert_true(pd_utf8_valid("", 0, &bad));
        assert_true(pd_utf8_valid("a\0\xc3\xa9\xf0\x9f\x98\x80", 8, &bad));
        assert_int_equal(bad, 77);
        assert_false(pd_utf8_valid("a\xc3\xa9\xed\xa0\x80z", 7, &bad));
        assert_int_equal(bad, 3);
        assert_false(pd_utf8_valid("a\xc3\xa9", 2, &bad));
        assert_int_equal(bad, 1);
        assert_false(pd_utf8_valid("\xff", 1, NULL));
}

static void what_a_terminal_would_obey_becomes_a_question_mark(void **state)
{
        char text[] =
                "a\x01\x1b[2J\n\x7f\xc2\x80\xc2\x9f\xc2\xa0\xc3\xa9\xff\xf0\x9f\x98\x80\xe2\x82";
        char empty[] = "";
        (void)state;

        pd_utf8_make_printable(text);
        assert_string_equal(text, "a??[2J????\xc2\xa0\xc3\xa9?\xf0\x9f\x98\x80??");
        pd_utf8_make_printable(empty);
        assert_string_equal(empty, "");
}

static void controls_are_told_from_letters(void **state)
{
        static const struct {
                const char *text;
                size_t size;
                bool is_control;
        } rows[] = {{"", 1, true},          {"\x1f", 1, true},
                    {" ", 1, false},        {"~", 1, false},
                    {"\x7f", 1, true},      {"\xc2\x80", 2, true},
                    {"\xc2\x9f", 2, true},  {"\xc2\xa0", 2, false},
                    {"\xc3\x80", 2, false}, {"\xe2\x80\xa8", 3, false}};
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++)
                assert_int_equal(pd_utf8_is_control(rows[i].text, rows[i].size),
                                 rows[i].is_control);
}

static void a_place_counts_lines_and_characters(void **state)
{
        static const char text[] = "ab\n\xc3\xa9\xf0\x9f\x98\x80z\n";
        static const struct {
                size_t at, line, column;
        } rows[] = {{0, 1, 1}, {1, 1, 2}, {2, 1, 3}, {3, 2, 1}, {5, 2, 2}, {9, 2, 3}, {11, 3, 1}};
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                struct pd_place place = pd_utf8_place(text, rows[i].at);

                assert_int_equal(place.line, rows[i].line);
                assert_int_equal(place.column, rows[i].column);
        }
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_first_character_has_its_size),
                cmocka_unit_test(the_first_bad_byte_is_told),
                cmocka_unit_test(what_a_terminal_would_obey_becomes_a_question_mark),
                cmocka_unit_test(controls_are_told_from_letters),
                cmocka_unit_test(a_place_counts_lines_and_characters),
        };

        return cmocka_run_group_tests_name("base utf8", tests, NULL, NULL);
}
