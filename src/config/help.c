/* help.c - the lines of --help, aligned. */
#include "private.h"

#include <string.h>

#include "base/own.h"

/* Most bytes of the left column; the help of a wider one begins behind it all the same. */
#define MAX_FLAG 256

/* The left column: "  -o, --zip FILE". */
static void put_flag(struct pd_buf *out, const struct pd_config_key *key)
{
        if (key->short_flag != '\0')
                pd_buf_printf(out, "  -%c, ", key->short_flag);
        else
                pd_buf_puts(out, "      ");

        pd_buf_printf(out, "--%s", pd_config_spell_flag(key).text);
        if (key->type != PD_CONFIG_BOOL) {
                pd_buf_putc(out, ' ');
                pd_config_put_value_name(out, key);
        }
}

static size_t flag_width(const struct pd_config_key *key)
{
        pd_auto(pd_buf_done) struct pd_buf flag = PD_BUF_INIT(MAX_FLAG);

        put_flag(&flag, key);
        return flag.len;
}

/* What stands in brackets behind the help: "(default 1Gi; PD_CLAIM_SIZE)". */
static void put_brackets(struct pd_buf *out, const struct pd_config_key *key)
{
        bool has_default = key->preset != NULL && key->type != PD_CONFIG_BOOL;

        if (!has_default && key->flag_only)
                return;

        pd_buf_puts(out, " (");
        if (has_default)
                pd_buf_printf(out, "default %s", key->preset[0] != '\0' ? key->preset : "''");
        if (has_default && !key->flag_only)
                pd_buf_puts(out, "; ");
        if (!key->flag_only)
                pd_buf_puts(out, pd_config_spell_variable(key).text);
        pd_buf_putc(out, ')');
}

void pd_config_help(const struct pd_config_table *table, struct pd_buf *out)
{
        size_t width = 0;

        for (size_t i = 0; i < table->count; i++) {
                size_t own = flag_width(&table->keys[i]);

                width = own > width ? own : width;
        }

        for (size_t i = 0; i < table->count; i++) {
                const struct pd_config_key *key = &table->keys[i];

                put_flag(out, key);
                pd_buf_printf(out, "%*s%s", (int)(width - flag_width(key) + 2), "", key->help);
                put_brackets(out, key);
                pd_buf_putc(out, '\n');
        }
}
