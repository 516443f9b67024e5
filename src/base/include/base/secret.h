/*
 * secret.h - a password, token or key: a type of its own, so that it cannot be printed by mistake.
 *
 * Everything that prints shows PD_SECRET_SHOWN; pd_secret_reveal() is the one way to the bytes, and
 * easy to search for.
 */
#ifndef PD_BASE_SECRET_H
#define PD_BASE_SECRET_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/own.h"

#define PD_SECRET_SHOWN "***"

/** Most bytes a secret may have; PD_E_TOO_LARGE over it. */
#define PD_SECRET_MAX_BYTES 65536

struct pd_secret;

/** A copy of the bytes. The caller wipes its own and releases this with pd_secret_free(). */
int pd_secret_new(const void *bytes, size_t len, struct pd_secret **ret,
                  struct pd_err *err) PD_MUST_CHECK;

/** Overwrites the bytes before it releases them. NULL is fine. */
void pd_secret_free(struct pd_secret *secret);

/** The bytes, with a NUL after them; borrowed. `ret_len` may be NULL. */
const char *pd_secret_reveal(const struct pd_secret *secret, size_t *ret_len);

/** Whether both are the same, in a time that depends on the length alone. NULL equals nothing. */
bool pd_secret_equal(const struct pd_secret *a, const struct pd_secret *b);

PD_DEFINE_AUTO(struct pd_secret, pd_secret_free)

#endif
