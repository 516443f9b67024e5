/* folder.c - files beneath a folder, by openat2(). */
#include "folder.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/file.h"
#include "base/own.h"

static int fail_open(const char *shown, struct pd_err *err)
{
        int sys = errno;
        enum pd_err_code code = PD_E_INTERNAL;

        if (sys == EXDEV || sys == ELOOP)
                return pd_fail(err, PD_E_INVALID, 0, "'%s' leads out of the folder", shown);
        if (sys == ENOENT || sys == ENOTDIR)
                code = PD_E_NOT_FOUND;
        else if (sys == EACCES)
                code = PD_E_FORBIDDEN;
        else if (sys == ENAMETOOLONG)
                code = PD_E_INVALID;
        return pd_fail(err, code, sys, "cannot open '%s'", shown);
}

/* The descriptor, or -1. *ret_shown is what messages call it. */
static int open_beneath(const struct pd_folder *folder, const char *path, unsigned flags,
                        const char **ret_shown, struct pd_err *err)
{
        /* O_NONBLOCK: a pipe in the place of a file is refused later, not waited for. */
        struct open_how how = {
                .flags = O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK | flags,
                .resolve = RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS,
        };
        long fd;

        *ret_shown = pd_arena_printf(folder->arena, "%s/%s", folder->name, path);
        if (*ret_shown == NULL)
                return pd_fail_memory(err, path);
        fd = syscall(SYS_openat2, folder->fd, path, &how, sizeof(how));
        return fd < 0 ? fail_open(*ret_shown, err) : (int)fd;
}

int pd_folder_open(const char *path, struct pd_arena *arena, struct pd_folder *ret,
                   struct pd_err *err)
{
        int fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);

        if (fd < 0)
                return fail_open(path, err);
        *ret = (struct pd_folder){.fd = fd, .name = path, .arena = arena};
        return 0;
}

void pd_folder_close(struct pd_folder *folder)
{
        pd_close_ptr(&folder->fd);
}

int pd_folder_read(const struct pd_folder *folder, const char *path, size_t max,
                   struct pd_file *ret, struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *bytes = NULL;
        const char *shown = NULL;
        pd_auto(pd_close_ptr) int fd = open_beneath(folder, path, 0, &shown, err);
        struct pd_file file = {.name = path};
        struct stat status;

        if (fd < 0)
                return -1;
        if (fstat(fd, &status) < 0 || !S_ISREG(status.st_mode))
                return pd_fail(err, PD_E_INVALID, 0, "'%s' is no regular file", shown);
        if (pd_file_read_fd(fd, shown, max, &bytes, &file.size, err) < 0)
                return -1;

        file.data = pd_arena_copy(folder->arena, bytes, file.size);
        if (file.data == NULL)
                return pd_fail_memory(err, shown);
        *ret = file;
        return 0;
}

int pd_folder_read_optional(const struct pd_folder *folder, const char *path, size_t max,
                            struct pd_file *ret, struct pd_err *err)
{
        struct pd_err why = {0};
        struct pd_file file = {0};

        if (pd_folder_read(folder, path, max, &file, &why) < 0 && why.code != PD_E_NOT_FOUND) {
                *err = why;
                return -1;
        }
        *ret = file;
        return 0;
}

static int is_name(const struct dirent *entry)
{
        return strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
}

/* What scandirat() gives. */
struct listing {
        struct dirent **at;
        int count;
};

static void listing_done(struct listing *listing)
{
        for (int i = 0; i < listing->count; i++)
                free(listing->at[i]);
        free(listing->at);
}

static int copy_names(const struct pd_folder *folder, const struct listing *listing,
                      struct pd_strings *ret, struct pd_err *err)
{
        struct pd_strings names = {.count = (size_t)listing->count};

        names.at = pd_arena_alloc(folder->arena, names.count + 1, sizeof(*names.at));
        if (names.at == NULL)
                return pd_fail_memory(err, "names");
        for (size_t i = 0; i < names.count; i++) {
                names.at[i] = pd_arena_string(folder->arena, listing->at[i]->d_name);
                if (names.at[i] == NULL)
                        return pd_fail_memory(err, "names");
        }
        *ret = names;
        return 0;
}

int pd_folder_list(const struct pd_folder *folder, const char *path, struct pd_strings *ret,
                   struct pd_err *err)
{
        pd_auto(listing_done) struct listing listing = {0};
        struct pd_err why = {0};
        const char *shown = NULL;
        pd_auto(pd_close_ptr) int fd = open_beneath(folder, path, O_DIRECTORY, &shown, &why);
        int count;

        if (fd < 0 && why.code == PD_E_NOT_FOUND) {
                *ret = (struct pd_strings){0};
                return 0;
        }
        if (fd < 0) {
                *err = why;
                return -1;
        }

        count = scandirat(fd, ".", &listing.at, is_name, alphasort);
        if (count < 0)
                return pd_fail(err, PD_E_INTERNAL, errno, "cannot list '%s'", shown);
        listing.count = count;
        if (count > PD_FOLDER_MAX_NAMES)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "'%s' holds over %d files", shown,
                               PD_FOLDER_MAX_NAMES);
        return copy_names(folder, &listing, ret, err);
}
