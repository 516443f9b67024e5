/*
 * proto-text.c - bytes as text, for the tests of the room proto.
 *
 *     proto-text PROTO MESSAGE [MAX] <BYTES
 *
 * Writes the bytes of a message of that full name in that .proto file as protobuf's text format, at
 * most MAX bytes of it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/num.h"
#include "base/own.h"
#include "proto/proto.h"
#include "proto/text.h"

#define MAX_MESSAGE ((size_t)64 * 1024 * 1024)
#define MAX_TEXT    ((int64_t)1024 * 1024 * 1024)

static int run(const char *path, const char *name, size_t max, struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *text = NULL;
        pd_auto(pd_proto_free_ptr) struct pd_proto *proto = NULL;
        pd_auto(pd_free_ptr) char *bytes = NULL;
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(max);
        const struct pd_proto_message *message;
        size_t text_len, len;

        if (pd_file_read_at(AT_FDCWD, path, PD_PROTO_MAX_BYTES, &text, &text_len, err) < 0 ||
            pd_proto_compile(text, text_len, NULL, &proto, err) < 0 ||
            pd_file_read_fd(STDIN_FILENO, "message", MAX_MESSAGE, &bytes, &len, err) < 0)
                return -1;
        message = pd_proto_find(proto, name);
        if (message == NULL)
                return pd_fail(err, PD_E_NOT_FOUND, 0, "no message '%s' in '%s'", name, path);
        if (pd_proto_text(message, bytes, len, &out, err) < 0 ||
            pd_buf_check(&out, "text", err) < 0)
                return -1;
        if (fwrite(out.data, 1, out.len, stdout) != out.len || fflush(stdout) != 0)
                return pd_fail(err, PD_E_INTERNAL, 0, "cannot write the text");
        return 0;
}

int main(int argc, char **argv)
{
        struct pd_err err = {0};
        int64_t max = MAX_TEXT;

        if (argc < 3 || argc > 4 ||
            (argc == 4 && pd_parse_int(argv[3], 0, MAX_TEXT, &max, &err) < 0)) {
                (void)fputs("usage: proto-text PROTO MESSAGE [MAX] <BYTES\n", stderr);
                return pd_err_exit(PD_E_USAGE);
        }
        if (run(argv[1], argv[2], (size_t)max, &err) < 0) {
                (void)fprintf(stderr, "proto-text: %s\n", err.msg);
                return pd_err_exit(err.code);
        }
        return EXIT_SUCCESS;
}
