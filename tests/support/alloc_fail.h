/*
 * alloc_fail.h - make a chosen allocation of a test program fail.
 *
 * A program that calls one of these functions gets its own malloc() and friends: they count, fail
 * where told to (NULL, ENOMEM) and forward the rest to the C library or to the sanitizer. They
 * serve the shared libraries of the program as well. Allocations of all threads are counted
 * together.
 */
#ifndef PD_TESTS_ALLOC_FAIL_H
#define PD_TESTS_ALLOC_FAIL_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"

/** Count from zero; allocation number `n` from now on (the next one is 1) fails, the others do not.
 */
void pd_alloc_fail_at(size_t n);

/** Count from zero; none fails. */
void pd_alloc_fail_never(void);

/** Allocations since the last call of one of the two above, the failed one included. */
size_t pd_alloc_count(void);

/**
 * Run `call` once as it is, then with its first allocation failing, then its second and so on until
 * it makes no more. A call does its work, releases all of it, and returns 0, or -1 with `err`
 * filled. Asserts that it succeeds when nothing fails, and else fails with PD_E_INTERNAL and a
 * message. Returns how many allocations were made to fail.
 */
size_t pd_alloc_fail_each(int (*call)(void *context, struct pd_err *err), void *context);

#endif
