/* service.c - what every service has among its settings. */
#include "config/service.h"

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "private.h"

/** Most bytes of a page of settings. */
#define MAX_PAGE_BYTES (1024 * 1024)

const char *const pd_config_log_levels[] = {[PD_LOG_ERROR] = "error",
                                            [PD_LOG_WARN] = "warn",
                                            [PD_LOG_INFO] = "info",
                                            [PD_LOG_DEBUG] = "debug",
                                            NULL};
const char *const pd_config_log_formats[] = {[PD_LOG_TEXT] = "text", [PD_LOG_JSON] = "json", NULL};

int pd_config_service_read(struct pd_config *config, const struct pd_config_common *common,
                           int argc, char **argv, struct pd_err *err)
{
        int operands;

        if (pd_config_flags(config, argc, argv, &operands, err) < 0)
                return -1;
        if (operands > 0)
                return pd_fail(err, PD_E_USAGE, 0, "'%s' is no flag; see --help", argv[1]);
        if (pd_config_variables(config, environ, err) < 0)
                return -1;
        return common->file != NULL ? pd_config_file(config, common->file, err) : 0;
}

struct pd_log pd_config_service_log(const struct pd_config_common *common)
{
        return (struct pd_log){.fd = STDERR_FILENO,
                               .level = (enum pd_log_level)common->log_level,
                               .format = (enum pd_log_format)common->log_format};
}

bool pd_config_is_question(const struct pd_config_common *common)
{
        return common->help || common->version || common->print_config;
}

static int show(const struct pd_buf *out, struct pd_err *err)
{
        if (pd_buf_check(out, "the answer", err) < 0)
                return -1;
        return pd_file_write_fd(STDOUT_FILENO, "standard output", out->data, out->len, err);
}

int pd_config_answer(const struct pd_config *config, const struct pd_config_common *common,
                     const struct pd_config_about *about, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(SIZE_MAX / 2);

        if (common->help) {
                pd_buf_printf(&out, "usage: %s [FLAG...]\n\n%s\n\n", about->name, about->does);
                pd_config_help(config->table, &out);
        } else if (common->version) {
                pd_buf_printf(&out, "%s %s\n", about->name, about->version);
        } else {
                pd_config_print(config, &out);
        }
        return show(&out, err);
}

int pd_config_reference(const struct pd_config_table *table, int argc, char **argv)
{
        static const struct {
                const char *name;
                void (*write)(const struct pd_config_table *table, struct pd_buf *out);
        } pages[] = {{"markdown", pd_config_markdown}, {"man", pd_config_man}};
        pd_auto(pd_buf_done) struct pd_buf out = PD_BUF_INIT(MAX_PAGE_BYTES);

        for (size_t i = 0; argc == 2 && i < PD_COUNT(pages); i++) {
                if (strcmp(argv[1], pages[i].name) != 0)
                        continue;
                pages[i].write(table, &out);
                return show(&out, NULL) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
        }
        (void)fprintf(stderr, "usage: %s markdown|man\n", argv[0]);
        return EXIT_FAILURE;
}
