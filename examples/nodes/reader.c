/* reader.c - reads files from the shared folder and counts their words. */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "node.h"
#include "reader.pb-c.h"
#include "words.h"

#define MAX_FILE_BYTES (16 * 1024 * 1024)

/* A name without a folder: what a message says is not to lead out of the shared one. */
static int read_file(const char *name, int64_t *ret_words, struct pd_err *err)
{
        const char *folder = getenv("SHARED_FOLDER_PATH");
        pd_auto(pd_close_ptr) int dir = -1;
        pd_auto(pd_free_ptr) char *text = NULL;

        if (strchr(name, '/') != NULL)
                return pd_fail(err, PD_E_INVALID, 0, "'%s' is no name of a file", name);
        dir = open(folder != NULL ? folder : "/data/shared", O_DIRECTORY | O_CLOEXEC);
        if (dir < 0)
                return pd_fail(err, PD_E_NOT_FOUND, 0, "there is no shared folder");
        if (pd_file_read_at(dir, name, MAX_FILE_BYTES, &text, NULL, err) < 0)
                return -1;
        *ret_words = count_words(text);
        return 0;
}

static void read_one(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        TextFile *file = (TextFile *)node_read(call, message, &text_file__descriptor);
        WordCount count = WORD_COUNT__INIT;
        struct pd_err err = {0};

        if (file == NULL)
                return;
        count.path = file->path;
        if (read_file(file->path, &count.words, &err) < 0) {
                node_refuse(call, PD_GRPC_NOT_FOUND, err.msg);
        } else {
                node_say(user, "%s has %lld words", count.path, (long long)count.words);
                node_answer(user, call, &count.base);
        }
        text_file__free_unpacked(file, NULL);
}
NODE_UNARY(read, read_one)

static const struct pd_grpc_method methods[] = {
        {.path = "/Reader/read", .begin = begin_read},
};

int main(int argc, char **argv)
{
        const struct node_kind kind = {.title = "Reader",
                                       .about = "Counts the words of files in the shared folder.",
                                       .methods = methods,
                                       .method_count = PD_COUNT(methods)};

        return node_main(argc, argv, &kind);
}
