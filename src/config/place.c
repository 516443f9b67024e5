/* place.c - the data folder. */
#include "config/place.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#define OWN_NAME "playground-deployer"

/* What the variables say, in this order. */
static const struct {
        const char *variable, *below;
} sources[] = {
        {"STATE_DIRECTORY", ""},
        {"XDG_DATA_HOME", "/" OWN_NAME},
        {"HOME", "/.local/share/" OWN_NAME},
};

static int find(const char *configured, struct pd_arena *arena, char **ret, struct pd_err *err)
{
        char *path = NULL;
        bool is_found = configured != NULL;

        if (is_found)
                path = pd_arena_string(arena, configured);
        for (size_t i = 0; i < PD_COUNT(sources) && !is_found; i++) {
                const char *value = getenv(sources[i].variable);

                is_found = value != NULL && value[0] == '/'; /* a relative one is to be ignored */
                if (is_found)
                        path = pd_arena_printf(arena, "%s%s", value, sources[i].below);
        }
        if (!is_found)
                return pd_fail(err, PD_E_INVALID, 0,
                               "there is no folder for data: set data-dir (PD_DATA_DIR)");
        if (path == NULL)
                return pd_fail_memory(err, "the data folder");
        *ret = path;
        return 0;
}

/* Make the folder and those above it; what is there stays as it is. */
static int make(char *path, struct pd_err *err)
{
        for (char *slash = path + 1; slash != NULL;) {
                slash = strchr(slash, '/');
                if (slash != NULL)
                        *slash = '\0';
                if (mkdir(path, S_IRWXU) < 0 && errno != EEXIST)
                        return pd_fail(err, PD_E_FORBIDDEN, errno, "cannot make the folder '%s'",
                                       path);
                if (slash != NULL)
                        *slash++ = '/';
        }
        return 0;
}

int pd_place_open(const char *configured, struct pd_arena *arena, const char **ret,
                  struct pd_err *err)
{
        char *path;

        if (find(configured, arena, &path, err) < 0)
                return -1;
        if (path[0] == '\0')
                return pd_fail(err, PD_E_INVALID, 0, "the setting data-dir is empty");
        if (make(path, err) < 0)
                return -1;
        *ret = path;
        return 0;
}

const char *pd_place_file(struct pd_arena *arena, const char *place, const char *name)
{
        return pd_arena_printf(arena, "%s/%s", place, name);
}
