/* pattern.c - regular expressions by PCRE2, within limits. */
#include "pattern/pattern.h"

#include <assert.h>
#include <string.h>

#define PCRE2_CODE_UNIT_WIDTH 8
#include <pcre2.h>

#define OPTIONS                                                                                    \
        (PCRE2_ANCHORED | PCRE2_UTF | PCRE2_UCP | PCRE2_MATCH_INVALID_UTF | PCRE2_NEVER_BACKSLASH_C)

struct pd_pattern {
        pcre2_code *code;
        pcre2_match_context *limits;
};

static void free_match_data(pcre2_match_data *const *data)
{
        pcre2_match_data_free(*data);
}

static int set_limits(struct pd_pattern *pattern, struct pd_err *err)
{
        pattern->limits = pcre2_match_context_create(NULL);
        if (pattern->limits == NULL)
                return pd_fail_memory(err, "pattern");
        pcre2_set_match_limit(pattern->limits, PD_PATTERN_MAX_STEPS);
        pcre2_set_heap_limit(pattern->limits, PD_PATTERN_MAX_HEAP_KIB);
        return 0;
}

static int compile(const char *text, struct pd_pattern *pattern, struct pd_err *err)
{
        size_t len = strlen(text), at = 0;
        int code = 0;
        char why[128];

        if (len > PD_PATTERN_MAX_BYTES)
                return pd_fail(err, PD_E_INVALID, 0, "the regular expression is over %d bytes",
                               PD_PATTERN_MAX_BYTES);
        pattern->code = pcre2_compile((PCRE2_SPTR)text, len, OPTIONS, &code, &at, NULL);
        if (pattern->code != NULL)
                return 0;
        if (code == PCRE2_ERROR_HEAP_FAILED)
                return pd_fail_memory(err, "pattern");
        pcre2_get_error_message(code, (PCRE2_UCHAR *)why, sizeof(why));
        return pd_fail(err, PD_E_INVALID, 0, "'%s' is no regular expression: %s, at offset %zu",
                       text, why, at);
}

int pd_pattern_new(const char *text, struct pd_pattern **ret, struct pd_err *err)
{
        pd_auto(pd_pattern_free_ptr) struct pd_pattern *pattern = calloc(1, sizeof(*pattern));

        if (pattern == NULL)
                return pd_fail_memory(err, "pattern");
        if (compile(text, pattern, err) < 0 || set_limits(pattern, err) < 0)
                return -1;
        *ret = pd_steal(&pattern);
        return 0;
}

void pd_pattern_free(struct pd_pattern *pattern)
{
        if (pattern == NULL)
                return;
        pcre2_match_context_free(pattern->limits);
        pcre2_code_free(pattern->code);
        free(pattern);
}

int pd_pattern_match(const struct pd_pattern *pattern, const char *text, bool *ret,
                     struct pd_err *err)
{
        pd_auto(free_match_data) pcre2_match_data *data = pcre2_match_data_create(1, NULL);
        int result;

        if (data == NULL)
                return pd_fail_memory(err, "match");
        result = pcre2_match(pattern->code, (PCRE2_SPTR)text, strlen(text), 0, 0, data,
                             pattern->limits);
        switch (result) {
        case PCRE2_ERROR_NOMEMORY:
                return pd_fail_memory(err, "match");
        case PCRE2_ERROR_MATCHLIMIT:
        case PCRE2_ERROR_DEPTHLIMIT:
        case PCRE2_ERROR_HEAPLIMIT:
                return pd_fail(err, PD_E_TOO_LARGE, 0,
                               "the regular expression takes over %d steps: write it with fewer "
                               "repetitions within repetitions",
                               PD_PATTERN_MAX_STEPS);
        default:
                assert(result >= 0 || result == PCRE2_ERROR_NOMATCH);
                *ret = result >= 0; /* 0: it matches, and has more groups than are kept */
                return 0;
        }
}
