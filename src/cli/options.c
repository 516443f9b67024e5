/* options.c - the options of each command, as tables of the room config. */
#include "command.h"

#include "base/attr.h"

static const char *const outputs[] = {[PD_OUTPUT_TEXT] = "text", [PD_OUTPUT_JSON] = "json", NULL};
static const char *const formats[] = {[PD_GRAPH_TEXT] = "text", [PD_GRAPH_DOT] = "dot", NULL};

static const char *const engines[] = {[PD_ENGINE_AUTO] = "auto",
                                      [PD_ENGINE_DOCKER] = "docker",
                                      [PD_ENGINE_KUBERNETES] = "kubernetes",
                                      NULL};

/* Longest life of a token: 30 days. */
#define MAX_LIFETIME_MS (30 * 24 * 3600 * INT64_C(1000))

/* Longest wait: a day. */
#define MAX_TIMEOUT_MS (24 * 3600 * INT64_C(1000))

/* What was written longer ago is all there is: ten years. */
#define MAX_AGE_MS (3653 * 24 * 3600 * INT64_C(1000))

/* What one call wants, by flag alone. */
#define FLAG(name_, type_, member_, ...)                                                           \
        {                                                                                          \
                .name = (name_), .type = PD_CONFIG_##type_,                                        \
                .offset = offsetof(struct pd_options, member_), .flag_only = true, __VA_ARGS__     \
        }

#define HELP FLAG("help", BOOL, help, .short_flag = 'h', .help = "show this and do nothing")
#define OUTPUT                                                                                     \
        FLAG("output", CHOICE, output, .choices = outputs, .preset = "text",                       \
             .help = "for people, or for programs")
#define IMAGE                                                                                      \
        FLAG("image", STRING, image, .value_name = "IMAGE",                                        \
             .help = "a single model in place of INPUT: its image")
#define NAME                                                                                       \
        FLAG("name", STRING, name, .value_name = "NAME", .help = "what the single model is called")
#define PROTO                                                                                      \
        FLAG("proto", STRING, proto, .value_name = "FILE", .help = "the single model's .proto")

static const struct pd_config_key validate[] = {
        FLAG("strict", BOOL, strict, .help = "fail with warnings, too"),
        OUTPUT,
        IMAGE,
        NAME,
        PROTO,
        HELP,
};

static const struct pd_config_key render[] = {
        FLAG("zip", STRING, zip, .short_flag = 'o', .value_name = "FILE",
             .help = "where the zip goes; - is standard output"),
        OUTPUT,
        IMAGE,
        NAME,
        PROTO,
        PD_RENDER_ROWS(struct pd_options, render),
        HELP,
};

static const struct pd_config_key inspect[] = {
        FLAG("policy", STRING, policy, .value_name = "FILE",
             .help = "say what this policy refuses; fail where it does"),
        OUTPUT,
        HELP,
};

static const struct pd_config_key graph[] = {
        FLAG("format", CHOICE, format, .choices = formats, .preset = "text",
             .help = "for people, or for Graphviz"),
        HELP,
};

#define DATA_DIR                                                                                   \
        {                                                                                          \
                .name = "data-dir", .type = PD_CONFIG_STRING,                                      \
                .offset = offsetof(struct pd_options, data_dir), .value_name = "DIR",              \
                .help = "the deployer's data; by default the user's own"                           \
        }

static const struct pd_config_key catalog[] = {
        FLAG("solution-id", STRING, solution_id, .value_name = "ID",
             .help = "what it is asked for by; by default its name"),
        FLAG("revision-id", STRING, revision_id, .value_name = "ID",
             .help = "by default the blueprint's version, or 1"),
        DATA_DIR,
        OUTPUT,
        IMAGE,
        NAME,
        PROTO,
        HELP,
};

static const struct pd_config_key token[] = {
        FLAG("user", STRING, user, .short_flag = 'u', .value_name = "EMAIL",
             .help = "whose token it is"),
        FLAG("lifetime", DURATION, lifetime, .max = MAX_LIFETIME_MS, .preset = "1h",
             .help = "how long it is good"),
        DATA_DIR,
        {.name = "token-secret",
         .type = PD_CONFIG_SECRET,
         .offset = offsetof(struct pd_options, token_secret),
         .help = "base64 secret of the deployer; by default the key in data-dir"},
        HELP,
};

/* --- What runs --- */

/* clang-format off */
#define SETTING(name_, member_, value_, help_)                                                     \
        {.name = (name_), .type = PD_CONFIG_STRING, .offset = offsetof(struct pd_options, member_), \
         .value_name = (value_), .help = (help_)}
#define ENGINE                                                                                     \
        {.name = "engine", .type = PD_CONFIG_CHOICE, .offset = offsetof(struct pd_options, engine), \
         .choices = engines, .value_name = "ENGINE", .preset = "auto",                              \
         .help = "docker, kubernetes, or auto: the one that is at hand"},                           \
        SETTING("context", context, "NAME", "of the kubeconfig, where it is not the current one"), \
        SETTING("namespace", namespace_name, "NAME",                                               \
                "of the cluster, for all of it; by default each deployment has its own")
