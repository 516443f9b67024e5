/* puzzle-source.c - a source: a stream of small sudokus a call. */
#include "base/format.h"
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

static void deal(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        static int number; /* of the puzzle that is next */

        (void)message;
        for (int i = 0; i < PUZZLES; i++, number++) {
                Puzzle puzzle = PLAYGROUND__EXAMPLES__SUDOKU__PUZZLE__INIT;
                int32_t givens[CELLS];
                char id[32];

                make_puzzle(number, givens);
                pd_format(id, sizeof(id), "puzzle-%d", number);
                puzzle.id = id;
                puzzle.givens = givens;
                puzzle.n_givens = CELLS;
                node_send(call, &puzzle.base);
                node_say(user, "%s", id);
        }
        node_finish(call);
}
NODE_UNARY(deal, deal)

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
