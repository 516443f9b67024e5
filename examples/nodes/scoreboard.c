/* scoreboard.c - a sink: counts what it took to solve the puzzles. */
#include <stdlib.h>

#include "node.h"
#include "scoreboard.pb-c.h"

typedef Playground__Examples__Sudoku__Verdict Verdict;
typedef Playground__Examples__Sudoku__Score Score;

/** What one stream has brought. */
struct counting {
        struct node *node;
        Score score;
};

static void take(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        struct counting *counting = user;
        ProtobufCMessage *read =
                node_read(call, message, &playground__examples__sudoku__verdict__descriptor);
        const Verdict *verdict = (const Verdict *)(void *)read;

        if (read == NULL)
                return;
        counting->score.candidates++;
        counting->score.solved += verdict->state == PLAYGROUND__EXAMPLES__SUDOKU__STATE__SOLVED;
        node_say(counting->node, "%d solved with %d candidates", counting->score.solved,
                 counting->score.candidates);
        protobuf_c_message_free_unpacked(read, NULL);
}

static void tell_score(struct pd_grpc_call *call, void *user)
{
        struct counting *counting = user;

        node_send(call, &counting->score.base);
        node_finish(call);
}

static void forget(struct pd_grpc_call *call, const struct pd_grpc_status *status, void *user)
{
        (void)call;
        (void)status;
        free(user);
}

static void begin_count(struct pd_grpc_call *call, void *app)
{
        static const struct pd_grpc_events events = {
                .message = take, .half_closed = tell_score, .ended = forget};
        struct counting *counting = calloc(1, sizeof(*counting));

        if (counting == NULL)
                return;
        counting->node = app;
        playground__examples__sudoku__score__init(&counting->score);
        pd_grpc_call_on(call, &events, counting);
}

static const struct pd_grpc_method methods[] = {
        {.path = "/playground.examples.sudoku.Scoreboard/count",
         .client_streams = true,
         .begin = begin_count},
};

int main(int argc, char **argv)
{
        const struct node_kind kind = {.title = "Scoreboard",
                                       .about = "Counts what it took to solve the puzzles.",
                                       .methods = methods,
                                       .method_count = PD_COUNT(methods)};

        return node_main(argc, argv, &kind);
}
