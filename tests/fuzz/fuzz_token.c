/* fuzz_token.c - tokens of strangers: the parts, the header, the claims, the signature. */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "token/token.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        static const char key[] = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=";
        static struct pd_token_checker *checker; /* made once; it never changes */
        struct pd_token_user user;
        char *token = calloc(1, size + 1);

        if (checker == NULL) {
                pd_auto(pd_secret_free_ptr) struct pd_secret *secret = NULL;

                if (pd_secret_new(key, sizeof(key) - 1, &secret, NULL) < 0 ||
                    pd_token_checker_new(&pd_token_default_policy, secret, NULL, &checker, NULL) <
                            0)
                        abort();
        }
        if (token == NULL)
                return 0;
        if (size > 0)
                memcpy(token, data, size);
        if (pd_token_check(checker, token, 1700000000, &user, NULL) == 0)
                pd_token_user_done(&user);
        free(token);
        return 0;
}
