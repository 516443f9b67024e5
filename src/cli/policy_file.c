/* policy_file.c - a policy in a file of the user's. */
#include "policy_file.h"

#include <fcntl.h>

#include "base/file.h"
#include "base/own.h"
#include "json/json.h"
#include "yaml/yaml.h"

int pd_policy_file_read(const char *path, struct pd_policy *policy, struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *text = NULL;
        pd_auto(pd_json_free_ptr) json_t *json = NULL;
        size_t len;

        if (pd_file_read_at(AT_FDCWD, path, PD_POLICY_FILE_MAX_BYTES, &text, &len, err) < 0)
                return -1;
        if (pd_yaml_parse(text, len, &json, err) < 0 || pd_policy_read(json, policy, err) < 0)
                return pd_wrap(err, "'%s'", path);
        return 0;
}
