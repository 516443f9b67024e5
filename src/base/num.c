/* num.c - numbers, sizes and durations out of text. */
#include "base/num.h"

#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>

struct unit {
        const char *name;
        uint64_t factor;
};

/*
 * The number at the start of a text: decimal, without leading zeros. What does not fit is
 * UINT64_MAX, which is over every maximum. NULL: there is none, else what follows it.
 */
static const char *read_digits(const char *text, uint64_t *ret)
{
        uint64_t number = 0;
        bool is_over = false;

        if (*text < '0' || *text > '9' || (text[0] == '0' && text[1] >= '0' && text[1] <= '9'))
                return NULL;

        for (; *text >= '0' && *text <= '9'; text++)
                is_over |= __builtin_mul_overflow(number, 10U, &number) ||
                           __builtin_add_overflow(number, (uint64_t)(*text - '0'), &number);
        *ret = is_over ? UINT64_MAX : number;
        return text;
}

/* A number with one of the units; false: it is none, or over `max`. */
static bool read_amount(const char *text, const struct unit *units, size_t count, uint64_t max,
                        uint64_t *ret)
{
        uint64_t amount = 0;
        const char *unit = read_digits(text, &amount);

        for (size_t i = 0; unit != NULL && i < count; i++) {
                if (strcmp(unit, units[i].name) != 0)
                        continue;
                if (__builtin_mul_overflow(amount, units[i].factor, &amount) || amount > max)
                        return false;
                *ret = amount;
                return true;
        }
        return false;
}

int pd_parse_int(const char *text, int64_t min, int64_t max, int64_t *ret, struct pd_err *err)
{
        bool is_negative = *text == '-';
        uint64_t magnitude = 0;
        const char *end = read_digits(text + is_negative, &magnitude);
        bool fits = magnitude <= (uint64_t)INT64_MAX + is_negative;
        int64_t number = (int64_t)(is_negative ? -magnitude : magnitude);

        if (end == NULL || *end != '\0' || !fits || number < min || number > max)
                return pd_fail(err, PD_E_INVALID, 0,
                               "'%s' is no whole number from %" PRId64 " to %" PRId64, text, min,
                               max);
        *ret = number;
        return 0;
}

int pd_parse_size(const char *text, uint64_t max, uint64_t *ret, struct pd_err *err)
{
        static const struct unit units[] = {
                {"", 1}, {"B", 1}, {"KiB", 1U << 10}, {"MiB", 1U << 20}, {"GiB", 1U << 30},
        };

        if (!read_amount(text, units, PD_COUNT(units), max, ret))
                return pd_fail(err, PD_E_INVALID, 0,
                               "'%s' is no size up to %" PRIu64
                               " bytes; write a number and B, KiB, MiB or GiB, as in 64MiB",
                               text, max);
        return 0;
}

int pd_parse_duration(const char *text, int64_t max_ms, int64_t *ret_ms, struct pd_err *err)
{
        static const struct unit units[] = {
                {"ms", 1},
                {"s", 1000},
                {"m", 60 * 1000},
                {"h", 60 * 60 * 1000},
        };
        uint64_t ms = 0;

        if (strcmp(text, "0") != 0 &&
            !read_amount(text, units, PD_COUNT(units), (uint64_t)max_ms, &ms))
                return pd_fail(err, PD_E_INVALID, 0,
                               "'%s' is no duration up to %" PRId64
                               " ms; write a number and ms, s, m or h, as in 30s",
                               text, max_ms);
        *ret_ms = (int64_t)ms;
        return 0;
}

static int hex_digit(char sign)
{
        if (sign >= '0' && sign <= '9')
                return sign - '0';
        if (sign >= 'a' && sign <= 'f')
                return sign - 'a' + 10;
        if (sign >= 'A' && sign <= 'F')
                return sign - 'A' + 10;
        return -1;
}

int pd_hex_byte(const char *digits)
{
        int high = hex_digit(digits[0]);
        int low = high >= 0 ? hex_digit(digits[1]) : -1;

        return low >= 0 ? high * 16 + low : -1;
}
