/* alloc_fail.c - an allocator in front of the real one that fails where a test tells it to. */
#include "alloc_fail.h"

#include <errno.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "pd_test.h"

/* The real functions: what a sanitizer would have put in our place, else the C library's own. */
#ifdef HAS_SANITIZER_ALLOCATOR
#define REAL(name) __interceptor_##name
#else
#define REAL(name) __libc_##name
#endif

void *REAL(malloc)(size_t size);
void *REAL(calloc)(size_t nmemb, size_t size);
void *REAL(realloc)(void *ptr, size_t size);
void *REAL(memalign)(size_t alignment, size_t size);

static atomic_size_t count;
static atomic_size_t failing; /* the number that fails; 0: none */

static bool must_fail(void)
{
        if (atomic_fetch_add(&count, 1) + 1 != atomic_load(&failing))
                return false;
        errno = ENOMEM;
        return true;
}

void *malloc(size_t size)
{
        return must_fail() ? NULL : REAL(malloc)(size);
}

void *calloc(size_t nmemb, size_t size)
{
        return must_fail() ? NULL : REAL(calloc)(nmemb, size);
}

void *realloc(void *ptr, size_t size)
{
        return must_fail() ? NULL : REAL(realloc)(ptr, size);
}

void *memalign(size_t alignment, size_t size)
{
        return must_fail() ? NULL : REAL(memalign)(alignment, size);
}

void *aligned_alloc(size_t alignment, size_t size)
{
        return memalign(alignment, size);
}

int posix_memalign(void **memptr, size_t alignment, size_t size)
{
        void *memory = memalign(alignment, size);

        if (memory == NULL)
                return ENOMEM;
        *memptr = memory;
        return 0;
}

/*
 * The C library's versions of these call the functions above, but those of a sanitizer go round
 * them.
 */

void *reallocarray(void *ptr, size_t nmemb, size_t size)
{
        size_t bytes;

        if (__builtin_mul_overflow(nmemb, size, &bytes)) {
                errno = ENOMEM;
                return NULL;
        }
        return realloc(ptr, bytes);
}

char *strndup(const char *string, size_t n)
{
        size_t len = strnlen(string, n);
        char *copy = malloc(len + 1);

        if (copy == NULL)
                return NULL;
        memcpy(copy, string, len);
        copy[len] = '\0';
        return copy;
}

char *strdup(const char *s)
{
        return strndup(s, SIZE_MAX);
}

void pd_alloc_fail_at(size_t n)
{
        atomic_store(&failing, n);
        atomic_store(&count, 0);
}

void pd_alloc_fail_never(void)
{
        pd_alloc_fail_at(0);
}

size_t pd_alloc_count(void)
{
        return atomic_load(&count);
}

size_t pd_alloc_fail_each(int (*call)(void *context, struct pd_err *err), void *context)
{
        struct pd_err err = {0};

        pd_alloc_fail_never();
        assert_pd_ok(call(context, &err),
                     err); /* what libraries keep after first use is there now */

        for (size_t n = 1;; n++) {
                size_t made;
                int result;

                err = (struct pd_err){0};
                pd_alloc_fail_at(n);
                result = call(context, &err);
                made = pd_alloc_count();
                pd_alloc_fail_never();

                if (made < n) {
                        assert_pd_ok(result, err);
                        return n - 1;
                }
                if (!pd_test_is_wanted(result, &err, PD_E_INTERNAL))
                        print_error("allocation %zu of the call failed\n", n);
                assert_pd_fail(result, err, PD_E_INTERNAL);
        }
}
