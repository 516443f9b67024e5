/* settings.c - everything an operator can tell the deployer. */
#include "settings.h"

#include <stdlib.h>
#include <string.h>

#define SPRING_VARIABLE "SPRING_APPLICATION_JSON"

#define MAX_PORT    65535
#define MAX_TIME_MS (3600 * 1000)

static const char *const download_auths[] = {
        [PD_DOWNLOAD_TOKEN] = "token", [PD_DOWNLOAD_NONE] = "none", NULL};

#define PD_ROW_OF struct pd_deployer_settings

/* clang-format off */
static const struct pd_config_key keys[] = {
        PD_ROWS_FILE(common),

        PD_ROW_TEXT("address", address, "ADDRESS", "127.0.0.1", "to listen on"),
        PD_ROW_NUMBER("port", port, 0, MAX_PORT, "8080", "to listen on; 0 is one that is free"),
        PD_ROW_TEXT("tls-certificate", tls_certificate, "FILE", NULL, "PEM chain; with it, HTTPS alone is served"),
        PD_ROW_TEXT("tls-key", tls_key, "FILE", NULL, "PEM key of the certificate"),
        PD_ROW_NUMBER("workers", workers, 1, 1024, "32", "requests that are worked on at the same time"),
        PD_ROW_NUMBER("backlog", backlog, 0, 65536, "256", "requests that wait for a worker; more get 503"),
        PD_ROW_NUMBER("max-connections", max_connections, 1, 65536, "1024", "open connections"),
        PD_ROW_TIME("idle-timeout", idle_timeout, MAX_TIME_MS, "60s", "after which a silent connection is closed"),
        PD_ROW_TIME("receive-timeout", receive_timeout, MAX_TIME_MS, "20s", "within which a request has come whole"),
        PD_ROW_TIME("drain-timeout", drain_timeout, MAX_TIME_MS, "30s", "for requests under way when the service ends"),
        PD_ROWS_LOG(common),
        PD_ROW_TEXT("data-dir", data_dir, "DIR", NULL, "local catalogue and key; by default the user's own"),

        PD_ROW_TEXT("cds-url", cds_url, "URL", NULL, "Common Data Service, ends in /ccds; without it the local catalogue is used"),
        PD_ROW_TEXT("cds-user", cds_user, "NAME", NULL, "user there"),
        PD_ROW_SECRET("cds-password", cds_password, "password there"),
        PD_ROW_TEXT("cds-ca", cds_ca, "FILE", NULL, "PEM certificates that it is checked against; by default the system's"),
        PD_ROW_TEXT("nexus-url", nexus_url, "URL", NULL, "Nexus repository of the artifacts"),
        PD_ROW_TEXT("nexus-user", nexus_user, "NAME", NULL, "user there"),
        PD_ROW_SECRET("nexus-password", nexus_password, "password there"),
        PD_ROW_TEXT("nexus-ca", nexus_ca, "FILE", NULL, "PEM certificates that it is checked against; by default the system's"),
        PD_ROW_TIME("catalog-timeout", catalog_timeout, MAX_TIME_MS, "20s", "for all requests to both of one deployment"),
        PD_ROW_NUMBER("catalog-retries", catalog_retries, 0, 10, "2", "further tries of a request that got no answer"),
        PD_ROW_BOOL("check-access", check_access, "ask the catalogue whether the user may see the solution"),

        PD_ROW_SECRET("token-secret", token_secret, "base64 secret that tokens are signed with (HS); by default a key in data-dir"),
        PD_ROW_TEXT("token-jwks", token_jwks, "FILE", NULL, "public keys that tokens are signed with (RS, ES)"),
        PD_ROW_TEXT("token-algorithms", token_algorithms, "LIST", "HS256,HS384,HS512", "signature algorithms that are accepted"),
        PD_ROW_TEXT("token-issuer", token_issuer, "NAME", NULL, "what 'iss' must be"),
        PD_ROW_TEXT("token-audience", token_audience, "NAME", NULL, "what 'aud' must hold"),
        PD_ROW_TIME("token-leeway", token_leeway, MAX_TIME_MS, "0s", "by which clocks may differ"),
        PD_ROW_CHOICE("download-auth", download_auth, download_auths, "token", "whether downloads want a token"),

        PD_ROW_TEXT("playground-url", playground_url, "URL", NULL, "where solutions are handed over, ends in /deploy_solution"),
        PD_ROW_SECRET("playground-token", playground_token, "bearer token for it"),
        PD_ROW_TEXT("playground-certificate", playground_certificate, "FILE", NULL, "our client certificate for it, PEM"),
        PD_ROW_TEXT("playground-key", playground_key, "FILE", NULL, "PEM key of the client certificate"),
        PD_ROW_TEXT("playground-ca", playground_ca, "FILE", NULL, "PEM certificates that it is checked against; by default the system's"),
        PD_ROW_TIME("playground-timeout", playground_timeout, MAX_TIME_MS, "60s", "for a hand-over"),

        PD_ROW_NUMBER("orchestrator-port", orchestrator_port, 1, MAX_PORT, "8061", "of the orchestrator's gRPC"),
        PD_ROW_NUMBER("service-port", service_port, 1, MAX_PORT, "8556", "at which a node's gRPC is called"),
        PD_ROW_NUMBER("target-port", target_port, 1, MAX_PORT, "8061", "on which a node's container listens"),
        PD_ROW_NUMBER("model-service-port", model_service_port, 1, MAX_PORT, "8556", "the same for a single model"),
        PD_ROW_NUMBER("model-target-port", model_target_port, 1, MAX_PORT, "8061", "the same for a single model"),
        PD_RENDER_ROWS(struct pd_deployer_settings, render),

        PD_ROWS_QUESTIONS(common),
};
/* clang-format on */

const struct pd_config_table pd_deployer_table = {keys, PD_COUNT(keys)};

int pd_deployer_settings_read(struct pd_config *config, struct pd_deployer_settings *settings,
                              int argc, char **argv, struct pd_spring_ignored *ignored,
                              struct pd_err *err)
{
        const char *spring = getenv(SPRING_VARIABLE);

        if (pd_config_service_read(config, &settings->common, argc, argv, err) < 0)
                return -1;
        if (spring != NULL && pd_spring_apply(spring, config, ignored, err) < 0)
                return pd_wrap(err, SPRING_VARIABLE);
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
