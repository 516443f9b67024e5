/* filter.c - regular expressions by PCRE2. */
#include "filter.h"

#include <stdlib.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#include "base/own.h"
#include "events.h"

struct pd_filter {
        pcre2_code *code;
        pcre2_match_data *match;
        pcre2_match_context *context;
};

void pd_filter_free(struct pd_filter *filter)
{
        if (filter == NULL)
                return;
        pcre2_code_free(filter->code);
        pcre2_match_data_free(filter->match);
        pcre2_match_context_free(filter->context);
        free(filter);
}

static void filter_free(struct pd_filter **filter)
{
        pd_filter_free(*filter);
}

static int compile(const char *pattern, struct pd_filter *filter, struct pd_err *err)
{
        const uint32_t options = PCRE2_ANCHORED | PCRE2_UTF | PCRE2_NEVER_BACKSLASH_C;
        PCRE2_UCHAR why[120];
        int code;
        PCRE2_SIZE at;

        filter->code = pcre2_compile((PCRE2_SPTR)pattern, PCRE2_ZERO_TERMINATED, options, &code,
                                     &at, NULL);
        if (filter->code != NULL)
                return 0;
        if (pcre2_get_error_message(code, why, sizeof(why)) < 0)
                why[0] = '\0';
        return pd_fail(err, PD_E_INVALID, 0, "the regular expression fails at offset %zu: %s", at,
                       (const char *)why);
}

int pd_filter_new(const char *pattern, struct pd_filter **ret, struct pd_err *err)
{
        pd_auto(filter_free) struct pd_filter *filter = NULL;

        *ret = NULL;
        if (pattern == NULL || pattern[0] == '\0' || strcmp(pattern, ".*") == 0)
                return 0;
        if (strlen(pattern) > PD_EVENTS_MAX_PATTERN_BYTES)
                return pd_fail(err, PD_E_TOO_LARGE, 0,
                               "the regular expression is longer than %d bytes",
                               PD_EVENTS_MAX_PATTERN_BYTES);
        filter = calloc(1, sizeof(*filter));
        if (filter == NULL)
                return pd_fail_memory(err, "a filter");
        if (compile(pattern, filter, err) < 0)
                return -1;
        filter->match = pcre2_match_data_create_from_pattern(filter->code, NULL);
        filter->context = pcre2_match_context_create(NULL);
        if (filter->match == NULL || filter->context == NULL)
                return pd_fail_memory(err, "a filter");
        (void)pcre2_set_match_limit(filter->context, PD_EVENTS_MATCH_LIMIT);
        (void)pcre2_set_depth_limit(filter->context, PD_EVENTS_MATCH_LIMIT);
        *ret = pd_steal(&filter);
        return 0;
}

bool pd_filter_passes(const struct pd_filter *filter, const char *text)
{
        if (filter == NULL)
                return true;
        return pcre2_match(filter->code, (PCRE2_SPTR)text, strlen(text), 0, 0, filter->match,
                           filter->context) >= 0;
}
