/* random.h - identities and tokens that nobody guesses. */
#ifndef PD_ENGINE_RANDOM_H
#define PD_ENGINE_RANDOM_H

#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"

/* Bytes of randomness; as text they are twice as many. */
#define PD_ID_BYTES    8
#define PD_TOKEN_BYTES 32

/* That many random bytes in hexadecimal, at most PD_TOKEN_BYTES, with a NUL. */
int pd_random_hex(char *out, size_t bytes, struct pd_err *err) PD_MUST_CHECK;

#endif
