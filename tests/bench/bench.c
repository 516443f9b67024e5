/* bench.c - measuring and reporting. */
#include "bench.h"

#include <assert.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/format.h"
#include "base/own.h"

#define WARM_UP          10
#define MAX_STATUS_BYTES 65536

static int64_t cpu_ns(void)
{
        struct timespec now;

        (void)clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now); /* cannot fail with this clock */
        return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

static int by_size(const void *a, const void *b)
{
        int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

        return (left > right) - (left < right);
}

static void print_row(const char *what, double value, const char *unit, const char *sign,
                      double target)
{
        printf("%s\t%.3f\t%s\t", what, value, unit);
        if (target >= 0)
                printf("%s %.3f", sign, target);
        printf("\n");
        (void)fflush(stdout);
}

void pd_bench_row(const char *what, double value, const char *unit, double most)
{
        print_row(what, value, unit, "<=", most);
}

void pd_bench_row_least(const char *what, double value, const char *unit, double least)
{
        print_row(what, value, unit, ">=", least);
}

static double to_us(int64_t ns)
{
        return (double)ns / 1000;
}

struct pd_bench_times pd_bench_measure(int (*call)(void *context), void *context, size_t times)
{
        static int64_t taken[PD_BENCH_MAX_TIMES];
        int result = 0;

        assert(times > 0 && times <= PD_BENCH_MAX_TIMES);
        for (size_t i = 0; i < WARM_UP && result == 0; i++)
                result = call(context);
        for (size_t i = 0; i < times && result == 0; i++) {
                int64_t began = cpu_ns();

                result = call(context);
                taken[i] = cpu_ns() - began;
        }
        assert(result == 0);

        qsort(taken, times, sizeof(taken[0]), by_size);
        return (struct pd_bench_times){.median_us = to_us(taken[times / 2]),
                                       .p99_us = to_us(taken[times * 99 / 100])};
}

double pd_bench_rss_anon_kib(pid_t pid)
{
        static const char key[] = "RssAnon:";
        pd_auto(pd_free_ptr) char *status = NULL;
        size_t len = 0;
        struct pd_err err = {0};
        char path[40];
        const char *line;

        pd_format(path, sizeof(path), "/proc/%d/status", (int)pid);
        if (pd_file_read_at(AT_FDCWD, path, MAX_STATUS_BYTES, &status, &len, &err) < 0)
                return 0;

        line = strstr(status, key);
        return line != NULL ? strtod(line + strlen(key), NULL) : 0;
}
