/* settings.h - everything an operator can tell the deployer. */
#ifndef PD_DEPLOYER_SETTINGS_H
#define PD_DEPLOYER_SETTINGS_H

#include <stdbool.h>
#include <stdint.h>

#include "base/secret.h"
#include "config/service.h"
#include "render/render.h"
#include "spring.h"

enum pd_download_auth { PD_DOWNLOAD_TOKEN, PD_DOWNLOAD_NONE };

struct pd_deployer_settings {
        struct pd_config_common common;

        const char *address;
        int64_t port;
        const char *tls_certificate, *tls_key;
        int64_t workers, backlog, max_connections;
        int64_t idle_timeout, receive_timeout, drain_timeout;
        const char *data_dir;

        const char *cds_url, *cds_user;
        struct pd_secret *cds_password;
        const char *cds_ca;
        const char *nexus_url, *nexus_user;
        struct pd_secret *nexus_password;
        const char *nexus_ca;
        int64_t catalog_timeout, catalog_retries;
        bool check_access;

        struct pd_secret *token_secret;
        const char *token_jwks, *token_algorithms, *token_issuer, *token_audience;
        int64_t token_leeway;
        int download_auth; /* enum pd_download_auth */

        const char *playground_url;
        struct pd_secret *playground_token;
        const char *playground_certificate, *playground_key, *playground_ca;
        int64_t playground_timeout;

        int64_t orchestrator_port, service_port, target_port;
        int64_t model_service_port, model_target_port;
        struct pd_render_settings render;
};

extern const struct pd_config_table pd_deployer_table;

/**
 * Read all sources: flags, PD_ variables, SPRING_APPLICATION_JSON, the file that --config names.
 * The texts live as long as the config. PD_E_USAGE, PD_E_INVALID.
 */
int pd_deployer_settings_read(struct pd_config *config, struct pd_deployer_settings *settings,
                              int argc, char **argv, struct pd_spring_ignored *ignored,
                              struct pd_err *err) PD_MUST_CHECK;

/** Whether settings fit together; says which do not. */
int pd_deployer_settings_check(const struct pd_deployer_settings *settings,
                               struct pd_err *err) PD_MUST_CHECK;

#endif
