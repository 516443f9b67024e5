/* bench.h - what the benchmarks share: measuring a call, and telling script/bench what came out. */
#ifndef PD_TESTS_BENCH_H
#define PD_TESTS_BENCH_H

#include <stddef.h>
#include <sys/types.h>

/** No target: the figure is shown alone. */
#define PD_BENCH_NO_TARGET (-1.0)

/** Print one figure for script/bench. `most` is the target: what the value should not be over. */
void pd_bench_row(const char *what, double value, const char *unit, double most);

/** Likewise, where the target is what the value should not be under. */
void pd_bench_row_least(const char *what, double value, const char *unit, double least);

struct pd_bench_times {
        double median_us;
        double p99_us; /**< 99 of 100 calls took no longer */
};

/**
 * How long a call keeps this thread on a CPU, so that what else the machine does makes no
 * difference: out of `times` calls (at most PD_BENCH_MAX_TIMES) after a few that do not count. A
 * call returns 0; anything else ends the program.
 */
#define PD_BENCH_MAX_TIMES 10000
struct pd_bench_times pd_bench_measure(int (*call)(void *context), void *context, size_t times);

/** The memory of its own that a process has now (RssAnon), in KiB. */
double pd_bench_rss_anon_kib(pid_t pid);

#endif
