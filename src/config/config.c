/* config.c - a table bound to a struct: defaults, values one by one, where they came from. */
#include "config/config.h"

#include <assert.h>
#include <stdlib.h>

#include "private.h"

static int store_presets(struct pd_config *config, struct pd_err *err)
{
        const struct pd_config_table *table = config->table;

        for (size_t i = 0; i < table->count; i++) {
                const struct pd_config_key *key = &table->keys[i];

                if (key->preset != NULL &&
                    pd_config_store(config, key, key->preset, PD_CONFIG_FROM_DEFAULT, err) < 0)
                        return pd_wrap(err, "default of '%s'", key->name);
        }
        return 0;
}

int pd_config_new(const struct pd_config_table *table, void *target, struct pd_config **ret,
                  struct pd_err *err)
{
        pd_auto(pd_config_free_ptr) struct pd_config *config = calloc(1, sizeof(*config));

        if (config == NULL)
                return pd_fail_memory(err, "settings");

        config->table = table;
        config->target = target;
        config->sources = calloc(table->count + 1, sizeof(*config->sources));
        if (config->sources == NULL)
                return pd_fail_memory(err, "settings");
        if (store_presets(config, err) < 0)
                return -1;

        *ret = pd_steal(&config);
        return 0;
}

void pd_config_free(struct pd_config *config)
{
        if (config == NULL)
                return;
        for (size_t i = 0; i < config->table->count; i++)
                pd_config_release(config, &config->table->keys[i]);
        free(config->sources);
        free(config);
}

int pd_config_set(struct pd_config *config, const char *name, const char *value,
                  enum pd_config_source source, struct pd_err *err)
{
        const struct pd_config_key *key = pd_config_find(config->table, name);

        if (key == NULL)
                return pd_fail(err, PD_E_INVALID, 0, "no setting '%s'", name);
        if (pd_config_store(config, key, value, source, err) < 0)
                return pd_wrap(err, "'%s'", name);
        return 0;
}

enum pd_config_source pd_config_source_of(const struct pd_config *config, const char *name)
{
        const struct pd_config_key *key = pd_config_find(config->table, name);

        assert(key != NULL);
        return config->sources[key - config->table->keys];
}
