/* test_entries.c - metadata to header lines and back. */
#include "entries.h"

#include <string.h>

#include "alloc_fail.h"
#include "base/buf.h"
#include "base/own.h"
#include "pd_test.h"

#define MAX_TEXT 1000

#define ENTRY(text_name, text)                                                                     \
        {                                                                                          \
                .name = (text_name), .value = (text), .len = sizeof(text) - 1                      \
        }

static void names_of_applications_are_told_from_others(void **state)
{
        static const struct {
                const char *name;
                bool is_good;
        } rows[] = {
                {"x", true},
                {"abc-XYZ", false},
                {"a-z_0.9", true},
                {"key-bin", true},
                {"-bin", true},
                {"authorization", true},
                {"grpc", true},
                {"grpcx", true},
                {"te2", true},
                {"connections", true},
                {"", false},
                {":path", false},
                {"grpc-", false},
                {"grpc-status", false},
                {"grpc-tags-bin", false},
                {"te", false},
                {"content-type", false},
                {"content-length", false},
                {"user-agent", false},
                {"connection", false},
                {"keep-alive", false},
                {"proxy-connection", false},
                {"transfer-encoding", false},
                {"upgrade", false},
                {"host", false},
                {"a b", false},
                {"a:b", false},
                {"\xc3\xa4", false},
                {"a\n", false},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++)
                assert_int_equal(pd_grpc_is_metadata_name(rows[i].name, strlen(rows[i].name)),
                                 rows[i].is_good);
        assert_false(pd_grpc_is_metadata_name("a\0b", 3));
}

static void values_are_printable_or_binary(void **state)
{
        static const struct {
                struct pd_grpc_entry entry;
                bool is_good;
        } rows[] = {
                {ENTRY("a", "plain, text~ !"), true},
                {ENTRY("a", ""), true},
                {ENTRY("a", " x"), false},
                {ENTRY("a", "x "), false},
                {ENTRY("a", "x\ty"), false},
                {ENTRY("a", "x\r\ny: z"), false},
                {ENTRY("a", "\x7f"), false},
                {ENTRY("a", "\xc3\xa4"), false},
                {ENTRY("a", "x\0y"), false},
                {ENTRY("a-bin", "\0\1\xff\r\n "), true},
                {ENTRY("a-bin", ""), true},
                {ENTRY("te", "trailers"), false},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++)
                assert_int_equal(pd_grpc_is_metadata(&rows[i].entry), rows[i].is_good);
}

static void assert_entry(const struct pd_grpc_entry *entry, const char *name, const char *value,
                         size_t len)
{
        assert_string_equal(entry->name, name);
        assert_int_equal(entry->len, len);
        assert_memory_equal(entry->value, value, len + 1); /* with the NUL behind it */
}

static void binary_values_go_in_base64_without_padding(void **state)
{
        static const struct pd_grpc_entry some[] = {
                ENTRY("a", "as it is"), ENTRY("grpc-status", "0"), ENTRY("b-bin", "f"),
                ENTRY("b-bin", "fo"),   ENTRY("b-bin", "foo"),     ENTRY("c", " no value"),
                ENTRY("d-bin", ""),
        };
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_grpc_metadata metadata = {.at = some, .count = PD_COUNT(some)};
        struct pd_grpc_entries lines = {0};
        struct pd_err err = {0};

        (void)state;
        assert_pd_ok(pd_grpc_entries_to_wire(&metadata, &arena, &lines, &err), err);
        assert_int_equal(lines.count, 5);
        assert_entry(&lines.at[0], "a", "as it is", 8);
        assert_entry(&lines.at[1], "b-bin", "Zg", 2);
        assert_entry(&lines.at[2], "b-bin", "Zm8", 3);
        assert_entry(&lines.at[3], "b-bin", "Zm9v", 4);
        assert_entry(&lines.at[4], "d-bin", "", 0);
        assert_ptr_not_equal(lines.at[0].value, some[0].value);
}

/* Appends the entries of one line, as "value|value|"; their count. */
static size_t entries_of(const char *name, const char *value, size_t len, struct pd_buf *out)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_grpc_entry line = {.name = name, .value = value, .len = len};
        struct pd_grpc_entries entries = {0};
        struct pd_err err = {0};

        assert_pd_ok(pd_grpc_entries_add_line(&entries, &arena, &line, &err), err);
        for (size_t i = 0; i < entries.count; i++) {
                assert_string_equal(entries.at[i].name, name);
                assert_int_equal(entries.at[i].len, strlen(entries.at[i].value));
                pd_buf_puts(out, entries.at[i].value);
                pd_buf_putc(out, '|');
        }
        return entries.count;
}

