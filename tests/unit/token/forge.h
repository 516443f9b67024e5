/* forge.h - tokens and keys for tests: the examples of RFC 7515, and tokens of one's own making. */
#ifndef PD_TESTS_FORGE_H
#define PD_TESTS_FORGE_H

#include "base/secret.h"
#include "token/token.h"

#define NOW 1700000000

/* RFC 7515, appendix A.1: the key in the standard alphabet, as a deployer is configured with it. */
#define RFC_HMAC_KEY                                                                               \
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ+EstJQLr/T+1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow=="
#define RFC_CLAIMS                                                                                 \
        "eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0" \
        "cnVlfQ"
#define RFC_NOW 1300819379 /* a second before its `exp` */

#define RFC_EC_KEY                                                                                 \
        "{\"keys\":[{\"kty\":\"EC\",\"crv\":\"P-256\","                                            \
        "\"x\":\"f83OJ3D2xF1Bg8vub9tLe1gHMzV76e8Tus9uPHvRVEU\","                                   \
        "\"y\":\"x_FEzRu9m36HLN_tue659LNpXW6pCyStikYjKIWI5a0\"}]}"
#define RFC_RSA_KEY                                                                                \
        "{\"keys\":[{\"kty\":\"RSA\",\"n\":\""                                                     \
        "ofgWCuLjybRlzo0tZWJjNiuSfb4p4fAkd_wWJcyQoTbji9k0l8W26mPddxHmfHQp-Vaw-4qPCJrcS2mJPMEzP1Pt" \
        "0Bm4d4QlL-yRT-SFd2lZS-pCgNMsD1W_YpRPEwOWvG6b32690r2jZ47soMZo9wGzjb_7OMg0LOL-bSf63kpaSHSX" \
        "ndS5z5rexMdbBYUsLA9e-KXBdQOS-UTo7WTBEMa2R2CapHg665xsmtdVMTBQY4uDZlxvb3qCo5ZwKh9kG4LT6_I5" \
        "IhlJH7aGhyxXFvUK-DWNmoudF8NAco9_h9iaGNj8q2ethFkMLs91kzk2PAcDTW9gb54h4FRWyuXpoQ"           \
        "\",\"e\":\"AQAB\"}]}"

#define KEY_URL                                                                                    \
        "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow"
#define GOOD                                                                                       \
        "{\"sub\":\"ab\",\"exp\":1700000001,"                                                      \
        "\"mlpuser\":{\"email\":\"a@b\",\"userId\":\"u-1\",\"firstName\":\"A\"}}"

/* Appendices A.1 to A.3: HS256, RS256, ES256. */
struct rfc_example {
        const char *algorithm, *jwks, *token;
};
extern const struct rfc_example rfc_examples[3];

/* A folder of the test's own with one file of keys in it; for a group of tests. */
struct folder {
        char path[32];
        char jwks[64];
};
int make_folder(void **state);
int remove_folder(void **state);
void write_keys(const struct folder *folder, const char *text);

struct pd_secret *secret_of(const char *text);

/* A checker for HS tokens with the key of the RFC. */
struct pd_token_checker *checker_of(const struct pd_token_policy *policy);

/* A token with any header and content, signed with HMAC by the key, as the header says. The caller
 * frees it. */
char *sign(const char *header, const char *claims, const char *key_base64url);

#endif
