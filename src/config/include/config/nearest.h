/*
 * nearest.h - which known word a mistyped one was meant to be.
 *
 *         struct pd_nearest nearest = {.word = typed};
 *         for (size_t i = 0; i < count; i++)
 *                 pd_nearest_offer(&nearest, names[i]);
 *         if (nearest.best[0] != '\0')
 *                 "did you mean '%s'?"
 */
#ifndef PD_CONFIG_NEAREST_H
#define PD_CONFIG_NEAREST_H

#include <stddef.h>

/** Longest word that is compared; a longer one is near to nothing. */
#define PD_NEAREST_MAX_WORD 63

struct pd_nearest {
        const char *word;                   /**< what was typed */
        char best[PD_NEAREST_MAX_WORD + 1]; /**< the nearest one so far; "": none is near */
        size_t distance;                    /**< edits from `word` to `best` */
};

/**
 * Offer a candidate. It is near when at most a third of the longer word's letters (at least one)
 * have to be added, dropped, changed or swapped with the next one. Of equally near ones the first
 * stays.
 */
void pd_nearest_offer(struct pd_nearest *nearest, const char *candidate);

#endif
