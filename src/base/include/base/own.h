/*
 * own.h - who releases what.
 *
 * A local that owns something is declared with pd_auto() and an initial value on one line, and
 * leaves by pd_steal(). Every destructor takes NULL.
 */
#ifndef PD_BASE_OWN_H
#define PD_BASE_OWN_H

#include <stdlib.h>
#include <unistd.h>

/** Release the local through `fn`, which takes its address, when it goes out of scope. */
#define pd_auto(fn) __attribute__((cleanup(fn)))

/** Take the pointer out of *pp: the caller owns it from here, *pp is NULL. */
#define pd_steal(pp)                                                                               \
        __extension__({                                                                            \
                __typeof__(*(pp)) pd_stolen_ = *(pp);                                              \
                *(pp) = NULL;                                                                      \
                pd_stolen_;                                                                        \
        })

/** Define `<fn>_ptr`, the form of the destructor `fn` of `type *` that pd_auto() wants. */
#define PD_DEFINE_AUTO(type, fn)                                                                   \
        static inline void fn##_ptr(type **owned)                                                  \
        {                                                                                          \
                fn(*owned);                                                                        \
        }

/** For `char *` and other plain memory. */
static inline void pd_free_ptr(void *owned)
{
        void **memory = owned;

        free(*memory);
}

/** For file descriptors; -1 is none. */
static inline void pd_close_ptr(const int *fd)
{
        if (*fd >= 0)
                (void)close(*fd); /* nothing was written that a failure could lose */
}

#endif
