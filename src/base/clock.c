/* clock.c - time. */
#include "base/clock.h"

#include <assert.h>
#include <time.h>

/* The first and the last millisecond that four digits of a year can say. */
#define FIRST_MS (-62167219200000)
#define LAST_MS  253402300799999

static struct timespec now(clockid_t clock)
{
        struct timespec time;
        int result = clock_gettime(clock, &time);

        assert(result == 0); /* both clocks always exist */
        return time;
}

/* A number in `digits` digits, with zeros in front and a sign behind; returns where to go on. */
static char *put_digits(char *out, int digits, int number, char behind)
{
        for (int i = digits - 1; i >= 0; i--, number /= 10)
                out[i] = (char)('0' + number % 10);
        out[digits] = behind;
        return out + digits + 1;
}

int64_t pd_clock_mono_us(void)
{
        struct timespec time = now(CLOCK_MONOTONIC);

        return (int64_t)time.tv_sec * 1000000 + time.tv_nsec / 1000;
}

int64_t pd_clock_unix_ms(void)
{
        struct timespec time = now(CLOCK_REALTIME);

        return (int64_t)time.tv_sec * 1000 + time.tv_nsec / 1000000;
}

void pd_clock_rfc3339(int64_t unix_ms, char out[PD_RFC3339_SIZE])
{
        int64_t ms = unix_ms < FIRST_MS ? FIRST_MS : unix_ms > LAST_MS ? LAST_MS : unix_ms;
        int64_t fraction = (ms % 1000 + 1000) % 1000;
        time_t seconds = (time_t)((ms - fraction) / 1000);
        struct tm day;

        (void)gmtime_r(&seconds, &day); /* cannot fail within these years */
        out = put_digits(out, 4, day.tm_year + 1900, '-');
        out = put_digits(out, 2, day.tm_mon + 1, '-');
        out = put_digits(out, 2, day.tm_mday, 'T');
        out = put_digits(out, 2, day.tm_hour, ':');
        out = put_digits(out, 2, day.tm_min, ':');
        out = put_digits(out, 2, day.tm_sec, '.');
        out = put_digits(out, 3, (int)fraction, 'Z');
        *out = '\0';
}

/* "Z" or "+01:00" in seconds. */
static int64_t read_zone(const char *text)
{
        struct tm offset = {0};

        if ((text[0] != '+' && text[0] != '-') || strptime(text + 1, "%H:%M", &offset) == NULL)
                return 0;
        return (text[0] == '-' ? -1 : 1) * (offset.tm_hour * 3600 + offset.tm_min * 60);
}

int64_t pd_clock_read_rfc3339(const char *text)
{
        struct tm day = {0};
        const char *rest = text != NULL ? strptime(text, "%Y-%m-%dT%H:%M:%S", &day) : NULL;
        int64_t ms = 0, place = 100, seconds;

        if (rest == NULL)
                return 0;
        if (*rest == '.')
                for (rest++; *rest >= '0' && *rest <= '9'; rest++, place /= 10)
                        ms += place * (*rest - '0');
        seconds = (int64_t)timegm(&day) - read_zone(rest);
        return seconds > 0 ? seconds * 1000 + ms : 0;
}
