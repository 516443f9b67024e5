/* fuzz_yaml.c - whatever a document means, it still means when we have written it. */
#include <assert.h>
#include <stdint.h>

#include "json/json.h"
#include "yaml/yaml.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        pd_auto(pd_json_free_ptr) json_t *json = NULL;
        pd_auto(pd_json_free_ptr) json_t *back = NULL;
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(SIZE_MAX);
        struct pd_err err = {0};
        int result;

        if (pd_yaml_parse((const char *)data, size, &json, &err) < 0) {
                assert(err.code == PD_E_INVALID || err.code == PD_E_TOO_LARGE);
                return 0;
        }

        pd_yaml_write(&out, json);
        assert(out.failed == 0);
        result = pd_yaml_parse(out.data, out.len, &back, &err);
        assert(result == 0 || err.code == PD_E_TOO_LARGE); /* escapes make text longer */
        assert(result < 0 || json_equal(json, back));
        return 0;
}
