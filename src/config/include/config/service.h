/*
 * service.h - what every service has among its settings: a file, a log, and three questions that it
 * answers instead of serving.
 */
#ifndef PD_CONFIG_SERVICE_H
#define PD_CONFIG_SERVICE_H

#include <stdbool.h>

#include "base/log.h"
#include "config/rows.h"

/** A member of the settings of a service. */
struct pd_config_common {
        const char *file;
        int log_level, log_format;
        bool help, version, print_config;
};

extern const char *const pd_config_log_levels[];
extern const char *const pd_config_log_formats[];

/* Its rows, in the three places of a table where they stand; `member` is that of the settings. */
/* clang-format off */
#define PD_ROWS_FILE(member) \
        {.name = "config", .short_flag = 'c', .type = PD_CONFIG_STRING, PD_ROW_AT(member.file), .value_name = "FILE", .help = "YAML file of settings"}
#define PD_ROWS_LOG(member) \
        PD_ROW_CHOICE("log-level", member.log_level, pd_config_log_levels, "info", "what is logged"), \
        PD_ROW_CHOICE("log-format", member.log_format, pd_config_log_formats, "json", "how it is logged")
#define PD_ROWS_QUESTIONS(member) \
        PD_ROW_CALL("print-config", '\0', member.print_config, "show every setting and where it came from, and end"), \
        PD_ROW_CALL("version", '\0', member.version, "show the version, and end"), \
        PD_ROW_CALL("help", 'h', member.help, "show this, and end")
/* clang-format on */

/** Flags, variables, and the file that they name. A service has no operands: PD_E_USAGE; else
 * PD_E_INVALID, and what opening the file says. */
int pd_config_service_read(struct pd_config *config, const struct pd_config_common *common,
                           int argc, char **argv, struct pd_err *err) PD_MUST_CHECK;

/** The log that the settings ask for, to standard error. */
struct pd_log pd_config_service_log(const struct pd_config_common *common);

/** Whether the call only asks for something to be shown. */
bool pd_config_is_question(const struct pd_config_common *common);

/** Who a service is. */
struct pd_config_about {
        const char *name;
        const char *version;
        const char *does; /**< a sentence, for --help */
};

/** Show on standard output what the call asks for. */
int pd_config_answer(const struct pd_config *config, const struct pd_config_common *common,
                     const struct pd_config_about *about, struct pd_err *err) PD_MUST_CHECK;

/** The whole of a program that writes the settings of a service as a page, `markdown` or `man`, to
 * standard output. Returns the exit status. */
int pd_config_reference(const struct pd_config_table *table, int argc, char **argv);

#endif
