/* fuzz_json.c - our reader and jansson's agree, but for numbers; what is written reads back equal.
 */
#include <assert.h>
#include <stdint.h>
#include <string.h>

#include "json/json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void write_and_read_again(const json_t *json, enum pd_json_style style)
{
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(SIZE_MAX);
        pd_auto(pd_json_free_ptr) json_t *back = NULL;
        int result;

        pd_json_write(&out, json, style);
        result = pd_json_parse(out.data, out.len, &pd_json_default_limits, &back, NULL);
        assert(result == 0);
        assert(json_equal(json, back));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        const char *text = (const char *)data;
        pd_auto(pd_json_free_ptr) json_t *theirs =
                json_loadb(text, size, JSON_DECODE_ANY | JSON_REJECT_DUPLICATES, NULL);
        pd_auto(pd_json_free_ptr) json_t *ours = NULL;
        struct pd_err err = {0};

        if (pd_json_parse(text, size, &pd_json_default_limits, &ours, &err) < 0) {
                /* jansson loses a NUL behind a number */
                assert(theirs == NULL || memchr(text, '\0', size) != NULL ||
                       err.code == PD_E_TOO_LARGE ||
                       strstr(err.msg, "cannot be kept exactly") != NULL);
                return 0;
        }
        assert(json_equal(ours, theirs));
        write_and_read_again(ours, PD_JSON_COMPACT);
        write_and_read_again(ours, PD_JSON_INDENT);
        return 0;
}
