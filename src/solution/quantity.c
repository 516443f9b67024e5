/* quantity.c - amounts of resources. */
#include "solution/quantity.h"

#include <stddef.h>
#include <string.h>

#include "base/attr.h"

#define DIGITS "0123456789"

/* Digits behind the point that count: the smallest unit is 1n. */
#define MAX_BEHIND 12

/* More than this power of ten is huge, or nothing, whatever the digits are. */
#define MAX_EXPONENT 1000

/* A unit: times ten to the power of `ten`, times two to the power of `two`. */
static const struct {
        const char *name;
        int ten, two;
} units[] = {
        {"", 0, 0},    {"n", -9, 0},  {"u", -6, 0},  {"m", -3, 0},  {"k", 3, 0},   {"M", 6, 0},
        {"G", 9, 0},   {"T", 12, 0},  {"P", 15, 0},  {"E", 18, 0},  {"Ki", 0, 10}, {"Mi", 0, 20},
        {"Gi", 0, 30}, {"Ti", 0, 40}, {"Pi", 0, 50}, {"Ei", 0, 60},
};

/* The powers of a unit or an exponent, which is all of the text. */
static bool read_unit(const char *text, int *ret_ten, int *ret_two)
{
        bool is_negative;
        int exponent = 0;

        for (size_t i = 0; i < PD_COUNT(units); i++) {
                if (strcmp(text, units[i].name) == 0) {
                        *ret_ten = units[i].ten;
                        *ret_two = units[i].two;
                        return true;
                }
        }
        if (*text != 'e' && *text != 'E')
                return false;
        is_negative = text[1] == '-';
        text += text[1] == '+' || is_negative ? 2 : 1;
        if (*text == '\0' || text[strspn(text, DIGITS)] != '\0')
                return false;

        for (; *text != '\0'; text++)
                if (exponent < MAX_EXPONENT)
                        exponent = exponent * 10 + (*text - '0');
        *ret_ten = is_negative ? -exponent : exponent;
        *ret_two = 0;
        return true;
}

/* Room for all digits that count times the largest unit, until the end of the sum. */
__extension__ typedef unsigned __int128 wide;

#define WIDE_HUGE ((wide)-1)

static wide times(wide value, unsigned factor)
{
        return value > WIDE_HUGE / factor ? WIDE_HUGE : value * factor;
}

/* Times ten to the power of `ten`; down it is rounded up. */
static wide scale(wide value, int ten)
{
        for (; ten > 0 && value != 0 && value != WIDE_HUGE; ten--)
                value = times(value, 10);
        for (; ten < 0 && value > 1 && value != WIDE_HUGE; ten++)
                value = value / 10 + (value % 10 != 0);
        return value;
}

static wide append_digit(wide value, char digit)
{
        return value > (WIDE_HUGE - 9) / 10 ? WIDE_HUGE : value * 10 + (unsigned)(digit - '0');
}

/* The digits as a whole number, MAX_BEHIND of them behind the point; further ones round it up. */
static wide read_digits(const char *text, size_t whole, size_t part)
{
        wide value = 0;
        bool is_more = false;

        for (size_t i = 0; i < whole; i++)
                value = append_digit(value, text[i]);
        for (size_t i = 0; i < MAX_BEHIND; i++)
                value = append_digit(value, i < part ? text[whole + 1 + i] : '0');
        for (size_t i = MAX_BEHIND; i < part; i++)
                is_more = is_more || text[whole + 1 + i] != '0';
        return value + (is_more && value != WIDE_HUGE);
}

bool pd_quantity_parse(const char *text, uint64_t *ret_milli)
{
        size_t whole = strspn(text, DIGITS);
        bool has_point = text[whole] == '.';
        size_t part = has_point ? strspn(text + whole + 1, DIGITS) : 0;
        int ten, two;
        wide value;

        if (whole + part == 0 || !read_unit(text + whole + has_point + part, &ten, &two))
                return false;
        if (ret_milli == NULL)
                return true;

        value = read_digits(text, whole, part);
        for (; two > 0; two -= 10)
                value = times(value, 1024);
        value = scale(value, ten + 3 - MAX_BEHIND);
        *ret_milli = value < PD_QUANTITY_HUGE ? (uint64_t)value : PD_QUANTITY_HUGE;
        return true;
}
