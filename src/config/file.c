/* file.c - settings out of a YAML file: one mapping, a line a setting. */
#include "private.h"

#include <assert.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/file.h"
#include "base/own.h"
#include "config/nearest.h"
#include "json/get.h"
#include "json/json.h"
#include "yaml/yaml.h"

/* A file of settings as it is read. */
struct source {
        struct pd_config *config;
        const char *path;
        const char *text;
};

/* The number of the line that begins with `key` and a colon; 0: none does (it may be quoted). */
static size_t line_of(const char *text, const char *key)
{
        size_t len = strlen(key);
        size_t number = 1;

        for (const char *line = text; line != NULL; number++) {
                const char *after = line + len;

                if (strncmp(line, key, len) == 0 && after[strspn(after, " ")] == ':')
                        return number;
                line = strchr(line, '\n');
                line = line != NULL ? line + 1 : NULL;
        }
        return 0;
}

/* Put the place of `key` in front of the message. */
static int blame(const struct source *source, const char *key, struct pd_err *err)
{
        size_t line = line_of(source->text, key);

        if (line == 0)
                return pd_wrap(err, "%s", source->path);
        return pd_wrap(err, "%s:%zu", source->path, line);
}

static int fail_unknown(const struct source *source, const char *name, struct pd_err *err)
{
        const struct pd_config_table *table = source->config->table;
        struct pd_nearest nearest = {.word = name};

        for (size_t i = 0; i < table->count; i++)
                if (!table->keys[i].flag_only)
                        pd_nearest_offer(&nearest, pd_config_spell_file_key(&table->keys[i]).text);

        if (nearest.best[0] == '\0')
                return pd_fail(err, PD_E_INVALID, 0, "no setting '%s'", name);
        return pd_fail(err, PD_E_INVALID, 0, "no setting '%s'; did you mean '%s'?", name,
                       nearest.best);
}

/* The setting of that key; *ret_is_file: the key names the file of a secret. NULL: there is none.
 */
static const struct pd_config_key *find_key(const struct pd_config_table *table, const char *name,
                                            bool *ret_is_file)
{
        for (size_t i = 0; i < table->count; i++) {
                const struct pd_config_key *key = &table->keys[i];
                struct pd_config_spelling plain = pd_config_spell_file_key(key);

                if (key->flag_only)
                        continue;
                *ret_is_file = key->type == PD_CONFIG_SECRET &&
                               strcmp(pd_config_spell_with(plain, "_file").text, name) == 0;
                if (*ret_is_file || strcmp(plain.text, name) == 0)
                        return key;
        }
        return NULL;
}

/* Text always will do; a bare true, false or number where the setting is one. */
static int take_value(const struct source *source, const struct pd_config_key *key,
                      const json_t *value, struct pd_err *err)
{
        bool takes_number = key->type == PD_CONFIG_INT || key->type == PD_CONFIG_SIZE ||
                            key->type == PD_CONFIG_DURATION;
        char number[32];
        const char *text = json_string_value(value);

        if (key->type == PD_CONFIG_BOOL && json_is_boolean(value))
                text = json_is_true(value) ? "true" : "false";
        if (takes_number && json_is_integer(value)) {
                (void)snprintf(number, sizeof(number), "%" JSON_INTEGER_FORMAT,
                               json_integer_value(value));
                text = number;
        }
        if (text == NULL)
                return pd_fail(err, PD_E_INVALID, 0, "'%s' cannot be %s; write %s", key->name,
                               pd_json_kind(value),
                               key->type == PD_CONFIG_BOOL ? "true or false"
                               : takes_number              ? "a whole number"
                                                           : "text, in quotes");
        if (pd_config_store(source->config, key, text, PD_CONFIG_FROM_FILE, err) < 0)
                return pd_wrap(err, "'%s'", key->name);
        return 0;
}

static int take_member(const struct source *source, const char *name, const json_t *value,
                       struct pd_err *err)
{
        bool is_file = false;
        const struct pd_config_key *key = find_key(source->config->table, name, &is_file);

        if (key == NULL)
                return fail_unknown(source, name, err);
        if (json_is_null(value))
                return 0;
        if (!is_file)
                return take_value(source, key, value, err);
        if (!json_is_string(value))
                return pd_fail(err, PD_E_INVALID, 0, "'%s' wants the path of a file", name);
        return pd_config_store_secret_file(source->config, key, json_string_value(value),
                                           PD_CONFIG_FROM_FILE, err);
}

int pd_config_file(struct pd_config *config, const char *path, struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *text = NULL;
        pd_auto(pd_json_free_ptr) json_t *tree = NULL;
        struct source source = {.config = config, .path = path};
        const char *name;
        json_t *value;
        size_t len;

        if (pd_file_read_at(AT_FDCWD, path, PD_CONFIG_MAX_BYTES, &text, &len, err) < 0)
                return -1;
        if (pd_yaml_parse(text, len, &tree, err) < 0)
                return pd_wrap(err, "%s", path);
        if (!json_is_object(tree) && !json_is_null(tree))
                return pd_fail(err, PD_E_INVALID, 0, "%s: settings are lines of 'name: value'",
                               path);

        source.text = text;
        json_object_foreach (tree, name, value)
                if (take_member(&source, name, value, err) < 0)
                        return blame(&source, name, err);
        return 0;
}
