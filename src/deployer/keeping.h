/* keeping.h - what a deployer without configuration keeps in its data folder. */
#ifndef PD_DEPLOYER_KEEPING_H
#define PD_DEPLOYER_KEEPING_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"
#include "base/secret.h"
#include "catalog/catalog.h"
#include "settings.h"

/** The local catalogue; on first start the examples are in it. */
int pd_keeping_catalog(const struct pd_deployer_settings *settings, struct pd_arena *arena,
                       struct pd_catalog *ret, struct pd_err *err) PD_MUST_CHECK;

/** The key of tokens, made on first start. */
int pd_keeping_token_key(const struct pd_deployer_settings *settings, struct pd_arena *arena,
                         struct pd_secret **ret, struct pd_err *err) PD_MUST_CHECK;

#endif
