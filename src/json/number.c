/* number.c - JSON numbers, those alone that lose nothing. */
#include <stdint.h>
#include <string.h>

#include "base/num.h"
#include "base/real.h"
#include "reader.h"

static bool is_digit(int c)
{
        return c >= '0' && c <= '9';
}

/* Take digits; false: there is none. */
static bool take_digits(struct pd_json_reader *reader)
{
        if (!is_digit(pd_json_peek(reader)))
                return false;
        while (is_digit(pd_json_peek(reader)))
                reader->at++;
        return true;
}

/* Take what RFC 8259, section 6, calls a number; *ret_is_real: it has a fraction or an exponent. */
static int take_number(struct pd_json_reader *reader, bool *ret_is_real)
{
        *ret_is_real = false;
        (void)pd_json_take(reader, '-');
        if (pd_json_take(reader, '0')) {
                if (is_digit(pd_json_peek(reader)))
                        return pd_json_fail(reader, PD_E_INVALID, "a number has a leading zero");
        } else if (!take_digits(reader)) {
                return pd_json_unexpected(reader, "a digit");
        }

        if (pd_json_take(reader, '.')) {
                *ret_is_real = true;
                if (!take_digits(reader))
                        return pd_json_unexpected(reader, "a digit");
        }
        if (pd_json_take(reader, 'e') || pd_json_take(reader, 'E')) {
                *ret_is_real = true;
                if (!pd_json_take(reader, '+'))
                        (void)pd_json_take(reader, '-');
                if (!take_digits(reader))
                        return pd_json_unexpected(reader, "a digit");
        }
        return 0;
}

/* False: it is over 64 bits. */
static bool read_integer(const char *text, size_t len, int64_t *ret)
{
        char number[sizeof("-9223372036854775808")] = "";

        if (len >= sizeof(number))
                return false;
        memcpy(number, text, len);
        return pd_parse_int(number, INT64_MIN, INT64_MAX, ret, NULL) == 0;
}

int pd_json_read_number(struct pd_json_reader *reader, json_t **ret)
{
        size_t start = reader->at;
        const char *text = reader->text + start;
        int64_t integer = 0;
        double real = 0;
        bool is_real, is_kept;
        size_t len;
        json_t *number;

        if (take_number(reader, &is_real) < 0)
                return -1;

        len = reader->at - start;
        is_kept = is_real ? pd_real_read(text, len, &real) : read_integer(text, len, &integer);
        if (!is_kept) {
                reader->at = start;
                return pd_json_fail(reader, PD_E_INVALID,
                                    "the number '%.*s%s' cannot be kept exactly; write it as a "
                                    "string",
                                    len < PD_JSON_MAX_QUOTED ? (int)len : PD_JSON_MAX_QUOTED, text,
                                    len > PD_JSON_MAX_QUOTED ? "..." : "");
        }

        number = is_real ? json_real(real) : json_integer(integer);
        if (number == NULL)
                return pd_fail_memory(reader->err, "a number");
        *ret = number;
        return 0;
}
