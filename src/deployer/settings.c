/* settings.c - everything an operator can tell the deployer. */
#include "settings.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"

#define SPRING_VARIABLE "SPRING_APPLICATION_JSON"

#define MAX_PORT    65535
#define MAX_TIME_MS (3600 * 1000)

static const char *const log_levels[] = {[PD_LOG_ERROR] = "error",
                                         [PD_LOG_WARN] = "warn",
                                         [PD_LOG_INFO] = "info",
                                         [PD_LOG_DEBUG] = "debug",
                                         NULL};
static const char *const log_formats[] = {[PD_LOG_TEXT] = "text", [PD_LOG_JSON] = "json", NULL};
static const char *const download_auths[] = {
        [PD_DOWNLOAD_TOKEN] = "token", [PD_DOWNLOAD_NONE] = "none", NULL};

/* clang-format off */
#define AT(member) .offset = offsetof(struct pd_deployer_settings, member)
#define TEXT(name_, member, value, preset_, help_) \
        {.name = (name_), .type = PD_CONFIG_STRING, AT(member), .value_name = (value), .preset = (preset_), .help = (help_)}
#define SECRET(name_, member, help_) \
        {.name = (name_), .type = PD_CONFIG_SECRET, AT(member), .help = (help_)}
#define NUMBER(name_, member, min_, max_, preset_, help_) \
        {.name = (name_), .type = PD_CONFIG_INT, AT(member), .min = (min_), .max = (max_), .preset = (preset_), .help = (help_)}
#define TIME(name_, member, preset_, help_) \
        {.name = (name_), .type = PD_CONFIG_DURATION, AT(member), .max = MAX_TIME_MS, .preset = (preset_), .help = (help_)}
#define CHOICE(name_, member, choices_, preset_, help_) \
        {.name = (name_), .type = PD_CONFIG_CHOICE, AT(member), .choices = (choices_), .preset = (preset_), .help = (help_)}
#define CALL(name_, short_, member, help_) \
        {.name = (name_), .short_flag = (short_), .type = PD_CONFIG_BOOL, AT(member), .flag_only = true, .help = (help_)}

static const struct pd_config_key keys[] = {
        {.name = "config", .short_flag = 'c', .type = PD_CONFIG_STRING, AT(config_file), .value_name = "FILE",
         .help = "YAML file of settings"},

        TEXT("address", address, "ADDRESS", "127.0.0.1", "to listen on"),
        NUMBER("port", port, 0, MAX_PORT, "8080", "to listen on; 0 is one that is free"),
        TEXT("tls-certificate", tls_certificate, "FILE", NULL, "PEM chain; with it, HTTPS alone is served"),
        TEXT("tls-key", tls_key, "FILE", NULL, "PEM key of the certificate"),
        NUMBER("workers", workers, 1, 1024, "32", "requests that are worked on at the same time"),
        NUMBER("backlog", backlog, 0, 65536, "256", "requests that wait for a worker; more get 503"),
        NUMBER("max-connections", max_connections, 1, 65536, "1024", "open connections"),
        TIME("idle-timeout", idle_timeout, "60s", "after which a silent connection is closed"),
        TIME("receive-timeout", receive_timeout, "20s", "within which a request has come whole"),
        TIME("drain-timeout", drain_timeout, "30s", "for requests under way when the service ends"),
        CHOICE("log-level", log_level, log_levels, "info", "what is logged"),
        CHOICE("log-format", log_format, log_formats, "json", "how it is logged"),
        TEXT("data-dir", data_dir, "DIR", NULL, "local catalogue and key; by default the user's own"),

        TEXT("cds-url", cds_url, "URL", NULL, "Common Data Service, ends in /ccds; without it the local catalogue is used"),
        TEXT("cds-user", cds_user, "NAME", NULL, "user there"),
        SECRET("cds-password", cds_password, "password there"),
        TEXT("cds-ca", cds_ca, "FILE", NULL, "PEM certificates that it is checked against; by default the system's"),
        TEXT("nexus-url", nexus_url, "URL", NULL, "Nexus repository of the artifacts"),
        TEXT("nexus-user", nexus_user, "NAME", NULL, "user there"),
        SECRET("nexus-password", nexus_password, "password there"),
        TEXT("nexus-ca", nexus_ca, "FILE", NULL, "PEM certificates that it is checked against; by default the system's"),
        TIME("catalog-timeout", catalog_timeout, "20s", "for all requests to both of one deployment"),
        NUMBER("catalog-retries", catalog_retries, 0, 10, "2", "further tries of a request that got no answer"),
        {.name = "check-access", .type = PD_CONFIG_BOOL, AT(check_access), .help = "ask the catalogue whether the user may see the solution"},

        SECRET("token-secret", token_secret, "base64 secret that tokens are signed with (HS); by default a key in data-dir"),
        TEXT("token-jwks", token_jwks, "FILE", NULL, "public keys that tokens are signed with (RS, ES)"),
        TEXT("token-algorithms", token_algorithms, "LIST", "HS256,HS384,HS512", "signature algorithms that are accepted"),
        TEXT("token-issuer", token_issuer, "NAME", NULL, "what 'iss' must be"),
        TEXT("token-audience", token_audience, "NAME", NULL, "what 'aud' must hold"),
        TIME("token-leeway", token_leeway, "0s", "by which clocks may differ"),
        CHOICE("download-auth", download_auth, download_auths, "token", "whether downloads want a token"),

        TEXT("playground-url", playground_url, "URL", NULL, "where solutions are handed over, ends in /deploy_solution"),
        SECRET("playground-token", playground_token, "bearer token for it"),
        TEXT("playground-certificate", playground_certificate, "FILE", NULL, "our client certificate for it, PEM"),
        TEXT("playground-key", playground_key, "FILE", NULL, "PEM key of the client certificate"),
        TEXT("playground-ca", playground_ca, "FILE", NULL, "PEM certificates that it is checked against; by default the system's"),
        TIME("playground-timeout", playground_timeout, "60s", "for a hand-over"),

        NUMBER("orchestrator-port", orchestrator_port, 1, MAX_PORT, "8061", "of the orchestrator's gRPC"),
        NUMBER("service-port", service_port, 1, MAX_PORT, "8556", "at which a node's gRPC is called"),
        NUMBER("target-port", target_port, 1, MAX_PORT, "8061", "on which a node's container listens"),
        NUMBER("model-service-port", model_service_port, 1, MAX_PORT, "8556", "the same for a single model"),
        NUMBER("model-target-port", model_target_port, 1, MAX_PORT, "8061", "the same for a single model"),
        PD_RENDER_ROWS(struct pd_deployer_settings, render),

        CALL("print-config", '\0', print_config, "show every setting and where it came from, and end"),
        CALL("version", '\0', version, "show the version, and end"),
        CALL("help", 'h', help, "show this, and end"),
};
/* clang-format on */

