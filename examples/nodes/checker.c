/* checker.c - says whether a candidate is a solution, and if not, where it fails. */
#include "checker.pb-c.h"
#include "node.h"

#define CELLS 16
#define SIDE  4
#define BLOCK 2

typedef Playground__Examples__Sudoku__Candidate Candidate;
typedef Playground__Examples__Sudoku__Verdict Verdict;

/* Whether two cells may not have the same digit. */
static bool see_each_other(int a, int b)
{
        int row_a = a / SIDE, row_b = b / SIDE, column_a = a % SIDE, column_b = b % SIDE;

        return row_a == row_b || column_a == column_b ||
               (row_a / BLOCK == row_b / BLOCK && column_a / BLOCK == column_b / BLOCK);
}

/* The first cell that repeats a digit of one before it; -1: there is none. */
static int find_conflict(const int32_t *cells)
{
        for (int i = 1; i < CELLS; i++) {
                for (int j = 0; j < i; j++) {
                        if (cells[i] == cells[j] && see_each_other(i, j))
                                return i;
                }
        }
        return -1;
}

static void judge(struct node *node, struct pd_grpc_call *call, Candidate *candidate)
{
        Verdict verdict = PLAYGROUND__EXAMPLES__SUDOKU__VERDICT__INIT;
        int conflict = find_conflict(candidate->cells);

        verdict.candidate = candidate;
        verdict.state = conflict < 0 ? PLAYGROUND__EXAMPLES__SUDOKU__STATE__SOLVED
                                     : PLAYGROUND__EXAMPLES__SUDOKU__STATE__CONFLICT;
        verdict.conflict = conflict < 0 ? 0 : conflict;
        node_say(node, "%s: %s", candidate->puzzle != NULL ? candidate->puzzle->id : "?",
                 conflict < 0 ? "solved" : "a conflict");
        node_answer(node, call, &verdict.base);
}

static void check(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        ProtobufCMessage *read =
                node_read(call, message, &playground__examples__sudoku__candidate__descriptor);
        Candidate *candidate = (Candidate *)(void *)read;

        if (read == NULL)
                return;
        if (candidate->n_cells == CELLS)
                judge(user, call, candidate);
        else
                node_refuse(call, PD_GRPC_INVALID_ARGUMENT, "a candidate has 16 cells");
        protobuf_c_message_free_unpacked(read, NULL);
}
NODE_UNARY(check, check)

static const struct pd_grpc_method methods[] = {
        {.path = "/playground.examples.sudoku.Checker/check", .begin = begin_check},
};

int main(int argc, char **argv)
{
        const struct node_kind kind = {.title = "Checker",
                                       .about = "Says whether a candidate is a solution.",
                                       .methods = methods,
                                       .method_count = PD_COUNT(methods)};

        return node_main(argc, argv, &kind);
}
