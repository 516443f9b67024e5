/* pairs.h - names with values, as header lines and queries have them. */
#ifndef PD_HTTPD_PAIRS_H
#define PD_HTTPD_PAIRS_H

#include <stdbool.h>
#include <stddef.h>

struct pd_pair {
        const char *name;
        const char *value;
};

struct pd_pairs {
        const struct pd_pair *items;
        size_t count;
};

/** The value of the first pair of that name; NULL: absent. */
const char *pd_pairs_get(const struct pd_pairs *pairs, const char *name, bool ignore_case);

#endif
