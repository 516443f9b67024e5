/* test_read.c - good zips are read, every kind of bad one is refused with a word that helps. */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "alloc_fail.h"
#include "archive/archive.h"
#include "base/own.h"
#include "pd_test.h"
#include "raw_zip.h"

static int read_raw(const struct raw_zip *zip, struct pd_archive **ret, struct pd_err *err)
{
        return pd_archive_read(zip->bytes.data, zip->bytes.len, &pd_archive_default_limits, ret,
                               err);
}

static void assert_refused(const struct raw_zip *zip, const struct pd_archive_limits *limits,
                           enum pd_err_code code, const char *says)
{
        struct pd_archive *archive = NULL;
        struct pd_err err = {0};

        assert_pd_fail(pd_archive_read(zip->bytes.data, zip->bytes.len, limits, &archive, &err),
                       err, code);
        assert_null(archive);
        assert_pd_says(err.msg, says);
}

static void files_come_sorted_and_folders_are_left_out(void **state)
{
        static const struct raw_entry entries[] = {
                {.name = "b.txt", .data = "two", .len = 3},
                {.name = "dir/", .mode = S_IFDIR | 0755},
                {.name = "dir/a", .data = "aaaaaaaaaaaaaaaaaaaa", .len = 20, .is_deflated = true},
                {.name = "a.txt", .mode = S_IFREG | 0644},
                {.name = "B", .data = "x\0y", .len = 3},
        };
        static const struct pd_archive_entry want[] = {
                {"B", "x\0y", 3},
                {"a.txt", "", 0},
                {"b.txt", "two", 3},
                {"dir/a", "aaaaaaaaaaaaaaaaaaaa", 20},
        };
        pd_auto(raw_zip_done) struct raw_zip zip = RAW_ZIP_INIT;
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;
        struct pd_err err = {0};

        (void)state;
        for (size_t i = 0; i < PD_COUNT(entries); i++)
                raw_zip_add(&zip, &entries[i]);
        raw_zip_end(&zip);
        assert_pd_ok(read_raw(&zip, &archive, &err), err);

        assert_int_equal(archive->count, PD_COUNT(want));
        for (size_t i = 0; i < PD_COUNT(want); i++) {
                const struct pd_archive_entry *entry = &archive->entries[i];

                assert_string_equal(entry->name, want[i].name);
                assert_int_equal(entry->size, want[i].size);
                assert_memory_equal(entry->data, want[i].data, want[i].size + 1); /* the NUL too */
                assert_ptr_equal(pd_archive_find(archive, want[i].name), entry);
        }
        assert_null(pd_archive_find(archive, "dir"));
        assert_null(pd_archive_find(archive, "b"));
}

static void an_empty_archive_has_no_files(void **state)
{
        pd_auto(raw_zip_done) struct raw_zip zip = RAW_ZIP_INIT;
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;
        struct pd_err err = {0};

        (void)state;
        raw_zip_end(&zip);
        assert_pd_ok(read_raw(&zip, &archive, &err), err);
        assert_int_equal(archive->count, 0);
        assert_null(pd_archive_find(archive, "a"));
}

