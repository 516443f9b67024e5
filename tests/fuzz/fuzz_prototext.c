/*
 * fuzz_prototext.c - any bytes are shown as some message; a text that is cut is the beginning of
 * the whole.
 */
#include <assert.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "proto/text.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char source[] =
        "syntax = 'proto2'; enum E { Z = 0; ONE = 1; }\n"
        "message M { optional int32 i = 1; optional string s = 2; optional M m = 3;\n"
        "  repeated M r = 4; repeated sint32 p = 5 [packed = true]; map<string, M> ms = 6;\n"
        "  map<int32, E> me = 7; optional group G = 8 { optional M g = 1; } optional E e = 9;\n"
        "  oneof o { M a = 10; M b = 11; double d = 12; } repeated float f = 13; }";

/* Compiled once for all inputs, and never freed: there is no last one. */
static const struct pd_proto_message *message(void)
{
        static struct pd_proto *proto;

        if (proto == NULL && pd_proto_compile(source, strlen(source), NULL, &proto, NULL) < 0)
                abort();
        return pd_proto_find(proto, "M");
}

/* Whether it is the beginning of the whole and says so; a string in it may be cut and closed. */
static bool is_cut_of(struct pd_buf *part, const char *whole)
{
        size_t mark = strlen(PD_PROTO_TEXT_CUT);

        if (part->len < mark || strcmp(part->data + part->len - mark, PD_PROTO_TEXT_CUT) != 0)
                return false;
        pd_buf_cut(part, part->len - mark);
        if (strncmp(whole, part->data, part->len) == 0)
                return true;
        assert(part->len > 2 && strcmp(part->data + part->len - 2, "\"\n") == 0);
        return strncmp(whole, part->data, part->len - 2) == 0;
}

/* The first byte says how much text there may be. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        size_t room = size != 0 ? data[0] : 0;
        pd_auto(pd_buf_done) struct pd_buf whole = PD_BUF_INIT(SIZE_MAX);
        pd_auto(pd_buf_done) struct pd_buf part = PD_BUF_INIT(room + strlen(PD_PROTO_TEXT_CUT));

        if (size == 0)
                return 0;
        if (pd_proto_text(message(), data + 1, size - 1, &whole, NULL) < 0 ||
            pd_proto_text(message(), data + 1, size - 1, &part, NULL) < 0)
                abort();
        assert(whole.failed == 0 && part.failed == 0);

        assert(strcmp(part.data, whole.data) == 0 || is_cut_of(&part, whole.data));
        return 0;
}
