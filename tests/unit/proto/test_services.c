/* test_services.c - the methods of protos, by the real protoc. */
#include "pd_test.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "alloc_fail.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/own.h"
#include "proto/proto.h"
#include "protoc.h"

#define P3 "syntax = \"proto3\";\n"

/* A folder with nothing in it: current, TMPDIR and HOME at once while the tests run. */
static char folder[] = "/tmp/pd-proto-XXXXXX";

static int services(const char *text, size_t len, struct pd_buf *ret, struct pd_err *err)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_rpcs rpcs;

        if (pd_proto_services(text, len, &arena, &rpcs, err) < 0)
                return -1;
        for (size_t i = 0; i < rpcs.count; i++)
                pd_buf_printf(ret, "%s/%s: %s%s > %s%s\n", rpcs.at[i].service, rpcs.at[i].method,
                              rpcs.at[i].input_stream ? "stream " : "", rpcs.at[i].input,
                              rpcs.at[i].output_stream ? "stream " : "", rpcs.at[i].output);
        return pd_buf_check(ret, "list", err);
}

static void assert_services(const char *text, size_t len, const char *wanted)
{
        pd_auto(pd_buf_done) struct pd_buf got = PD_BUF_INIT(100000);
        struct pd_err err = {0};

        assert_pd_ok(services(text, len, &got, &err), err);
        assert_string_equal(got.data, wanted);
}

static void assert_refused(const char *text, size_t len, const char *says)
{
        pd_auto(pd_buf_done) struct pd_buf got = PD_BUF_INIT(100000);
        struct pd_err err = {0};

        assert_pd_fail(services(text, len, &got, &err), err, PD_E_INVALID);
        assert_pd_says(err.msg, says);
}

