/* quoted_json.h - JSON in the text of a test. */
#ifndef PD_TESTS_QUOTED_JSON_H
#define PD_TESTS_QUOTED_JSON_H

#include <jansson.h>

/** The tree of a text in which single quotes stand for double ones; the caller's. */
json_t *pd_test_json(const char *text);

#endif
