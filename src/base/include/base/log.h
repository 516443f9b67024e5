/*
 * log.h - log lines: time, level, module, id of the request or job, message.
 *
 * A line is one write, so lines of several threads do not mix. Libraries log at debug only; an
 * error is logged once, where a program answers for it. No secret is ever an argument: secrets
 * have their own type (secret.h).
 */
#ifndef PD_BASE_LOG_H
#define PD_BASE_LOG_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"

/** Longest message in bytes; a longer one is cut and ends with "...". */
#define PD_LOG_MAX_MESSAGE 4096

enum pd_log_level { PD_LOG_ERROR, PD_LOG_WARN, PD_LOG_INFO, PD_LOG_DEBUG };

enum pd_log_format {
        PD_LOG_TEXT, /**< for people: `2026-... WARN  fetch [4f21] message` */
        PD_LOG_JSON, /**< for machines: one object a line: time, level, module, id, message */
};

/** What a line says beside its message, for those who count and search: a member of the object, or
 * ` name="text"` behind the message. */
struct pd_log_field {
        const char *name;
        const char *text; /**< NULL: the number */
        int64_t number;
        bool is_thousandths; /**< the number 1500 is shown as 1.500 */
};

/** Where and how a program logs. Read-only once threads run. */
struct pd_log {
        int fd;
        enum pd_log_level level; /**< lines above it are left out */
        enum pd_log_format format;
};

/** Write a line. `log` NULL: nobody listens. `id` NULL: the line belongs to no request. */
void pd_log(const struct pd_log *log, enum pd_log_level level, const char *module, const char *id,
            const char *fmt, ...) PD_PRINTF(5, 6);

/** Likewise, with fields. */
struct pd_log_line {
        enum pd_log_level level;
        const char *module;
        const char *id;
        const char *message; /**< not cut */
        const struct pd_log_field *fields;
        size_t field_count;
};

void pd_log_write(const struct pd_log *log, const struct pd_log_line *line);

/** "error", "warn", "info" or "debug" out of text; PD_E_INVALID lists them. */
int pd_log_level_parse(const char *text, enum pd_log_level *ret, struct pd_err *err) PD_MUST_CHECK;

#endif
