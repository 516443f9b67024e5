/* sample.c - a table with a setting of each type, and its defaults. */
#include "sample.h"

#include "pd_test.h"

static const char *const colors[] = {"red", "green", NULL};

static const struct pd_config_key keys[] = {
        {.name = "strict",
         .type = PD_CONFIG_BOOL,
         .offset = offsetof(struct sample, strict),
         .help = "take warnings for errors"},
        {.name = "workers",
         .short_flag = 'w',
         .type = PD_CONFIG_INT,
         .offset = offsetof(struct sample, workers),
         .preset = "4",
         .min = 1,
         .max = 64,
         .help = "threads"},
        {.name = "limit",
         .type = PD_CONFIG_SIZE,
         .offset = offsetof(struct sample, limit),
         .preset = "64MiB",
         .max = 1 << 30,
         .help = "most bytes"},
        {.name = "patience",
         .type = PD_CONFIG_DURATION,
         .offset = offsetof(struct sample, patience_ms),
         .preset = "1500ms",
         .max = 60000,
         .help = "how long to wait"},
        {.name = "image",
         .type = PD_CONFIG_STRING,
         .offset = offsetof(struct sample, image),
         .help = "what to run"},
        {.name = "pull-secret",
         .type = PD_CONFIG_STRING,
         .offset = offsetof(struct sample, pull_secret),
         .preset = "acumos-registry",
         .value_name = "NAME",
         .help = "for the registries"},
        {.name = "color",
         .type = PD_CONFIG_CHOICE,
         .offset = offsetof(struct sample, color),
         .preset = "green",
         .choices = colors,
         .help = "of the output"},
        {.name = "token",
         .type = PD_CONFIG_SECRET,
         .offset = offsetof(struct sample, token),
         .help = "who is calling"},
        {.name = "out",
         .short_flag = 'o',
         .type = PD_CONFIG_STRING,
         .offset = offsetof(struct sample, out),
         .value_name = "FILE",
         .help = "where it goes",
         .flag_only = true},
};

const struct pd_config_table sample_table = {keys, PD_COUNT(keys)};

struct pd_config *sample_new(struct sample *sample)
{
        struct pd_config *config = NULL;
        struct pd_err err = {0};

        *sample = (struct sample){0};
        assert_pd_ok(pd_config_new(&sample_table, sample, &config, &err), err);
        return config;
}
