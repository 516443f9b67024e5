/* resume.c - a run in a file: the wish for it, or `null`. */
#include "resume.h"

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <string.h>

#include "base/file.h"
#include "base/own.h"
#include "json/json.h"

static json_t *run_json(const struct pd_run_wish *run)
{
        if (run == NULL)
                return json_null();
        return json_pack("{s:s, s:I}", "label", run->label, "iterations",
                         (json_int_t)run->iterations);
}

int pd_resume_write(const char *path, const struct pd_run_wish *run, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_RUN_WISH_MAX_BYTES);
        pd_auto(pd_json_free_ptr) json_t *json = run_json(run);

        if (json == NULL)
                return pd_fail(err, PD_E_INVALID, 0, "the label of the run is no UTF-8");
        pd_json_write(&text, json, PD_JSON_COMPACT);
        pd_buf_putc(&text, '\n');
        if (pd_buf_check(&text, "the run", err) < 0)
                return -1;
        return pd_file_replace(path, text.data, text.len, err);
}

static bool is_null(const char *text, size_t len)
{
        return len >= 4 && memcmp(text, "null", 4) == 0 && strspn(text + 4, "\r\n ") == len - 4;
}

int pd_resume_read(const char *path, enum pd_resume *ret, struct pd_run_wish *ret_run,
                   struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *text = NULL;
        struct pd_err why = {0};
        size_t len;

        if (pd_file_read_at(AT_FDCWD, path, PD_RUN_WISH_MAX_BYTES, &text, &len, &why) < 0) {
                if (why.sys == ENOENT) {
                        *ret = PD_RESUME_UNKNOWN;
                        return 0;
                }
                if (err != NULL)
                        *err = why;
                return -1;
        }
        if (is_null(text, len)) {
                *ret = PD_RESUME_NONE;
                return 0;
        }
        if (pd_run_wish_parse(text, len, ret_run, err) < 0)
                return pd_wrap(err, "'%s'", path);
        *ret = PD_RESUME_RUN;
        return 0;
}
