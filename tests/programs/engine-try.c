/*
 * engine-try.c - the room engine by hand, for its tests.
 *
 *     engine-try HOST CONFIG COMMAND...
 *
 *     ping | plan NAME | apply NAME | up NAME | wait NAME [MS] | list [NAME]
 *     logs NAME [WORKLOAD|- [tail|follow]] | restart NAME [WORKLOAD] | down NAME [volumes]
 *     ask NAME METHOD PATH [BODY] | stream NAME PATH
 *
 * HOST is as DOCKER_HOST, CONFIG the folder of config.json. Or HOST is "kubernetes", with
 * ",NAME=VALUE" for each option (the names are in `texts` below), and CONFIG a kubeconfig. plan,
 * apply and up read a solution of the shape of `read_solution` from standard input. Writes a line
 * of JSON for each event, step, line and deployment; a failure is the last line, and the exit
 * status that of its code. SIGINT cancels.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/signalfd.h>

#include "base/file.h"
#include "base/num.h"
#include "engine/docker.h"
#include "engine/kubernetes.h"
#include "json/get.h"
#include "json/json.h"
#include "solution/names.h"

#define MAX_INPUT  (1 << 20)
#define WAIT_MS    60000
#define MAX_ANSWER (1 << 20)

struct trying {
        struct pd_engine engine;
        struct pd_engine_watcher watcher;
        int argc;
        char **argv; /* the command first */
        int cancel_fd;
};

/* Takes the tree. */
static void say(json_t *json)
{
        char *text = json != NULL ? json_dumps(json, JSON_COMPACT) : NULL;

        puts(text != NULL ? text : "not to be shown");
        (void)fflush(stdout);
        free(text);
        json_decref(json);
}

static const char *word(const struct trying *trying, int i)
{
        return i < trying->argc ? trying->argv[i] : NULL;
}

/* --- Solutions --- */

static int read_pairs(const json_t *object, struct pd_arena *arena, struct pd_pairs *ret)
{
        const char *name;
        json_t *value;

        json_object_foreach (pd_json_unconst(object), name, value) {
                struct pd_pair *pair = pd_arena_push(arena, &ret->at, &ret->count, sizeof(*pair));

                if (pair == NULL)
                        return -1;
                pair->name = pd_arena_string(arena, name);
                pair->value = pd_arena_string(arena, json_string_value(value));
        }
        return 0;
}

static int read_strings(const json_t *list, struct pd_arena *arena, struct pd_strings *ret)
{
        size_t i;
        json_t *item;

        json_array_foreach (list, i, item) {
                const char **place = pd_arena_push(arena, &ret->at, &ret->count, sizeof(*place));

                if (place == NULL)
                        return -1;
                *place = pd_arena_string(arena, json_string_value(item));
        }
        return 0;
}

static int read_workload(struct pd_solution *solution, const json_t *from, struct pd_err *err)
{
        struct pd_arena *arena = &solution->arena;
        struct pd_solution_options options = pd_solution_default_options;
        const char *policy = pd_json_get_string(from, "pull_policy");
        struct pd_workload *workload;

        if (policy != NULL && !pd_pull_policy_parse(policy, &options.pull_policy))
                return pd_fail(err, PD_E_INVALID, 0, "no such policy");
        if (pd_solution_add_node(solution, pd_json_get_string(from, "name"),
                                 pd_json_get_string(from, "image"),
                                 pd_json_get_string(from, "mount"), &options, err) < 0)
                return -1;
        workload = &solution->workloads[solution->workload_count - 1];
        if (read_strings(pd_json_get(from, "command"), arena, &workload->command) < 0 ||
            read_strings(pd_json_get(from, "args"), arena, &workload->args) < 0 ||
            read_pairs(pd_json_get(from, "env"), arena, &workload->env) < 0 ||
            read_pairs(pd_json_get(from, "limits"), arena, &workload->limits) < 0)
                return pd_fail_memory(err, "a workload");
        return 0;
}

/* {"name", "blueprint"?, "shared"?, "protos"?: {file: text}, "workloads": [{"name", "image",
 * "command"?, "args"?, "env"?, "limits"?, "mount"?, "pull_policy"?}]} */
