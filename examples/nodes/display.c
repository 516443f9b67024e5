/* display.c - a sink: the last temperature is on its page. */
#include "display.pb-c.h"
#include "node.h"

static void show(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        Fahrenheit *fahrenheit = (Fahrenheit *)node_read(call, message, &fahrenheit__descriptor);
        Empty empty = EMPTY__INIT;

        if (fahrenheit == NULL)
                return;
        node_say(user, "%.1f degrees Fahrenheit", fahrenheit->degrees);
        fahrenheit__free_unpacked(fahrenheit, NULL);
        node_answer(user, call, &empty.base);
}
NODE_UNARY(show, show)

static const struct pd_grpc_method methods[] = {
        {.path = "/Display/show", .begin = begin_show},
};

int main(int argc, char **argv)
{
        const struct node_kind kind = {.title = "Display",
                                       .about = "Shows the last temperature.",
                                       .methods = methods,
                                       .method_count = PD_COUNT(methods)};

        return node_main(argc, argv, &kind);
}
