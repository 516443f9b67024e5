/* character.c - characters that do not stand in YAML as they are. */
#include "character.h"

#include <string.h>

#include "base/attr.h"
#include "base/utf8.h"

int pd_yaml_odd_character(const char *text, size_t size)
{
        static const struct {
                const char *bytes;
                int character;
        } long_ones[] = {
                {"\xe2\x80\xa8", 0x2028}, {"\xe2\x80\xa9", 0x2029}, {"\xef\xbb\xbf", 0xfeff},
                {"\xef\xbf\xbe", 0xfffe}, {"\xef\xbf\xbf", 0xffff},
        };

        if (pd_utf8_is_control(text, size))
                return size == 1 && memchr("\t\n\r", *text, 3) != NULL
                               ? -1
                               : (unsigned char)text[size - 1];
        for (size_t i = 0; size == 3 && i < PD_COUNT(long_ones); i++) {
                if (memcmp(text, long_ones[i].bytes, 3) == 0)
                        return long_ones[i].character;
        }
        return -1;
}
