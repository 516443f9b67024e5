/* resume.c - a run in a file. */
#include "resume.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "base/file.h"
#include "base/format.h"
#include "json/get.h"
#include "json/json.h"

#define MAX_DEPTH  2
#define MAX_VALUES 8

int pd_resume_write(const char *path, const struct pd_resume *resume, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_RESUME_MAX_BYTES);
        pd_auto(pd_json_free_ptr) json_t *json = json_pack(
                "{s:s, s:I}", "label", resume->label, "iterations", (json_int_t)resume->iterations);

        if (json == NULL)
                return pd_fail(err, PD_E_INVALID, 0, "the label of the run is no UTF-8");
        pd_json_write(&text, json, PD_JSON_COMPACT);
        pd_buf_putc(&text, '\n');
        if (pd_buf_check(&text, "the run", err) < 0)
                return -1;
        return pd_file_replace(path, text.data, text.len, err);
}

int pd_resume_forget(const char *path, struct pd_err *err)
{
        if (unlink(path) < 0 && errno != ENOENT)
                return pd_fail(err, PD_E_INTERNAL, errno, "cannot remove '%s'", path);
        return 0;
}

static int parse(const char *path, const char *text, size_t len, struct pd_resume *ret,
                 struct pd_err *err)
{
        static const struct pd_json_limits limits = {
                .max_bytes = PD_RESUME_MAX_BYTES, .max_depth = MAX_DEPTH, .max_values = MAX_VALUES};
        pd_auto(pd_json_free_ptr) json_t *json = NULL;
        const json_t *iterations;
        const char *label;

        if (pd_json_parse(text, len, &limits, &json, err) < 0)
                return pd_wrap(err, "'%s'", path);
        label = pd_json_get_string(json, "label");
        iterations = pd_json_get(json, "iterations");
        if (label == NULL || !json_is_integer(iterations) || json_integer_value(iterations) < 0)
                return pd_fail(err, PD_E_INVALID, 0, "'%s' tells of no run", path);
        pd_format(ret->label, sizeof(ret->label), "%s", label);
        ret->iterations = json_integer_value(iterations);
        return 0;
}

int pd_resume_read(const char *path, bool *ret_is_there, struct pd_resume *ret, struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *text = NULL;
        struct pd_err why = {0};
        size_t len;

        if (pd_file_read_at(AT_FDCWD, path, PD_RESUME_MAX_BYTES, &text, &len, &why) < 0) {
                if (why.sys != ENOENT) {
                        if (err != NULL)
                                *err = why;
                        return -1;
                }
                *ret_is_there = false;
                return 0;
        }
        if (parse(path, text, len, ret, err) < 0)
                return -1;
        *ret_is_there = true;
        return 0;
}
