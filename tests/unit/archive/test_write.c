/* test_write.c - what is written is read again, and is the same every time. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "alloc_fail.h"
#include "archive/archive.h"
#include "base/own.h"
#include "pd_test.h"
#include "raw_zip.h"

#define LARGE 20000

static char large[LARGE + 1];

/* Files to pack; the last two are taken from the constants. */
static const struct {
        const char *name, *data;
        size_t size;
        const char *constant;
} files[] = {
        {"z.txt", "last", 4, NULL},
        {"dir/large.json", large, LARGE, NULL},
        {"dir/empty", "", 0, NULL},
        {"a.bin", "x\0y", 3, NULL},
        {"readme.txt", "stored", 6, "stored"},
        {"dir/script.py", "deflated deflated deflated", 26, "packed/deflated"},
};

struct zip {
        void *bytes;
        size_t len;
};

static void zip_done(struct zip *zip)
{
        free(zip->bytes);
}

static int make_large(void **state)
{
        (void)state;
        for (size_t i = 0; i < LARGE; i++)
                large[i] = (char)('a' + i * i % 23);
        return 0;
}

static void make_constants(struct raw_zip *constants)
{
        raw_zip_add(constants, &(struct raw_entry){.name = "stored", .data = "stored", .len = 6});
        raw_zip_add(constants, &(struct raw_entry){.name = "packed/deflated",
                                                   .data = "deflated deflated deflated",
                                                   .len = 26,
                                                   .is_deflated = true});
        raw_zip_end(constants);
}

static int add_file(struct pd_archive_writer *writer, size_t i, struct pd_err *err)
{
        if (files[i].constant != NULL)
                return pd_archive_add_constant(writer, files[i].name, files[i].constant, err);
        return pd_archive_add(writer, files[i].name, files[i].data, files[i].size, err);
}

/* Pack all files, beginning with number `first`. */
static int pack(const struct raw_zip *constants, size_t first, struct zip *ret, struct pd_err *err)
{
        pd_auto(pd_archive_writer_free_ptr) struct pd_archive_writer *writer = NULL;

        if (pd_archive_writer_new(constants->bytes.data, constants->bytes.len, &writer, err) < 0)
                return -1;
        for (size_t i = 0; i < PD_COUNT(files); i++) {
                if (add_file(writer, (first + i) % PD_COUNT(files), err) < 0)
                        return -1;
        }
        return pd_archive_finish(writer, &ret->bytes, &ret->len, err);
}

static void what_was_written_is_read_again(void **state)
{
        pd_auto(raw_zip_done) struct raw_zip constants = RAW_ZIP_INIT;
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;
        pd_auto(zip_done) struct zip zip = {0};
        struct pd_err err = {0};

        (void)state;
        make_constants(&constants);
        assert_pd_ok(pack(&constants, 0, &zip, &err), err);
        assert_pd_ok(
                pd_archive_read(zip.bytes, zip.len, &pd_archive_default_limits, &archive, &err),
                err);

        assert_int_equal(archive->count, PD_COUNT(files));
        for (size_t i = 0; i < PD_COUNT(files); i++) {
                const struct pd_archive_entry *entry = pd_archive_find(archive, files[i].name);

                assert_non_null(entry);
                assert_int_equal(entry->size, files[i].size);
                assert_memory_equal(entry->data, files[i].data, files[i].size);
        }
}

static void the_same_files_give_the_same_bytes(void **state)
{
        static const char *const zones[] = {"UTC", "Asia/Kathmandu", "America/St_Johns",
                                            "Pacific/Kiritimati", "Africa/Monrovia"};
        pd_auto(raw_zip_done) struct raw_zip constants = RAW_ZIP_INIT;
        pd_auto(zip_done) struct zip first = {0};
        struct pd_err err = {0};

        (void)state;
        make_constants(&constants);
        assert_pd_ok(pack(&constants, 0, &first, &err), err);

        for (size_t i = 0; i < PD_COUNT(zones); i++) {
                pd_auto(zip_done) struct zip again = {0};

                print_message("# %s\n", zones[i]);
                setenv("TZ", zones[i], 1);
                tzset();
                assert_pd_ok(pack(&constants, i, &again, &err), err);
                assert_int_equal(again.len, first.len);
                assert_memory_equal(again.bytes, first.bytes, first.len);
        }
        unsetenv("TZ");
        tzset();
}

/* The fields of the first local header: APPNOTE.TXT 6.3, 4.3.7. */
static void the_date_is_that_of_the_first_day(void **state)
{
        static const unsigned char want[4] = {0, 0, 0x21, 0}; /* time, date */
        pd_auto(raw_zip_done) struct raw_zip constants = RAW_ZIP_INIT;
        pd_auto(zip_done) struct zip zip = {0};
        struct pd_err err = {0};

        (void)state;
        make_constants(&constants);
        assert_pd_ok(pack(&constants, 0, &zip, &err), err);
        assert_memory_equal((const char *)zip.bytes + 10, want, sizeof(want));
}

static void large_files_are_compressed(void **state)
{
        pd_auto(pd_archive_writer_free_ptr) struct pd_archive_writer *writer = NULL;
        pd_auto(zip_done) struct zip zip = {0};
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(pd_archive_writer_new(NULL, 0, &writer, &err), err);
        assert_pd_ok(pd_archive_add(writer, "large", large, LARGE, &err), err);
        assert_pd_ok(pd_archive_finish(writer, &zip.bytes, &zip.len, &err), err);
        assert_in_range(zip.len, 100, LARGE / 10);
}

