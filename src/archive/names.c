/* names.c - which names are safe, and which can stand beside each other. */
#include "names.h"

#include <string.h>

#include "archive/archive.h"
#include "base/format.h"
#include "base/utf8.h"

/* Room for a refused name in a message. */
#define SHOWN_BYTES 80

enum kind {
        IS_FILE,
        IS_FOLDER,
        IS_WANTED, /* a folder that has no entry of its own, but files in it */
};

/* The name is UTF-8. */
static bool has_control(const char *name, size_t len)
{
        size_t size;

        for (size_t at = 0; at < len; at += size) {
                size = pd_utf8_char(name + at, len - at);
                if (pd_utf8_is_control(name + at, size))
                        return true;
        }
        return false;
}

/* What is wrong with one part of a name, between two slashes. */
static const char *part_fault(const char *part, size_t len)
{
        if (len == 0)
                return "a part of it is empty";
        if ((len == 1 && part[0] == '.') || (len == 2 && part[0] == '.' && part[1] == '.'))
                return "a part of it is '.' or '..'";
        return NULL;
}

static const char *parts_fault(const char *name)
{
        for (;;) {
                size_t len = strcspn(name, "/");
                const char *fault = part_fault(name, len);

                if (fault != NULL || name[len] == '\0')
                        return fault;
                name += len + 1;
        }
}

static bool has_drive(const char *name)
{
        char letter = (char)(name[0] | 0x20);

        return letter >= 'a' && letter <= 'z' && name[1] == ':';
}

const char *pd_archive_name_fault(const char *name, size_t max_len)
{
        size_t len = strnlen(name, max_len + 1);

        if (len > max_len)
                return "it is too long";
        if (len == 0)
                return "it is empty";
        if (!pd_utf8_valid(name, len, NULL))
                return "it is not UTF-8";
        if (name[0] == '/')
                return "it is absolute";
        if (has_drive(name))
                return "it begins with a drive letter";
        if (strchr(name, '\\') != NULL)
                return "it has a backslash";
        if (has_control(name, len))
                return "it has a control character";
        return parts_fault(name);
}

void pd_archive_names_done(struct pd_archive_names *names)
{
        pd_map_done(&names->kinds);
        pd_arena_done(&names->arena);
}

static int remember(struct pd_archive_names *names, const char *name, enum kind kind,
                    struct pd_err *err)
{
        if (pd_map_set(&names->kinds, name, kind) < 0)
                return pd_fail_memory(err, "names of an archive");
        return 0;
}

/* Take the folder around a name as one that must be a folder. */
static int want_folder(struct pd_archive_names *names, const char *folder, struct pd_err *err)
{
        const char *copy;
        size_t kind;

        if (!pd_map_get(&names->kinds, folder, &kind)) {
                copy = pd_arena_string(&names->arena, folder);
                if (copy == NULL)
                        return pd_fail_memory(err, "names of an archive");
                return remember(names, copy, IS_WANTED, err);
        }
        if (kind == IS_FILE)
                return pd_fail(err, names->clash, 0, "'%s' is there as a file and as a folder",
                               folder);
        return 0;
}

static int want_folders(struct pd_archive_names *names, char *name, struct pd_err *err)
{
        for (char *slash = strchr(name, '/'); slash != NULL; slash = strchr(slash + 1, '/')) {
                *slash = '\0';
                if (want_folder(names, name, err) < 0)
                        return -1;
                *slash = '/';
        }
        return 0;
}

static int refuse(const char *name, const char *fault, size_t max_len, struct pd_err *err)
{
        char shown[SHOWN_BYTES];

        pd_format(shown, sizeof(shown), "%s", name);
        pd_utf8_make_printable(shown);
        if (strnlen(name, max_len + 1) > max_len)
                return pd_fail(err, PD_E_TOO_LARGE, 0,
                               "the name '%s' of an entry is over %zu bytes", shown, max_len);
        return pd_fail(err, PD_E_INVALID, 0, "the name '%s' of an entry is not allowed: %s", shown,
                       fault);
}

int pd_archive_names_add(struct pd_archive_names *names, const char *name, size_t max_len,
                         bool is_folder, struct pd_err *err)
{
        const char *fault = pd_archive_name_fault(name, max_len);
        char *copy;
        size_t kind;

        if (fault != NULL)
                return refuse(name, fault, max_len, err);

        copy = pd_arena_string(&names->arena, name);
        if (copy == NULL)
                return pd_fail_memory(err, "names of an archive");
        if (want_folders(names, copy, err) < 0)
                return -1;

        if (pd_map_get(&names->kinds, copy, &kind) && (kind != IS_WANTED || !is_folder))
                return pd_fail(err, names->clash, 0, "'%s' is there %s", name,
                               kind == IS_WANTED ? "as a file and as a folder"
                                                 : "twice (upper and lower case are the same)");
        return remember(names, copy, is_folder ? IS_FOLDER : IS_FILE, err);
}
