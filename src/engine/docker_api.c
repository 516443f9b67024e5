/* docker_api.c - requests to the Docker Engine API, and what its refusals mean. */
#include "docker_api.h"

#include <string.h>
#include <unistd.h>

#include "base/format.h"
#include "base/num.h"
#include "base/utf8.h"
#include "engine/engine.h"
#include "json/get.h"
#include "json/json.h"
#include "runtime_words.h"
#include "solution/findings.h"
#include "url.h"

/* Most bytes of an address. */
#define MAX_URL 8192

#define OLDEST "1.40"
#define PODMAN "Podman"

/* Further tries of what only reads. */
#define READ_RETRIES 2

/* --- Requests --- */

const char *pd_docker_url(const struct pd_docker *docker, struct pd_arena *arena, const char *path,
                          const char *name, const struct pd_pairs *query)
{
        pd_auto(pd_buf_done) struct pd_buf url = PD_BUF_INIT(MAX_URL);
        const char *hole = name != NULL ? strstr(path, "%s") : NULL;

        pd_buf_printf(&url, "%s/%s", docker->host.base, docker->version);
        pd_buf_put(&url, path, hole != NULL ? (size_t)(hole - path) : strlen(path));
        if (hole != NULL) {
                pd_url_put(&url, name);
                pd_buf_puts(&url, hole + 2);
        }
        pd_url_put_query(&url, query);
        return url.failed == 0 ? pd_arena_string(arena, url.data) : NULL;
}

const char *pd_docker_filter(struct pd_arena *arena, const char *instance)
{
        pd_auto(pd_json_free_ptr) json_t *filter =
                json_pack("{s:[s]}", "label", PD_LABEL_MANAGED_BY "=" PD_LABEL_MANAGER);
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(MAX_URL);

        if (filter != NULL && instance != NULL &&
            json_array_append_new(json_object_get(filter, "label"),
                                  json_sprintf(PD_LABEL_INSTANCE "=%s", instance)) < 0)
                return NULL;
        pd_json_write(&text, filter, PD_JSON_COMPACT);
        return filter != NULL && text.failed == 0 ? pd_arena_string(arena, text.data) : NULL;
}

int pd_docker_request(const struct pd_docker *docker, const char *method, const char *url,
                      struct pd_fetch_request *ret, struct pd_err *err)
{
        if (url == NULL)
                return pd_fail_memory(err, "a request to the engine");
        *ret = (struct pd_fetch_request){
                .method = method,
                .url = url,
                .unix_socket = docker->host.socket,
                .deadline_ms = PD_DOCKER_DEADLINE_MS,
                .max_bytes = PD_DOCKER_MAX_ANSWER,
        };
        return 0;
}

int pd_docker_set_body(struct pd_fetch_request *request, struct pd_arena *arena, const json_t *json,
                       struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf body = PD_BUF_INIT(PD_DOCKER_MAX_ANSWER);

        pd_json_write(&body, json, PD_JSON_COMPACT);
        if (pd_buf_check(&body, "a request to the engine", err) < 0)
                return -1;
        request->body = pd_arena_copy(arena, body.data, body.len);
        request->body_len = body.len;
        request->body_type = "application/json";
        return request->body != NULL ? 0 : pd_fail_memory(err, "a request to the engine");
}

/* --- Answers --- */

struct pd_docker_message pd_docker_message(const struct pd_fetch_answer *answer)
{
        pd_auto(pd_json_free_ptr) json_t *json = NULL;
        struct pd_docker_message shown;
        const char *message = NULL;

        if (pd_json_parse(answer->body, answer->len, &pd_json_default_limits, &json, NULL) == 0)
                message = pd_json_get_string(json, "message");
        pd_format(shown.text, sizeof(shown.text), "%s",
                  pd_runtime_short(message != NULL ? message : answer->body));
        pd_utf8_make_printable(shown.text);
        return shown;
}

int pd_docker_check(const struct pd_fetch_answer *answer, struct pd_err *err)
{
        static const struct {
                int status;
                enum pd_err_code code;
        } rows[] = {
                {401, PD_E_FORBIDDEN},
                {403, PD_E_FORBIDDEN},
                {404, PD_E_NOT_FOUND},
                {409, PD_E_CONFLICT},
        };
        enum pd_err_code code = PD_E_BAD_GATEWAY;

        if ((answer->status >= 200 && answer->status < 300) || answer->status == 304)
                return 0;
        for (size_t i = 0; i < PD_COUNT(rows); i++)
                if (rows[i].status == answer->status)
                        code = rows[i].code;
        return pd_fail(err, code, 0, "the engine says: %s", pd_docker_message(answer).text);
}

int pd_docker_read(const struct pd_fetch_answer *answer, json_t **ret, struct pd_err *err)
{
        if (pd_docker_check(answer, err) < 0)
                return -1;
        if (pd_json_parse(answer->body, answer->len, &pd_json_default_limits, ret, err) == 0)
                return 0;
        if (err != NULL && err->code == PD_E_INVALID)
                err->code = PD_E_BAD_GATEWAY;
        return pd_wrap(err, "the engine's answer");
}

int pd_docker_get(const struct pd_docker *docker, const char *url, json_t **ret, struct pd_err *err)
{
        pd_auto(pd_fetch_answer_done) struct pd_fetch_answer answer = {0};
        struct pd_fetch_request request;

        if (pd_docker_request(docker, "GET", url, &request, err) < 0)
                return -1;
        request.retries = READ_RETRIES;
        if (pd_fetch(docker->fetch, &request, &answer, err) < 0)
                return -1;
        return pd_docker_read(&answer, ret, err);
}

