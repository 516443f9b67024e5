/* settings.h - everything an operator can tell the orchestrator. */
#ifndef PD_ORCHESTRATOR_SETTINGS_H
#define PD_ORCHESTRATOR_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/secret.h"
#include "config/service.h"

struct pd_orchestrator_settings {
        struct pd_config_common common;

        const char *grpc_listen;
        const char *http_address;
        int64_t http_port;
        struct pd_secret *token;

        const char *pipeline;
        bool run;
        const char *label;
        const char *run_file;

        int64_t queue_messages, concurrency, repeats;
        uint64_t queue_bytes, max_message;
        int64_t call_timeout, pause, pause_max, stall;
};

extern const struct pd_config_table pd_orchestrator_table;

/** Read all sources: flags, PD_ variables, the file that --config names. PD_E_USAGE, PD_E_INVALID.
 */
int pd_orchestrator_settings_read(struct pd_config *config,
                                  struct pd_orchestrator_settings *settings, int argc, char **argv,
                                  struct pd_err *err) PD_MUST_CHECK;

#endif