static void finds_every_method_in_the_order_of_the_file(void **state)
{
        static const struct {
                const char *text, *wanted;
        } rows[] = {
                {"", ""},
                {P3 "message A {}", ""},
                {P3 "message A {} service S {}", ""},
                {P3 "message A {} message B {}\n"
                    "service S {\n"
                    "  rpc one(A) returns (B);\n"
                    "  rpc out(A) returns (stream B);\n"
                    "  rpc in(stream A) returns (B);\n"
                    "  rpc both(stream A) returns (stream B) {}\n"
                    "}",
                 "S/one: A > B\nS/out: A > stream B\nS/in: stream A > B\n"
                 "S/both: stream A > stream B\n"},
                {P3 "package a.b1; message M { message In { enum E { X = 0; } E e = 1; } }\n"
                    "service S { rpc go(M.In) returns (a.b1.M); }",
                 "a.b1.S/go: a.b1.M.In > a.b1.M\n"},
                {P3 "import \"google/protobuf/empty.proto\";\n"
                    "import \"google/protobuf/descriptor.proto\";\n"
                    "service S { rpc get(google.protobuf.Empty) returns "
                    "(google.protobuf.FileOptions); }",
                 "S/get: google.protobuf.Empty > google.protobuf.FileOptions\n"},
                {P3 "message A {} service Z { rpc b(A) returns (A); rpc a(A) returns (A); }\n"
                    "service A1 { rpc b(A) returns (A); }",
                 "Z/b: A > A\nZ/a: A > A\nA1/b: A > A\n"},
                {"syntax = \"proto2\"; message A { required int32 x = 1; extensions 2 to 9; }\n"
                 "extend A { optional string y = 2; } service S { rpc go(A) returns (A); }",
                 "S/go: A > A\n"},
                {"message A {}\n service S { rpc go(A) returns (A); }", "S/go: A > A\n"},
                {P3 "message A { map<string, A> m = 1; oneof o { int32 x = 2; A y = 3; } }\r\n"
                    "service S {\r\n  rpc go(A) returns (A);\r\n}\r\n",
                 "S/go: A > A\n"},
                {P3 "// caf\xe9 in Latin-1\nmessage A {} service S { rpc go(A) returns (A); }",
                 "S/go: A > A\n"},
                {"\xef\xbb\xbf" P3 "message A {} service S { rpc go(A) returns (A); }",
                 "S/go: A > A\n"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                print_message("# row %zu\n", i);
                assert_services(rows[i].text, strlen(rows[i].text), rows[i].wanted);
        }
}

static void tells_line_and_mistake(void **state)
{
        static const struct {
                const char *text, *says;
        } rows[] = {
                {P3 "message A {}\nservice S { rpc go(A) returns (A) }", "line 3: Expected \";\"."},
                {P3 "message A { B b = 1; }", "line 2: \"B\" is not defined."},
                {P3 "service S { rpc go(A) returns (A); }", "line 2: \"A\" is not defined."},
                {P3 "message A { int32 x = 1; int32 x = 2; }", "line 2: \"x\" is already defined"},
                {"syntax = \"proto4\";", "line 1: Unrecognized syntax identifier \"proto4\"."},
                {"{\"nodes\": []}", "line 1: Expected top-level statement"},
                {P3 "message caf\xe9 {}", "line 2: Interpreting non ascii codepoint 233."},
                /* a warning comes first */
                {P3 "import \"google/protobuf/any.proto\";\nimport \"b.proto\";", "line 3: Import"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                print_message("# row %zu\n", i);
                assert_refused(rows[i].text, strlen(rows[i].text), rows[i].says);
        }
}

static void imports_well_known_files_only(void **state)
{
        static const struct {
                const char *text, *says;
        } rows[] = {
                {P3 "import \"other.proto\";", "line 2: Import \"other.proto\" was not found"},
                {P3 "import \"../other.proto\";",
                 "line 2: Import \"../other.proto\" was not found"},
                {P3 "import \"/etc/passwd\";", "line 2: Import \"/etc/passwd\" was not found"},
                {P3 "import \"/dev/stdin\";", "line 2: Import \"/dev/stdin\" was not found"},
                {P3 "import \"google/protobuf/no.proto\";",
                 "line 2: Import \"google/protobuf/no.proto\" was not found"},
                {P3 "import \"model.proto\";", "line 2: File recursively imports itself"},
                /* a file that Debian's protobuf-c puts beside the well-known ones */
                {P3 "import \"protobuf-c/protobuf-c.proto\";",
                 "import of 'protobuf-c/protobuf-c.proto': only google/protobuf/..."},
                {P3 "import \"\xff\\x01\\x1b[2J\\xc2\\x9b1m\\n\";", "line 2: Import \"???[2J?1m"},
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(rows); i++) {
                print_message("# row %zu\n", i);
                assert_refused(rows[i].text, strlen(rows[i].text), rows[i].says);
        }
}

static void a_nul_in_the_text_is_invalid(void **state)
{
        static const char text[] = P3 "message A {}\n\0service S {}";
        (void)state;

        assert_refused(text, sizeof(text) - 1, "line 3: Invalid control characters");
}

static void nothing_in_the_text_is_a_path(void **state)
{
        static const char text[] =
                P3 "package etc.passwd; option go_package = \"../../x;y\"; message A {}\n"
                   "option java_outer_classname = \"/tmp/x\"; service S { rpc go(A) returns (A); }";
        (void)state;

        assert_services(text, strlen(text), "etc.passwd.S/go: etc.passwd.A > etc.passwd.A\n");
        assert_refused("../../etc/passwd", 16, "line 1: Expected top-level statement");
        assert_refused("--version", 9, "line 1: Expected top-level statement");
}

/* `head`, then `unit` again and again; the caller frees it. */
static char *repeat(const char *head, const char *unit, size_t times)
{
        struct pd_buf text = PD_BUF_INIT(10 * PD_PROTO_MAX_BYTES);

        pd_buf_puts(&text, head);
        while (times-- > 0)
                pd_buf_puts(&text, unit);
        return pd_buf_take(&text, NULL);
}

static void the_longest_text_is_read_and_no_longer_one(void **state)
{
        pd_auto(pd_free_ptr) char *text = repeat(P3, "// ten byte", PD_PROTO_MAX_BYTES / 10);
        pd_auto(pd_buf_done) struct pd_buf got = PD_BUF_INIT(1000);
        struct pd_err err = {0};
        (void)state;

        assert_non_null(text);
        assert_pd_ok(services(text, PD_PROTO_MAX_BYTES, &got, &err), err);
        assert_int_equal(got.len, 0);
        assert_pd_fail(services(text, PD_PROTO_MAX_BYTES + 1, &got, &err), err, PD_E_TOO_LARGE);
        assert_pd_says(err.msg, "over 1048576 bytes");
}

static void what_crashes_protoc_is_invalid(void **state)
{
        pd_auto(pd_free_ptr) char *text = repeat(P3, "message A{", 100000);
        (void)state;

        assert_non_null(text);
        assert_refused(text, strlen(text), "protoc crashes on it");
}

static void names_of_thousands_of_methods_come_back(void **state)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_PROTO_MAX_BYTES);
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_err err = {0};
        struct pd_rpcs rpcs;
        (void)state;

        pd_buf_puts(&text, P3 "message A {} service S {\n");
        for (int i = 0; i < 5000; i++)
                pd_buf_printf(&text, "rpc m%d(A) returns (stream A);\n", i);
        pd_buf_puts(&text, "}");

        assert_pd_ok(pd_proto_services(text.data, text.len, &arena, &rpcs, &err), err);
        assert_int_equal(rpcs.count, 5000);
        assert_string_equal(rpcs.at[4999].method, "m4999");
        assert_true(rpcs.at[4999].output_stream);
}

/* PATH, which tests set to something else for a while. */
static char *copy_path(void)
{
        const char *path = getenv("PATH");
        char *copy = path != NULL ? strdup(path) : NULL;

        assert_non_null(copy);
        return copy;
}

