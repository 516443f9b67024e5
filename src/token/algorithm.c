/* algorithm.c - the signature algorithms there are. */
#include "algorithm.h"

#include <string.h>

static const struct pd_algorithm algorithms[] = {
        {"HS256", CJOSE_JWK_KTY_OCT, CJOSE_JWK_EC_INVALID, 1U << 0},
        {"HS384", CJOSE_JWK_KTY_OCT, CJOSE_JWK_EC_INVALID, 1U << 1},
        {"HS512", CJOSE_JWK_KTY_OCT, CJOSE_JWK_EC_INVALID, 1U << 2},
        {"RS256", CJOSE_JWK_KTY_RSA, CJOSE_JWK_EC_INVALID, 1U << 3},
        {"RS384", CJOSE_JWK_KTY_RSA, CJOSE_JWK_EC_INVALID, 1U << 4},
        {"RS512", CJOSE_JWK_KTY_RSA, CJOSE_JWK_EC_INVALID, 1U << 5},
        {"ES256", CJOSE_JWK_KTY_EC, CJOSE_JWK_EC_P_256, 1U << 6},
        {"ES384", CJOSE_JWK_KTY_EC, CJOSE_JWK_EC_P_384, 1U << 7},
        {"ES512", CJOSE_JWK_KTY_EC, CJOSE_JWK_EC_P_521, 1U << 8},
};

const struct pd_algorithm *pd_algorithm_find(const char *name, size_t len)
{
        for (size_t i = 0; i < PD_COUNT(algorithms); i++) {
                if (strlen(algorithms[i].name) == len && memcmp(algorithms[i].name, name, len) == 0)
                        return &algorithms[i];
        }
        return NULL;
}

int pd_algorithm_set(const char *names, unsigned *ret, struct pd_err *err)
{
        unsigned set = 0;

        for (const char *at = names;; at++) {
                size_t len = strcspn(at, ",");
                const struct pd_algorithm *found = pd_algorithm_find(at, len);

                if (found == NULL)
                        return pd_fail(err, PD_E_INVALID, 0,
                                       "'%.*s' is no signature algorithm; write some of HS256, "
                                       "HS384, HS512, RS256, ..., ES512, separated by commas",
                                       (int)len, at);
                set |= found->bit;
                at += len;
                if (*at == '\0')
                        break;
        }
        *ret = set;
        return 0;
}

unsigned pd_algorithm_of_type(unsigned set, cjose_jwk_kty_t key_type)
{
        unsigned of_type = 0;

        for (size_t i = 0; i < PD_COUNT(algorithms); i++) {
                if (algorithms[i].key_type == key_type)
                        of_type |= algorithms[i].bit;
        }
        return set & of_type;
}
