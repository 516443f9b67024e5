/* help.c - the lines of --help, aligned. */
#include "private.h"

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

/* How wide that is; it is written and taken back, so that a failure is remembered. */
static size_t flag_width(struct pd_buf *out, const struct pd_config_key *key)
{
        size_t start = out->len;
        size_t width;

        put_flag(out, key);
        width = out->len - start;
        pd_buf_cut(out, start);
        return width;
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

static void put_line(struct pd_buf *out, const struct pd_config_key *key, size_t width)
{
        size_t start = out->len;

        put_flag(out, key);
        pd_buf_printf(out, "%*s%s", (int)(width - (out->len - start) + 2), "", key->help);
        put_brackets(out, key);
        pd_buf_putc(out, '\n');
}

void pd_config_help(const struct pd_config_table *table, struct pd_buf *out)
{
        size_t width = 0;

        for (size_t i = 0; i < table->count; i++) {
                size_t own = flag_width(out, &table->keys[i]);

                width = own > width ? own : width;
        }
        for (size_t i = 0; i < table->count; i++)
                put_line(out, &table->keys[i], width);
}
