/* writer.c - a source that writes files into the shared folder and passes on their names. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/format.h"
#include "node.h"
#include "writer.pb-c.h"

/** So many different files; then the first is written anew. */
#define FILES 100

static int write_file(const char *name, int words, int64_t *ret_bytes, struct pd_err *err)
{
        const char *folder = getenv("SHARED_FOLDER_PATH");
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(65536);
        pd_auto(pd_buf_done) struct pd_buf path = PD_BUF_INIT(8192);

        for (int i = 0; i < words; i++)
                pd_buf_puts(&text, "word ");
        pd_buf_printf(&path, "%s/%s", folder != NULL ? folder : "/data/shared", name);
        *ret_bytes = (int64_t)text.len;
        return pd_file_replace(path.data, text.data, text.len, err);
}

static void write_one(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        static int number; /* of the file that is next */
        char name[32];
        TextFile file = TEXT_FILE__INIT;
        struct pd_err err = {0};

        (void)message;
        pd_format(name, sizeof(name), "file-%d.txt", number % FILES);
        file.path = name;
        if (write_file(name, number % FILES + 1, &file.bytes, &err) < 0) {
                node_refuse(call, PD_GRPC_UNAVAILABLE, err.msg);
                return;
        }
        number++;
        node_say(user, "%s of %lld bytes", name, (long long)file.bytes);
        node_answer(user, call, &file.base);
}
NODE_UNARY(write, write_one)

static const struct pd_grpc_method methods[] = {
        {.path = "/Writer/write", .begin = begin_write},
};

int main(int argc, char **argv)
{
        const struct node_kind kind = {.title = "Writer",
                                       .about = "Writes files into the shared folder.",
                                       .methods = methods,
                                       .method_count = PD_COUNT(methods)};

        return node_main(argc, argv, &kind);
}
