/* file.c - whole files in and out of memory. */
#include "base/file.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/own.h"

#define CHUNK_BYTES       16384
#define NEW_FILE_MODE     0666
#define PRIVATE_FILE_MODE 0600

/* What a name beside a path may be longer than the path, with the NUL. */
#define MAX_BESIDE sizeof(".pd-0123456789abcdef")

static enum pd_err_code code_of(int sys)
{
        switch (sys) {
        case ENOENT:
        case ENOTDIR:
                return PD_E_NOT_FOUND;
        case EISDIR:
        case ELOOP:
        case ENAMETOOLONG:
                return PD_E_INVALID;
        case EACCES:
        case EPERM:
        case EROFS:
                return PD_E_FORBIDDEN;
        default:
                return PD_E_INTERNAL;
        }
}

static int fail_errno(struct pd_err *err, const char *verb, const char *name)
{
        int sys = errno;

        return pd_fail(err, code_of(sys), sys, "cannot %s '%s'", verb, name);
}

/* A name for a file beside `path` that nobody else uses: in the same folder, random, hidden. */
static void name_beside(const char *path, char out[PATH_MAX])
{
        const char *slash = strrchr(path, '/');
        int folder_len = slash != NULL ? (int)(slash - path + 1) : 0;
        uint64_t random = 0;

        /* too few random bytes only make a collision likelier, and O_EXCL finds that */
        (void)!getrandom(&random, sizeof(random), 0);
        (void)snprintf(out, PATH_MAX, "%.*s.pd-%016" PRIx64, folder_len, path, random);
}

/* Everything on the disk, under the name `beside`; what is half done is the caller's to remove. */
static int write_beside(int fd, const char *path, const struct stat *old, const void *bytes,
                        size_t len, struct pd_err *err)
{
        if (old != NULL && fchmod(fd, old->st_mode & 07777) < 0)
                return fail_errno(err, "set the mode of", path);
        if (pd_file_write_fd(fd, path, bytes, len, err) < 0)
                return -1;
        if (fsync(fd) < 0)
                return fail_errno(err, "write", path);
        return 0;
}

static int replace_regular(const char *path, const struct stat *old, const void *bytes, size_t len,
                           struct pd_err *err)
{
        pd_auto(pd_close_ptr) int fd = -1;
        char beside[PATH_MAX];

        /* room for the name of the file beside it, so that name_beside() never cuts */
        if (strlen(path) > PATH_MAX - MAX_BESIDE)
                return pd_fail(err, PD_E_INVALID, ENAMETOOLONG, "cannot write '%s'", path);

        name_beside(path, beside);
        fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
                  old != NULL ? old->st_mode & 0777 : NEW_FILE_MODE);
        if (fd < 0)
                return fail_errno(err, "write", path);

        if (write_beside(fd, path, old, bytes, len, err) < 0) {
                (void)unlink(beside); /* the first failure is the one to tell */
                return -1;
        }
        if (rename(beside, path) < 0) {
                (void)fail_errno(err, "write", path);
                (void)unlink(beside);
                return -1;
        }
        return 0;
}

static int write_special(const char *path, const void *bytes, size_t len, struct pd_err *err)
{
        pd_auto(pd_close_ptr) int fd = open(path, O_WRONLY | O_CLOEXEC | O_NOCTTY);

        if (fd < 0)
                return fail_errno(err, "write", path);
        return pd_file_write_fd(fd, path, bytes, len, err);
}

int pd_file_read_fd(int fd, const char *name, size_t max, char **ret, size_t *ret_len,
                    struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf buf = PD_BUF_INIT(max);
        char chunk[CHUNK_BYTES];
        ssize_t got;
        char *bytes;

        while (buf.failed == 0 && (got = read(fd, chunk, sizeof(chunk))) != 0) {
                if (got > 0)
                        pd_buf_put(&buf, chunk, (size_t)got);
                else if (errno != EINTR)
                        return fail_errno(err, "read", name);
        }
        if (buf.failed == EFBIG)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "'%s' is over %zu bytes", name, max);

        bytes = pd_buf_take(&buf, ret_len);
        if (bytes == NULL)
                return pd_fail_memory(err, name);
        *ret = bytes;
        return 0;
}

int pd_file_read_at(int dir_fd, const char *path, size_t max, char **ret, size_t *ret_len,
                    struct pd_err *err)
{
        pd_auto(pd_close_ptr) int fd = openat(dir_fd, path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

        if (fd < 0)
                return fail_errno(err, "read", path);
        return pd_file_read_fd(fd, path, max, ret, ret_len, err);
}

int pd_file_write_fd(int fd, const char *name, const void *bytes, size_t len, struct pd_err *err)
{
        const char *at = bytes;

        while (len != 0) {
                ssize_t put = write(fd, at, len);

                if (put >= 0) {
                        at += put;
                        len -= (size_t)put;
                } else if (errno != EINTR) {
                        return fail_errno(err, "write", name);
                }
        }
        return 0;
}

int pd_file_replace(const char *path, const void *bytes, size_t len, struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *target = NULL;
        struct stat old;

        if (stat(path, &old) < 0)
                return errno == ENOENT ? replace_regular(path, NULL, bytes, len, err)
                                       : fail_errno(err, "write", path);
        if (!S_ISREG(old.st_mode))
                return write_special(path, bytes, len, err);

        target = realpath(path, NULL); /* a link stays one; what it leads to is replaced */
        if (target == NULL)
                return fail_errno(err, "write", path);
        return replace_regular(target, &old, bytes, len, err);
}

int pd_file_make_once(const char *path, const void *bytes, size_t len, struct pd_err *err)
{
        pd_auto(pd_close_ptr) int fd = -1;
        char beside[PATH_MAX];
        bool is_made;

        if (strlen(path) > PATH_MAX - MAX_BESIDE)
                return pd_fail(err, PD_E_INVALID, ENAMETOOLONG, "cannot write '%s'", path);
        if (access(path, F_OK) == 0)
                return 0;

        name_beside(path, beside);
        fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, PRIVATE_FILE_MODE);
        if (fd < 0)
                return fail_errno(err, "write", path);
        is_made = write_beside(fd, path, NULL, bytes, len, err) == 0;
        if (is_made && link(beside, path) < 0 && errno != EEXIST) {
                (void)fail_errno(err, "write", path);
                is_made = false;
        }
        (void)unlink(beside); /* the name that counts is there, or its failure is told */
        return is_made ? 0 : -1;
}
