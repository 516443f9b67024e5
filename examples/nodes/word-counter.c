/* word-counter.c - a single model: counts the words of a text. */
#include "node.h"
#include "word-counter.pb-c.h"
#include "words.h"

static void count(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        Text *text = (Text *)node_read(call, message, &text__descriptor);
        WordCount words = WORD_COUNT__INIT;

        if (text == NULL)
                return;
        words.words = count_words(text->text);
        node_say(user, "%lld words", (long long)words.words);
        text__free_unpacked(text, NULL);
        node_answer(user, call, &words.base);
}
NODE_UNARY(count, count)

static const struct pd_grpc_method methods[] = {
        {.path = "/WordCounter/count", .begin = begin_count},
};

int main(int argc, char **argv)
{
        const struct node_kind kind = {.title = "Word counter",
                                       .about = "Counts the words of a text.",
                                       .methods = methods,
                                       .method_count = PD_COUNT(methods)};

        return node_main(argc, argv, &kind);
}
