/* reader.c - where a reader stands in its text. */
#include "reader.h"

#include <stdarg.h>
#include <string.h>

#include "base/format.h"
#include "base/utf8.h"

int reader_peek(const struct reader *reader)
{
        return reader->at < reader->len ? (unsigned char)reader->text[reader->at] : -1;
}

bool reader_take(struct reader *reader, char byte)
{
        if (reader_peek(reader) != (unsigned char)byte)
                return false;
        reader->at++;
        return true;
}

void reader_skip_blanks(struct reader *reader)
{
        while (reader->at < reader->len && memchr(" \t\n\r", reader->text[reader->at], 4) != NULL)
                reader->at++;
}

int reader_fail(const struct reader *reader, enum pd_err_code code, const char *fmt, ...)
{
        char message[256];
        size_t line = 1, column = 1;
        va_list args;

        va_start(args, fmt);
        pd_vformat(message, sizeof(message), fmt, args);
        va_end(args);

        for (size_t i = 0; i < reader->at; i++) {
                if (reader->text[i] == '\n') {
                        line++;
                        column = 1;
                } else if (((unsigned char)reader->text[i] & 0xc0) != 0x80) {
                        column++; /* characters, not bytes */
                }
        }
        return pd_fail(reader->err, code, 0, "%s at line %zu, column %zu", message, line, column);
}

int reader_unexpected(const struct reader *reader, const char *wanted)
{
        const char *here = reader->text + reader->at;
        size_t size = pd_utf8_char(here, reader->len - reader->at);

        if (reader->at == reader->len)
                return reader_fail(reader, PD_E_INVALID, "%s is missing where the text ends",
                                   wanted);
        if (size == 0 || (unsigned char)*here < ' ')
                return reader_fail(reader, PD_E_INVALID, "%s is missing before the byte 0x%02x",
                                   wanted, (unsigned char)*here);
        return reader_fail(reader, PD_E_INVALID, "%s is missing before '%.*s'", wanted, (int)size,
                           here);
}
