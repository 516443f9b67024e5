/* nearest.c - edit distance: added, dropped, changed and swapped letters. */
#include "config/nearest.h"

#include <string.h>

static size_t least(size_t a, size_t b)
{
        return a < b ? a : b;
}

/* Edits from one word to the other (optimal string alignment), row by row of the usual table. */
static size_t edits(const char *from, size_t from_len, const char *to, size_t to_len)
{
        size_t rows[3][PD_NEAREST_MAX_WORD + 1];
        size_t *before = rows[0];
        size_t *above = rows[1];
        size_t *row = rows[2];

        for (size_t j = 0; j <= to_len; j++)
                row[j] = j;

        for (size_t i = 1; i <= from_len; i++) {
                size_t *oldest = before;

                before = above;
                above = row;
                row = oldest;
                row[0] = i;
                for (size_t j = 1; j <= to_len; j++) {
                        row[j] = above[j - 1] + (from[i - 1] != to[j - 1]);
                        row[j] = least(row[j], least(above[j], row[j - 1]) + 1);
                        if (i > 1 && j > 1 && from[i - 1] == to[j - 2] && from[i - 2] == to[j - 1])
                                row[j] = least(row[j], before[j - 2] + 1);
                }
        }
        return row[to_len];
}

void pd_nearest_offer(struct pd_nearest *nearest, const char *candidate)
{
        size_t word_len = strlen(nearest->word);
        size_t len = strlen(candidate);
        size_t longer = word_len > len ? word_len : len;
        size_t distance;

        if (longer > PD_NEAREST_MAX_WORD)
                return;

        distance = edits(nearest->word, word_len, candidate, len);
        if (distance > (longer < 3 ? 1 : longer / 3) ||
            (nearest->best[0] != '\0' && distance >= nearest->distance))
                return;
        memcpy(nearest->best, candidate, len + 1);
        nearest->distance = distance;
}
