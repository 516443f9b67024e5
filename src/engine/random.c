/* random.c - identities and tokens that nobody guesses. */
#include "random.h"

#include <assert.h>
#include <sys/random.h>

int pd_random_hex(char *out, size_t bytes, struct pd_err *err)
{
        static const char digits[] = "0123456789abcdef";
        unsigned char random[PD_TOKEN_BYTES];

        assert(bytes <= sizeof(random));
        if (getrandom(random, bytes, 0) != (ssize_t)bytes)
                return pd_fail(err, PD_E_INTERNAL, 0, "no random numbers");
        for (size_t i = 0; i < bytes; i++) {
                out[2 * i] = digits[random[i] >> 4];
                out[2 * i + 1] = digits[random[i] & 15];
        }
        out[2 * bytes] = '\0';
        return 0;
}
