/* converter.c - a model: Fahrenheit of Celsius. */
#include "converter.pb-c.h"
#include "node.h"

static void convert(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        Celsius *celsius = (Celsius *)node_read(call, message, &celsius__descriptor);
        Fahrenheit fahrenheit = FAHRENHEIT__INIT;

        if (celsius == NULL)
                return;
        fahrenheit.degrees = celsius->degrees * 9 / 5 + 32;
        node_say(user, "%.1f degrees Celsius are %.1f Fahrenheit", celsius->degrees,
                 fahrenheit.degrees);
        celsius__free_unpacked(celsius, NULL);
        node_answer(user, call, &fahrenheit.base);
}
NODE_UNARY(convert, convert)

static const struct pd_grpc_method methods[] = {
        {.path = "/Converter/convert", .begin = begin_convert},
};

int main(int argc, char **argv)
{
        const struct node_kind kind = {.title = "Converter",
                                       .about = "Makes Fahrenheit of Celsius.",
                                       .methods = methods,
                                       .method_count = PD_COUNT(methods)};

        return node_main(argc, argv, &kind);
}
