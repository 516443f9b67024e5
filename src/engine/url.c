/* url.c - the parts of an address that want to be escaped. */
#include "url.h"

#include <string.h>

void pd_url_put(struct pd_buf *out, const char *text)
{
        static const char plain[] = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789"
                                    "-._~/:@";

        for (; *text != '\0'; text++) {
                if (strchr(plain, *text) != NULL)
                        pd_buf_putc(out, *text);
                else
                        pd_buf_printf(out, "%%%02X", (unsigned char)*text);
        }
}

void pd_url_put_query(struct pd_buf *out, const struct pd_pairs *query)
{
        for (size_t i = 0; query != NULL && i < query->count; i++) {
                pd_buf_putc(out, i == 0 ? '?' : '&');
                pd_url_put(out, query->at[i].name);
                pd_buf_putc(out, '=');
                pd_url_put(out, query->at[i].value);
        }
}
