/* puzzle-source.c - a source: a stream of small sudokus a call. */
#include <stdlib.h>

#include "base/buf.h"
#include "node.h"
#include "solver.pb-c.h"

#define CELLS 16
/** Puzzles of one stream. */
#define PUZZLES 10

typedef Playground__Examples__Sudoku__Puzzle Puzzle;

/* One that is solved; the others are made from it by other digits. */
static const int solved[CELLS] = {1, 2, 3, 4, 3, 4, 1, 2, 2, 1, 4, 3, 4, 3, 2, 1};

/* Cells that are open, one pattern after the other. */
static const unsigned open_cells[] = {0x5a3c, 0xa5c3, 0x9669, 0x3ff0};

static void make_puzzle(int number, int32_t givens[CELLS])
{
        unsigned open = open_cells[number % (int)PD_COUNT(open_cells)];

        for (int i = 0; i < CELLS; i++)
                givens[i] = (open >> i & 1U) != 0 ? 0 : (solved[i] + number) % 4 + 1;
}

/** What one stream has still to bring. */
struct dealing {
        struct node *node;
        int left;
};

/* An id that makes the puzzle as big as --size says, for tests of big messages. */
static void put_id(struct pd_buf *id, int number, size_t size)
{
        pd_buf_printf(id, "puzzle-%d", number);
        if (id->len < size)
                pd_buf_fill(id, '-', size - id->len);
}

static void deal_one(struct pd_grpc_call *call, struct node *node)
{
        static int number; /* of the puzzle that is next */
        pd_auto(pd_buf_done) struct pd_buf id = PD_BUF_INIT(SIZE_MAX / 2);
        Puzzle puzzle = PLAYGROUND__EXAMPLES__SUDOKU__PUZZLE__INIT;
        int32_t givens[CELLS];

        make_puzzle(number, givens);
        put_id(&id, number, node_size(node));
        puzzle.id = id.data;
        puzzle.givens = givens;
        puzzle.n_givens = CELLS;
        node_say(node, "puzzle-%d", number++);
        node_send(call, &puzzle.base);
}

static void go_on(struct pd_grpc_call *call, void *user)
{
        struct dealing *dealing = user;

        while (dealing->left > 0 && pd_grpc_call_is_writable(call)) {
                dealing->left--;
                deal_one(call, dealing->node);
                if (dealing->left == 0)
                        node_finish(call);
        }
}

static void deal(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        (void)message;
        go_on(call, user);
}

static void forget(struct pd_grpc_call *call, const struct pd_grpc_status *status, void *user)
{
        (void)call;
        (void)status;
        free(user);
}

static void begin_deal(struct pd_grpc_call *call, void *app)
{
        static const struct pd_grpc_events events = {
                .message = deal, .writable = go_on, .ended = forget};
        struct dealing *dealing = calloc(1, sizeof(*dealing));

        if (dealing == NULL)
                return;
        *dealing = (struct dealing){.node = app, .left = PUZZLES};
        pd_grpc_call_on(call, &events, dealing);
}

static const struct pd_grpc_method methods[] = {
        {.path = "/playground.examples.sudoku.PuzzleSource/deal",
         .server_streams = true,
         .begin = begin_deal},
};

int main(int argc, char **argv)
{
        const struct node_kind kind = {.title = "Puzzle source",
                                       .about = "Hands out sudokus of 4 by 4.",
                                       .methods = methods,
                                       .method_count = PD_COUNT(methods)};

        return node_main(argc, argv, &kind);
}
