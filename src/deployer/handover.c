/* handover.c - a solution.zip on its way to the playground server. */
#include "handover.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/own.h"
#include "json/json.h"

/* Most bytes of its answer that are read; a page of an error is cut there. */
#define MAX_ANSWER_BYTES 65536

static bool ends_as_it_must(const char *url)
{
        size_t len = strlen(url), ending = sizeof(PD_HANDOVER_ENDING) - 1;

        return len > ending && strcmp(url + len - ending, PD_HANDOVER_ENDING) == 0;
}

int pd_playground_check(const struct pd_playground *playground, struct pd_err *err)
{
        const char *url = playground->url;

        if ((strncmp(url, "http://", 7) != 0 && strncmp(url, "https://", 8) != 0) ||
            strpbrk(url, "?#@ ") != NULL || !ends_as_it_must(url))
                return pd_fail(err, PD_E_INVALID, 0,
                               "the address of the playground begins with http:// or https:// and "
                               "ends with '" PD_HANDOVER_ENDING "', without user, query or blanks");
        return 0;
}

/* What may stand in a path with a query (RFC 3986): no blanks, no controls, nothing over ASCII. */
static bool is_path(const char *path, size_t len)
{
        if (len == 0 || len > PD_HANDOVER_MAX_PATH || path[0] != '/' || (len > 1 && path[1] == '/'))
                return false;
        for (size_t i = 0; i < len; i++) {
                if (path[i] <= ' ' || path[i] >= 0x7f || strchr("\\\"<>^`{|}", path[i]) != NULL)
                        return false;
        }
        return true;
}

char *pd_handover_location(const char *url, const char *path, size_t path_len)
{
        size_t base_len = strlen(url) - (sizeof(PD_HANDOVER_ENDING) - 1);
        char *location = NULL;

        while (path_len > 0 && strchr(" \t\r\n", path[path_len - 1]) != NULL)
                path_len--;
        if (!is_path(path, path_len) ||
            asprintf(&location, "%.*s%.*s", (int)base_len, url, (int)path_len, path) < 0)
                return NULL;
        return location;
}

/* {"solution": BASE64, "username": USER} */
static int write_body(struct pd_buf *body, const char *user, const void *zip, size_t zip_len,
                      struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf base64 = PD_BUF_INIT(SIZE_MAX / 2);
        pd_auto(pd_json_free_ptr) json_t *json = NULL;

        pd_base64_put(&base64, zip, zip_len);
        if (pd_buf_check(&base64, "the hand-over", err) < 0)
                return -1;
        json = json_pack("{s:s%, s:s}", "solution", base64.data, base64.len, "username", user);
        if (json == NULL)
                return pd_fail_memory(err, "the hand-over");
        pd_json_write(body, json, PD_JSON_COMPACT);
        return pd_buf_check(body, "the hand-over", err);
}

static int read_answer(const struct pd_playground *playground, const struct pd_fetch_answer *answer,
                       char **ret_location, struct pd_err *err)
{
        char *location;

        if (answer->status != 200)
                return pd_fail(err, PD_E_BAD_GATEWAY, 0,
                               "the playground server refused the solution (HTTP %d)",
                               answer->status);
        location = pd_handover_location(playground->url, answer->body, answer->len);
        if (location == NULL)
                return pd_fail(err, PD_E_BAD_GATEWAY, 0,
                               "the playground server took the solution, but its answer is no "
                               "path of its own");
        *ret_location = location;
        return 0;
}

int pd_handover(const struct pd_playground *playground, const char *user, const void *zip,
                size_t zip_len, char **ret_location, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf body = PD_BUF_INIT(SIZE_MAX / 2);
        pd_auto(pd_fetch_answer_done) struct pd_fetch_answer answer = {0};
        struct pd_fetch_request request = {
                .method = "POST",
                .url = playground->url,
                .body_type = "application/json",
                .identity = &playground->identity,
                .deadline_ms = playground->deadline_ms,
                .max_bytes = MAX_ANSWER_BYTES,
        };

        if (write_body(&body, user, zip, zip_len, err) < 0)
                return -1;
        request.body = body.data;
        request.body_len = body.len;
        if (pd_fetch(playground->fetch, &request, &answer, err) < 0)
                return pd_wrap(err, "the playground server");
        return read_answer(playground, &answer, ret_location, err);
}
