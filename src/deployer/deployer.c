/* deployer.c - the deployer service: wiring, and its life. */
#include "deployer.h"

#include <stdlib.h>
#include <string.h>

#include "base/signals.h"
#include "config/place.h"
#include "keeping.h"
#include "routes.h"
#include "status.h"

#define NAME       "playground-deployer"
#define USER_AGENT NAME "/" PD_VERSION

static const struct pd_config_about about = {
        .name = NAME,
        .version = PD_VERSION,
        .does = "Takes solutions out of a catalogue and hands them to a playground server, "
                "or to a user as solution.zip.",
};

static struct pd_fetch_identity identity_of(const char *user, const struct pd_secret *password,
                                            const char *ca)
{
        return (struct pd_fetch_identity){.user = user, .password = password, .ca_path = ca};
}

static int set_playground(struct pd_deployer *deployer, struct pd_err *err)
{
        const struct pd_deployer_settings *settings = &deployer->settings;

        if (settings->playground_url == NULL || settings->playground_url[0] == '\0')
                return 0;
        deployer->playground = (struct pd_playground){
                .fetch = deployer->fetch,
                .url = settings->playground_url,
                .identity = {.bearer = settings->playground_token,
                             .certificate_path = settings->playground_certificate,
                             .key_path = settings->playground_key,
                             .ca_path = settings->playground_ca},
                .deadline_ms = settings->playground_timeout,
        };
        return pd_playground_check(&deployer->playground, err);
}

static int set_render_options(struct pd_deployer *deployer, struct pd_err *err)
{
        const struct pd_deployer_settings *settings = &deployer->settings;
        struct pd_solution_options *pipelines = &deployer->pipelines.solution;

        if (pd_render_options_read(&settings->render, &deployer->arena, &deployer->pipelines, err) <
            0)
                return -1;
        pipelines->orchestrator_port = (uint16_t)settings->orchestrator_port;
        pipelines->service_port = (uint16_t)settings->service_port;
        pipelines->target_port = (uint16_t)settings->target_port;

        deployer->models = deployer->pipelines;
        deployer->models.solution.service_port = (uint16_t)settings->model_service_port;
        deployer->models.solution.target_port = (uint16_t)settings->model_target_port;
        return 0;
}

static int open_acumos(struct pd_deployer *deployer, struct pd_err *err)
{
        const struct pd_deployer_settings *settings = &deployer->settings;

        deployer->acumos = (struct pd_acumos_options){
                .cds_url = settings->cds_url,
                .cds = identity_of(settings->cds_user, settings->cds_password, settings->cds_ca),
                .nexus_url = settings->nexus_url,
                .nexus = identity_of(settings->nexus_user, settings->nexus_password,
                                     settings->nexus_ca),
                .deadline_ms = settings->catalog_timeout,
                .retries = (unsigned)settings->catalog_retries,
                .checks_access = settings->check_access,
                .log = &deployer->log,
        };
        return pd_catalog_acumos(&deployer->acumos, deployer->fetch, &deployer->catalog, err);
}

static int open_catalog(struct pd_deployer *deployer, struct pd_err *err)
{
        if (deployer->settings.cds_url != NULL)
                return open_acumos(deployer, err);
        return pd_keeping_catalog(&deployer->settings, &deployer->arena, &deployer->catalog, err);
}

static int open_checker(struct pd_deployer *deployer, struct pd_err *err)
{
        const struct pd_deployer_settings *settings = &deployer->settings;
        const struct pd_token_policy policy = {
                .algorithms = settings->token_algorithms,
                .issuer = settings->token_issuer,
                .audience = settings->token_audience,
                .leeway_s = settings->token_leeway / 1000,
                .log = &deployer->log,
        };
        pd_auto(pd_secret_free_ptr) struct pd_secret *own = NULL;

        if (settings->token_secret == NULL && settings->token_jwks == NULL &&
            pd_keeping_token_key(settings, &deployer->arena, &own, err) < 0)
                return -1;
        return pd_token_checker_new(&policy, own != NULL ? own : settings->token_secret,
                                    settings->token_jwks, &deployer->checker, err);
}

static int get_ready(struct pd_deployer *deployer, struct pd_err *err)
{
        if (pd_deployer_settings_check(&deployer->settings, err) < 0 ||
            set_render_options(deployer, err) < 0 || open_checker(deployer, err) < 0 ||
            pd_phases_new(&deployer->phases, err) < 0)
                return -1;
        if (pd_signals_open(&deployer->shutdown_fd, err) < 0 ||
            pd_fetch_new(USER_AGENT, &deployer->fetch, err) < 0 ||
            set_playground(deployer, err) < 0 || open_catalog(deployer, err) < 0)
                return -1;
        return pd_readiness_new(pd_status_ask_neighbours, deployer, &deployer->readiness, err);
}

