/* test_ending.c - when streams are closed and when a run is over. */
#include <string.h>

#include "cycles.h"
#include "ending.h"
#include "pd_test.h"
#include "shape.h"

#define MOST_LANES 4

/* A lane in a letter: '.' nothing, 'b' a source that is called again, 'w' a message waits, 'u' a
 * call with one message is open, 's' a stream is open, 'S' a stream is open and a message waits.
 * What follows: 'g' goes on, 'c' closes, 'e' has ended. */
struct ending_case {
        const char *name;
        struct shape_edge edges[6];
        size_t edge_count;
        const char *stands;
        const char *follows;
};

#define CHAIN   {{0, 1}, {1, 2}}, 2
#define DIAMOND {{0, 1}, {0, 2}, {1, 3}, {2, 3}}, 4
#define CYCLE   {{0, 1}, {1, 2}, {2, 1}, {2, 3}}, 4

static const struct ending_case cases[] = {
        {"chain: a source is called again", CHAIN, "b..", "ggg"},
        {"chain: the source's last call is open", CHAIN, "u..", "ggg"},
        {"chain: only its end works", CHAIN, "..u", "eeg"},
        {"chain: a message waits in the middle", CHAIN, ".w.", "egg"},
        {"chain: all is done", CHAIN, "...", "eee"},
        {"chain: streams close one after the other", CHAIN, ".ss", "ecg"},
        {"chain: the last stream closes", CHAIN, "..s", "eec"},
        {"chain: a stream takes what waits before it closes", CHAIN, ".S.", "egg"},
        {"chain: a stream stays while its source goes on", CHAIN, "bs.", "ggg"},
        {"chain: a source's open stream ends by itself", CHAIN, "s..", "cgg"},
        {"diamond: one side works", DIAMOND, ".u.s", "egeg"},
        {"diamond: both sides have ended", DIAMOND, "...s", "eeec"},
        {"diamond: the sides close together", DIAMOND, ".sss", "eccg"},
        {"diamond: all is done", DIAMOND, "....", "eeee"},
        {"cycle: fed from outside", CYCLE, "b...", "gggg"},
        {"cycle: a message goes round", CYCLE, ".w..", "eggg"},
        {"cycle: a call on it is open", CYCLE, "..u.", "eggg"},
        {"cycle: a stream waits for a call on it", CYCLE, ".su.", "eggg"},
        {"cycle: a stream waits for a queue on it", CYCLE, ".sw.", "eggg"},
        {"cycle: only streams are open, they close together", CYCLE, ".sss", "eccg"},
        {"cycle: one stream is open, the others do not end before it", CYCLE, "..s.", "eccg"},
        {"cycle: it has ended, what it feeds has not", CYCLE, "...s", "eeec"},
        {"cycle: all is done", CYCLE, "....", "eeee"},
        {"itself: a message comes back", {{0, 1}, {1, 1}}, 2, ".w", "eg"},
        {"itself: its stream closes", {{0, 1}, {1, 1}}, 2, ".s", "ec"},
        {"two that know nothing of each other", {{0, 0}}, 0, "b.", "ge"},
};

static struct pd_lane_state state_of(char letter)
{
        return (struct pd_lane_state){
                .waiting = letter == 'w' || letter == 'S',
                .unary_calls = letter == 'u',
                .stream_calls = letter == 's' || letter == 'S',
                .may_begin = letter == 'b',
        };
}

static void check(const struct ending_case *row)
{
        static const char letters[] = {
                [PD_LANE_GOES_ON] = 'g', [PD_LANE_CLOSES] = 'c', [PD_LANE_ENDED] = 'e'};
        size_t lanes = strlen(row->stands);
        pd_auto(pd_plan_free_ptr) struct pd_plan *plan =
                shape_plan(lanes, row->edges, row->edge_count);
        struct pd_lane_state states[MOST_LANES];
        enum pd_lane_ending endings[MOST_LANES];
        char follows[MOST_LANES + 1] = "";
        struct pd_err err = {0};
        bool have_all_ended;

        assert_pd_ok(pd_cycles_find(plan, &err), err);
        for (size_t i = 0; i < lanes; i++)
                states[i] = state_of(row->stands[i]);
        have_all_ended = pd_ending_decide(plan, states, endings);
        for (size_t i = 0; i < lanes; i++)
                follows[i] = letters[endings[i]];
        if (strcmp(follows, row->follows) != 0)
                fail_msg("%s: '%s' instead of '%s'", row->name, follows, row->follows);
        assert_int_equal(have_all_ended, strspn(row->follows, "e") == lanes);
}

static void each_lane_ends_when_nothing_can_come(void **state)
{
        (void)state;

        for (size_t i = 0; i < PD_COUNT(cases); i++)
                check(&cases[i]);
}

static void a_run_without_lanes_is_over(void **state)
{
        pd_auto(pd_plan_free_ptr) struct pd_plan *plan = shape_plan(0, NULL, 0);
        struct pd_err err = {0};
        (void)state;

        assert_pd_ok(pd_cycles_find(plan, &err), err);
        assert_true(pd_ending_decide(plan, NULL, NULL));
}

int main(void)
{
        const struct CMUnitTest tests[] = {
                cmocka_unit_test(each_lane_ends_when_nothing_can_come),
                cmocka_unit_test(a_run_without_lanes_is_over),
        };

        return cmocka_run_group_tests(tests, NULL, NULL);
}