static int read_solution(const json_t *from, struct pd_solution **ret, struct pd_err *err)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        json_t *blueprint = pd_json_get(from, "blueprint"), *item;
        const char *name;
        size_t i;

        if (pd_solution_new(blueprint != NULL ? PD_SOLUTION_PIPELINE : PD_SOLUTION_MODEL, &solution,
                            err) < 0 ||
            pd_solution_set_name(solution, pd_json_get_string(from, "name"), err) < 0)
                return -1;
        solution->blueprint = json_incref(blueprint);
        if (pd_json_get_bool(from, "shared", false)) {
                solution->claim = pd_arena_alloc(&solution->arena, 1, sizeof(*solution->claim));
                if (solution->claim == NULL)
                        return pd_fail_memory(err, "a claim");
                *solution->claim = pd_solution_default_options.claim;
        }
        json_array_foreach (pd_json_get(from, "workloads"), i, item) {
                if (read_workload(solution, item, err) < 0)
                        return -1;
        }
        json_object_foreach (pd_json_get(from, "protos"), name, item) {
                if (pd_solution_add_file(solution, &solution->protos, name, json_string_value(item),
                                         json_string_length(item), err) < 0)
                        return -1;
        }
        *ret = pd_steal(&solution);
        return 0;
}

static int read_wish(const struct trying *trying, struct pd_solution **ret_solution,
                     struct pd_engine_wish *ret, struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *text = NULL;
        pd_auto(pd_json_free_ptr) json_t *from = NULL;
        size_t len;

        if (pd_file_read_fd(0, "standard input", MAX_INPUT, &text, &len, err) < 0 ||
            pd_json_parse(text, len, &pd_json_default_limits, &from, err) < 0 ||
            read_solution(from, ret_solution, err) < 0)
                return -1;
        *ret = (struct pd_engine_wish){
                .solution = *ret_solution,
                .name = word(trying, 1),
                .replace = pd_json_get_bool(from, "replace", false),
        };
        return 0;
}

/* --- Commands --- */

static void tell(void *context, const struct pd_engine_event *event)
{
        (void)context;
        say(json_pack("{s:s, s:s, s:s, s:s, s:s, s:s, s:I}", "event", event->workload, "state",
                      pd_state_name(event->state), "reason", pd_reason_name(event->reason),
                      "detail", event->detail, "advice", event->advice, "lines", event->lines,
                      "total", (json_int_t)event->total_bytes));
}

static int ping(struct trying *trying, struct pd_err *err)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        const char *version;

        if (pd_engine_ping(&trying->engine, &arena, &version, err) < 0)
                return -1;
        say(json_pack("{s:s}", "version", version));
        return 0;
}

static int plan(struct trying *trying, struct pd_err *err)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_engine_plan_done) struct pd_engine_plan steps = {0};
        struct pd_engine_wish wish;

        if (read_wish(trying, &solution, &wish, err) < 0 ||
            pd_engine_plan(&trying->engine, &wish, &steps, err) < 0)
                return -1;
        for (size_t i = 0; i < steps.count; i++)
                say(json_pack("{s:s, s:s, s:s, s:s}", "change", pd_change_name(steps.at[i].change),
                              "kind", steps.at[i].kind, "name", steps.at[i].name, "why",
                              steps.at[i].why));
        say(json_pack("{s:i, s:o}", "changes", (int)steps.changes, "findings",
                      pd_findings_json(&steps.findings)));
        return 0;
}

static int wait_ready(struct trying *trying, struct pd_err *err)
{
        return pd_engine_wait(&trying->engine, word(trying, 1), WAIT_MS, &trying->watcher, err);
}

static int wait_so_long(struct trying *trying, struct pd_err *err)
{
        int64_t timeout_ms = WAIT_MS;

        if (word(trying, 2) != NULL &&
            pd_parse_int(word(trying, 2), 0, INT32_MAX, &timeout_ms, err) < 0)
                return -1;
        return pd_engine_wait(&trying->engine, word(trying, 1), timeout_ms, &trying->watcher, err);
}

static int apply(struct trying *trying, struct pd_err *err)
{
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        struct pd_engine_wish wish;

        if (read_wish(trying, &solution, &wish, err) < 0)
                return -1;
        return pd_engine_apply(&trying->engine, &wish, &trying->watcher, err);
}

