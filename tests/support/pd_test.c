/* pd_test.c - assertions on results and error values. */
#include "pd_test.h"

#include <string.h>

uint32_t pd_test_random(void)
{
        static uint64_t seed = 1;

        seed = seed * 6364136223846793005U + 1442695040888963407U;
        return (uint32_t)(seed >> 32);
}

bool pd_test_is_wanted(int result, const struct pd_err *err, enum pd_err_code want)
{
        if (want == PD_OK)
                return result == 0;
        return result == -1 && err->code == want && err->msg[0] != '\0';
}

void pd_test_result(int result, const struct pd_err *err, enum pd_err_code want,
                    struct pd_test_here here)
{
        if (pd_test_is_wanted(result, err, want))
                return;

        print_error("%s\n  wanted %s, ", here.text, pd_err_name(want));
        if (result == 0)
                print_error("but it returned 0\n");
        else
                print_error("but it returned %d, %s: '%s'\n", result, pd_err_name(err->code),
                            err->msg);
        _fail(here.file, here.line);
}

void pd_test_says(const char *text, const char *part, struct pd_test_here here)
{
        if (strstr(text, part) != NULL)
                return;

        print_error("%s: '%s'\n  does not say '%s'\n", here.text, text, part);
        _fail(here.file, here.line);
}
