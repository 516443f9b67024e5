/* deployer.h - the deployer service: what it is made of, and its life. */
#ifndef PD_DEPLOYER_DEPLOYER_H
#define PD_DEPLOYER_DEPLOYER_H

#include <stddef.h>

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/log.h"
#include "base/own.h"
#include "catalog/acumos.h"
#include "catalog/catalog.h"
#include "fetch/fetch.h"
#include "handover.h"
#include "httpd/httpd.h"
#include "phases.h"
#include "readiness.h"
#include "settings.h"
#include "token/token.h"

/** Set up before the first request and not changed after it, but for what says so itself. */
struct pd_deployer {
        struct pd_arena arena; /* texts of the settings and of what is made of them */
        struct pd_deployer_settings settings;
        struct pd_config *config;
        struct pd_spring_ignored ignored;
        struct pd_log log;
        int shutdown_fd; /* of signals; -1: none */

        struct pd_token_checker *checker;
        struct pd_fetch *fetch;
        struct pd_acumos_options acumos;
        struct pd_catalog catalog;
        struct pd_playground playground; /* url NULL: none is configured */
        struct pd_render_options pipelines;
        struct pd_render_options models; /* as for pipelines, but for the ports */

        struct pd_phases *phases;
        struct pd_readiness *readiness;
        struct pd_httpd *httpd;
};

/** Read the settings and get everything ready; nothing listens yet. */
int pd_deployer_new(int argc, char **argv, struct pd_deployer **ret,
                    struct pd_err *err) PD_MUST_CHECK;

/** Serve until SIGTERM or SIGINT, and end in order; or do what --help and its like ask for. */
int pd_deployer_run(struct pd_deployer *deployer, struct pd_err *err) PD_MUST_CHECK;

void pd_deployer_free(struct pd_deployer *deployer); /**< NULL is fine */

PD_DEFINE_AUTO(struct pd_deployer, pd_deployer_free)

#endif