static void each_bad_entry_is_refused(void **state)
{
        static const struct {
                struct raw_entry entry;
                const char *says;
        } rows[] = {
                {{.name = "../a"}, "'../a'"},
                {{.name = "/a"}, "absolute"},
                {{.name = "a/../../b/"}, "'..'"},
                {{.name = "/"}, "absolute"},
                {{.name = "a//"}, "empty"},
                {{.name = "c:\\a"}, "drive"},
                {{.name = "a\\b"}, "backslash"},
                {{.name = "a\tb"}, "control"},
                {{.name = "a\xff"}, "UTF-8"},
                {{.name = "a\0b", .name_len = 3}, "NUL"},
                {{.name = "a", .local_name = "b"}, "damaged"},
                {{.name = "a", .mode = S_IFLNK | 0777, .data = "/etc/passwd", .len = 11}, "link"},
                {{.name = "a", .mode = S_IFCHR | 0777}, "device"},
                {{.name = "a/", .data = "x", .len = 1}, "content"},
                {{.name = "a", .data = "x", .len = 1, .flags = 1}, "encrypted"},
                {{.name = "a", .data = "x", .len = 1, .method = 12}, "method 12"},
                {{.name = "a", .data = "x", .len = 1, .method = 9}, "method 9"},
                {{.name = "a", .data = "\xff", .len = 1, .method = 8}, "cannot be unpacked"},
                {{.name = "a", .data = "x", .len = 1, .crc_xor = 1}, "checksum"},
                {{.name = "a", .data = "xyz", .len = 3, .is_deflated = true, .crc_xor = 1},
                 "checksum"},
                {{.name = "a", .data = "xyz", .len = 3, .size = 2}, "not unpack to the 2 bytes"},
                {{.name = "a", .data = "xyz", .len = 3, .size = 4}, "not unpack to the 4 bytes"},
                {{.name = "a", .data = "xyzxyz", .len = 6, .is_deflated = true, .size = 5},
                 "not unpack to the 5 bytes"},
                {{.name = "a", .data = "xyzxyz", .len = 6, .is_deflated = true, .size = 7},
                 "not unpack to the 7 bytes"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(raw_zip_done) struct raw_zip zip = RAW_ZIP_INIT;

                print_message("# row %zu: %s\n", i, rows[i].says);
                raw_zip_add(&zip, &(struct raw_entry){.name = "good", .data = "x", .len = 1});
                raw_zip_add(&zip, &rows[i].entry);
                raw_zip_end(&zip);
                assert_refused(&zip, &pd_archive_default_limits, PD_E_INVALID, rows[i].says);
        }
}

static void names_in_each_others_way_are_refused(void **state)
{
        static const struct {
                const char *first, *second, *says;
        } rows[] = {
                {"a", "a", "twice"},
                {"a", "A", "twice"},
                {"a/", "A/", "twice"},
                {"a", "a/", "twice"},
                {"a", "a/b", "folder"},
                {"a/b", "A", "folder"},
                {"dir/a", "dir/a/b/c", "folder"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(raw_zip_done) struct raw_zip zip = RAW_ZIP_INIT;

                print_message("# %s, %s\n", rows[i].first, rows[i].second);
                raw_zip_add(&zip, &(struct raw_entry){.name = rows[i].first});
                raw_zip_add(&zip, &(struct raw_entry){.name = rows[i].second});
                raw_zip_end(&zip);
                assert_refused(&zip, &pd_archive_default_limits, PD_E_INVALID, rows[i].says);
        }
}

static void a_folder_may_come_after_its_files(void **state)
{
        pd_auto(raw_zip_done) struct raw_zip zip = RAW_ZIP_INIT;
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;
        struct pd_err err = {0};

        (void)state;
        raw_zip_add(&zip, &(struct raw_entry){.name = "a/b/c"});
        raw_zip_add(&zip, &(struct raw_entry){.name = "a/b/"});
        raw_zip_add(&zip, &(struct raw_entry){.name = "a/"});
        raw_zip_end(&zip);
        assert_pd_ok(read_raw(&zip, &archive, &err), err);
        assert_int_equal(archive->count, 1);
}

static void each_limit_is_kept_and_named(void **state)
{
        static char blanks[100000];
        static const struct {
                struct pd_archive_limits limits;
                const char *says; /* NULL: it is read */
        } rows[] = {
                {{1000, 2, 100000, 100002, 1000, 5}, NULL},
                {{100, 2, 100000, 100002, 1000, 5}, "over 100 bytes"},
                {{1000, 1, 100000, 100002, 1000, 5}, "2 entries, over 1"},
                {{1000, 2, 99999, 100002, 1000, 5}, "'large' is over 99999 bytes"},
                {{1000, 2, 100000, 100001, 1000, 5}, "over 100001 bytes together"},
                {{1000, 2, 100000, 100002, 200, 5}, "more than 200 to 1"},
                {{1000, 2, 100000, 100002, 1000, 4}, "over 4 bytes"},
        };
        pd_auto(raw_zip_done) struct raw_zip zip = RAW_ZIP_INIT;
        (void)state;

        raw_zip_add(&zip, &(struct raw_entry){.name = "tiny", .data = "xy", .len = 2});
        raw_zip_add(&zip, &(struct raw_entry){.name = "large",
                                              .data = blanks,
                                              .len = sizeof(blanks),
                                              .is_deflated = true});
        raw_zip_end(&zip);

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;
                struct pd_err err = {0};

                print_message("# %s\n", rows[i].says != NULL ? rows[i].says : "all within");
                if (rows[i].says != NULL)
                        assert_refused(&zip, &rows[i].limits, PD_E_TOO_LARGE, rows[i].says);
                else
                        assert_pd_ok(pd_archive_read(zip.bytes.data, zip.bytes.len, &rows[i].limits,
                                                     &archive, &err),
                                     err);
        }
}

static void a_small_entry_may_have_any_ratio(void **state)
{
        static char blanks[PD_ARCHIVE_RATIO_FREE];
        struct pd_archive_limits limits = pd_archive_default_limits;
        pd_auto(raw_zip_done) struct raw_zip zip = RAW_ZIP_INIT;
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;
        struct pd_err err = {0};

        (void)state;
        limits.max_ratio = 2;
        raw_zip_add(&zip, &(struct raw_entry){.name = "blanks",
                                              .data = blanks,
                                              .len = sizeof(blanks),
                                              .is_deflated = true});
        raw_zip_end(&zip);
        assert_pd_ok(pd_archive_read(zip.bytes.data, zip.bytes.len, &limits, &archive, &err), err);
}

/* Two entries that share bytes: how small bombs become large. */
static void entries_within_each_other_are_refused(void **state)
{
        pd_auto(raw_zip_done) struct raw_zip inner = RAW_ZIP_INIT;
        pd_auto(raw_zip_done) struct raw_zip outer = RAW_ZIP_INIT;
        struct raw_entry b = {.name = "b", .data = "xyz", .len = 3};

        (void)state;
        raw_zip_add(&inner, &b);
        raw_zip_add(&outer, &(struct raw_entry){
                                    .name = "a", .data = inner.bytes.data, .len = inner.bytes.len});
        b.at = 30 + 1; /* the data of "a" */
        raw_zip_add(&outer, &b);
        raw_zip_end(&outer);
        assert_refused(&outer, &pd_archive_default_limits, PD_E_INVALID, "at byte 31");
}

static void sizes_may_stand_behind_the_data(void **state)
{
        pd_auto(raw_zip_done) struct raw_zip zip = RAW_ZIP_INIT;
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;
        struct pd_err err = {0};

        (void)state;
        for (int i = 0; i < 2; i++) {
                raw_zip_add(&zip, &(struct raw_entry){.name = i == 0 ? "a" : "b",
                                                      .data = "xyzxyz",
                                                      .len = 6,
                                                      .is_deflated = true,
                                                      .is_streamed = true});
        }
        raw_zip_end(&zip);
        assert_pd_ok(read_raw(&zip, &archive, &err), err);
        assert_int_equal(archive->count, 2);
        assert_string_equal(archive->entries[1].data, "xyzxyz");
}

/* A size that lies is found before that much was unpacked. */
static void a_bomb_that_hides_its_size_is_refused(void **state)
{
        static char blanks[10 << 20];
        pd_auto(raw_zip_done) struct raw_zip zip = RAW_ZIP_INIT;

        (void)state;
        raw_zip_add(&zip, &(struct raw_entry){.name = "bomb",
                                              .data = blanks,
                                              .len = sizeof(blanks),
                                              .is_deflated = true,
                                              .size = 100});
        raw_zip_end(&zip);
        assert_refused(&zip, &pd_archive_default_limits, PD_E_INVALID,
                       "does not unpack to the 100 bytes");
}

static void make_small(struct raw_zip *zip)
{
        raw_zip_add(zip, &(struct raw_entry){.name = "a", .data = "aaaa", .len = 4});
        raw_zip_add(zip, &(struct raw_entry){
                                 .name = "b", .data = "bbbbbbbb", .len = 8, .is_deflated = true});
        raw_zip_end(zip);
}

static void every_shortened_archive_is_refused(void **state)
{
        pd_auto(raw_zip_done) struct raw_zip zip = RAW_ZIP_INIT;

        (void)state;
        make_small(&zip);
        for (size_t len = 0; len < zip.bytes.len; len++) {
                pd_auto(pd_free_ptr) char *bytes = malloc(len + 1);
                struct pd_archive *archive = NULL;
                struct pd_err err = {0};

                assert_non_null(bytes);
                memcpy(bytes, zip.bytes.data, len);
                assert_pd_fail(
                        pd_archive_read(bytes, len, &pd_archive_default_limits, &archive, &err),
                        err, PD_E_INVALID);
        }
}

/* Not every bit matters (a version, a permission), but none may do harm or change a file. */
static void no_flipped_bit_changes_a_file(void **state)
{
        pd_auto(raw_zip_done) struct raw_zip zip = RAW_ZIP_INIT;
        size_t refused = 0;

        (void)state;
        make_small(&zip);
        for (size_t bit = 0; bit < zip.bytes.len * 8; bit++) {
                pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;
                struct pd_err err = {0};
                const struct pd_archive_entry *a;

                zip.bytes.data[bit / 8] ^= (char)(1 << bit % 8);
                if (read_raw(&zip, &archive, &err) < 0) {
                        refused++;
                } else {
                        a = pd_archive_find(archive, "a");
                        assert_true(a != NULL && a->size == 4 && memcmp(a->data, "aaaa", 4) == 0);
                }
                zip.bytes.data[bit / 8] ^= (char)(1 << bit % 8);
        }
        assert_in_range(refused, zip.bytes.len * 4, zip.bytes.len * 8);
}

static void bytes_around_the_archive_are_refused(void **state)
{
        pd_auto(raw_zip_done) struct raw_zip before = RAW_ZIP_INIT;
        pd_auto(raw_zip_done) struct raw_zip unaware = RAW_ZIP_INIT;
        pd_auto(raw_zip_done) struct raw_zip behind = RAW_ZIP_INIT;
        pd_auto(raw_zip_done) struct raw_zip small = RAW_ZIP_INIT;

        (void)state;
        pd_buf_puts(&before.bytes, "#!/bin/sh\n"); /* the offsets count it */
        make_small(&before);
        assert_refused(&before, &pd_archive_default_limits, PD_E_INVALID, "bytes before");

        make_small(&small);
        pd_buf_puts(&unaware.bytes, "#!/bin/sh\n");
        pd_buf_put(&unaware.bytes, small.bytes.data, small.bytes.len);
        assert_refused(&unaware, &pd_archive_default_limits, PD_E_INVALID, "bytes before");

        make_small(&behind);
        pd_buf_puts(&behind.bytes, "x");
        assert_refused(&behind, &pd_archive_default_limits, PD_E_INVALID,
                       "does not end where it says");
}

static void a_comment_is_fine_but_not_a_second_end_in_it(void **state)
{
        pd_auto(raw_zip_done) struct raw_zip comment = RAW_ZIP_INIT;
        pd_auto(raw_zip_done) struct raw_zip second = RAW_ZIP_INIT;
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;
        struct pd_err err = {0};

        (void)state;
        raw_zip_put_end(&comment, 0, 0, 0, 3);
        pd_buf_puts(&comment.bytes, "abc");
        assert_pd_ok(read_raw(&comment, &archive, &err), err);

        raw_zip_put_end(&second, 0, 0, 0, 22);
        raw_zip_put_end(&second, 0, 0, 22, 0);
        assert_refused(&second, &pd_archive_default_limits, PD_E_INVALID, "more than one end");
}

static void a_zip_within_a_zip_is_fine(void **state)
{
        pd_auto(raw_zip_done) struct raw_zip inner = RAW_ZIP_INIT;
        pd_auto(raw_zip_done) struct raw_zip outer = RAW_ZIP_INIT;
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;
        struct pd_err err = {0};

        (void)state;
        make_small(&inner);
        raw_zip_add(&outer, &(struct raw_entry){.name = "inner.zip",
                                                .data = inner.bytes.data,
                                                .len = inner.bytes.len});
        raw_zip_end(&outer);
        assert_pd_ok(read_raw(&outer, &archive, &err), err);
        assert_int_equal(archive->count, 1);
}

/* libzip 1.7.3 follows each of them, which takes it 25 s. */
static void many_end_records_are_refused_at_once(void **state)
{
        enum { RECORDS = 2900, BYTES = 22 };
        pd_auto(raw_zip_done) struct raw_zip zip = RAW_ZIP_INIT;

        (void)state;
        for (unsigned i = 0; i < RECORDS; i++)
                raw_zip_put_end(&zip, 65535, BYTES * i, 0, (uint16_t)((RECORDS - 1 - i) * BYTES));
        assert_refused(&zip, &pd_archive_default_limits, PD_E_INVALID, "more than one end");
}

static void an_entry_count_that_lies_is_refused(void **state)
{
        (void)state;
        for (unsigned count = 0; count <= 2; count++) {
                pd_auto(raw_zip_done) struct raw_zip zip = RAW_ZIP_INIT;

                if (count == 1)
                        continue;
                raw_zip_add(&zip, &(struct raw_entry){.name = "a"});
                zip.count = count;
                raw_zip_end(&zip);
                assert_refused(&zip, &pd_archive_default_limits, PD_E_INVALID, "directory");
        }
}

static void a_zip64_is_refused(void **state)
{
        static const char locator[20] = "PK\6\7";
        pd_auto(raw_zip_done) struct raw_zip zip = RAW_ZIP_INIT;

        (void)state;
        pd_buf_put(&zip.bytes, locator, sizeof(locator));
        raw_zip_put_end(&zip, 0, 0, 20, 0);
        assert_refused(&zip, &pd_archive_default_limits, PD_E_INVALID, "zip64");
}

static int read_and_free(void *context, struct pd_err *err)
{
        pd_auto(pd_archive_free_ptr) struct pd_archive *archive = NULL;

        return read_raw(context, &archive, err);
}

static void each_failing_allocation_is_a_clean_error(void **state)
{
        pd_auto(raw_zip_done) struct raw_zip zip = RAW_ZIP_INIT;

        (void)state;
        raw_zip_add(&zip, &(struct raw_entry){.name = "dir/", .mode = S_IFDIR | 0755});
        make_small(&zip);
        assert_in_range(pd_alloc_fail_each(read_and_free, &zip), 1, 100);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(files_come_sorted_and_folders_are_left_out),
                cmocka_unit_test(an_empty_archive_has_no_files),
                cmocka_unit_test(each_bad_entry_is_refused),
                cmocka_unit_test(names_in_each_others_way_are_refused),
                cmocka_unit_test(a_folder_may_come_after_its_files),
                cmocka_unit_test(each_limit_is_kept_and_named),
                cmocka_unit_test(a_small_entry_may_have_any_ratio),
                cmocka_unit_test(entries_within_each_other_are_refused),
                cmocka_unit_test(sizes_may_stand_behind_the_data),
                cmocka_unit_test(a_bomb_that_hides_its_size_is_refused),
                cmocka_unit_test(every_shortened_archive_is_refused),
                cmocka_unit_test(no_flipped_bit_changes_a_file),
                cmocka_unit_test(bytes_around_the_archive_are_refused),
                cmocka_unit_test(a_comment_is_fine_but_not_a_second_end_in_it),
                cmocka_unit_test(a_zip_within_a_zip_is_fine),
                cmocka_unit_test(many_end_records_are_refused_at_once),
                cmocka_unit_test(an_entry_count_that_lies_is_refused),
                cmocka_unit_test(a_zip64_is_refused),
                cmocka_unit_test(each_failing_allocation_is_a_clean_error),
        };

        return cmocka_run_group_tests_name("archive-read", tests, NULL, NULL);
}