const struct pd_config_table pd_deployer_table = {keys, PD_COUNT(keys)};

int pd_deployer_settings_read(struct pd_config *config, struct pd_deployer_settings *settings,
                              int argc, char **argv, struct pd_spring_ignored *ignored,
                              struct pd_err *err)
{
        const char *spring = getenv(SPRING_VARIABLE);
        int operands;

        if (pd_config_flags(config, argc, argv, &operands, err) < 0)
                return -1;
        if (operands > 0)
                return pd_fail(err, PD_E_USAGE, 0, "'%s' is no flag; see --help", argv[1]);
        if (pd_config_variables(config, environ, err) < 0)
                return -1;
        if (spring != NULL && pd_spring_apply(spring, config, ignored, err) < 0)
                return pd_wrap(err, SPRING_VARIABLE);
        if (settings->config_file != NULL)
                return pd_config_file(config, settings->config_file, err);
        return 0;
}

/* Settings that make sense together only. */
static int check_pair(const char *name, const void *value, const char *other,
                      const void *other_value, struct pd_err *err)
{
        if ((value != NULL) == (other_value != NULL))
                return 0;
        return pd_fail(err, PD_E_INVALID, 0, "%s is set and %s is not; they belong together",
                       value != NULL ? name : other, value != NULL ? other : name);
}

static bool is_loopback(const char *address)
{
        return strncmp(address, "127.", 4) == 0 || strcmp(address, "::1") == 0;
}

int pd_deployer_settings_check(const struct pd_deployer_settings *settings, struct pd_err *err)
{
        if (check_pair("tls-certificate", settings->tls_certificate, "tls-key", settings->tls_key,
                       err) < 0 ||
            check_pair("playground-certificate", settings->playground_certificate, "playground-key",
                       settings->playground_key, err) < 0 ||
            check_pair("cds-url", settings->cds_url, "nexus-url", settings->nexus_url, err) < 0)
                return -1;
        if (settings->token_secret == NULL && settings->token_jwks == NULL &&
            !is_loopback(settings->address))
                return pd_fail(err, PD_E_INVALID, 0,
                               "on the address %s tokens want a key that is given: set "
                               "token-secret or token-jwks",
                               settings->address);
        return 0;
}
