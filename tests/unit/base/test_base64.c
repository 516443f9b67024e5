/* test_base64.c - bytes as text and back. */
#include <string.h>

#include "base/base64.h"
#include "base/own.h"
#include "pd_test.h"

/* RFC 4648, section 10, and bytes that use the last two signs. */
static const struct {
        const char *bytes, *text;
} rows[] = {
        {"", ""},
        {"f", "Zg=="},
        {"fo", "Zm8="},
        {"foo", "Zm9v"},
        {"foob", "Zm9vYg=="},
        {"fooba", "Zm9vYmE="},
        {"foobar", "Zm9vYmFy"},
        {"\xfb\xff\xfe", "+//+"},
};

static void bytes_become_padded_text_and_come_back(void **state)
{
        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(100);
                char bytes[16];
                size_t len;

                pd_base64_put(&text, rows[i].bytes, strlen(rows[i].bytes));
                assert_string_equal(text.data, rows[i].text);
                assert_true(pd_base64_decode(text.data, text.len, bytes, &len));
                assert_int_equal(len, strlen(rows[i].bytes));
                assert_memory_equal(bytes, rows[i].bytes, len);
        }
}

static void a_long_text_comes_back_whole(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(100000);
        static unsigned char bytes[20000], back[sizeof(bytes) + 2];
        size_t len;

        (void)state;
        for (size_t i = 0; i < sizeof(bytes); i++)
                bytes[i] = (unsigned char)(i * 7 + i / 256);
        pd_base64_put(&text, bytes, sizeof(bytes));
        assert_true(pd_base64_decode(text.data, text.len, back, &len));
        assert_int_equal(len, sizeof(bytes));
        assert_memory_equal(back, bytes, len);
}

static void line_ends_blanks_and_padding_do_not_matter(void **state)
{
        char bytes[16];
        size_t len;

        (void)state;
        assert_true(pd_base64_decode(" Zm9v\r\nYmE\n", 11, bytes, &len));
        assert_int_equal(len, 5);
        assert_memory_equal(bytes, "fooba", 5);
}

static void what_is_no_base64_is_refused(void **state)
{
        static const char *const texts[] = {"Z", "Zm9vY", "Zm9-", "Zm9_", "Zm9!", "\xc3\xa4"};
        char bytes[16];
        size_t len;

        (void)state;
        for (size_t i = 0; i < PD_COUNT(texts); i++)
                assert_false(pd_base64_decode(texts[i], strlen(texts[i]), bytes, &len));
        assert_false(pd_base64_decode("Zm\0v", 4, bytes, &len));
}

static void the_url_alphabet_is_strict(void **state)
{
        static const char *const wrong[] = {"Zg==", "Zm9v\n", "Zm+v", "Zm/v", "Z", "Zh", "Zm9vYmF"};
        char bytes[16];
        size_t len;

        (void)state;
        assert_true(pd_base64url_decode("-__-", 4, bytes, &len));
        assert_int_equal(len, 3);
        assert_memory_equal(bytes, "\xfb\xff\xfe", 3);
        assert_true(pd_base64url_decode("Zg", 2, bytes, &len));
        assert_int_equal(len, 1);
        for (size_t i = 0; i < PD_COUNT(wrong); i++)
                assert_false(pd_base64url_decode(wrong[i], strlen(wrong[i]), bytes, &len));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(bytes_become_padded_text_and_come_back),
                cmocka_unit_test(a_long_text_comes_back_whole),
                cmocka_unit_test(line_ends_blanks_and_padding_do_not_matter),
                cmocka_unit_test(what_is_no_base64_is_refused),
                cmocka_unit_test(the_url_alphabet_is_strict),
        };

        return cmocka_run_group_tests_name("base64", tests, NULL, NULL);
}
