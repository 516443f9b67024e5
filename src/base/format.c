/* format.c - formatted text in an array of fixed size. */
#include "base/format.h"

#include <stdio.h>
#include <string.h>

#define CUT_MARK "..."

void pd_vformat(char *out, size_t size, const char *fmt, va_list args)
{
        int len = vsnprintf(out, size, fmt, args);
        size_t end = size - sizeof(CUT_MARK);

        if (len >= 0 && (size_t)len < size)
                return;

        while (end != 0 && ((unsigned char)out[end] & 0xc0) == 0x80)
                end--; /* inside a character */
        memcpy(out + end, CUT_MARK, sizeof(CUT_MARK));
}

void pd_format(char *out, size_t size, const char *fmt, ...)
{
        va_list args;

        va_start(args, fmt);
        pd_vformat(out, size, fmt, args);
        va_end(args);
}
