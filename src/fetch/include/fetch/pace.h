/* pace.h - whether a request is tried again, and after what pause. Pure. */
#ifndef PD_FETCH_PACE_H
#define PD_FETCH_PACE_H

#include <stdbool.h>
#include <stdint.h>

/** First pause; it doubles with each try, up to the longest; between half of it and all of it is
 * waited. */
#define PD_PACE_FIRST_MS   100
#define PD_PACE_LONGEST_MS 5000
/** Longest Retry-After that is waited for; a longer one means: not now. */
#define PD_PACE_MAX_RETRY_AFTER_MS 30000

/** Whether a neighbour that answers so may answer otherwise soon. */
bool pd_pace_is_passing(int status);

/**
 * The pause before try number `tries` + 1 in milliseconds, `retry_after_s` < 0: the answer named
 * none. `random` is any number. -1: do not try again, for the pause would not end before `left_ms`
 * is over.
 */
int64_t pd_pace_pause(unsigned tries, int64_t retry_after_s, int64_t left_ms, uint32_t random);

#endif