static int up(struct trying *trying, struct pd_err *err)
{
        return apply(trying, err) == 0 ? wait_ready(trying, err) : -1;
}

static json_t *workload_json(const struct pd_workload_status *workload)
{
        json_t *ports = json_object();

        for (size_t i = 0; i < workload->address_count; i++)
                (void)json_object_set_new(ports, workload->addresses[i].port_name,
                                          json_sprintf("%s:%u", workload->addresses[i].host,
                                                       workload->addresses[i].port));
        return json_pack("{s:s, s:s, s:s, s:s, s:i, s:s, s:s, s:s, s:o}", "name", workload->name,
                         "image", workload->image, "image_id", workload->image_id, "state",
                         pd_state_name(workload->state), "restarts", (int)workload->restarts,
                         "reason", pd_reason_name(workload->reason), "detail", workload->detail,
                         "lines", workload->lines, "ports", ports);
}

static int list(struct trying *trying, struct pd_err *err)
{
        pd_auto(pd_deployments_done) struct pd_deployments found = {0};

        if (pd_engine_list(&trying->engine, word(trying, 1), &found, err) < 0)
                return -1;
        for (size_t i = 0; i < found.count; i++) {
                const struct pd_deployment *deployment = &found.at[i];
                json_t *workloads = json_array();

                for (size_t k = 0; k < deployment->workload_count; k++)
                        (void)json_array_append_new(workloads,
                                                    workload_json(&deployment->workloads[k]));
                say(json_pack("{s:s, s:s, s:s, s:s, s:b, s:b, s:o}", "name", deployment->name, "id",
                              deployment->id, "solution", deployment->solution, "state",
                              pd_state_name(deployment->state), "has_volume",
                              deployment->has_volume, "has_age", deployment->created_ms > 0,
                              "workloads", workloads));
        }
        return 0;
}

static bool take_line(void *context, const char *workload, const char *time, const char *text,
                      size_t len)
{
        (void)context;
        say(json_pack("{s:s, s:b, s:s%}", "workload", workload, "has_time", time[0] != '\0', "text",
                      text, len));
        return true;
}

static int logs(struct trying *trying, struct pd_err *err)
{
        const char *how = word(trying, 3), *workload = word(trying, 2);
        const struct pd_engine_logs query = {
                .workload = workload != NULL && strcmp(workload, "-") != 0 ? workload : NULL,
                .follow = how != NULL && strcmp(how, "follow") == 0,
                .tail = how != NULL && strcmp(how, "tail") == 0 ? 1 : -1,
                .cancel_fd = &trying->cancel_fd,
                .take = take_line,
        };

        return pd_engine_logs(&trying->engine, word(trying, 1), &query, err);
}

static int restart(struct trying *trying, struct pd_err *err)
{
        if (pd_engine_restart(&trying->engine, word(trying, 1), word(trying, 2), &trying->watcher,
                              err) < 0)
                return -1;
        return wait_ready(trying, err);
}

static int down(struct trying *trying, struct pd_err *err)
{
        return pd_engine_remove(&trying->engine, word(trying, 1), word(trying, 2) != NULL,
                                &trying->watcher, err);
}

static int ask(struct trying *trying, struct pd_err *err)
{
        pd_auto(pd_fetch_answer_done) struct pd_fetch_answer answer = {0};
        const char *body = word(trying, 4);
        const struct pd_fetch_request request = {
                .method = word(trying, 2),
                .url = word(trying, 3),
                .body = body,
                .body_len = body != NULL ? strlen(body) : 0,
                .body_type = body != NULL ? "application/json" : NULL,
                .deadline_ms = WAIT_MS,
                .max_bytes = MAX_ANSWER,
        };

        if (pd_engine_ask(&trying->engine, word(trying, 1), &request, &answer, err) < 0)
                return -1;
        say(json_pack("{s:i, s:s}", "status", answer.status, "body", answer.body));
        return 0;
}

static bool take_piece(void *context, const char *bytes, size_t len)
{
        (void)context;
        say(json_pack("{s:s%}", "piece", bytes, len));
        return true;
}

