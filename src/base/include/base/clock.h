/* clock.h - time, read in one place. */
#ifndef PD_BASE_CLOCK_H
#define PD_BASE_CLOCK_H

#include <stdint.h>

/** Room for pd_clock_rfc3339() with its NUL. */
#define PD_RFC3339_SIZE 25

/** Microseconds of a clock that never goes back; for deadlines and durations. */
int64_t pd_clock_mono_us(void);

/** Milliseconds since 1970 in UTC; for people and other machines. */
int64_t pd_clock_unix_ms(void);

/** "2026-01-31T23:59:59.123Z" (RFC 3339) into `out`; years outside 0..9999 are cut to these. */
void pd_clock_rfc3339(int64_t unix_ms, char out[PD_RFC3339_SIZE]);

/** Such a text, of any zone, in milliseconds since 1970; 0: it is none, NULL too, or lies before.
 */
int64_t pd_clock_read_rfc3339(const char *text);

#endif
