/* quoted_json.c - JSON in the text of a test. */
#include "quoted_json.h"

#include <string.h>

#include "base/own.h"
#include "json/json.h"
#include "pd_test.h"

json_t *pd_test_json(const char *text)
{
        pd_auto(pd_free_ptr) char *json = strdup(text);
        json_t *result = NULL;
        struct pd_err err = {0};

        assert_non_null(json);
        for (char *at = json; (at = strchr(at, '\'')) != NULL;)
                *at = '"';
        assert_pd_ok(pd_json_parse(json, strlen(json), &pd_json_default_limits, &result, &err),
                     err);
        return result;
}
