/* character.c - characters that do not stand in YAML as they are. */
#include "character.h"

#include <string.h>

#include "base/attr.h"

int pd_yaml_odd_character(const char *text, size_t size)
{
        static const struct {
                const char *bytes;
                int character;
        } long_ones[] = {
                {"\xe2\x80\xa8", 0x2028}, {"\xe2\x80\xa9", 0x2029}, {"\xef\xbb\xbf", 0xfeff},
                {"\xef\xbf\xbe", 0xfffe}, {"\xef\xbf\xbf", 0xffff},
        };
        unsigned char first = (unsigned char)text[0];

        if (size == 1)
                return (first < ' ' && memchr("\t\n\r", first, 3) == NULL) || first == 0x7f ? first
                                                                                            : -1;
        if (size == 2)
                return first == 0xc2 && (unsigned char)text[1] < 0xa0 ? (unsigned char)text[1] : -1;
        for (size_t i = 0; size == 3 && i < PD_COUNT(long_ones); i++) {
                if (memcmp(text, long_ones[i].bytes, 3) == 0)
                        return long_ones[i].character;
        }
        return -1;
}
