/* test_descriptors.c - protos compiled and kept. */
#include "pd_test.h"

#include <stdio.h>
#include <string.h>

#include "alloc_fail.h"
#include "base/buf.h"
#include "base/own.h"
#include "proto/descriptors.h"
#include "proto/proto.h"
#include "types.h"

#define P3 "syntax = \"proto3\";\n"

static const char both[] =
        P3 "package a.b;\n"
           "import \"google/protobuf/timestamp.proto\";\n"
           "import \"google/protobuf/struct.proto\";\n"
           "message Same { int32 outer = 1; Same inner = 2; message Same { string s = 7; } }\n"
           "message Other { message Same { bool t = 3; enum E { Z = 0; } } Same x = 1;\n"
           "  .a.b.Same y = 2; google.protobuf.Timestamp z = 9; Same.E e = 10; }\n"
           "service S { rpc go(Same) returns (stream Other.Same); }\n"
           "service T { rpc at(google.protobuf.Timestamp) returns (google.protobuf.Value); }";

static struct pd_proto *compile(const char *text)
{
        struct pd_proto *proto = NULL;
        struct pd_err err = {0};

        assert_pd_ok(pd_proto_compile(text, strlen(text), NULL, &proto, &err), err);
        return proto;
}

static const struct pd_proto_field *field_of(const struct pd_proto *proto, const char *message,
                                             uint32_t number)
{
        const struct pd_proto_message *found = pd_proto_find(proto, message);
        const struct pd_proto_field *field;

        assert_non_null(found);
        field = pd_proto_message_field(found, number);
        assert_non_null(field);
        return field;
}

static void finds_messages_by_their_full_names(void **state)
{
        pd_auto(pd_proto_free_ptr) struct pd_proto *proto = compile(both);
        static const char *const names[] = {
                "a.b.Same",
                "a.b.Same.Same",
                "a.b.Other",
                "a.b.Other.Same",
                "google.protobuf.Timestamp",
                "google.protobuf.Struct",
                "google.protobuf.Struct.FieldsEntry",
        };
        static const char *const others[] = {
                "",
                "Same",
                "b.Same",
                ".a.b.Same",
                "a.b",
                "a.b.same",
                "a.b.Other.Same.E",
                "a.b.S",
                "google.protobuf.Any",
        };
        (void)state;

        for (size_t i = 0; i < PD_COUNT(names); i++)
                assert_non_null(pd_proto_find(proto, names[i]));
        for (size_t i = 0; i < PD_COUNT(others); i++)
                assert_null(pd_proto_find(proto, others[i]));
}

static void a_field_knows_its_type_among_those_of_the_same_name(void **state)
{
        pd_auto(pd_proto_free_ptr) struct pd_proto *proto = compile(both);
        (void)state;

        assert_ptr_equal(field_of(proto, "a.b.Same", 2)->message,
                         pd_proto_find(proto, "a.b.Same.Same"));
        assert_ptr_equal(field_of(proto, "a.b.Other", 1)->message,
                         pd_proto_find(proto, "a.b.Other.Same"));
        assert_ptr_equal(field_of(proto, "a.b.Other", 2)->message,
                         pd_proto_find(proto, "a.b.Same"));
        assert_ptr_equal(field_of(proto, "a.b.Other", 9)->message,
                         pd_proto_find(proto, "google.protobuf.Timestamp"));
        assert_string_equal(pd_proto_enum_name(field_of(proto, "a.b.Other", 10)->values, 0), "Z");
}

static void finds_fields_by_number_with_gaps_and_without(void **state)
{
        pd_auto(pd_proto_free_ptr) struct pd_proto *proto =
                compile(P3 "message M { int32 far = 536870911; int32 b = 2; int32 a = 1; int32 "
                           "e = 5; } message Empty {}");
        const struct pd_proto_message *message = pd_proto_find(proto, "M");
        static const uint32_t none[] = {0, 3, 4, 6, 536870910, UINT32_MAX};
        (void)state;

        assert_string_equal(pd_proto_message_field(message, 1)->name, "a");
        assert_string_equal(pd_proto_message_field(message, 2)->name, "b");
        assert_string_equal(pd_proto_message_field(message, 5)->name, "e");
        assert_string_equal(pd_proto_message_field(message, 536870911)->name, "far");
        for (size_t i = 0; i < PD_COUNT(none); i++) {
                assert_null(pd_proto_message_field(message, none[i]));
                assert_null(pd_proto_message_field(pd_proto_find(proto, "Empty"), none[i]));
        }
}

static void the_first_name_of_a_number_counts(void **state)
{
        pd_auto(pd_proto_free_ptr) struct pd_proto *proto = compile(
                P3
                "enum E { option allow_alias = true; Z = 0; ONE = 1; EIN = 1; UN = 1; MINUS = -1;"
                " NULL = 0; } message M { E e = 1; }");
        const struct pd_proto_enum *values = field_of(proto, "M", 1)->values;
        (void)state;

        assert_int_equal(values->count, 3);
        assert_string_equal(pd_proto_enum_name(values, 0), "Z");
        assert_string_equal(pd_proto_enum_name(values, 1), "ONE");
        assert_string_equal(pd_proto_enum_name(values, -1), "MINUS");
        assert_null(pd_proto_enum_name(values, 2));
}

