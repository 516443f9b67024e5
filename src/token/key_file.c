/* key_file.c - the key of one's own tokens. */
#include "token/key_file.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base64.h"
#include "base/file.h"
#include "base/own.h"

#define MAX_FILE_BYTES 4096

static int make_key(struct pd_buf *out, struct pd_err *err)
{
        unsigned char random[PD_TOKEN_KEY_BYTES];

        if (getrandom(random, sizeof(random), 0) != (ssize_t)sizeof(random))
                return pd_fail(err, PD_E_INTERNAL, errno, "no random bytes for a key");
        pd_base64_put(out, random, sizeof(random));
        pd_buf_putc(out, '\n');
        explicit_bzero(random, sizeof(random));
        return pd_buf_check(out, "a key", err);
}

static int create(const char *path, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf key = PD_BUF_INIT(MAX_FILE_BYTES);
        int result;

        if (make_key(&key, err) < 0)
                return -1;
        result = pd_file_make_once(path, key.data, key.len, err);
        explicit_bzero(key.data, key.len);
        return result;
}

static int check_mode(int fd, const char *path, struct pd_err *err)
{
        struct stat file;

        if (fstat(fd, &file) < 0)
                return pd_fail(err, PD_E_INTERNAL, errno, "cannot read the key '%s'", path);
        if ((file.st_mode & (S_IRWXG | S_IRWXO)) != 0)
                return pd_fail(err, PD_E_FORBIDDEN, 0,
                               "the key '%s' can be read by others; chmod 600 it, or remove it "
                               "and a new one is made",
                               path);
        return 0;
}

static int read_key(int fd, const char *path, struct pd_secret **ret, struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *text = NULL;
        size_t len;
        int result;

        if (check_mode(fd, path, err) < 0 ||
            pd_file_read_fd(fd, path, MAX_FILE_BYTES, &text, &len, err) < 0)
                return -1;
        result = pd_secret_new(text, len, ret, err);
        explicit_bzero(text, len);
        return result;
}

int pd_token_key_file(const char *path, bool may_create, struct pd_secret **ret, struct pd_err *err)
{
        pd_auto(pd_close_ptr) int fd = open(path, O_RDONLY | O_CLOEXEC);

        if (fd < 0 && errno == ENOENT && may_create) {
                if (create(path, err) < 0)
                        return -1;
                fd = open(path, O_RDONLY | O_CLOEXEC);
        }
        if (fd < 0)
                return pd_fail(err, errno == ENOENT ? PD_E_NOT_FOUND : PD_E_FORBIDDEN, errno,
                               "cannot read the key '%s'", path);
        return read_key(fd, path, ret, err);
}
