/*
 * config.h - the settings of a program: one table, many uses.
 *
 * A table says name, type, default, range and help of every setting; flags, environment variables,
 * the YAML file, --help, --print-config and the reference page all read it. A setting `pull-secret`
 * is the flag --pull-secret, the variable PD_PULL_SECRET and the key pull_secret in a file.
 */
#ifndef PD_CONFIG_CONFIG_H
#define PD_CONFIG_CONFIG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/own.h"

/** Most bytes of a file of settings. */
#define PD_CONFIG_MAX_BYTES (1024 * 1024)
/** Longest name of a setting (an assertion). */
#define PD_CONFIG_MAX_NAME 40

/** What the member at `offset` is. */
enum pd_config_type {
        PD_CONFIG_BOOL,     /**< bool; a flag needs no value */
        PD_CONFIG_INT,      /**< int64_t within min..max */
        PD_CONFIG_SIZE,     /**< uint64_t bytes, "64MiB", at most max */
        PD_CONFIG_DURATION, /**< int64_t milliseconds, "5s", at most max */
        PD_CONFIG_STRING,   /**< const char *, owned by the config; NULL when unset */
        PD_CONFIG_CHOICE,   /**< int: index into choices */
        PD_CONFIG_SECRET,   /**< struct pd_secret *, owned, NULL when unset; see below */
};

/*
 * A secret `token` is never on a command line, where others see it, and never printed. It is the
 * variable PD_TOKEN, the key token in a file, or the content of a file (one newline at its end left
 * out) which --token-file, PD_TOKEN_FILE or the key token_file names.
 */

struct pd_config_key {
        const char *name;           /**< lower case with dashes */
        size_t offset;              /**< of the member in the program's struct */
        const char *help;           /**< one line */
        const char *value_name;     /**< "NAME" in --help; NULL: by type */
        const char *preset;         /**< default, as text; NULL: unset, false or 0 */
        const char *const *choices; /**< of PD_CONFIG_CHOICE; ends with NULL */
        int64_t min, max;
        enum pd_config_type type;
        char short_flag; /**< -x; '\0': none */
        bool flag_only;  /**< neither variable nor file: what one call wants, not a setting */
};

struct pd_config_table {
        const struct pd_config_key *keys;
        size_t count;
};

/** Where a value came from; each source overrides those before it. */
enum pd_config_source {
        PD_CONFIG_FROM_DEFAULT,
        PD_CONFIG_FROM_FILE,
        PD_CONFIG_FROM_OTHER, /**< set by the program: between file and variable */
        PD_CONFIG_FROM_VARIABLE,
        PD_CONFIG_FROM_FLAG,
};

struct pd_config;

/** Bind a table to a struct: the members get their defaults. `target` and `table` must outlive it.
 */
int pd_config_new(const struct pd_config_table *table, void *target, struct pd_config **ret,
                  struct pd_err *err) PD_MUST_CHECK;

/** Releases the texts and secrets in the target too. NULL is fine. */
void pd_config_free(struct pd_config *config);

/*
 * Values from one source each. The order of the calls does not matter: a value never replaces one
 * of a stronger source. All fail with PD_E_INVALID (flags: PD_E_USAGE) naming the flag, the
 * variable or file:line, and what would be right.
 */
int pd_config_set(struct pd_config *config, const char *name, const char *value,
                  enum pd_config_source source, struct pd_err *err) PD_MUST_CHECK;
int pd_config_file(struct pd_config *config, const char *path, struct pd_err *err) PD_MUST_CHECK;
int pd_config_variables(struct pd_config *config, char *const *environment,
                        struct pd_err *err) PD_MUST_CHECK;

/** The value of a variable of an environment, borrowed; NULL: it is not there. */
const char *pd_config_variable(char *const *environment, const char *name);

/**
 * Flags: `--name value`, `--name=value`, `-x value`, `-xvalue`, `--no-name` for a bool, `--` ends
 * them. Operands may stand between flags; they are moved to the front of argv in order and counted
 * in *ret_operands (argv[0] is not looked at). An unknown flag names the nearest known one.
 */
int pd_config_flags(struct pd_config *config, int argc, char **argv, int *ret_operands,
                    struct pd_err *err) PD_MUST_CHECK;

/** Where the value of a setting came from. */
enum pd_config_source pd_config_source_of(const struct pd_config *config, const char *name);

/** The lines of --help: flag, value, help, default, variable; in columns. */
void pd_config_help(const struct pd_config_table *table, struct pd_buf *out);

/** The table as a Markdown table: flag, variable, key in a file, values, default, help. */
void pd_config_markdown(const struct pd_config_table *table, struct pd_buf *out);

/** The options of a man page, as scdoc reads them. */
void pd_config_man(const struct pd_config_table *table, struct pd_buf *out);

/**
 * All settings as YAML that pd_config_file() reads again, each with its source behind it; what is
 * unset and secrets (as ***) are comments.
 */
void pd_config_print(const struct pd_config *config, struct pd_buf *out);

PD_DEFINE_AUTO(struct pd_config, pd_config_free)

#endif
