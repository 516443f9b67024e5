/* thermometer.c - a source: one temperature a call, up and down between 0 and 40. */
#include "node.h"
#include "thermometer.pb-c.h"

static void measure(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        static int tenths; /* the one state of a thermometer */
        Celsius celsius = CELSIUS__INIT;

        (void)message;
        celsius.degrees = (tenths < 400 ? tenths : 800 - tenths) / 10.0;
        tenths = (tenths + 1) % 800;
        node_say(user, "%.1f degrees Celsius", celsius.degrees);
        node_answer(user, call, &celsius.base);
}
NODE_UNARY(measure, measure)

static const struct pd_grpc_method methods[] = {
        {.path = "/Thermometer/measure", .begin = begin_measure},
};

int main(int argc, char **argv)
{
        const struct node_kind kind = {.title = "Thermometer",
                                       .about = "Measures a temperature, at each call.",
                                       .methods = methods,
                                       .method_count = PD_COUNT(methods)};

        return node_main(argc, argv, &kind);
}
