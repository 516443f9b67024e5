/*
 * arena.h - memory of many small things that live and die together.
 *
 * What belongs to a request or a solution hangs on its arena and goes with it; nothing is released
 * one by one. Not for use by two threads at once.
 */
#ifndef PD_BASE_ARENA_H
#define PD_BASE_ARENA_H

#include <stddef.h>

#include "base/attr.h"

struct pd_arena_block;

/** All zero is a valid, empty arena. */
struct pd_arena {
        struct pd_arena_block *blocks;
};

/** Release everything that was allocated; the arena is empty again. */
void pd_arena_done(struct pd_arena *arena);

/** `count` elements of `size` bytes, zeroed and aligned for anything. NULL: no memory. */
void *pd_arena_alloc(struct pd_arena *arena, size_t count, size_t size) PD_MUST_CHECK;

/** A copy of `len` bytes with a NUL after them. NULL: no memory. */
char *pd_arena_copy(struct pd_arena *arena, const void *bytes, size_t len) PD_MUST_CHECK;

/** A copy of a string. NULL: no memory. */
char *pd_arena_string(struct pd_arena *arena, const char *text) PD_MUST_CHECK;

/** A formatted string. NULL: no memory. */
char *pd_arena_printf(struct pd_arena *arena, const char *fmt, ...) PD_PRINTF(2, 3) PD_MUST_CHECK;

/**
 * Room for one more element at the end of an array that lives in the arena: grows `*array` (of
 * `*count` elements of `size` bytes each; capacity is the next power of two) and returns the new,
 * zeroed element, or NULL when there is no memory (then nothing has changed). Increments *count.
 * Pointers into the old array stay readable but stale.
 */
void *pd_arena_push(struct pd_arena *arena, void *array, size_t *count, size_t size) PD_MUST_CHECK;

#endif
