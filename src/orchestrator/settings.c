/* settings.c - everything an operator can tell the orchestrator. */
#include "settings.h"

#define MAX_PORT     65535
#define MAX_TIME_MS  (3600 * 1000)
#define MAX_BYTES    (1LL << 40)
#define MAX_MESSAGE  (1LL << 30)
#define MAX_MESSAGES 1000000

#define PD_ROW_OF struct pd_orchestrator_settings

/* clang-format off */
static const struct pd_config_key keys[] = {
        PD_ROWS_FILE(common),

        PD_ROW_TEXT("grpc-listen", grpc_listen, "ADDRESS:PORT", "[::]:8061", "where gRPC is served"),
        PD_ROW_TEXT("http-address", http_address, "ADDRESS", "::", "where HTTP is served"),
        PD_ROW_NUMBER("http-port", http_port, 0, MAX_PORT, "8062", "likewise; 0 is one that is free"),
        PD_ROW_SECRET("token", token, "what Playground-Token must be over HTTP to run, stop, or see messages; without it nobody may"),
        PD_ROWS_LOG(common),

        PD_ROW_TEXT("pipeline", pipeline, "DIR", NULL, "blueprint.json, dockerinfo.json and *.proto to begin with"),
        PD_ROW_BOOL("run", run, "run the pipeline as soon as it is ready"),
        PD_ROW_TEXT("label", label, "TEXT", "", "of that run, in events"),
        PD_ROW_TEXT("run-file", run_file, "FILE", NULL, "where the run that is going is written down; who is started again with it goes on"),

        PD_ROW_NUMBER("queue-messages", queue_messages, 1, MAX_MESSAGES, "1000", "that wait for an operation, before those who send more have to wait"),
        PD_ROW_SIZE("queue-bytes", queue_bytes, MAX_BYTES, "64MiB", "likewise, in bytes"),
        PD_ROW_SIZE("max-message", max_message, MAX_MESSAGE, "64MiB", "longest message that is taken from a node"),
        PD_ROW_NUMBER("concurrency", concurrency, 1, 1024, "1", "calls at once of an operation without streams; above 1 the order of its messages is lost"),
        PD_ROW_NUMBER("repeats", repeats, 0, 1000, "0", "how often a message is sent again to a call that failed, before it is dropped"),
        PD_ROW_TIME("call-timeout", call_timeout, 30LL * 24 * MAX_TIME_MS, "0", "longest call of a node; 0: as long as it takes"),
        PD_ROW_TIME("pause", pause, MAX_TIME_MS, "50ms", "before a source that had nothing is asked again; doubled each time"),
        PD_ROW_TIME("pause-max", pause_max, MAX_TIME_MS, "2s", "longest such pause"),
        PD_ROW_TIME("stall", stall, MAX_TIME_MS, "10s", "after which a pipeline that is full and does not move is reported"),

        PD_ROWS_QUESTIONS(common),
};
/* clang-format on */

const struct pd_config_table pd_orchestrator_table = {keys, PD_COUNT(keys)};

int pd_orchestrator_settings_read(struct pd_config *config,
                                  struct pd_orchestrator_settings *settings, int argc, char **argv,
                                  struct pd_err *err)
{
        if (pd_config_service_read(config, &settings->common, argc, argv, err) < 0)
                return -1;
        if (settings->run && settings->pipeline == NULL)
                return pd_fail(err, PD_E_USAGE, 0, "--run wants a --pipeline to run");
        if (settings->run_file != NULL && settings->pipeline == NULL)
                return pd_fail(err, PD_E_USAGE, 0, "--run-file wants a --pipeline to go on with");
        return 0;
}
