/* value.c - one value: out of text into the member of its setting, and back for people. */
#include "private.h"

#include <fcntl.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/num.h"
#include "base/own.h"
#include "base/secret.h"

/* A value on its way into its member. */
struct value {
        enum pd_config_type type;
        union {
                bool boolean;
                int64_t number; /* integers and durations */
                uint64_t size;
                int choice;
                char *text;
                struct pd_secret *secret;
        } as;
};

static void value_done(struct value *value)
{
        if (value->type == PD_CONFIG_STRING)
                free(value->as.text);
        else if (value->type == PD_CONFIG_SECRET)
                pd_secret_free(value->as.secret);
}

static void *member(const struct pd_config *config, const struct pd_config_key *key)
{
        return (char *)config->target + key->offset;
}

/* Put the value into its member, and what was there into the value. */
static void value_swap(const struct pd_config *config, const struct pd_config_key *key,
                       struct value *value)
{
        struct value old = {.type = key->type};

        switch (key->type) {
        case PD_CONFIG_BOOL:
                *(bool *)member(config, key) = value->as.boolean;
                break;
        case PD_CONFIG_INT:
        case PD_CONFIG_DURATION:
                *(int64_t *)member(config, key) = value->as.number;
                break;
        case PD_CONFIG_SIZE:
                *(uint64_t *)member(config, key) = value->as.size;
                break;
        case PD_CONFIG_CHOICE:
                *(int *)member(config, key) = value->as.choice;
                break;
        case PD_CONFIG_STRING:
                old.as.text = *(char **)member(config, key);
                *(char **)member(config, key) = value->as.text;
                break;
        case PD_CONFIG_SECRET:
                old.as.secret = *(struct pd_secret **)member(config, key);
                *(struct pd_secret **)member(config, key) = value->as.secret;
                break;
        }
        *value = old;
}

static int read_bool(const char *text, bool *ret, struct pd_err *err)
{
        if (strcmp(text, "true") != 0 && strcmp(text, "false") != 0)
                return pd_fail(err, PD_E_INVALID, 0, "'%s' is neither 'true' nor 'false'", text);
        *ret = text[0] == 't';
        return 0;
}

static int read_choice(const struct pd_config_key *key, const char *text, int *ret,
                       struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf choices = PD_BUF_INIT(sizeof(err->msg));

        for (int i = 0; key->choices[i] != NULL; i++) {
                if (strcmp(text, key->choices[i]) != 0)
                        continue;
                *ret = i;
                return 0;
        }
        pd_config_put_choices(&choices, key, ", ");
        return pd_fail(err, PD_E_INVALID, 0, "'%s' is none of %s", text, choices.data);
}

static int read_secret(const char *bytes, size_t len, struct pd_secret **ret, struct pd_err *err)
{
        if (len == 0)
                return pd_fail(err, PD_E_INVALID, 0, "the secret is empty");
        return pd_secret_new(bytes, len, ret, err);
}

static int read_value(const struct pd_config_key *key, const char *text, struct value *ret,
                      struct pd_err *err)
{
        switch (key->type) {
        case PD_CONFIG_BOOL:
                return read_bool(text, &ret->as.boolean, err);
        case PD_CONFIG_INT:
                return pd_parse_int(text, key->min, key->max, &ret->as.number, err);
        case PD_CONFIG_SIZE:
                return pd_parse_size(text, (uint64_t)key->max, &ret->as.size, err);
        case PD_CONFIG_DURATION:
                return pd_parse_duration(text, key->max, &ret->as.number, err);
        case PD_CONFIG_CHOICE:
                return read_choice(key, text, &ret->as.choice, err);
        case PD_CONFIG_SECRET:
                return read_secret(text, strlen(text), &ret->as.secret, err);
        case PD_CONFIG_STRING:
                break;
        }
        ret->as.text = strdup(text);
        return ret->as.text != NULL ? 0 : pd_fail_memory(err, key->name);
}

