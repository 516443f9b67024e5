/* key_file.h - the key of one's own tokens: made at first use, readable by its owner alone. */
#ifndef PD_TOKEN_KEY_FILE_H
#define PD_TOKEN_KEY_FILE_H

#include <stdbool.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/secret.h"

/** Random bytes of a new key. */
#define PD_TOKEN_KEY_BYTES 64

/**
 * The shared secret (base64) in a file. A file that is not there is made, mode 0600, with a random
 * key, when `may_create`; several processes may do so at once and get the same key.
 * PD_E_NOT_FOUND: it is not there; PD_E_FORBIDDEN: others than its owner can read it, or we cannot.
 */
int pd_token_key_file(const char *path, bool may_create, struct pd_secret **ret,
                      struct pd_err *err) PD_MUST_CHECK;

#endif
