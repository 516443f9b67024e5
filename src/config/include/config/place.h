/*
 * place.h - the data folder: where programs of one user find what they keep.
 *
 * The setting data-dir, else $STATE_DIRECTORY (which systemd gives a service), else
 * $XDG_DATA_HOME/playground-deployer, else $HOME/.local/share/playground-deployer.
 */
#ifndef PD_CONFIG_PLACE_H
#define PD_CONFIG_PLACE_H

#include "base/arena.h"
#include "base/attr.h"
#include "base/err.h"

/* What is in it. */
#define PD_PLACE_CATALOG   "catalog.db" /**< the local catalogue */
#define PD_PLACE_TOKEN_KEY "token.key"  /**< the key of tokens, where none is configured */

/**
 * The folder, made with those above it (mode 0700) when it is not there. `configured` is the
 * setting, NULL when unset. The path lives in the arena. PD_E_INVALID: no variable says where;
 * PD_E_FORBIDDEN: it cannot be made.
 */
int pd_place_open(const char *configured, struct pd_arena *arena, const char **ret,
                  struct pd_err *err) PD_MUST_CHECK;

/** The path of a file in it. NULL: no memory. */
const char *pd_place_file(struct pd_arena *arena, const char *place,
                          const char *name) PD_MUST_CHECK;

#endif
