/* print.c - all settings as the file that would set them. */
#include "private.h"

#include <errno.h>
#include <string.h>

#include "base/own.h"
#include "json/json.h"
#include "yaml/yaml.h"

/* What pd_yaml_write() puts in front of a document. */
#define DOCUMENT_START "---\n"

/* `name: value`, without a newline. */
static void put_member(struct pd_buf *out, const char *name, json_t *value)
{
        pd_auto(pd_json_free_ptr) json_t *member = json_object();
        pd_auto(pd_buf_done) struct pd_buf line = PD_BUF_INIT(PD_YAML_MAX_BYTES);
        size_t start = strlen(DOCUMENT_START);

        if (json_object_set_new(member, name, value) < 0) {
                out->failed = ENOMEM;
                return;
        }
        pd_yaml_write(&line, member);
        if (line.failed != 0)
                out->failed = line.failed;
        else
                pd_buf_put(out, line.data + start, line.len - start - strlen("\n"));
}

static void print_setting(const struct pd_config *config, const struct pd_config_key *key,
                          struct pd_buf *out)
{
        json_t *value = pd_config_value_json(config, key);

        /* What is unset stays unset when this is read again, and a secret is not in here. */
        if (value == NULL || json_is_null(value) || key->type == PD_CONFIG_SECRET)
                pd_buf_puts(out, "# ");
        put_member(out, pd_config_spell_file_key(key).text, value);
        pd_buf_printf(out, "  # %s\n",
                      pd_config_source_name(config->sources[key - config->table->keys]));
}

void pd_config_print(const struct pd_config *config, struct pd_buf *out)
{
        for (size_t i = 0; i < config->table->count; i++)
                if (!config->table->keys[i].flag_only)
                        print_setting(config, &config->table->keys[i], out);
}
