/* image.h - names of container images: the grammar of distribution/reference. */
#ifndef PD_SOLUTION_IMAGE_H
#define PD_SOLUTION_IMAGE_H

#include <stdbool.h>
#include <stddef.h>

#include "base/attr.h"
#include "base/err.h"
#include "solution/findings.h"

/** Longest `[domain/]path`, as distribution/reference limits it. */
#define PD_IMAGE_MAX_NAME 255
/** Longest tag. */
#define PD_IMAGE_MAX_TAG 128

/** A part of the text it was found in; len 0: absent. */
struct pd_span {
        const char *at;
        size_t len;
};

/**
 * `[domain[:port]/]path[:tag][@digest]`; the parts point into the text. As docker reads it, what
 * stands before the first slash is a domain when it has a dot or a port, or is `localhost`.
 */
struct pd_image {
        struct pd_span domain; /**< with its port; absent: Docker Hub */
        struct pd_span path;
        struct pd_span tag;
        struct pd_span digest; /**< algorithm:hex */
};

/**
 * PD_E_INVALID: it is none; the message names the text (shortened), the mistake and, where it is a
 * usual one (`https://` in front, upper case, blanks around it), what to write instead.
 */
int pd_image_parse(const char *text, struct pd_image *ret, struct pd_err *err) PD_MUST_CHECK;

/**
 * Say what is to be said about the image at `path`: an error when it is none, a warning when it
 * names a web page of Docker Hub. Whether it is an image; only then *ret (may be NULL) is set.
 */
bool pd_image_check(const char *text, const char *path, struct pd_findings *findings,
                    struct pd_image *ret);

/** The last part of the path: what people call the image. */
struct pd_span pd_image_repository(const struct pd_image *image);

#endif
