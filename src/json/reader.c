/* reader.c - where a reader stands in its text. */
#include "reader.h"

#include <stdarg.h>
#include <string.h>

#include "base/format.h"
#include "base/utf8.h"

int pd_json_peek(const struct pd_json_reader *reader)
{
        return reader->at < reader->len ? (unsigned char)reader->text[reader->at] : -1;
}

bool pd_json_take(struct pd_json_reader *reader, char byte)
{
        if (pd_json_peek(reader) != (unsigned char)byte)
                return false;
        reader->at++;
        return true;
}

void pd_json_skip_blanks(struct pd_json_reader *reader)
{
        while (reader->at < reader->len && memchr(" \t\n\r", reader->text[reader->at], 4) != NULL)
                reader->at++;
}

int pd_json_fail(const struct pd_json_reader *reader, enum pd_err_code code, const char *fmt, ...)
{
        struct pd_place place = pd_utf8_place(reader->text, reader->at);
        char message[256];
        va_list args;

        va_start(args, fmt);
        pd_vformat(message, sizeof(message), fmt, args);
        va_end(args);
        return pd_fail(reader->err, code, 0, "%s at line %zu, column %zu", message, place.line,
                       place.column);
}

int pd_json_unexpected(const struct pd_json_reader *reader, const char *wanted)
{
        const char *here = reader->text + reader->at;
        size_t size = pd_utf8_char(here, reader->len - reader->at);

        if (reader->at == reader->len)
                return pd_json_fail(reader, PD_E_INVALID, "%s is missing where the text ends",
                                    wanted);
        if (size == 0 || (unsigned char)*here < ' ')
                return pd_json_fail(reader, PD_E_INVALID, "%s is missing before the byte 0x%02x",
                                    wanted, (unsigned char)*here);
        return pd_json_fail(reader, PD_E_INVALID, "%s is missing before '%.*s'", wanted, (int)size,
                            here);
}