#define EXPOSURE                                                                                   \
        SETTING("expose", expose, "HOW",                                                           \
                "web pages on a cluster: nodeport, ingress:HOST or none; by default nodeport"),    \
        SETTING("access-mode", access_mode, "MODE",                                                \
                "of the shared folder on a cluster: ReadWriteMany, as by default, or ReadWriteOnce"), \
        SETTING("registry-config", registry_config, "FILE",                                        \
                "docker's config.json with the credentials that a cluster pulls images with"),     \
        SETTING("quota", quota, "AMOUNTS",                                                         \
                "what all of it may use on a cluster, as requests.cpu=4,limits.memory=8Gi,pods=9"), \
        SETTING("default-limits", default_limits, "AMOUNTS",                                       \
                "of containers on a cluster that have none, as cpu=1,memory=1Gi")
/* clang-format on */
#define DEPLOYMENT                                                                                 \
        FLAG("deployment", STRING, deployment, .short_flag = 'd', .value_name = "NAME",            \
             .help = "which one; not needed where there is only one")

#define TIMEOUT                                                                                    \
        FLAG("timeout", DURATION, timeout, .max = MAX_TIMEOUT_MS, .preset = "15m",                 \
             .help = "how long to wait until all of it is ready")

static const struct pd_config_key up[] = {
        FLAG("dry-run", BOOL, dry_run, .help = "say what would change, and do nothing"),
        FLAG("replace", BOOL, replace, .help = "take the place of another solution of that name"),
        FLAG("values", STRING, values, .value_name = "FILE",
             .help = "image, command, env, resources of nodes"),
        FLAG("policy", STRING, policy, .value_name = "FILE",
             .help = "what a solution.zip may ask for"),
        TIMEOUT,
        ENGINE,
        EXPOSURE,
        OUTPUT,
        IMAGE,
        NAME,
        PROTO,
        PD_RENDER_SOLUTION_ROWS(struct pd_options, render),
        HELP,
};

static const struct pd_config_key ps[] = {DEPLOYMENT, ENGINE, OUTPUT, HELP};

static const struct pd_config_key run[] = {
        FLAG("iterations", INT, iterations, .max = INT32_MAX, .value_name = "N", .preset = "0",
             .help = "calls of each source; 0: until it is stopped"),
        FLAG("label", STRING, label, .value_name = "TEXT", .help = "what its events are called by"),
        DEPLOYMENT,
        ENGINE,
        OUTPUT,
        HELP,
};

static const struct pd_config_key observe[] = {
        FLAG("messages", BOOL, messages, .help = "show what is in the messages"),
        FLAG("next", BOOL, next, .help = "wait for the next run where one has ended"),
        FLAG("timeout", DURATION, timeout, .max = MAX_TIMEOUT_MS, .preset = "0",
             .help = "fail when the run has not ended by then; 0: never"),
        DEPLOYMENT,
        ENGINE,
        OUTPUT,
        HELP,
};

static const struct pd_config_key status[] = {DEPLOYMENT, ENGINE, OUTPUT, HELP};

static const struct pd_config_key stop[] = {DEPLOYMENT, ENGINE, OUTPUT, HELP};

static const struct pd_config_key logs[] = {
        FLAG("follow", BOOL, follow, .short_flag = 'f', .help = "go on as more is written"),
        FLAG("tail", INT, tail, .min = -1, .max = INT32_MAX, .value_name = "N", .preset = "-1",
             .help = "this many last lines of each; -1: all"),
        FLAG("since", DURATION, since, .max = MAX_AGE_MS,
             .help = "what was written no longer ago; 0: all"),
        FLAG("previous", BOOL, previous, .short_flag = 'p',
             .help = "of the containers before the last restart, on a cluster"),
        FLAG("timestamps", BOOL, timestamps, .short_flag = 't', .help = "say when"),
        DEPLOYMENT,
        ENGINE,
        OUTPUT,
        HELP,
};

static const struct pd_config_key restart[] = {DEPLOYMENT, TIMEOUT, ENGINE, OUTPUT, HELP};

static const struct pd_config_key down[] = {
        FLAG("volumes", BOOL, volumes, .help = "what is in the shared folder, too"),
        DEPLOYMENT,
        ENGINE,
        OUTPUT,
        HELP,
};

static const struct pd_config_key version[] = {OUTPUT, HELP};

static const struct pd_config_key help[] = {HELP};

#define TABLE(rows)                                                                                \
        {                                                                                          \
                (rows), PD_COUNT(rows)                                                             \
        }

const struct pd_config_table pd_options_of_validate = TABLE(validate);
const struct pd_config_table pd_options_of_render = TABLE(render);
const struct pd_config_table pd_options_of_inspect = TABLE(inspect);
const struct pd_config_table pd_options_of_graph = TABLE(graph);
const struct pd_config_table pd_options_of_catalog = TABLE(catalog);
const struct pd_config_table pd_options_of_token = TABLE(token);
const struct pd_config_table pd_options_of_up = TABLE(up);
const struct pd_config_table pd_options_of_ps = TABLE(ps);
const struct pd_config_table pd_options_of_run = TABLE(run);
const struct pd_config_table pd_options_of_observe = TABLE(observe);
const struct pd_config_table pd_options_of_status = TABLE(status);
const struct pd_config_table pd_options_of_stop = TABLE(stop);
const struct pd_config_table pd_options_of_logs = TABLE(logs);
const struct pd_config_table pd_options_of_restart = TABLE(restart);
const struct pd_config_table pd_options_of_down = TABLE(down);
const struct pd_config_table pd_options_of_version = TABLE(version);
const struct pd_config_table pd_options_of_help = TABLE(help);