static void lines_become_entries(void **state)
{
        static const struct {
                const char *name, *value, *entries;
        } rows[] = {
                {"a", "text, with, commas", "text, with, commas|"},
                {"a", "", "|"},
                {"a", " \t blanks \t", "blanks|"},
                {"a", " \t ", "|"},
                {"a", "t\xc3\xa4xt", ""},
                {"a", "x\x01y", ""},
                {"a-bin", "Zm8", "fo|"},
                {"a-bin", "Zm8=", "fo|"},
                {"a-bin", "Zm8,Zm9v, Zg==", "fo|foo|f|"},
                {"a-bin", "", "|"},
                {"a-bin", ",Zg,", "|f||"},
                {"a-bin", "Z", ""},
                {"a-bin", "Zm9v,!,Zg", "foo|f|"},
                {"a-bin", "Z-_v", ""},
                {"grpc-status", "0", ""},
                {":path", "/", ""},
                {"te", "trailers", ""},
        };

        (void)state;
        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                pd_auto(pd_buf_done) struct pd_buf all = PD_BUF_INIT(MAX_TEXT);

                (void)entries_of(rows[i].name, rows[i].value, strlen(rows[i].value), &all);
                assert_string_equal(all.data, rows[i].entries);
        }
}

static void a_line_of_commas_is_cut_short(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf all = PD_BUF_INIT(MAX_TEXT);
        char commas[16384];

        (void)state;
        memset(commas, ',', sizeof(commas));
        assert_int_equal(entries_of("a-bin", commas, sizeof(commas), &all),
                         PD_GRPC_MAX_VALUES_A_LINE);
}

static void put_any(struct pd_grpc_entry *entry, char *value)
{
        static const char *const names[] = {"a", "b.c_d-1", "x-bin", "trace-proto-bin"};
        bool is_binary;

        entry->name = names[pd_test_random() % 4];
        entry->value = value;
        entry->len = pd_test_random() % 40;
        is_binary = strstr(entry->name, "-bin") != NULL;
        for (size_t i = 0; i < entry->len; i++)
                value[i] = (char)(is_binary ? pd_test_random() : '!' + pd_test_random() % 94);
        value[entry->len] = '\0';
}

static void any_metadata_comes_back(void **state)
{
        (void)state;
        for (int round = 0; round < 300; round++) {
                pd_auto(pd_arena_done) struct pd_arena arena = {0};
                char values[20][41];
                struct pd_grpc_entry some[20];
                struct pd_grpc_metadata metadata = {.at = some, .count = pd_test_random() % 21};
                struct pd_grpc_entries lines = {0}, back = {0};
                struct pd_err err = {0};

                for (size_t i = 0; i < metadata.count; i++)
                        put_any(&some[i], values[i]);
                assert_pd_ok(pd_grpc_entries_to_wire(&metadata, &arena, &lines, &err), err);
                assert_int_equal(lines.count, metadata.count);
                for (size_t i = 0; i < lines.count; i++)
                        assert_pd_ok(pd_grpc_entries_add_line(&back, &arena, &lines.at[i], &err),
                                     err);
                assert_int_equal(back.count, metadata.count);
                for (size_t i = 0; i < back.count; i++)
                        assert_entry(&back.at[i], some[i].name, some[i].value, some[i].len);
        }
}

static void the_first_of_a_name_is_found(void **state)
{
        struct pd_grpc_entry some[] = {ENTRY("a", "1"), ENTRY("b", "2"), ENTRY("b", "3")};
        struct pd_grpc_entries entries = {.at = some, .count = PD_COUNT(some)};
        struct pd_grpc_metadata metadata = pd_grpc_entries_metadata(&entries);

        (void)state;
        assert_ptr_equal(pd_grpc_metadata_find(&metadata, "b"), &some[1]);
        assert_null(pd_grpc_metadata_find(&metadata, "c"));
        assert_null(pd_grpc_metadata_find(&(struct pd_grpc_metadata){0}, "a"));
}

static int there_and_back(void *context, struct pd_err *err)
{
        static const struct pd_grpc_entry some[] = {ENTRY("a", "text"), ENTRY("b-bin", "bytes")};
        static const struct pd_grpc_metadata metadata = {.at = some, .count = PD_COUNT(some)};
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_grpc_entries lines = {0}, back = {0};

        (void)context;
        if (pd_grpc_entries_to_wire(&metadata, &arena, &lines, err) < 0)
                return -1;
        for (size_t i = 0; i < lines.count; i++) {
                if (pd_grpc_entries_add_line(&back, &arena, &lines.at[i], err) < 0)
                        return -1;
        }
        return 0;
}

static void each_failing_allocation_is_told(void **state)
{
        (void)state;
        assert_true(pd_alloc_fail_each(there_and_back, NULL) >=
                    2); /* a block, and a buffer; more with a sanitizer */
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(names_of_applications_are_told_from_others),
                cmocka_unit_test(values_are_printable_or_binary),
                cmocka_unit_test(binary_values_go_in_base64_without_padding),
                cmocka_unit_test(lines_become_entries),
                cmocka_unit_test(a_line_of_commas_is_cut_short),
                cmocka_unit_test(any_metadata_comes_back),
                cmocka_unit_test(the_first_of_a_name_is_found),
                cmocka_unit_test(each_failing_allocation_is_told),
        };

        return cmocka_run_group_tests_name("grpc entries", tests, NULL, NULL);
}
