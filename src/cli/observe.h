/* observe.h - what the two ways to observe a run share. */
#ifndef PD_CLI_OBSERVE_H
#define PD_CLI_OBSERVE_H

#include <stdbool.h>
#include <stdint.h>

#include "command.h"
#include "talk.h"

struct pd_observing {
        const struct pd_call *call;
        struct pd_talk talk;
        bool is_table;      /**< the table says what a note would */
        int64_t end_us;     /**< when to give up, monotonic; INT64_MAX: never */
        bool has_answered;  /**< it is an orchestrator of ours */
        bool has_run;       /**< a run was seen going */
        char end[256];      /**< how it has ended, once it has; fit to print */
        bool has_told_wait; /**< that there is none yet */
        int64_t lost_us;    /**< since when it does not answer; 0: it does */
        int64_t pause_ms;   /**< the last one */
        unsigned tries;     /**< in vain since then */
};

/** What is to be done next. */
enum pd_observed { PD_OBSERVED_MORE, PD_OBSERVED_END };

/**
 * Look at a status: END where the run is over. A note says where none goes yet. Fails
 * where the pipeline cannot be run.
 */
int pd_observe_judge(struct pd_observing *observing, const json_t *status, enum pd_observed *ret,
                     struct pd_err *err) PD_MUST_CHECK;

/**
 * The orchestrator failed to answer, for *why: wait a little, longer each time. Says so once. Fails
 * with *why where it has never answered, where it is no use to wait, or after so many times.
 */
int pd_observe_endure(struct pd_observing *observing, const struct pd_err *why,
                      struct pd_err *err) PD_MUST_CHECK;

/** It has answered. Says for how long nothing was seen, where it had not. */
int pd_observe_recover(struct pd_observing *observing, struct pd_err *err) PD_MUST_CHECK;

/** Until Ctrl-C, or the time is over: both are told by pd_observe_check(). */
void pd_observe_pause(const struct pd_observing *observing, int64_t ms);

/** PD_E_UNAVAILABLE after Ctrl-C, PD_E_TIMEOUT when the time is over. */
int pd_observe_check(const struct pd_observing *observing, struct pd_err *err) PD_MUST_CHECK;

/** Milliseconds that are left; PD_FETCH_NO_DEADLINE: any. */
int64_t pd_observe_left_ms(const struct pd_observing *observing);

/** 0 when the run has ended. A table that is written over each second. */
int pd_observe_table(struct pd_observing *observing, struct pd_err *err) PD_MUST_CHECK;

/** Likewise. A line an event. */
int pd_observe_events(struct pd_observing *observing, struct pd_err *err) PD_MUST_CHECK;

#endif
