/* private.h - what the files of this room share. */
#ifndef PD_CONFIG_PRIVATE_H
#define PD_CONFIG_PRIVATE_H

#include "config/config.h"

#include <jansson.h>

struct pd_config {
        const struct pd_config_table *table;
        void *target;
        enum pd_config_source *sources; /* one a key: where its value came from */
};

/** How a setting is called by one source. */
struct pd_config_spelling {
        char text[PD_CONFIG_MAX_NAME + sizeof("PD__FILE")];
};

/** `pull-secret`; a secret is never on the command line, where others see it: `token-file`. */
struct pd_config_spelling pd_config_spell_flag(const struct pd_config_key *key);
/** `pull_secret` */
struct pd_config_spelling pd_config_spell_file_key(const struct pd_config_key *key);
/** `PD_PULL_SECRET` */
struct pd_config_spelling pd_config_spell_variable(const struct pd_config_key *key);

/** Of a secret, the setting that names the file which holds it: "_file", "_FILE". */
struct pd_config_spelling pd_config_spell_with(struct pd_config_spelling spelling,
                                               const char *suffix);

/** The setting of that exact name, or NULL. */
const struct pd_config_key *pd_config_find(const struct pd_config_table *table, const char *name);

/** Append what a value of the setting is called in --help and messages. */
void pd_config_put_value_name(struct pd_buf *out, const struct pd_config_key *key);

/** Append the choices of a setting, parted by `separator`. */
void pd_config_put_choices(struct pd_buf *out, const struct pd_config_key *key,
                           const char *separator);

/** "default", "file", ... */
const char *pd_config_source_name(enum pd_config_source source);

/**
 * Read `text` as a value of the setting and keep it, unless there is one of a stronger source.
 * PD_E_INVALID says what would be right; the caller puts in front where it stood.
 */
int pd_config_store(struct pd_config *config, const struct pd_config_key *key, const char *text,
                    enum pd_config_source source, struct pd_err *err) PD_MUST_CHECK;

/** Likewise, of a secret, from the file at `path`; one newline at its end is left out. */
int pd_config_store_secret_file(struct pd_config *config, const struct pd_config_key *key,
                                const char *path, enum pd_config_source source,
                                struct pd_err *err) PD_MUST_CHECK;

/** The value for people and files; null when unset, "***" for a secret. NULL: no memory. */
json_t *pd_config_value_json(const struct pd_config *config,
                             const struct pd_config_key *key) PD_MUST_CHECK;

/** Release what the member of the setting owns, and unset it. */
void pd_config_release(const struct pd_config *config, const struct pd_config_key *key);

#endif
