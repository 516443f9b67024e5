/* reference.c - the settings as a page to read: Markdown, and the options of a man page. */
#include "private.h"

#include <inttypes.h>
#include <string.h>

/* Text in which the signs of a markup language mean nothing. */
static void put_escaped(struct pd_buf *out, const char *text, const char *signs)
{
        for (; *text != '\0'; text++) {
                if (strchr(signs, *text) != NULL)
                        pd_buf_putc(out, '\\');
                pd_buf_putc(out, *text);
        }
}

/* NULL: it has none. */
static const char *default_of(const struct pd_config_key *key)
{
        if (key->preset != NULL)
                return key->preset[0] != '\0' ? key->preset : "''";
        if (key->type == PD_CONFIG_CHOICE)
                return key->choices[0];
        return key->type == PD_CONFIG_BOOL && !key->flag_only ? "false" : NULL;
}

/* --- Markdown --- */

#define MARKDOWN_SIGNS "\\|*<>"

static void put_markdown_flag(struct pd_buf *out, const struct pd_config_key *key)
{
        pd_buf_puts(out, "| ");
        if (key->short_flag != '\0')
                pd_buf_printf(out, "`-%c`, ", key->short_flag);
        pd_buf_printf(out, "`--%s` | ", pd_config_spell_flag(key).text);
}

/* `NAME`, and of a secret also the one that names a file. */
static void put_markdown_name(struct pd_buf *out, const struct pd_config_key *key,
                              struct pd_config_spelling name, const char *suffix)
{
        if (!key->flag_only)
                pd_buf_printf(out, "`%s`", name.text);
        if (!key->flag_only && key->type == PD_CONFIG_SECRET)
                pd_buf_printf(out, ", `%s`", pd_config_spell_with(name, suffix).text);
        pd_buf_puts(out, " | ");
}

static void put_markdown_value(struct pd_buf *out, const struct pd_config_key *key)
{
        if (key->type == PD_CONFIG_INT)
                pd_buf_printf(out, "%" PRId64 " to %" PRId64, key->min, key->max);
        else if (key->type == PD_CONFIG_DURATION)
                pd_buf_printf(out, "up to %" PRId64 "s", key->max / 1000);
        else if (key->type == PD_CONFIG_SIZE)
                pd_buf_printf(out, "up to %" PRId64 "B", key->max);
        else if (key->type == PD_CONFIG_CHOICE)
                pd_config_put_choices(out, key, ", ");
        else if (key->type == PD_CONFIG_SECRET)
                pd_buf_puts(out, "text, or a file with it");
        else if (key->type == PD_CONFIG_BOOL)
                pd_buf_puts(out, "true, false");
        else
                pd_config_put_value_name(out, key);
        pd_buf_puts(out, " | ");
}

static void put_markdown_row(struct pd_buf *out, const struct pd_config_key *key)
{
        const char *preset = default_of(key);

        put_markdown_flag(out, key);
        put_markdown_name(out, key, pd_config_spell_variable(key), "_FILE");
        put_markdown_name(out, key, pd_config_spell_file_key(key), "_file");
        put_markdown_value(out, key);
        if (preset != NULL)
                pd_buf_printf(out, "`%s`", preset);
        pd_buf_puts(out, " | ");
        put_escaped(out, key->help, MARKDOWN_SIGNS);
        pd_buf_puts(out, " |\n");
}

void pd_config_markdown(const struct pd_config_table *table, struct pd_buf *out)
{
        pd_buf_puts(out, "| flag | variable | in the file | value | default | what |\n"
                         "|---|---|---|---|---|---|\n");
        for (size_t i = 0; i < table->count; i++)
                put_markdown_row(out, &table->keys[i]);
}

/* --- Man page --- */

#define SCDOC_SIGNS "\\*_<>#"

static void put_man_flag(struct pd_buf *out, const struct pd_config_key *key)
{
        if (key->short_flag != '\0')
                pd_buf_printf(out, "*-%c*, ", key->short_flag);
        pd_buf_printf(out, "*--%s*", pd_config_spell_flag(key).text);
        if (key->type != PD_CONFIG_BOOL) {
                pd_buf_puts(out, " _");
                pd_config_put_value_name(out, key);
                pd_buf_putc(out, '_');
        }
        pd_buf_putc(out, '\n');
}

static void put_man_option(struct pd_buf *out, const struct pd_config_key *key)
{
        const char *preset = default_of(key);

        put_man_flag(out, key);
        pd_buf_putc(out, '\t');
        put_escaped(out, key->help, SCDOC_SIGNS);
        if (!key->flag_only) {
                pd_buf_puts(out, "; ");
                put_escaped(out, pd_config_spell_variable(key).text, SCDOC_SIGNS);
        }
        pd_buf_putc(out, '.');
        if (preset != NULL) {
                pd_buf_puts(out, " Default: ");
                put_escaped(out, preset, SCDOC_SIGNS);
                pd_buf_putc(out, '.');
        }
        pd_buf_puts(out, "\n\n");
}

void pd_config_man(const struct pd_config_table *table, struct pd_buf *out)
{
        for (size_t i = 0; i < table->count; i++)
                put_man_option(out, &table->keys[i]);
}
