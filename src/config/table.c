/* table.c - what a table says by itself: names and how each source spells them. */
#include "private.h"

#include <assert.h>
#include <stdio.h>
#include <string.h>

static struct pd_config_spelling spell_name(const struct pd_config_key *key)
{
        struct pd_config_spelling spelling;

        assert(strlen(key->name) <= PD_CONFIG_MAX_NAME);
        (void)snprintf(spelling.text, sizeof(spelling.text), "%s", key->name);
        return spelling;
}

struct pd_config_spelling pd_config_spell_file_key(const struct pd_config_key *key)
{
        struct pd_config_spelling spelling = spell_name(key);

        for (char *at = spelling.text; *at != '\0'; at++)
                *at = *at == '-' ? '_' : *at;
        return spelling;
}

struct pd_config_spelling pd_config_spell_variable(const struct pd_config_key *key)
{
        struct pd_config_spelling file_key = pd_config_spell_file_key(key);
        struct pd_config_spelling spelling;

        (void)snprintf(spelling.text, sizeof(spelling.text), "PD_%.*s", PD_CONFIG_MAX_NAME,
                       file_key.text);
        for (char *at = spelling.text; *at != '\0'; at++)
                if (*at >= 'a' && *at <= 'z')
                        *at = (char)(*at - 'a' + 'A');
        return spelling;
}

struct pd_config_spelling pd_config_spell_with(struct pd_config_spelling spelling,
                                               const char *suffix)
{
        size_t len = strlen(spelling.text);

        (void)snprintf(spelling.text + len, sizeof(spelling.text) - len, "%s", suffix);
        return spelling;
}

struct pd_config_spelling pd_config_spell_flag(const struct pd_config_key *key)
{
        struct pd_config_spelling name = spell_name(key);

        return key->type == PD_CONFIG_SECRET ? pd_config_spell_with(name, "-file") : name;
}

const struct pd_config_key *pd_config_find(const struct pd_config_table *table, const char *name)
{
        for (size_t i = 0; i < table->count; i++)
                if (strcmp(table->keys[i].name, name) == 0)
                        return &table->keys[i];
        return NULL;
}

void pd_config_put_choices(struct pd_buf *out, const struct pd_config_key *key,
                           const char *separator)
{
        for (size_t i = 0; key->choices[i] != NULL; i++)
                pd_buf_printf(out, "%s%s", i > 0 ? separator : "", key->choices[i]);
}

void pd_config_put_value_name(struct pd_buf *out, const struct pd_config_key *key)
{
        static const char *const by_type[] = {
                [PD_CONFIG_BOOL] = "true|false", [PD_CONFIG_INT] = "N",
                [PD_CONFIG_SIZE] = "SIZE",       [PD_CONFIG_DURATION] = "TIME",
                [PD_CONFIG_STRING] = "TEXT",     [PD_CONFIG_SECRET] = "FILE",
        };

        if (key->value_name != NULL)
                pd_buf_puts(out, key->value_name);
        else if (key->type == PD_CONFIG_CHOICE)
                pd_config_put_choices(out, key, "|");
        else
                pd_buf_puts(out, by_type[key->type]);
}

const char *pd_config_source_name(enum pd_config_source source)
{
        static const char *const names[] = {
                [PD_CONFIG_FROM_DEFAULT] = "default", [PD_CONFIG_FROM_FILE] = "file",
                [PD_CONFIG_FROM_OTHER] = "program",   [PD_CONFIG_FROM_VARIABLE] = "variable",
                [PD_CONFIG_FROM_FLAG] = "flag",
        };

        return names[source];
}
