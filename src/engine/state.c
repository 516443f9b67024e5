/* state.c - the words for states and reasons. */
#include "engine/state.h"

static const struct {
        const char *name;
        bool is_final;
} states[] = {
#define STATE_ROW(id, name, is_final) [PD_STATE_##id] = {name, is_final},
        PD_STATES(STATE_ROW)
#undef STATE_ROW
};

static const struct {
        const char *name;
        const char *advice;
} reasons[] = {
#define REASON_ROW(id, name, advice) [PD_REASON_##id] = {name, advice},
        PD_REASONS(REASON_ROW)
#undef REASON_ROW
};

const char *pd_state_name(enum pd_state state)
{
        return states[state].name;
}

bool pd_state_is_final(enum pd_state state)
{
        return states[state].is_final;
}

const char *pd_reason_name(enum pd_reason reason)
{
        return reasons[reason].name;
}

const char *pd_reason_advice(enum pd_reason reason)
{
        return reasons[reason].advice;
}
