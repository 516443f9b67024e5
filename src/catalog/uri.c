/* uri.c - addresses inside a neighbour. */
#include "uri.h"

#include <stdbool.h>
#include <string.h>

#include "base/buf.h"

/* Longest path of an artifact. */
#define MAX_PATH_BYTES 2048

static bool is_dots(const char *part, size_t len)
{
        return (len == 1 && part[0] == '.') || (len == 2 && memcmp(part, "..", 2) == 0);
}

const char *pd_uri_fault(const char *path)
{
        if (strnlen(path, MAX_PATH_BYTES + 1) > MAX_PATH_BYTES)
                return "is over 2048 bytes";
        if (strstr(path, "://") != NULL)
                return "is an address; a relative path is wanted";
        if (path[0] == '/')
                return "begins with '/'; a relative path is wanted";
        if (strchr(path, '\\') != NULL)
                return "has a backslash";

        for (const char *part = path;; part++) {
                size_t len = strcspn(part, "/");

                if (len == 0)
                        return "has an empty part";
                if (is_dots(part, len))
                        return "has '.' or '..' as a part";
                part += len;
                if (*part == '\0')
                        return NULL;
        }
}

char *pd_uri_join(struct pd_arena *arena, const char *base, const char *path)
{
        static const char plain[] =
                "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~/";
        size_t base_len = strlen(base);
        struct pd_buf url = PD_BUF_INIT(base_len + 3 * MAX_PATH_BYTES + 1);
        char *copy = NULL;

        while (base_len > 0 && base[base_len - 1] == '/')
                base_len--;
        pd_buf_put(&url, base, base_len);
        pd_buf_putc(&url, '/');
        for (; *path != '\0'; path++) {
                if (strchr(plain, *path) != NULL)
                        pd_buf_putc(&url, *path);
                else
                        pd_buf_printf(&url, "%%%02X", (unsigned char)*path);
        }
        if (url.failed == 0)
                copy = pd_arena_copy(arena, url.data, url.len);
        pd_buf_done(&url);
        return copy;
}
