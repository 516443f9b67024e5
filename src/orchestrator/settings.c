/* settings.c - everything an operator can tell the orchestrator. */
#include "settings.h"

#include <unistd.h>

#include "base/log.h"

#define MAX_PORT     65535
#define MAX_TIME_MS  (3600 * 1000)
#define MAX_BYTES    (1LL << 40)
#define MAX_MESSAGE  (1LL << 30)
#define MAX_MESSAGES 1000000

static const char *const log_levels[] = {[PD_LOG_ERROR] = "error",
                                         [PD_LOG_WARN] = "warn",
                                         [PD_LOG_INFO] = "info",
                                         [PD_LOG_DEBUG] = "debug",
                                         NULL};
static const char *const log_formats[] = {[PD_LOG_TEXT] = "text", [PD_LOG_JSON] = "json", NULL};

/* clang-format off */
#define AT(member) .offset = offsetof(struct pd_orchestrator_settings, member)
#define TEXT(name_, member, value, preset_, help_) \
        {.name = (name_), .type = PD_CONFIG_STRING, AT(member), .value_name = (value), .preset = (preset_), .help = (help_)}
#define NUMBER(name_, member, min_, max_, preset_, help_) \
        {.name = (name_), .type = PD_CONFIG_INT, AT(member), .min = (min_), .max = (max_), .preset = (preset_), .help = (help_)}
#define SIZE(name_, member, max_, preset_, help_) \
        {.name = (name_), .type = PD_CONFIG_SIZE, AT(member), .max = (max_), .preset = (preset_), .help = (help_)}
#define TIME(name_, member, max_, preset_, help_) \
        {.name = (name_), .type = PD_CONFIG_DURATION, AT(member), .max = (max_), .preset = (preset_), .help = (help_)}
#define CHOICE(name_, member, choices_, preset_, help_) \
        {.name = (name_), .type = PD_CONFIG_CHOICE, AT(member), .choices = (choices_), .preset = (preset_), .help = (help_)}
#define CALL(name_, short_, member, help_) \
        {.name = (name_), .short_flag = (short_), .type = PD_CONFIG_BOOL, AT(member), .flag_only = true, .help = (help_)}

static const struct pd_config_key keys[] = {
        {.name = "config", .short_flag = 'c', .type = PD_CONFIG_STRING, AT(config_file), .value_name = "FILE",
         .help = "YAML file of settings"},

        TEXT("grpc-listen", grpc_listen, "ADDRESS:PORT", "[::]:8061", "where gRPC is served"),
        TEXT("http-address", http_address, "ADDRESS", "::", "where HTTP is served"),
        NUMBER("http-port", http_port, 0, MAX_PORT, "8062", "likewise; 0 is one that is free"),
        {.name = "token", .type = PD_CONFIG_SECRET, AT(token),
         .help = "what Playground-Token must be over HTTP to run, stop, or see messages; without it nobody may"},
        CHOICE("log-level", log_level, log_levels, "info", "what is logged"),
        CHOICE("log-format", log_format, log_formats, "json", "how it is logged"),

        TEXT("pipeline", pipeline, "DIR", NULL, "blueprint.json, dockerinfo.json and *.proto to begin with"),
        {.name = "run", .type = PD_CONFIG_BOOL, AT(run), .help = "run the pipeline as soon as it is ready"},
        TEXT("label", label, "TEXT", "", "of that run, in events"),

        NUMBER("queue-messages", queue_messages, 1, MAX_MESSAGES, "1000", "that wait for an operation, before those who send more have to wait"),
        SIZE("queue-bytes", queue_bytes, MAX_BYTES, "64MiB", "likewise, in bytes"),
        SIZE("max-message", max_message, MAX_MESSAGE, "64MiB", "longest message that is taken from a node"),
        NUMBER("concurrency", concurrency, 1, 1024, "1", "calls at once of an operation without streams; above 1 the order of its messages is lost"),
        NUMBER("repeats", repeats, 0, 1000, "0", "how often a message is sent again to a call that failed, before it is dropped"),
        TIME("call-timeout", call_timeout, 30LL * 24 * MAX_TIME_MS, "0", "longest call of a node; 0: as long as it takes"),
        TIME("pause", pause, MAX_TIME_MS, "50ms", "before a source that had nothing is asked again; doubled each time"),
        TIME("pause-max", pause_max, MAX_TIME_MS, "2s", "longest such pause"),
        TIME("stall", stall, MAX_TIME_MS, "10s", "after which a pipeline that is full and does not move is reported"),

        CALL("print-config", '\0', print_config, "show every setting and where it came from, and end"),
        CALL("version", '\0', version, "show the version, and end"),
        CALL("help", 'h', help, "show this, and end"),
};
/* clang-format on */

const struct pd_config_table pd_orchestrator_table = {keys, PD_COUNT(keys)};

int pd_orchestrator_settings_read(struct pd_config *config,
                                  struct pd_orchestrator_settings *settings, int argc, char **argv,
                                  struct pd_err *err)
{
        int operands;

        if (pd_config_flags(config, argc, argv, &operands, err) < 0)
                return -1;
        if (operands > 0)
                return pd_fail(err, PD_E_USAGE, 0, "'%s' is no flag; see --help", argv[1]);
        if (pd_config_variables(config, environ, err) < 0)
                return -1;
        if (settings->config_file != NULL && pd_config_file(config, settings->config_file, err) < 0)
                return -1;
        if (settings->run && settings->pipeline == NULL)
                return pd_fail(err, PD_E_USAGE, 0, "--run wants a --pipeline to run");
        return 0;
}