/* So it stays below what a reader takes for a bomb. */
static void a_file_of_blanks_is_read_again(void **state)
{
        static char blanks[1 << 20];
        pd_auto(pd_archive_writer_free_ptr) struct pd_archive_writer *writer = NULL;
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;
        pd_auto(zip_done) struct zip zip = {0};
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(pd_archive_writer_new(NULL, 0, &writer, &err), err);
        assert_pd_ok(pd_archive_add(writer, "blanks", blanks, sizeof(blanks), &err), err);
        assert_pd_ok(pd_archive_finish(writer, &zip.bytes, &zip.len, &err), err);
        assert_pd_ok(
                pd_archive_read(zip.bytes, zip.len, &pd_archive_default_limits, &archive, &err),
                err);
}

static void an_archive_without_files_is_read_again(void **state)
{
        pd_auto(pd_archive_writer_free_ptr) struct pd_archive_writer *writer = NULL;
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;
        pd_auto(zip_done) struct zip zip = {0};
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(pd_archive_writer_new(NULL, 0, &writer, &err), err);
        assert_pd_ok(pd_archive_finish(writer, &zip.bytes, &zip.len, &err), err);
        assert_pd_ok(
                pd_archive_read(zip.bytes, zip.len, &pd_archive_default_limits, &archive, &err),
                err);
        assert_int_equal(archive->count, 0);
}

static void what_could_not_be_read_again_is_refused(void **state)
{
        enum { MIB = 1 << 20 };
        static char blanks[16 * MIB + 1];
        static char names[17][8];
        pd_auto(pd_archive_writer_free_ptr) struct pd_archive_writer *writer = NULL;
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(pd_archive_writer_new(NULL, 0, &writer, &err), err);
        assert_pd_fail(pd_archive_add(writer, "large", blanks, sizeof(blanks), &err), err,
                       PD_E_TOO_LARGE);
        for (unsigned i = 0; i < 16; i++) {
                snprintf(names[i], sizeof(names[i]), "f%u", i);
                assert_pd_ok(pd_archive_add(writer, names[i], blanks, 16 * MIB, &err), err);
        }
        assert_pd_fail(pd_archive_add(writer, "one-more", blanks, 1, &err), err, PD_E_TOO_LARGE);
        assert_pd_says(err.msg, "together");
}

static void a_constant_that_is_not_there_is_not_found(void **state)
{
        pd_auto(raw_zip_done) struct raw_zip constants = RAW_ZIP_INIT;
        pd_auto(pd_archive_writer_free_ptr) struct pd_archive_writer *writer = NULL;
        struct pd_err err = {0};

        (void)state;
        make_constants(&constants);
        assert_pd_ok(
                pd_archive_writer_new(constants.bytes.data, constants.bytes.len, &writer, &err),
                err);
        assert_pd_fail(pd_archive_add_constant(writer, "a", "absent", &err), err, PD_E_NOT_FOUND);
        assert_pd_says(err.msg, "'absent'");
}

static void constants_that_are_no_zip_are_refused(void **state)
{
        struct pd_archive_writer *writer = NULL;
        struct pd_err err = {0};

        (void)state;
        assert_pd_fail(pd_archive_writer_new("no zip", 6, &writer, &err), err, PD_E_INVALID);
        assert_null(writer);
}

static void more_files_than_can_be_read_are_refused(void **state)
{
        static char names[4097][8];
        pd_auto(pd_archive_writer_free_ptr) struct pd_archive_writer *writer = NULL;
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(pd_archive_writer_new(NULL, 0, &writer, &err), err);
        for (unsigned i = 0; i < 4096; i++) {
                snprintf(names[i], sizeof(names[i]), "f%u", i);
                assert_pd_ok(pd_archive_add(writer, names[i], "", 0, &err), err);
        }
        assert_pd_fail(pd_archive_add(writer, "one-more", "", 0, &err), err, PD_E_TOO_LARGE);
}

static int pack_and_free(void *context, struct pd_err *err)
{
        pd_auto(zip_done) struct zip zip = {0};

        return pack(context, 0, &zip, err);
}

static void each_failing_allocation_is_a_clean_error(void **state)
{
        pd_auto(raw_zip_done) struct raw_zip constants = RAW_ZIP_INIT;

        (void)state;
        make_constants(&constants);
        assert_in_range(pd_alloc_fail_each(pack_and_free, &constants), 1, 100);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(what_was_written_is_read_again),
                cmocka_unit_test(the_same_files_give_the_same_bytes),
                cmocka_unit_test(the_date_is_that_of_the_first_day),
                cmocka_unit_test(large_files_are_compressed),
                cmocka_unit_test(a_file_of_blanks_is_read_again),
                cmocka_unit_test(an_archive_without_files_is_read_again),
                cmocka_unit_test(what_could_not_be_read_again_is_refused),
                cmocka_unit_test(a_constant_that_is_not_there_is_not_found),
                cmocka_unit_test(constants_that_are_no_zip_are_refused),
                cmocka_unit_test(more_files_than_can_be_read_are_refused),
                cmocka_unit_test(each_failing_allocation_is_a_clean_error),
        };

        return cmocka_run_group_tests_name("archive-write", tests, make_large, NULL);
}
