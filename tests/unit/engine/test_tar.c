/* test_tar.c - archives, read back by their own rules. */
#include "tar.h"

#include <string.h>

#include "base/format.h"
#include "base/own.h"
#include "pd_test.h"

#define BLOCK 512

static void an_archive_is_whole_blocks_with_sums(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(1 << 20);
        struct pd_err err = {0};
        unsigned sum = 0;
        char text[8];

        (void)state;
        assert_pd_ok(pd_tar_folder(&out, "pipeline/", &err), err);
        assert_pd_ok(pd_tar_file(&out, "pipeline/a.proto", "abc", 3, &err), err);
        pd_tar_end(&out);

        assert_int_equal(out.len, 5 * BLOCK); /* folder, file, its bytes, the end */
        assert_string_equal(out.data, "pipeline/");
        assert_int_equal(out.data[156], '5');
        assert_string_equal(out.data + BLOCK, "pipeline/a.proto");
        assert_string_equal(out.data + BLOCK + 100, "0000644");
        assert_string_equal(out.data + BLOCK + 124, "00000000003");
        assert_int_equal(out.data[BLOCK + 156], '0');
        assert_string_equal(out.data + BLOCK + 257, "ustar");
        assert_string_equal(out.data + 2 * (size_t)BLOCK, "abc");
        for (size_t i = 0; i < BLOCK; i++)
                sum += i >= 148 && i < 156 ? ' ' : (unsigned char)out.data[BLOCK + i];
        pd_format(text, sizeof(text), "%06o", sum);
        assert_string_equal(out.data + BLOCK + 148, text);
}

static void a_file_of_whole_blocks_is_not_padded(void **state)
{
        static const char bytes[BLOCK];
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(1 << 20);
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(pd_tar_file(&out, "a", bytes, sizeof(bytes), &err), err);
        assert_int_equal(out.len, 2 * BLOCK);
        assert_pd_ok(pd_tar_file(&out, "b", "", 0, &err), err);
        assert_int_equal(out.len, 3 * BLOCK);
}

static void a_name_fills_its_field_and_no_more(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(1 << 20);
        struct pd_err err = {0};
        char name[PD_TAR_MAX_NAME + 2];

        (void)state;
        memset(name, 'n', sizeof(name));
        name[PD_TAR_MAX_NAME + 1] = '\0';
        assert_pd_fail(pd_tar_file(&out, name, "", 0, &err), err, PD_E_INVALID);
        name[PD_TAR_MAX_NAME] = '\0';
        assert_pd_ok(pd_tar_file(&out, name, "", 0, &err), err);
        assert_memory_equal(out.data, name, PD_TAR_MAX_NAME);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(an_archive_is_whole_blocks_with_sums),
                cmocka_unit_test(a_file_of_whole_blocks_is_not_padded),
                cmocka_unit_test(a_name_fills_its_field_and_no_more),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