/* Keep the value, unless there is a stronger one. */
static void keep(struct pd_config *config, const struct pd_config_key *key, struct value *value,
                 enum pd_config_source source)
{
        enum pd_config_source *kept = &config->sources[key - config->table->keys];

        if (source < *kept)
                return;
        value_swap(config, key, value);
        *kept = source;
}

int pd_config_store(struct pd_config *config, const struct pd_config_key *key, const char *text,
                    enum pd_config_source source, struct pd_err *err)
{
        pd_auto(value_done) struct value value = {.type = key->type};

        if (read_value(key, text, &value, err) < 0)
                return -1;
        keep(config, key, &value, source);
        return 0;
}

/* The bytes of a secret outside its own type: wiped before they are released. */
struct open_secret {
        char *bytes;
        size_t len;
};

static void open_secret_done(struct open_secret *secret)
{
        if (secret->bytes != NULL)
                explicit_bzero(secret->bytes, secret->len);
        free(secret->bytes);
}

int pd_config_store_secret_file(struct pd_config *config, const struct pd_config_key *key,
                                const char *path, enum pd_config_source source, struct pd_err *err)
{
        pd_auto(value_done) struct value value = {.type = key->type};
        pd_auto(open_secret_done) struct open_secret read = {0};
        size_t len;

        if (pd_file_read_at(AT_FDCWD, path, PD_SECRET_MAX_BYTES, &read.bytes, &read.len, err) < 0)
                return -1;

        len = read.len;
        if (len > 0 && read.bytes[len - 1] == '\n')
                len--;
        if (read_secret(read.bytes, len, &value.as.secret, err) < 0)
                return pd_wrap(err, "'%s'", path);
        keep(config, key, &value, source);
        return 0;
}

void pd_config_release(const struct pd_config *config, const struct pd_config_key *key)
{
        struct value unset = {.type = key->type};

        value_swap(config, key, &unset);
        value_done(&unset);
}

/* A number in the largest unit that leaves nothing over: "64MiB". */
static json_t *amount_json(uint64_t amount, const char *const *units, const uint64_t *factors)
{
        size_t i = 0;

        while (factors[i] > amount || amount % factors[i] != 0)
                i++;
        return json_sprintf("%llu%s", (unsigned long long)(amount / factors[i]), units[i]);
}

static json_t *size_json(uint64_t size)
{
        static const char *const units[] = {"GiB", "MiB", "KiB", "B"};
        static const uint64_t factors[] = {1U << 30, 1U << 20, 1U << 10, 1};

        return size == 0 ? json_string("0B") : amount_json(size, units, factors);
}

static json_t *duration_json(int64_t ms)
{
        static const char *const units[] = {"h", "m", "s", "ms"};
        static const uint64_t factors[] = {3600000, 60000, 1000, 1};

        return ms == 0 ? json_string("0s") : amount_json((uint64_t)ms, units, factors);
}

static json_t *text_json(const char *text)
{
        return text != NULL ? json_string(text) : json_null();
}

json_t *pd_config_value_json(const struct pd_config *config, const struct pd_config_key *key)
{
        const void *at = member(config, key);

        switch (key->type) {
        case PD_CONFIG_BOOL:
                return json_boolean(*(const bool *)at);
        case PD_CONFIG_INT:
                return json_integer(*(const int64_t *)at);
        case PD_CONFIG_SIZE:
                return size_json(*(const uint64_t *)at);
        case PD_CONFIG_DURATION:
                return duration_json(*(const int64_t *)at);
        case PD_CONFIG_CHOICE:
                return json_string(key->choices[*(const int *)at]);
        case PD_CONFIG_STRING:
                return text_json(*(const char *const *)at);
        case PD_CONFIG_SECRET:
                break;
        }
        return text_json(*(struct pd_secret *const *)at != NULL ? PD_SECRET_SHOWN : NULL);
}
