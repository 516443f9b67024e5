/* attr.h - compiler attributes with names that say what they are for. */
#ifndef PD_BASE_ATTR_H
#define PD_BASE_ATTR_H

#include <stddef.h>

/** The result tells whether the call worked: a caller that ignores it is warned. */
#define PD_MUST_CHECK __attribute__((warn_unused_result))

/** Argument number `fmt` is a printf format for the arguments from number `first` on. */
#define PD_PRINTF(fmt, first) __attribute__((format(printf, fmt, first)))

/** The number of elements of an array (not of a pointer). */
#define PD_COUNT(array) (sizeof(array) / sizeof((array)[0]))

/** The struct of type `type` whose member `member` is at `pointer`. */
#define PD_OWNER_OF(pointer, type, member)                                                         \
        ((type *)(void *)((char *)(pointer)-offsetof(type, member)))

#endif