/* Until it is canceled. */
static int stream(struct trying *trying, struct pd_err *err)
{
        pd_auto(pd_fetch_answer_done) struct pd_fetch_answer answer = {0};
        const struct pd_fetch_sink sink = {.take = take_piece};
        const struct pd_fetch_request request = {
                .url = word(trying, 2),
                .deadline_ms = PD_FETCH_NO_DEADLINE,
                .max_bytes = MAX_ANSWER,
                .sink = &sink,
                .cancel_fd = &trying->cancel_fd,
        };

        return pd_engine_ask(&trying->engine, word(trying, 1), &request, &answer, err);
}

static const struct {
        const char *name;
        int words; /* at least */
        int (*run)(struct trying *trying, struct pd_err *err);
} commands[] = {
        {"ping", 1, ping}, {"plan", 2, plan},         {"apply", 2, apply},
        {"up", 2, up},     {"wait", 2, wait_so_long}, {"list", 1, list},
        {"logs", 2, logs}, {"restart", 2, restart},   {"down", 2, down},
        {"ask", 4, ask},   {"stream", 3, stream},
};

/* --- Engines --- */

static int open_docker(const char *host, const char *config, struct pd_fetch *fetch,
                       struct pd_engine *ret, struct pd_err *err)
{
        const struct pd_docker_options options = {.host = host, .config_folder = config};

        return pd_docker_open(&options, fetch, ret, err);
}

static int open_kubernetes(const char *words, const char *config, struct pd_fetch *fetch,
                           struct pd_engine *ret, struct pd_err *err)
{
        struct pd_kubernetes_options options = {.kubeconfig = config};
        pd_auto(pd_free_ptr) char *copy = strdup(words);
        char *rest = copy;
        const struct {
                const char *name;
                const char **text;
        } texts[] = {
                {"namespace", &options.namespace_name},    {"ingress", &options.host},
                {"storage-class", &options.storage_class}, {"access-mode", &options.access_mode},
                {"registries", &options.registry_config},
        };

        for (char *word; (word = strsep(&rest, ",")) != NULL;) {
                char *value = word;
                const char *name = strsep(&value, "=");

                for (size_t i = 0; i < PD_COUNT(texts); i++)
                        if (strcmp(name, texts[i].name) == 0)
                                *texts[i].text = value;
                if (strcmp(name, "expose-none") == 0)
                        options.expose = PD_EXPOSE_NONE;
        }
        if (options.host != NULL)
                options.expose = PD_EXPOSE_INGRESS;
        return pd_kubernetes_open(&options, fetch, ret, err);
}

static int run(struct trying *trying, const char *host, const char *config, struct pd_err *err)
{
        bool is_cluster = strncmp(host, "kubernetes", strlen("kubernetes")) == 0;
        pd_auto(pd_fetch_free_ptr) struct pd_fetch *fetch = NULL;
        int result = pd_fail(err, PD_E_USAGE, 0, "what is '%s'?", trying->argv[0]);

        if (pd_fetch_new("engine-try/1", &fetch, err) < 0 ||
            (is_cluster ? open_kubernetes : open_docker)(host, config, fetch, &trying->engine,
                                                         err) < 0)
                return -1;
        for (size_t i = 0; i < PD_COUNT(commands); i++)
                if (strcmp(commands[i].name, trying->argv[0]) == 0 &&
                    trying->argc >= commands[i].words)
                        result = commands[i].run(trying, err);
        pd_engine_done(&trying->engine);
        return result;
}

int main(int argc, char **argv)
{
        struct trying trying = {.argc = argc - 3, .argv = argv + 3};
        struct pd_err err = {0};
        sigset_t set;

        if (argc < 4)
                return 64;
        (void)sigemptyset(&set);
        (void)sigaddset(&set, SIGINT);
        (void)sigprocmask(SIG_BLOCK, &set, NULL);
        trying.cancel_fd = signalfd(-1, &set, SFD_CLOEXEC);
        trying.watcher = (struct pd_engine_watcher){.tell = tell, .cancel_fd = &trying.cancel_fd};
        if (run(&trying, argv[1], argv[2], &err) < 0) {
                say(json_pack("{s:s, s:s}", "code", pd_err_name(err.code), "message", err.msg));
                return pd_err_exit(err.code);
        }
        return EXIT_SUCCESS;
}
