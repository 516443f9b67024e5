/* fuzz_utf8.c - the check of a whole text and the walk from character to character agree. */
#include <assert.h>
#include <stdint.h>

#include "base/utf8.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const char *text = (const char *)data;
        size_t at = 0, bad = size, step;
        bool valid = pd_utf8_valid(text, size, &bad);

        while (at < size && (step = pd_utf8_char(text + at, size - at)) > 0)
                at += step;

        assert(valid == (at == size));
        assert(valid || bad == at);
        return 0;
}
