/* real.c - real numbers in and out of text. */
#include "base/real.h"

#include <assert.h>
#include <float.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Digits that tell every double from its neighbours, and those that every double keeps. */
#define MOST_DIGITS 17
#define SAFE_DIGITS 15

/* Far over what a double can say, and far from overflowing an int. */
#define EXPONENT_LIMIT 1000000

/* Exponents of the first digit that need no `e`. */
#define FIRST_PLAIN (-4)
#define LAST_PLAIN  15

/* d.ddd * 10^exponent without zeros at the ends; no digits: zero. */
struct decimal {
        bool is_negative;
        char digits[MOST_DIGITS];
        int count;
        int exponent;
};

static bool is_digit(char c)
{
        return c >= '0' && c <= '9';
}

static int read_exponent(const char *text, const char *end)
{
        bool is_negative = text < end && *text == '-';
        int exponent = 0;

        for (text += text < end && (*text == '-' || *text == '+'); text < end; text++) {
                if (exponent < EXPONENT_LIMIT)
                        exponent = exponent * 10 + (*text - '0');
        }
        return is_negative ? -exponent : exponent;
}

/* Take a digit that counts; false: one too many. Zeros at the end wait in *zeros. */
static bool add_digit(struct decimal *ret, char digit, int *zeros)
{
        if (digit == '0') {
                ++*zeros;
                return true;
        }
        if (*zeros >= MOST_DIGITS - ret->count)
                return false;

        memset(ret->digits + ret->count, '0', (size_t)*zeros);
        ret->count += *zeros;
        ret->digits[ret->count++] = digit;
        *zeros = 0;
        return true;
}

/* What is no digit, sign or exponent is the point. False: more digits than any double keeps. */
static bool decimal_read(const char *text, size_t len, struct decimal *ret)
{
        const char *end = text + len;
        bool is_behind_point = false;
        int zeros = 0;

        *ret = (struct decimal){.is_negative = len != 0 && *text == '-', .exponent = -1};
        for (text += len != 0 && (*text == '-' || *text == '+'); text < end; text++) {
                if (*text == 'e' || *text == 'E') {
                        ret->exponent += read_exponent(text + 1, end);
                        break;
                }
                if (!is_digit(*text)) {
                        is_behind_point = true;
                        continue;
                }
                if (ret->count == 0 && *text == '0') { /* in front of all that count */
                        ret->exponent -= is_behind_point;
                        continue;
                }
                if (!add_digit(ret, *text, &zeros))
                        return false;
                ret->exponent += !is_behind_point;
        }
        return true;
}

static bool decimal_equal(const struct decimal *a, const struct decimal *b)
{
        return a->is_negative == b->is_negative && a->count == b->count &&
               memcmp(a->digits, b->digits, (size_t)a->count) == 0 &&
               (a->count == 0 || a->exponent == b->exponent);
}

static double decimal_double(const struct decimal *decimal)
{
        char text[64];

        if (decimal->count == 0)
                return decimal->is_negative ? -0.0 : 0.0;

        /* a whole number and an exponent: no point that a locale could write otherwise */
        (void)snprintf(text, sizeof(text), "%s%.*se%d", decimal->is_negative ? "-" : "",
                       decimal->count, decimal->digits, decimal->exponent - decimal->count + 1);
        return strtod(text, NULL);
}

/* The next larger magnitude with `count` digits. */
static void decimal_next(struct decimal *decimal, int count)
{
        memset(decimal->digits + decimal->count, '0', (size_t)(count - decimal->count));
        decimal->count = count;
        while (decimal->count != 0 && decimal->digits[decimal->count - 1] == '9')
                decimal->count--;
        if (decimal->count != 0) {
                decimal->digits[decimal->count - 1]++;
        } else {
                decimal->digits[decimal->count++] = '1';
                decimal->exponent++;
        }
}

static void decimal_shortest(double value, struct decimal *ret)
{
        char text[64];
        int count = fabs(value) < DBL_MIN ? 1 : SAFE_DIGITS; /* zeros at the end fall off anyway */

        for (;; count++) {
                (void)snprintf(text, sizeof(text), "%.*e", count - 1, value);
                (void)decimal_read(text, strlen(text), ret);
                if (count == MOST_DIGITS || decimal_double(ret) == value)
                        return;

                /* below a power of two the doubles lie closer, so the text nearest to it may
                 * belong to its neighbour, and the second nearest to it */
                decimal_next(ret, count);
                if (decimal_double(ret) == value)
                        return;
        }
}

bool pd_real_read(const char *text, size_t len, double *ret)
{
        struct decimal wanted, kept;
        double value;

        if (!decimal_read(text, len, &wanted))
                return false;

        value = decimal_double(&wanted);
        if (!isfinite(value))
                return false;
        decimal_shortest(value, &kept);
        if (!decimal_equal(&wanted, &kept))
                return false;
        *ret = value;
        return true;
}

/* Append decimal digits first..last of a number that is zero outside of them. */
static char *put_digits(char *out, const struct decimal *decimal, int first, int last)
{
        for (int i = first; i <= last; i++)
                *out++ = i >= 0 && i < decimal->count ? decimal->digits[i] : '0';
        return out;
}

void pd_real_write(double value, char out[PD_REAL_SIZE])
{
        struct decimal decimal;
        bool is_plain;
        int point; /* index of the last digit in front of the point */

        assert(isfinite(value));
        decimal_shortest(value, &decimal);
        is_plain = decimal.count == 0 ||
                   (decimal.exponent >= FIRST_PLAIN && decimal.exponent <= LAST_PLAIN);
        point = is_plain && decimal.count != 0 ? decimal.exponent : 0;

        if (decimal.is_negative)
                *out++ = '-';
        out = put_digits(out, &decimal, point < 0 ? point : 0, point);
        *out++ = '.';
        out = put_digits(out, &decimal, point + 1,
                         decimal.count - 1 > point + 1 ? decimal.count - 1 : point + 1);
        *out = '\0';
        if (!is_plain)
                (void)snprintf(out, sizeof("e-308"), "e%+03d", decimal.exponent);
}
