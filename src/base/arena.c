/* arena.c - blocks that small things are cut from. */
#include "base/arena.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#if defined(__has_feature)
#define HAS_FEATURE(name) __has_feature(name)
#else
#define HAS_FEATURE(name) 0
#endif

#define ALIGNMENT    _Alignof(max_align_t)
#define SHARED_BYTES ((size_t)8 * 1024)

/* What is larger has a block of its own; under the address sanitizer everything, for it sees no
 * further than the end of a block. */
#if defined(__SANITIZE_ADDRESS__) || HAS_FEATURE(address_sanitizer)
#define LARGEST_SHARED 0
#else
#define LARGEST_SHARED (SHARED_BYTES / 4)
#endif

/* Things are cut from the end of `data`, always from the first block of the list. */
struct pd_arena_block {
        struct pd_arena_block *next;
        size_t left;
        _Alignas(max_align_t) unsigned char data[];
};

static struct pd_arena_block *add_block(struct pd_arena_block **place, size_t bytes)
{
        struct pd_arena_block *block = calloc(1, sizeof(*block) + bytes);

        if (block == NULL)
                return NULL;

        block->left = bytes;
        block->next = *place;
        *place = block;
        return block;
}

static void *own_block(struct pd_arena *arena, size_t bytes)
{
        struct pd_arena_block **behind_first =
                arena->blocks != NULL ? &arena->blocks->next : &arena->blocks;
        struct pd_arena_block *block = add_block(behind_first, bytes);

        if (block == NULL)
                return NULL;
        block->left = 0;
        return block->data;
}

static void *cut(struct pd_arena *arena, size_t bytes)
{
        size_t aligned = (bytes + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
        struct pd_arena_block *block = arena->blocks;

        if (block == NULL || block->left < aligned)
                block = add_block(&arena->blocks, SHARED_BYTES);
        if (block == NULL)
                return NULL;

        block->left -= aligned;
        return block->data + block->left;
}

void pd_arena_done(struct pd_arena *arena)
{
        while (arena->blocks != NULL) {
                struct pd_arena_block *block = arena->blocks;

                arena->blocks = block->next;
                free(block);
        }
}

void *pd_arena_alloc(struct pd_arena *arena, size_t count, size_t size)
{
        size_t bytes;

        if (__builtin_mul_overflow(count, size, &bytes) || bytes > PTRDIFF_MAX / 2)
                return NULL;
        return bytes > LARGEST_SHARED ? own_block(arena, bytes) : cut(arena, bytes);
}

char *pd_arena_copy(struct pd_arena *arena, const void *bytes, size_t len)
{
        char *copy = len < SIZE_MAX ? pd_arena_alloc(arena, len + 1, 1) : NULL;

        if (copy != NULL && len != 0)
                memcpy(copy, bytes, len);
        return copy;
}

char *pd_arena_string(struct pd_arena *arena, const char *text)
{
        return pd_arena_copy(arena, text, strlen(text));
}

char *pd_arena_printf(struct pd_arena *arena, const char *fmt, ...)
{
        va_list args, again;
        char *text = NULL;
        int len;

        va_start(args, fmt);
        va_copy(again, args);
        len = vsnprintf(NULL, 0, fmt, args);
        va_end(args);

        if (len >= 0)
                text = pd_arena_alloc(arena, (size_t)len + 1, 1);
        if (text != NULL)
                (void)vsnprintf(text, (size_t)len + 1, fmt, again);
        va_end(again);
        return text;
}

void *pd_arena_push(struct pd_arena *arena, void *array, size_t *count, size_t size)
{
        bool is_full = (*count & (*count - 1)) == 0; /* none, or a power of two */
        char *elements;

        memcpy(&elements, array, sizeof(elements));
        if (is_full) {
                char *larger = pd_arena_alloc(arena, *count != 0 ? *count : 1, 2 * size);

                if (larger == NULL)
                        return NULL;
                if (*count != 0)
                        memcpy(larger, elements, *count * size);
                memcpy(array, &larger, sizeof(larger));
                elements = larger;
        }
        return memset(elements + (*count)++ * size, 0, size);
}
