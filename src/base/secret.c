/* secret.c - bytes that nobody sees by mistake. */
#include "base/secret.h"

#include <string.h>

struct pd_secret {
        size_t len;
        char bytes[];
};

int pd_secret_new(const void *bytes, size_t len, struct pd_secret **ret, struct pd_err *err)
{
        struct pd_secret *secret;

        if (len > PD_SECRET_MAX_BYTES)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "a secret is over %d bytes",
                               PD_SECRET_MAX_BYTES);

        secret = calloc(1, sizeof(*secret) + len + 1);
        if (secret == NULL)
                return pd_fail_memory(err, "a secret");

        secret->len = len;
        if (len != 0)
                memcpy(secret->bytes, bytes, len);
        *ret = secret;
        return 0;
}

void pd_secret_free(struct pd_secret *secret)
{
        if (secret != NULL)
                explicit_bzero(secret->bytes, secret->len);
        free(secret);
}

const char *pd_secret_reveal(const struct pd_secret *secret, size_t *ret_len)
{
        if (ret_len != NULL)
                *ret_len = secret->len;
        return secret->bytes;
}

bool pd_secret_equal(const struct pd_secret *a, const struct pd_secret *b)
{
        volatile unsigned char differences = 0; /* so that no compiler leaves the loop early */

        if (a == NULL || b == NULL || a->len != b->len)
                return false;

        for (size_t i = 0; i < a->len; i++)
                differences = (unsigned char)(differences | (a->bytes[i] ^ b->bytes[i]));
        return differences == 0;
}
