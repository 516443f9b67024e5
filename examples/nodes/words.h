/* words.h - the words of a text. */
#ifndef EXAMPLES_WORDS_H
#define EXAMPLES_WORDS_H

#include <stdint.h>

/** How many there are between blanks and line ends. */
int64_t count_words(const char *text);

#endif
