/* solver.c - fills the open cells of a sudoku, told by a checker where it went wrong. */
#include "node.h"
#include "solver.pb-c.h"

#define CELLS  16
#define DIGITS 4

typedef Playground__Examples__Sudoku__Puzzle Puzzle;
typedef Playground__Examples__Sudoku__Candidate Candidate;
typedef Playground__Examples__Sudoku__Verdict Verdict;

static void free_message(ProtobufCMessage **message)
{
        if (*message != NULL)
                protobuf_c_message_free_unpacked(*message, NULL);
}

/* solve: the first candidate, every open cell a 1. */
static void solve(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        pd_auto(free_message) ProtobufCMessage *read =
                node_read(call, message, &playground__examples__sudoku__puzzle__descriptor);
        Candidate candidate = PLAYGROUND__EXAMPLES__SUDOKU__CANDIDATE__INIT;
        int32_t cells[CELLS];

        if (read == NULL)
                return;
        candidate.puzzle = (Puzzle *)(void *)read;
        if (candidate.puzzle->n_givens != CELLS) {
                node_refuse(call, PD_GRPC_INVALID_ARGUMENT, "a puzzle has 16 cells");
                return;
        }
        for (int i = 0; i < CELLS; i++)
                cells[i] = candidate.puzzle->givens[i] != 0 ? candidate.puzzle->givens[i] : 1;
        candidate.cells = cells;
        candidate.n_cells = CELLS;
        node_say(user, "%s: begun", candidate.puzzle->id);
        node_answer(user, call, &candidate.base);
}
NODE_UNARY(solve, solve)

/* Count the open cells up to `conflict` up by one, the last one first; those behind begin anew.
 * false: there is no further candidate. */
static bool count_up(const Puzzle *puzzle, int32_t *cells, int conflict)
{
        int cell = conflict;

        for (int i = conflict + 1; i < CELLS; i++) {
                if (puzzle->givens[i] == 0)
                        cells[i] = 1;
        }
        for (; cell >= 0; cell--) {
                if (puzzle->givens[cell] != 0)
                        continue;
                if (++cells[cell] <= DIGITS)
                        return true;
                cells[cell] = 1;
        }
        return false;
}

static bool is_sound(const Verdict *verdict)
{
        return verdict->candidate != NULL && verdict->candidate->puzzle != NULL &&
               verdict->candidate->n_cells == CELLS &&
               verdict->candidate->puzzle->n_givens == CELLS && verdict->conflict >= 0 &&
               verdict->conflict < CELLS;
}

/* refine: for each conflict the next candidate; no answer to what is solved. */
static void refine(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        pd_auto(free_message) ProtobufCMessage *read =
                node_read(call, message, &playground__examples__sudoku__verdict__descriptor);
        const Verdict *verdict = (const Verdict *)(void *)read;

        if (read == NULL)
                return;
        if (!is_sound(verdict)) {
                node_refuse(call, PD_GRPC_INVALID_ARGUMENT, "a verdict without a candidate");
                return;
        }
        if (verdict->state != PLAYGROUND__EXAMPLES__SUDOKU__STATE__CONFLICT) {
                node_say(user, "%s: solved", verdict->candidate->puzzle->id);
                return;
        }
        if (!count_up(verdict->candidate->puzzle, verdict->candidate->cells, verdict->conflict))
                return;
        verdict->candidate->attempt++;
        node_say(user, "%s: attempt %d", verdict->candidate->puzzle->id,
                 verdict->candidate->attempt);
        node_send(call, &verdict->candidate->base);
        if (!pd_grpc_call_is_writable(call))
                pd_grpc_call_set_reading(call,
                                         false); /* an answer that cannot go keeps a question */
}

static void refine_goes_on(struct pd_grpc_call *call, void *user)
{
        (void)user;
        pd_grpc_call_set_reading(call, true);
}

static void refine_is_over(struct pd_grpc_call *call, void *user)
{
        (void)user;
        node_finish(call);
}

static void begin_refine(struct pd_grpc_call *call, void *app)
{
        static const struct pd_grpc_events events = {.message = refine,
                                                     .writable = refine_goes_on,
                                                     .half_closed = refine_is_over,
                                                     .ended = node_forget};

        pd_grpc_call_on(call, &events, app);
}

static const struct pd_grpc_method methods[] = {
        {.path = "/playground.examples.sudoku.Solver/solve", .begin = begin_solve},
        {.path = "/playground.examples.sudoku.Solver/refine",
         .client_streams = true,
         .server_streams = true,
         .begin = begin_refine},
};

int main(int argc, char **argv)
{
        const struct node_kind kind = {.title = "Solver",
                                       .about = "Fills the open cells, better and better.",
                                       .methods = methods,
                                       .method_count = PD_COUNT(methods)};

        return node_main(argc, argv, &kind);
}
