/* protoc.c - run protoc on a text that is in memory, and say what it complains about. */
#include "protoc.h"

#include <errno.h>
#include <signal.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mman.h>

#include "base/file.h"
#include "base/own.h"
#include "base/utf8.h"
#include "child.h"

/* The first complaint is told; the end of a long list may be missing. */
#define MAX_COMPLAINTS 16384

/*
 * The text is a file without a name, and this mapping is all that protoc sees of any folder but
 * its own includes: nothing is left behind, and nothing of the caller's disk can be imported.
 */
static const char *const protoc_argv[] = {
        "protoc",
        ("-I" PD_PROTOC_SOURCE "=/dev/stdin"),
        "--include_imports",
        "--descriptor_set_out=/dev/stdout",
        PD_PROTOC_SOURCE,
        NULL,
};

/* A descriptor of a file that has no name and holds the text. */
static int open_text(const struct pd_protoc *source, int *ret_fd, struct pd_err *err)
{
        pd_auto(pd_close_ptr) int fd = memfd_create(PD_PROTOC_SOURCE, MFD_CLOEXEC);

        if (fd < 0)
                return pd_fail(err, PD_E_INTERNAL, errno, "memory for protoc's input");
        if (pd_file_write_fd(fd, PD_PROTOC_SOURCE, source->text, source->len, err) < 0)
                return -1;

        *ret_fd = fd;
        fd = -1;
        return 0;
}

/* Past a number and a colon, or NULL. */
static const char *skip_number(const char *at)
{
        size_t digits = strspn(at, "0123456789");

        return digits > 0 && at[digits] == ':' ? at + digits + 1 : NULL;
}

/* Whether the line is `model.proto:[LINE:COLUMN:] TEXT` and no warning; then *err tells it. */
static bool tell_complaint(const char *line, struct pd_err *err)
{
        const char *number = line + strlen(PD_PROTOC_SOURCE ":");
        const char *column, *text;

        if (strncmp(line, PD_PROTOC_SOURCE ":", strlen(PD_PROTOC_SOURCE ":")) != 0)
                return false;
        column = skip_number(number);
        text = column != NULL ? skip_number(column) : number;
        if (text == NULL || text[0] != ' ' || strncmp(text, " warning:", strlen(" warning:")) == 0)
                return false;

        if (column == NULL)
                (void)pd_fail(err, PD_E_INVALID, 0, "%s", text + 1);
        else
                (void)pd_fail(err, PD_E_INVALID, 0, "line %.*s%s", (int)(column - number), number,
                              text);
        return true;
}

/* The first complaint about the text; *errors is taken to pieces. */
static int fail_complaint(char *errors, int status, struct pd_err *err)
{
        char *line, *rest = errors;

        while ((line = strsep(&rest, "\n")) != NULL) {
                pd_utf8_make_printable(line); /* names of imports are a stranger's */
                if (tell_complaint(line, err))
                        return -1;
        }
        return pd_fail(err, PD_E_INTERNAL, 0, "protoc failed with status %d: %s", status, errors);
}

int pd_protoc_run(const struct pd_protoc *source, struct pd_buf *descriptors, struct pd_err *err)
{
        pd_auto(pd_close_ptr) int input = -1;
        pd_auto(pd_buf_done) struct pd_buf errors = PD_BUF_INIT(MAX_COMPLAINTS);
        struct pd_child_job job = {.argv = protoc_argv,
                                   .deadline_ms = source->deadline_ms,
                                   .is_cancelled = source->is_cancelled};
        int status;

        if (open_text(source, &input, err) < 0)
                return -1;
        job.input = input;
        if (pd_child_run(&job, descriptors, &errors, &status, err) < 0)
                return -1;

        if (status == -SIGSEGV || status == -SIGABRT)
                return pd_fail(err, PD_E_INVALID, 0, "protoc crashes on it: nested too deep?");
        if (status != 0)
                return fail_complaint(errors.data, status, err);
        return 0;
}
