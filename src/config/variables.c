/* variables.c - settings out of the environment. */
#include "private.h"

#include <string.h>

/* PD_NAME_FILE: the file that holds the secret. */
static int take_secret_file(struct pd_config *config, const struct pd_config_key *key,
                            char *const *environment, struct pd_err *err)
{
        struct pd_config_spelling plain = pd_config_spell_variable(key);
        struct pd_config_spelling name = pd_config_spell_with(plain, "_FILE");
        const char *path = pd_config_variable(environment, name.text);

        if (path == NULL)
                return 0;
        if (pd_config_variable(environment, plain.text) != NULL)
                return pd_fail(err, PD_E_INVALID, 0, "%s and %s are both set; leave one out",
                               plain.text, name.text);
        if (pd_config_store_secret_file(config, key, path, PD_CONFIG_FROM_VARIABLE, err) < 0)
                return pd_wrap(err, "%s", name.text);
        return 0;
}

static int take_variable(struct pd_config *config, const struct pd_config_key *key,
                         char *const *environment, struct pd_err *err)
{
        struct pd_config_spelling name = pd_config_spell_variable(key);
        const char *value = pd_config_variable(environment, name.text);

        if (value == NULL)
                return 0;
        if (pd_config_store(config, key, value, PD_CONFIG_FROM_VARIABLE, err) < 0)
                return pd_wrap(err, "%s", name.text);
        return 0;
}

const char *pd_config_variable(char *const *environment, const char *name)
{
        size_t len = strlen(name);

        for (; *environment != NULL; environment++)
                if (strncmp(*environment, name, len) == 0 && (*environment)[len] == '=')
                        return *environment + len + 1;
        return NULL;
}

int pd_config_variables(struct pd_config *config, char *const *environment, struct pd_err *err)
{
        const struct pd_config_table *table = config->table;

        for (size_t i = 0; i < table->count; i++) {
                const struct pd_config_key *key = &table->keys[i];

                if (key->flag_only)
                        continue;
                if (take_variable(config, key, environment, err) < 0 ||
                    (key->type == PD_CONFIG_SECRET &&
                     take_secret_file(config, key, environment, err) < 0))
                        return -1;
        }
        return 0;
}
