/* tar.c - files as a tar archive. */
#include "tar.h"

#include <stdio.h>
#include <string.h>

#define BLOCK 512

/* A header block; numbers are octal text with a NUL behind. */
struct header {
        char name[100];
        char mode[8];
        char uid[8];
        char gid[8];
        char size[12];
        char mtime[12];
        char checksum[8];
        char type;
        char link[100];
        char magic[6];
        char version[2];
        char rest[247];
};

_Static_assert(sizeof(struct header) == BLOCK, "a header is a block");

static int put_header(struct pd_buf *out, const char *name, char type, size_t len,
                      struct pd_err *err)
{
        struct header header = {.type = type, .magic = "ustar", .version = {'0', '0'}};
        const unsigned char *bytes = (const unsigned char *)&header;
        unsigned sum = 0;

        if (strlen(name) > PD_TAR_MAX_NAME)
                return pd_fail(err, PD_E_INVALID, 0, "the file name '%s' is over %d characters",
                               name, PD_TAR_MAX_NAME);
        memcpy(header.name, name, strlen(name));
        (void)snprintf(header.mode, sizeof(header.mode), "%07o", type == '5' ? 0755 : 0644);
        (void)snprintf(header.uid, sizeof(header.uid), "%07o", 0);
        (void)snprintf(header.gid, sizeof(header.gid), "%07o", 0);
        (void)snprintf(header.size, sizeof(header.size), "%011llo", (unsigned long long)len);
        (void)snprintf(header.mtime, sizeof(header.mtime), "%011o", 0);

        /* the sum is taken with blanks in its own place */
        memset(header.checksum, ' ', sizeof(header.checksum));
        for (size_t i = 0; i < sizeof(header); i++)
                sum += bytes[i];
        (void)snprintf(header.checksum, sizeof(header.checksum), "%06o", sum);
        pd_buf_put(out, &header, sizeof(header));
        return 0;
}

int pd_tar_folder(struct pd_buf *out, const char *name, struct pd_err *err)
{
        return put_header(out, name, '5', 0, err);
}

int pd_tar_file(struct pd_buf *out, const char *name, const void *bytes, size_t len,
                struct pd_err *err)
{
        if (put_header(out, name, '0', len, err) < 0)
                return -1;
        pd_buf_put(out, bytes, len);
        pd_buf_fill(out, '\0', (BLOCK - len % BLOCK) % BLOCK);
        return 0;
}

void pd_tar_end(struct pd_buf *out)
{
        pd_buf_fill(out, '\0', 2 * (size_t)BLOCK);
}
