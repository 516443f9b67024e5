/*
 * pd_test.h - what every unit test includes: cmocka with the headers it wants before it, and
 * assertions for functions that return 0 or -1 and fill a struct pd_err.
 */
#ifndef PD_TESTS_PD_TEST_H
#define PD_TESTS_PD_TEST_H

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/err.h"

/** Where an assertion stands, and what it says. */
struct pd_test_here {
        const char *text;
        const char *file;
        int line;
};

#define PD_TEST_HERE(text) ((struct pd_test_here){(text), __FILE__, __LINE__})

/** The call must return 0. `err` is the struct itself, not its address. */
#define assert_pd_ok(call, err) pd_test_result((call), &(err), PD_OK, PD_TEST_HERE(#call))

/** The call must return -1 with the code `want` and a message. */
#define assert_pd_fail(call, err, want) pd_test_result((call), &(err), (want), PD_TEST_HERE(#call))

/** `text` must contain `part`. */
#define assert_pd_says(text, part) pd_test_says((text), (part), PD_TEST_HERE(#text))

/** The next of many random numbers, the same ones in every run of the program. */
uint32_t pd_test_random(void);

/** Whether a result is the wanted one: 0 for PD_OK; else -1, that code and a message. */
bool pd_test_is_wanted(int result, const struct pd_err *err, enum pd_err_code want);

/* What the macros call; on a mismatch they print what came instead and fail the test. */
void pd_test_result(int result, const struct pd_err *err, enum pd_err_code want,
                    struct pd_test_here here);
void pd_test_says(const char *text, const char *part, struct pd_test_here here);

#endif
