/* pd_test.c - assertions on results and error values. */
#include "pd_test.h"

#include <string.h>

bool pd_test_is_wanted(int result, const struct pd_err *err, enum pd_err_code want)
{
        if (want == PD_OK)
                return result == 0;
        return result == -1 && err->code == want && err->msg[0] != '\0';
}

void pd_test_result(int result, const struct pd_err *err, enum pd_err_code want, const char *call,
                    const char *file, int line)
{
        if (pd_test_is_wanted(result, err, want))
                return;

        print_error("%s\n", call);
        if (result == 0)
                print_error("  wanted %s, but it returned 0\n", pd_err_name(want));
        else
                print_error("  wanted %s, but it returned %d, %s: '%s'\n", pd_err_name(want),
                            result, pd_err_name(err->code), err->msg);
        _fail(file, line);
}

void pd_test_says(const char *text, const char *part, const char *file, int line)
{
        if (strstr(text, part) != NULL)
                return;

        print_error("  '%s'\n  does not say '%s'\n", text, part);
        _fail(file, line);
}
