/* scalar.c - from a scalar of YAML to a value. */
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/format.h"
#include "base/num.h"
#include "base/real.h"
#include "plain.h"
#include "reader.h"

/* What a message quotes of a scalar. */
#define MAX_QUOTED 40

int pd_yaml_fail(const struct pd_yaml_reader *reader, const yaml_mark_t *mark,
                 enum pd_err_code code, const char *fmt, ...)
{
        char message[256];
        va_list args;

        va_start(args, fmt);
        pd_vformat(message, sizeof(message), fmt, args);
        va_end(args);
        return pd_fail(reader->err, code, 0, "%s at line %zu, column %zu", message, mark->line + 1,
                       mark->column + 1);
}

/* The document has a name for it, or wants it to be another type than it looks like. */
int pd_yaml_refuse_properties(const struct pd_yaml_reader *reader, const yaml_mark_t *mark,
                              const yaml_char_t *anchor, const yaml_char_t *tag)
{
        if (anchor != NULL)
                return pd_yaml_fail(reader, mark, PD_E_INVALID, "the anchor '&%s' is not allowed",
                                    (const char *)anchor);
        if (tag != NULL)
                return pd_yaml_fail(reader, mark, PD_E_INVALID, "the tag '%s' is not allowed",
                                    (const char *)tag);
        return 0;
}

int pd_yaml_refuse_plain(const struct pd_yaml_reader *reader, const yaml_event_t *event,
                         const char *why)
{
        char shown[MAX_QUOTED];

        pd_format(shown, sizeof(shown), "%s", (const char *)event->data.scalar.value);
        return pd_yaml_fail(reader, &event->start_mark, PD_E_INVALID,
                            "'%s' %s; put it in quotes if it is text", shown, why);
}

/* Hand out what jansson made, if it did. */
static int give(const struct pd_yaml_reader *reader, json_t *made, json_t **ret)
{
        if (made == NULL)
                return pd_fail_memory(reader->err, "a YAML value");
        *ret = made;
        return 0;
}

/* Digits behind `0x`; false: over 64 bits. */
static bool read_hexadecimal(const char *digits, int64_t *ret)
{
        int64_t number = 0;

        for (; *digits != '\0'; digits++) {
                int letter = *digits | 0x20; /* in lower case */
                int digit = letter >= 'a' ? letter - 'a' + 10 : *digits - '0';

                if (__builtin_mul_overflow(number, 16, &number))
                        return false;
                number += digit;
        }
        *ret = number;
        return true;
}

static int read_integer(const struct pd_yaml_reader *reader, const yaml_event_t *event,
                        json_t **ret)
{
        const char *text = (const char *)event->data.scalar.value;
        int64_t integer = 0;
        bool fits;

        if (text[0] == '0' && text[1] == 'x')
                fits = read_hexadecimal(text + 2, &integer);
        else
                fits = pd_parse_int(text + (*text == '+'), INT64_MIN, INT64_MAX, &integer, NULL) ==
                       0;
        if (!fits)
                return pd_yaml_refuse_plain(reader, event, "is over 64 bits");
        return give(reader, json_integer(integer), ret);
}

static int read_real(const struct pd_yaml_reader *reader, const yaml_event_t *event, json_t **ret)
{
        double real = 0;

        if (!pd_real_read((const char *)event->data.scalar.value, event->data.scalar.length, &real))
                return pd_yaml_refuse_plain(reader, event, "cannot be kept exactly");
        return give(reader, json_real(real), ret);
}

static int read_text(const struct pd_yaml_reader *reader, const yaml_event_t *event, json_t **ret)
{
        const char *text = (const char *)event->data.scalar.value;
        size_t len = event->data.scalar.length;

        if (memchr(text, '\0', len) != NULL)
                return pd_yaml_fail(reader, &event->start_mark, PD_E_INVALID,
                                    "a text holds U+0000");
        return give(reader, json_stringn_nocheck(text, len), ret);
}

static int read_plain(const struct pd_yaml_reader *reader, const yaml_event_t *event, json_t **ret)
{
        switch (pd_yaml_resolve((const char *)event->data.scalar.value)) {
        case PD_YAML_NULL:
                return give(reader, json_null(), ret);
        case PD_YAML_TRUE:
                return give(reader, json_true(), ret);
        case PD_YAML_FALSE:
                return give(reader, json_false(), ret);
        case PD_YAML_INTEGER:
                return read_integer(reader, event, ret);
        case PD_YAML_REAL:
                return read_real(reader, event, ret);
        case PD_YAML_DOUBTFUL:
                return pd_yaml_refuse_plain(reader, event,
                                            "means different values to different readers");
        case PD_YAML_NO_JSON:
                return pd_yaml_refuse_plain(reader, event, "is no number of JSON");
        case PD_YAML_TEXT:
                break;
        }
        return read_text(reader, event, ret);
}

int pd_yaml_read_scalar(const struct pd_yaml_reader *reader, const yaml_event_t *event,
                        json_t **ret)
{
        if (pd_yaml_refuse_properties(reader, &event->start_mark, event->data.scalar.anchor,
                                      event->data.scalar.tag) < 0)
                return -1;
        return event->data.scalar.style == YAML_PLAIN_SCALAR_STYLE ? read_plain(reader, event, ret)
                                                                   : read_text(reader, event, ret);
}
