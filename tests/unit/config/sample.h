/* sample.h - a table with a setting of each type, for the tests of this room. */
#ifndef PD_TESTS_CONFIG_SAMPLE_H
#define PD_TESTS_CONFIG_SAMPLE_H

#include <stdbool.h>
#include <stdint.h>

#include "base/secret.h"
#include "config/config.h"

enum color { RED, GREEN };

struct sample {
        bool strict;
        int64_t workers;
        uint64_t limit;
        int64_t patience_ms;
        const char *image;
        const char *pull_secret;
        int color;
        struct pd_secret *token;
        const char *out;
};

extern const struct pd_config_table sample_table;

/** A sample bound to the table, with its defaults. Released with pd_config_free(). */
struct pd_config *sample_new(struct sample *sample);

#endif
