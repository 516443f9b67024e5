/* fuzz_image.c - the parts of an image's name are in order, and leave nothing out. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/own.h"
#include "solution/image.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Where the part ends that should begin at `at`, behind its separator if it is there. */
static const char *skip(const char *at, struct pd_span part, size_t before, size_t behind)
{
        if (part.at == NULL)
                return at;
        assert(part.len > 0 && part.at == at + before);
        return part.at + part.len + behind;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        pd_auto(pd_free_ptr) char *text = calloc(size + 1, 1);
        struct pd_image image;
        const char *at = text;

        if (text == NULL)
                return 0;
        if (size > 0)
                memcpy(text, data, size);
        if (pd_image_parse(text, &image, NULL) < 0)
                return 0;

        at = skip(at, image.domain, 0, 1);
        assert(image.path.at == at && pd_image_repository(&image).len > 0);
        at = skip(at, image.path, 0, 0);
        assert(at - text <= PD_IMAGE_MAX_NAME);
        at = skip(at, image.tag, 1, 0);
        at = skip(at, image.digest, 1, 0);
        assert(*at == '\0');
        return 0;
}
