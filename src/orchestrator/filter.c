/* filter.c - verdicts are kept: there are few texts, and many events of each. */
#include "filter.h"

#include <string.h>

int pd_filter_init(struct pd_filter *filter, const char *pattern, struct pd_err *err)
{
        *filter = (struct pd_filter){0};
        if (pattern == NULL || pattern[0] == '\0' || strcmp(pattern, ".*") == 0)
                return 0;
        return pd_pattern_new(pattern, &filter->pattern, err);
}

void pd_filter_done(struct pd_filter *filter)
{
        pd_pattern_free(filter->pattern);
        pd_map_done(&filter->verdicts);
}

bool pd_filter_passes(struct pd_filter *filter, const char *text)
{
        bool is_match = false;
        size_t verdict;

        if (filter->pattern == NULL)
                return true;
        if (pd_map_get(&filter->verdicts, text, &verdict))
                return verdict != 0;

        if (pd_pattern_match(filter->pattern, text, &is_match, NULL) < 0)
                is_match = false;
        /* without memory for it, it is judged again next time */
        (void)!pd_map_set(&filter->verdicts, text, is_match);
        return is_match;
}

void pd_filter_forget(struct pd_filter *filter)
{
        pd_map_done(&filter->verdicts);
        filter->verdicts = (struct pd_map){0};
}