int pd_deployer_new(int argc, char **argv, struct pd_deployer **ret, struct pd_err *err)
{
        pd_auto(pd_deployer_free_ptr) struct pd_deployer *deployer = calloc(1, sizeof(*deployer));

        if (deployer == NULL)
                return pd_fail_memory(err, "the deployer");
        deployer->shutdown_fd = -1;
        if (pd_config_new(&pd_deployer_table, &deployer->settings, &deployer->config, err) < 0 ||
            pd_deployer_settings_read(deployer->config, &deployer->settings, argc, argv,
                                      &deployer->ignored, err) < 0)
                return -1;
        deployer->log = pd_config_service_log(&deployer->settings.common);
        if (!pd_config_is_question(&deployer->settings.common) && get_ready(deployer, err) < 0)
                return -1;
        *ret = pd_steal(&deployer);
        return 0;
}

static int listen_on(struct pd_deployer *deployer, struct pd_err *err)
{
        const struct pd_deployer_settings *settings = &deployer->settings;
        const struct pd_httpd_options options = {
                .address = settings->address,
                .port = (uint16_t)settings->port,
                .workers = (unsigned)settings->workers,
                .backlog = (unsigned)settings->backlog,
                .max_connections = (unsigned)settings->max_connections,
                .idle_ms = settings->idle_timeout,
                .receive_ms = settings->receive_timeout,
                .certificate_path = settings->tls_certificate,
                .key_path = settings->tls_key,
                .log = &deployer->log,
                .server_name = NAME,
        };

        return pd_httpd_start(&options, pd_deployer_routes, pd_deployer_route_count, deployer,
                              &deployer->httpd, err);
}

/* What an operator wants to read once, at the start. */
static void tell_start(const struct pd_deployer *deployer)
{
        const struct pd_log *log = &deployer->log;

        for (size_t i = 0; i < deployer->ignored.count; i++)
                pd_log(log, PD_LOG_WARN, "deployer", NULL,
                       "SPRING_APPLICATION_JSON: '%s' has no meaning here",
                       deployer->ignored.at[i]);
        if (pd_token_checker_is_weak(deployer->checker))
                pd_log(log, PD_LOG_WARN, "deployer", NULL,
                       "token-secret has fewer than %d bytes; a longer one is safer",
                       PD_TOKEN_MIN_SECRET_BYTES);
        if (deployer->playground.url == NULL)
                pd_log(log, PD_LOG_INFO, "deployer", NULL,
                       "no playground-url is set: solutions can be downloaded, not deployed");
        pd_log(log, PD_LOG_INFO, "deployer", NULL, "%s serves %s://%s:%u with the %s catalogue",
               USER_AGENT, deployer->settings.tls_certificate != NULL ? "https" : "http",
               deployer->settings.address, pd_httpd_port(deployer->httpd),
               deployer->catalog.ops->kind);
}

int pd_deployer_run(struct pd_deployer *deployer, struct pd_err *err)
{
        if (pd_config_is_question(&deployer->settings.common))
                return pd_config_answer(deployer->config, &deployer->settings.common, &about, err);

        if (listen_on(deployer, err) < 0)
                return -1;
        tell_start(deployer);
        pd_signals_await(deployer->shutdown_fd);

        pd_log(&deployer->log, PD_LOG_INFO, "deployer", NULL,
               "ending: requests under way are answered");
        pd_httpd_drain(deployer->httpd, deployer->settings.drain_timeout);
        pd_fetch_stop(deployer->fetch); /* no handler waits for a neighbour any more */
        pd_httpd_stop(pd_steal(&deployer->httpd), 0);
        pd_log(&deployer->log, PD_LOG_INFO, "deployer", NULL, "ended");
        return 0;
}

void pd_deployer_free(struct pd_deployer *deployer)
{
        if (deployer == NULL)
                return;
        pd_httpd_stop(deployer->httpd, 0);
        pd_readiness_free(deployer->readiness);
        pd_catalog_done(&deployer->catalog);
        pd_fetch_free(deployer->fetch);
        pd_phases_free(deployer->phases);
        pd_token_checker_free(deployer->checker);
        pd_signals_close(deployer->shutdown_fd);
        pd_spring_ignored_done(&deployer->ignored);
        pd_config_free(deployer->config);
        pd_arena_done(&deployer->arena);
        free(deployer);
}
