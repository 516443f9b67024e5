/* command.h - a command of playgroundctl, and a call of it. */
#ifndef PD_CLI_COMMAND_H
#define PD_CLI_COMMAND_H

#include <stdbool.h>
#include <stddef.h>

#include "base/err.h"
#include "cli/cli.h"
#include "config/config.h"
#include "render/render.h"

enum pd_output { PD_OUTPUT_TEXT, PD_OUTPUT_JSON };
enum pd_engine_kind { PD_ENGINE_AUTO, PD_ENGINE_DOCKER, PD_ENGINE_KUBERNETES };
enum pd_graph_format { PD_GRAPH_TEXT, PD_GRAPH_DOT };

/** Every option of every command; each command's table names those it has. */
struct pd_options {
        bool help;
        int output; /**< enum pd_output */
        bool strict;
        int format; /**< enum pd_graph_format */
        const char *zip;
        const char *policy; /**< a file; NULL: none */

        /* a single model in place of INPUT */
        const char *image;
        const char *name;
        const char *proto;

        struct pd_render_settings render;

        /* what runs */
        int engine;                  /**< enum pd_engine_kind */
        const char *context;         /**< of a cluster, as the next; NULL: the current one */
        const char *namespace_name;  /**< NULL: one a deployment */
        const char *expose;          /**< NULL: nodeport */
        const char *access_mode;     /**< NULL: ReadWriteMany */
        const char *registry_config; /**< a file; NULL: none */
        const char *quota;           /**< amounts, as the next; NULL: none */
        const char *default_limits;
        const char *deployment; /**< NULL: the only one there is */
        const char *values;     /**< a file; NULL: none */
        int64_t timeout;        /**< milliseconds */
        bool dry_run;
        bool replace;
        bool volumes;
        bool follow;
        bool previous;
        bool timestamps;
        int64_t tail;  /**< < 0: all lines */
        int64_t since; /**< milliseconds ago; 0: from the beginning */

        /* its run */
        int64_t iterations; /**< calls of each source; 0: as it was set up */
        const char *label;  /**< NULL: none */
        bool messages;
        bool next;

        /* the local catalogue, and tokens for its deployer */
        const char *data_dir;
        const char *solution_id;
        const char *revision_id;
        const char *user;
        int64_t lifetime; /**< milliseconds */
        struct pd_secret *token_secret;
};

/* The options of each command. */
extern const struct pd_config_table pd_options_of_validate;
extern const struct pd_config_table pd_options_of_render;
extern const struct pd_config_table pd_options_of_inspect;
extern const struct pd_config_table pd_options_of_graph;
extern const struct pd_config_table pd_options_of_catalog;
extern const struct pd_config_table pd_options_of_token;
extern const struct pd_config_table pd_options_of_up;
extern const struct pd_config_table pd_options_of_ps;
extern const struct pd_config_table pd_options_of_run;
extern const struct pd_config_table pd_options_of_observe;
extern const struct pd_config_table pd_options_of_status;
extern const struct pd_config_table pd_options_of_stop;
extern const struct pd_config_table pd_options_of_logs;
extern const struct pd_config_table pd_options_of_restart;
extern const struct pd_config_table pd_options_of_down;
extern const struct pd_config_table pd_options_of_version;
extern const struct pd_config_table pd_options_of_help;

/** A command as it was called. */
struct pd_call {
        const struct pd_cli *cli;
        struct pd_options options;
        struct pd_config *config; /**< where the options came from */
        char **operands;
        int operand_count;
        int status; /**< exit status of a command that worked and whose answer is no */
};

struct pd_command {
        const char *name;
        const char *operands; /**< in the usage line; "" for none */
        const char *help;     /**< one line */
        const char *more;     /**< what else --help says; NULL: nothing */
        int max_operands;
        const struct pd_config_table *options;
        int (*run)(struct pd_call *call, struct pd_err *err);
};

extern const struct pd_command pd_commands[];
extern const size_t pd_command_count;

/** PD_E_USAGE names the nearest one. */
int pd_command_find(const char *name, const struct pd_command **ret,
                    struct pd_err *err) PD_MUST_CHECK;

int pd_cmd_validate(struct pd_call *call, struct pd_err *err) PD_MUST_CHECK;
int pd_cmd_render(struct pd_call *call, struct pd_err *err) PD_MUST_CHECK;
int pd_cmd_inspect(struct pd_call *call, struct pd_err *err) PD_MUST_CHECK;
int pd_cmd_graph(struct pd_call *call, struct pd_err *err) PD_MUST_CHECK;
int pd_cmd_catalog(struct pd_call *call, struct pd_err *err) PD_MUST_CHECK;
int pd_cmd_token(struct pd_call *call, struct pd_err *err) PD_MUST_CHECK;
int pd_cmd_up(struct pd_call *call, struct pd_err *err) PD_MUST_CHECK;
int pd_cmd_ps(struct pd_call *call, struct pd_err *err) PD_MUST_CHECK;
int pd_cmd_run(struct pd_call *call, struct pd_err *err) PD_MUST_CHECK;
int pd_cmd_observe(struct pd_call *call, struct pd_err *err) PD_MUST_CHECK;
int pd_cmd_status(struct pd_call *call, struct pd_err *err) PD_MUST_CHECK;
int pd_cmd_stop(struct pd_call *call, struct pd_err *err) PD_MUST_CHECK;
int pd_cmd_logs(struct pd_call *call, struct pd_err *err) PD_MUST_CHECK;
int pd_cmd_restart(struct pd_call *call, struct pd_err *err) PD_MUST_CHECK;
int pd_cmd_down(struct pd_call *call, struct pd_err *err) PD_MUST_CHECK;
int pd_cmd_version(struct pd_call *call, struct pd_err *err) PD_MUST_CHECK;
int pd_cmd_help(struct pd_call *call, struct pd_err *err) PD_MUST_CHECK;

/** The help of one command, on standard output. */
int pd_help_command(struct pd_call *call, const struct pd_command *command,
                    struct pd_err *err) PD_MUST_CHECK;

#endif