static void make_stand_in(const char *dir, const char *script)
{
        pd_auto(pd_free_ptr) char *path = NULL;
        struct pd_err err = {0};

        assert_true(asprintf(&path, "%s/protoc", dir) > 0);
        assert_pd_ok(pd_file_replace(path, script, strlen(script), &err), err);
        assert_int_equal(chmod(path, 0700), 0);
}

static void remove_stand_in(const char *dir)
{
        pd_auto(pd_free_ptr) char *path = NULL;

        assert_true(asprintf(&path, "%s/protoc", dir) > 0);
        assert_int_equal(unlink(path), 0);
        assert_int_equal(rmdir(dir), 0);
}

/* pd_protoc_run() with that script as protoc and little time. */
static int run_stand_in(const char *script, struct pd_err *err)
{
        const struct pd_protoc source = {P3, strlen(P3), 200, NULL};
        pd_auto(pd_buf_done) struct pd_buf bytes = PD_BUF_INIT(1000);
        pd_auto(pd_free_ptr) char *path = copy_path();
        char dir[] = "/tmp/pd-protoc-XXXXXX";
        int result;

        assert_non_null(mkdtemp(dir));
        make_stand_in(dir, script);
        assert_int_equal(setenv("PATH", dir, 1), 0);
        result = pd_protoc_run(&source, &bytes, err);
        assert_int_equal(setenv("PATH", path, 1), 0);
        remove_stand_in(dir);
        return result;
}

static void a_protoc_that_hangs_is_a_timeout(void **state)
{
        struct pd_err err = {0};
        (void)state;

        assert_pd_fail(run_stand_in("#!/bin/sh\nwhile :; do :; done\n", &err), err, PD_E_TIMEOUT);
        assert_pd_says(err.msg, "'protoc'");
        assert_int_equal(waitpid(-1, NULL, 0), -1);
        assert_int_equal(errno, ECHILD);
}

static void a_protoc_that_fails_by_itself_is_no_fault_of_the_text(void **state)
{
        struct pd_err err = {0};
        (void)state;

        assert_pd_fail(run_stand_in("#!/bin/sh\necho no space >&2\nexit 7\n", &err), err,
                       PD_E_INTERNAL);
        assert_pd_says(err.msg, "status 7: no space");
}

static void a_protoc_that_says_nothing_is_an_error(void **state)
{
        struct pd_err err = {0};
        (void)state;

        assert_pd_fail(run_stand_in("#!/bin/sh\nexit 7\n", &err), err, PD_E_INTERNAL);
}

static void without_protoc_it_is_unavailable(void **state)
{
        pd_auto(pd_free_ptr) char *path = copy_path();
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_rpcs rpcs;
        struct pd_err err = {0};
        (void)state;

        assert_int_equal(setenv("PATH", folder, 1), 0);
        assert_pd_fail(pd_proto_services(P3, strlen(P3), &arena, &rpcs, &err), err,
                       PD_E_UNAVAILABLE);
        assert_int_equal(setenv("PATH", path, 1), 0);
        assert_pd_says(err.msg, "'protoc'");
}

static int read_once(void *context, struct pd_err *err)
{
        static const char text[] =
                P3 "package p; import \"google/protobuf/empty.proto\"; message A {}"
                   "service S { rpc go(A) returns (google.protobuf.Empty); }";
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_rpcs rpcs;

        (void)context;
        return pd_proto_services(text, strlen(text), &arena, &rpcs, err);
}

static void each_failing_allocation_is_an_error(void **state)
{
        (void)state;

        assert_true(pd_alloc_fail_each(read_once, NULL) > 20);
}

/* The last test: the folder is as empty as it was. */
static void nothing_is_left_in_any_folder(void **state)
{
        (void)state;

        assert_int_equal(rmdir(folder), 0);
}

static int enter_folder(void **state)
{
        (void)state;
        if (mkdtemp(folder) == NULL || chdir(folder) < 0)
                return -1;
        return setenv("TMPDIR", folder, 1) < 0 || setenv("HOME", folder, 1) < 0 ? -1 : 0;
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(finds_every_method_in_the_order_of_the_file),
                cmocka_unit_test(tells_line_and_mistake),
                cmocka_unit_test(imports_well_known_files_only),
                cmocka_unit_test(a_nul_in_the_text_is_invalid),
                cmocka_unit_test(nothing_in_the_text_is_a_path),
                cmocka_unit_test(the_longest_text_is_read_and_no_longer_one),
                cmocka_unit_test(what_crashes_protoc_is_invalid),
                cmocka_unit_test(names_of_thousands_of_methods_come_back),
                cmocka_unit_test(a_protoc_that_hangs_is_a_timeout),
                cmocka_unit_test(a_protoc_that_fails_by_itself_is_no_fault_of_the_text),
                cmocka_unit_test(a_protoc_that_says_nothing_is_an_error),
                cmocka_unit_test(without_protoc_it_is_unavailable),
                cmocka_unit_test(each_failing_allocation_is_an_error),
                cmocka_unit_test(nothing_is_left_in_any_folder),
        };

        return cmocka_run_group_tests_name("proto services", tests, enter_folder, NULL);
}
