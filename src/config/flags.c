/* flags.c - settings out of a command line. */
#include "private.h"

#include <string.h>

#include "base/own.h"
#include "config/nearest.h"

/* The command line and how far it is read. */
struct walk {
        struct pd_config *config;
        int argc;
        char **argv;
        int at;
};

static int fail_unknown(const struct walk *walk, const char *flag, struct pd_err *err)
{
        const struct pd_config_table *table = walk->config->table;
        struct pd_nearest nearest = {.word = flag + strspn(flag, "-")};

        for (size_t i = 0; i < table->count; i++)
                pd_nearest_offer(&nearest, pd_config_spell_flag(&table->keys[i]).text);

        if (nearest.best[0] == '\0')
                return pd_fail(err, PD_E_USAGE, 0, "unknown flag '%s'", flag);
        return pd_fail(err, PD_E_USAGE, 0, "unknown flag '%s'; did you mean '--%s'?", flag,
                       nearest.best);
}

/* What is wrong with a flag's value is wrong use, however the value came to be wrong. */
static int blame_flag(const char *flag, struct pd_err *err)
{
        if (err != NULL && err->code != PD_E_INTERNAL)
                err->code = PD_E_USAGE;
        return pd_wrap(err, "%s", flag);
}

static int fail_no_value(const struct pd_config_key *key, const char *flag, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf wanted = PD_BUF_INIT(sizeof(err->msg));

        pd_config_put_value_name(&wanted, key);
        return pd_fail(err, PD_E_USAGE, 0, "%s wants a value: %s", flag, wanted.data);
}

/* `value` NULL: it is the next argument. */
static int store_flag(struct walk *walk, const struct pd_config_key *key, const char *flag,
                      const char *value, struct pd_err *err)
{
        int failed;

        if (value == NULL && walk->at + 1 >= walk->argc)
                return fail_no_value(key, flag, err);
        if (value == NULL)
                value = walk->argv[++walk->at];

        failed = key->type == PD_CONFIG_SECRET
                         ? pd_config_store_secret_file(walk->config, key, value,
                                                       PD_CONFIG_FROM_FLAG, err)
                         : pd_config_store(walk->config, key, value, PD_CONFIG_FROM_FLAG, err);
        return failed < 0 ? blame_flag(flag, err) : 0;
}

/* The bool that --no-name means, or NULL. */
static const struct pd_config_key *find_negated(const struct pd_config_table *table,
                                                const char *name)
{
        const struct pd_config_key *key =
                strncmp(name, "no-", 3) == 0 ? pd_config_find(table, name + 3) : NULL;

        return key != NULL && key->type == PD_CONFIG_BOOL ? key : NULL;
}

static const struct pd_config_key *find_long(const struct pd_config_table *table, const char *name)
{
        for (size_t i = 0; i < table->count; i++)
                if (strcmp(pd_config_spell_flag(&table->keys[i]).text, name) == 0)
                        return &table->keys[i];
        return NULL;
}

static const struct pd_config_key *find_short(const struct pd_config_table *table, char letter)
{
        for (size_t i = 0; i < table->count; i++)
                if (table->keys[i].short_flag == letter)
                        return &table->keys[i];
        return NULL;
}

/* --name, --name=value, --no-name */
static int take_long(struct walk *walk, char *argument, struct pd_err *err)
{
        const struct pd_config_table *table = walk->config->table;
        char *equals = strchr(argument, '=');
        const char *value = equals != NULL ? equals + 1 : NULL;
        const struct pd_config_key *negated;
        const struct pd_config_key *key;

        if (equals != NULL)
                *equals = '\0';
        key = find_long(table, argument + 2);
        negated = key == NULL ? find_negated(table, argument + 2) : NULL;

        if (key == NULL && negated == NULL)
                return fail_unknown(walk, argument, err);
        if (negated != NULL && value != NULL)
                return pd_fail(err, PD_E_USAGE, 0, "%s takes no value", argument);
        if (negated != NULL)
                return store_flag(walk, negated, argument, "false", err);
        if (key->type == PD_CONFIG_BOOL && value == NULL)
                value = "true";
        return store_flag(walk, key, argument, value, err);
}

/* -x, -x value, -xvalue */
static int take_short(struct walk *walk, const char *argument, struct pd_err *err)
{
        const struct pd_config_key *key = find_short(walk->config->table, argument[1]);
        const char *value = argument[2] != '\0' ? argument + 2 : NULL;
        char flag[] = {'-', argument[1], '\0'};

        if (key == NULL)
                return fail_unknown(walk, argument, err);
        if (key->type == PD_CONFIG_BOOL && value != NULL)
                return pd_fail(err, PD_E_USAGE, 0, "%s takes no value: '%s'", flag, argument);
        return store_flag(walk, key, flag, key->type == PD_CONFIG_BOOL ? "true" : value, err);
}

int pd_config_flags(struct pd_config *config, int argc, char **argv, int *ret_operands,
                    struct pd_err *err)
{
        struct walk walk = {.config = config, .argc = argc, .argv = argv};
        bool flags_ended = false;
        int operands = 0;

        for (walk.at = 1; walk.at < argc; walk.at++) {
                char *argument = argv[walk.at];

                if (flags_ended || argument[0] != '-' || argument[1] == '\0')
                        argv[1 + operands++] = argument;
                else if (strcmp(argument, "--") == 0)
                        flags_ended = true;
                else if ((argument[1] == '-' ? take_long(&walk, argument, err)
                                             : take_short(&walk, argument, err)) < 0)
                        return -1;
        }
        *ret_operands = operands;
        return 0;
}
