/* words.c - the words of a text. */
#include "words.h"

#include <ctype.h>

int64_t count_words(const char *text)
{
        int64_t words = 0;

        for (; *text != '\0'; text++)
                words += !isspace((unsigned char)text[0]) &&
                         (text[1] == '\0' || isspace((unsigned char)text[1]));
        return words;
}