/* Read the answers; those that are left over are released all the same. */
static int read_all(struct pd_fetch_answer *answers, const struct pd_err *errs, size_t count,
                    json_t **trees, struct pd_err *err)
{
        int result = 0;

        for (size_t i = 0; i < count; i++) {
                trees[i] = NULL;
                if (result == 0 && errs[i].code != PD_OK) {
                        result = -1;
                        if (err != NULL)
                                *err = errs[i];
                } else if (result == 0 && answers[i].status != 404) {
                        result = pd_docker_read(&answers[i], &trees[i], err);
                }
                pd_fetch_answer_done(&answers[i]);
        }
        for (size_t i = 0; result < 0 && i < count; i++) {
                json_decref(trees[i]);
                trees[i] = NULL;
        }
        return result;
}

int pd_docker_get_all(const struct pd_docker *docker, struct pd_arena *arena,
                      const char *const *urls, size_t count, json_t **trees, struct pd_err *err)
{
        struct pd_fetch_request *requests = pd_arena_alloc(arena, count + 1, sizeof(*requests));
        struct pd_fetch_answer *answers = pd_arena_alloc(arena, count + 1, sizeof(*answers));
        struct pd_err *errs = pd_arena_alloc(arena, count + 1, sizeof(*errs));

        if (requests == NULL || answers == NULL || errs == NULL)
                return pd_fail_memory(err, "requests to the engine");
        for (size_t i = 0; i < count; i++) {
                if (pd_docker_request(docker, "GET", urls[i], &requests[i], err) < 0)
                        return -1;
                requests[i].retries = READ_RETRIES;
        }
        pd_fetch_all(docker->fetch, requests, count, answers, errs);
        return read_all(answers, errs, count, trees, err);
}

int pd_docker_do(const struct pd_docker *docker, const struct pd_fetch_request *request,
                 struct pd_err *err)
{
        pd_auto(pd_fetch_answer_done) struct pd_fetch_answer answer = {0};

        if (pd_fetch(docker->fetch, request, &answer, err) < 0)
                return -1;
        return pd_docker_check(&answer, err);
}

/* --- The version --- */

/* "1.41" as 41. */
static int read_version(const json_t *about, int64_t *ret_minor, struct pd_err *err)
{
        const char *text = pd_json_get_string(about, "ApiVersion");

        if (text == NULL || strncmp(text, "1.", 2) != 0 ||
            pd_parse_int(text + 2, 0, 9999, ret_minor, NULL) < 0)
                return pd_fail(err, PD_E_BAD_GATEWAY, 0,
                               "what answers there is no container engine: its API version is '%s'",
                               pd_show(text != NULL ? text : "").text);
        if (*ret_minor < PD_DOCKER_OLDEST_MINOR)
                return pd_fail(err, PD_E_UNPROCESSABLE, 0,
                               "the engine speaks API %s; %s or newer is wanted (Docker 19.03)",
                               text, OLDEST);
        return 0;
}

/* Podman says who it is in a component. */
static bool says_podman(const json_t *about)
{
        size_t i;
        json_t *component;

        json_array_foreach (pd_json_get_array(about, "Components"), i, component) {
                const char *name = pd_json_get_string(component, "Name");

                if (name != NULL && strncmp(name, PODMAN, strlen(PODMAN)) == 0)
                        return true;
        }
        return false;
}

static int ask_version(struct pd_docker *docker, struct pd_err *err)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        pd_auto(pd_json_free_ptr) json_t *about = NULL;
        const char *url = pd_arena_printf(&arena, "%s/version", docker->host.base);
        const char *version;
        int64_t minor;

        if (pd_docker_get(docker, url, &about, err) < 0 || read_version(about, &minor, err) < 0)
                return -1;
        version = pd_json_get_string(about, "Version");
        pd_format(docker->product, sizeof(docker->product), "%s %s",
                  says_podman(about) ? PODMAN : "Docker",
                  pd_show(version != NULL ? version : "").text);
        pd_format(docker->version, sizeof(docker->version), "v1.%d",
                  (int)(minor < PD_DOCKER_NEWEST_MINOR ? minor : PD_DOCKER_NEWEST_MINOR));
        return 0;
}

/* What curl cannot tell apart. */
static int check_socket(const struct pd_docker *docker, struct pd_err *err)
{
        const char *path = docker->host.socket;

        if (path == NULL || access(path, W_OK) == 0)
                return 0;
        if (access(path, F_OK) == 0)
                return pd_fail(err, PD_E_FORBIDDEN, 0,
                               "no right to use the container engine at '%s': join the group that "
                               "owns it (docker), or run as root",
                               path);
        return pd_fail(err, PD_E_UNAVAILABLE, 0,
                       "no container engine is at '%s': start it, or set DOCKER_HOST", path);
}

int pd_docker_connect(struct pd_docker *docker, struct pd_err *err)
{
        const char *place = docker->host.socket != NULL ? docker->host.socket : docker->host.base;
        int result = 0;

        (void)pthread_mutex_lock(&docker->lock);
        if (docker->version[0] == '\0') {
                struct pd_err why = {0};

                result = check_socket(docker, &why);
                if (result == 0 && ask_version(docker, &why) < 0) {
                        if (why.code == PD_E_BAD_GATEWAY)
                                why.code = PD_E_UNAVAILABLE;
                        result = pd_wrap(&why, "the container engine at '%s' does not answer",
                                         place);
                }
                if (result < 0 && err != NULL)
                        *err = why;
        }
        (void)pthread_mutex_unlock(&docker->lock);
        return result;
}

bool pd_docker_is_podman(const struct pd_docker *docker)
{
        return strncmp(docker->product, PODMAN, strlen(PODMAN)) == 0;
}