static void presence_is_that_of_the_syntax(void **state)
{
        pd_auto(pd_proto_free_ptr) struct pd_proto *proto3 =
                compile(P3 "message M { int32 a = 1; optional int32 b = 2; oneof o { int32 c = 3; }"
                           " M d = 4; }");
        pd_auto(pd_proto_free_ptr) struct pd_proto *proto2 =
                compile("message M { optional int32 a = 1; required int32 b = 2; }");
        (void)state;

        assert_false(field_of(proto3, "M", 1)->has_presence);
        assert_true(field_of(proto3, "M", 2)->has_presence);
        assert_int_equal(field_of(proto3, "M", 2)->oneof, 0);
        assert_true(field_of(proto3, "M", 3)->has_presence);
        assert_int_not_equal(field_of(proto3, "M", 3)->oneof, 0);
        assert_true(field_of(proto3, "M", 4)->has_presence);
        assert_true(field_of(proto2, "M", 1)->has_presence);
        assert_true(field_of(proto2, "M", 2)->has_presence);
}

static void offers_the_methods_that_pd_proto_services_lists(void **state)
{
        pd_auto(pd_proto_free_ptr) struct pd_proto *proto = compile(both);
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        struct pd_rpcs listed;
        struct pd_err err = {0};
        const struct pd_rpcs *rpcs = pd_proto_rpcs(proto);
        (void)state;

        assert_pd_ok(pd_proto_services(both, strlen(both), &arena, &listed, &err), err);
        assert_int_equal(rpcs->count, 2);
        assert_int_equal(listed.count, 2);
        for (size_t i = 0; i < rpcs->count; i++) {
                assert_string_equal(rpcs->at[i].service, listed.at[i].service);
                assert_string_equal(rpcs->at[i].method, listed.at[i].method);
                assert_non_null(pd_proto_find(proto, rpcs->at[i].input));
                assert_non_null(pd_proto_find(proto, rpcs->at[i].output));
                assert_string_equal(rpcs->at[i].output, listed.at[i].output);
                assert_int_equal(rpcs->at[i].output_stream, listed.at[i].output_stream);
        }
}

static void equal_names_in_two_protos_are_two_messages(void **state)
{
        pd_auto(pd_proto_free_ptr) struct pd_proto *one = compile(P3 "message M { int32 a = 1; }");
        pd_auto(pd_proto_free_ptr) struct pd_proto *two = compile(P3 "message M { bytes b = 1; }");
        (void)state;

        assert_string_equal(field_of(one, "M", 1)->name, "a");
        assert_string_equal(field_of(two, "M", 1)->name, "b");
}

static void assert_refused(const char *text, const char *says)
{
        struct pd_proto *proto = NULL;
        struct pd_err err = {0};

        assert_pd_fail(pd_proto_compile(text, strlen(text), NULL, &proto, &err), err, PD_E_INVALID);
        assert_pd_says(err.msg, says);
        assert_null(proto);
}

/* Messages in messages, so many of them. */
static char *nest(size_t depth)
{
        struct pd_buf text = PD_BUF_INIT(100000);

        pd_buf_puts(&text, P3);
        for (size_t i = 0; i < depth; i++)
                pd_buf_puts(&text, "message A {");
        pd_buf_fill(&text, '}', depth);
        return pd_buf_take(&text, NULL);
}

static void types_may_be_nested_so_deep_and_no_deeper(void **state)
{
        pd_auto(pd_free_ptr) char *deep = nest(31);
        pd_auto(pd_free_ptr) char *deeper = nest(32);
        pd_auto(pd_proto_free_ptr) struct pd_proto *proto = NULL;
        (void)state;

        assert_non_null(deep);
        assert_non_null(deeper);
        proto = compile(deep);
        assert_refused(deeper, "recursion limit for nested messages");
}

static void what_is_no_proto_is_refused(void **state)
{
        (void)state;

        assert_refused("{\"nodes\": []}", "line 1: Expected top-level statement");
        assert_refused(P3 "import \"other.proto\";", "line 2: Import \"other.proto\"");
        assert_refused(P3 "message A { B b = 1; }", "line 2: \"B\" is not defined.");
}

static int compile_once(void *context, struct pd_err *err)
{
        static const char text[] =
                "package p; enum E { A = 0; B = 1; } message M { optional M m = 1; extensions 5;"
                " optional group G = 2 { map<int32, E> e = 1; } } extend M { optional E x = 5; }"
                " service S { rpc go(M) returns (M); }";
        pd_auto(pd_proto_free_ptr) struct pd_proto *proto = NULL;

        (void)context;
        return pd_proto_compile(text, strlen(text), NULL, &proto, err);
}

static void each_failing_allocation_is_an_error(void **state)
{
        (void)state;

        assert_true(pd_alloc_fail_each(compile_once, NULL) > 40);
}

static void freeing_nothing_is_fine(void **state)
{
        (void)state;

        pd_proto_free(NULL);
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(finds_messages_by_their_full_names),
                cmocka_unit_test(a_field_knows_its_type_among_those_of_the_same_name),
                cmocka_unit_test(finds_fields_by_number_with_gaps_and_without),
                cmocka_unit_test(the_first_name_of_a_number_counts),
                cmocka_unit_test(presence_is_that_of_the_syntax),
                cmocka_unit_test(offers_the_methods_that_pd_proto_services_lists),
                cmocka_unit_test(equal_names_in_two_protos_are_two_messages),
                cmocka_unit_test(types_may_be_nested_so_deep_and_no_deeper),
                cmocka_unit_test(what_is_no_proto_is_refused),
                cmocka_unit_test(each_failing_allocation_is_an_error),
                cmocka_unit_test(freeing_nothing_is_fine),
        };

        return cmocka_run_group_tests_name("proto descriptors", tests, NULL, NULL);
}
