/*
 * rows.h - short forms for the rows of a table (config.h).
 *
 * Who includes it says first which struct the members are of: `#define PD_ROW_OF struct pd_x`.
 */
#ifndef PD_CONFIG_ROWS_H
#define PD_CONFIG_ROWS_H

#include "config/config.h"

/* clang-format off */
#define PD_ROW_AT(member) .offset = offsetof(PD_ROW_OF, member)
#define PD_ROW_TEXT(name_, member, value, preset_, help_) \
        {.name = (name_), .type = PD_CONFIG_STRING, PD_ROW_AT(member), .value_name = (value), .preset = (preset_), .help = (help_)}
#define PD_ROW_SECRET(name_, member, help_) \
        {.name = (name_), .type = PD_CONFIG_SECRET, PD_ROW_AT(member), .help = (help_)}
#define PD_ROW_NUMBER(name_, member, min_, max_, preset_, help_) \
        {.name = (name_), .type = PD_CONFIG_INT, PD_ROW_AT(member), .min = (min_), .max = (max_), .preset = (preset_), .help = (help_)}
#define PD_ROW_SIZE(name_, member, max_, preset_, help_) \
        {.name = (name_), .type = PD_CONFIG_SIZE, PD_ROW_AT(member), .max = (max_), .preset = (preset_), .help = (help_)}
#define PD_ROW_TIME(name_, member, max_, preset_, help_) \
        {.name = (name_), .type = PD_CONFIG_DURATION, PD_ROW_AT(member), .max = (max_), .preset = (preset_), .help = (help_)}
#define PD_ROW_CHOICE(name_, member, choices_, preset_, help_) \
        {.name = (name_), .type = PD_CONFIG_CHOICE, PD_ROW_AT(member), .choices = (choices_), .preset = (preset_), .help = (help_)}
#define PD_ROW_BOOL(name_, member, help_) \
        {.name = (name_), .type = PD_CONFIG_BOOL, PD_ROW_AT(member), .help = (help_)}
/** What one call wants: a flag alone. */
#define PD_ROW_CALL(name_, short_, member, help_) \
        {.name = (name_), .short_flag = (short_), .type = PD_CONFIG_BOOL, PD_ROW_AT(member), .flag_only = true, .help = (help_)}
/* clang-format on */

#endif
