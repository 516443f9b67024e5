/* keeping.c - what a deployer without configuration keeps. */
#include "keeping.h"

#include "assets.h"
#include "catalog/local.h"
#include "config/place.h"
#include "token/key_file.h"

static int find_file(const struct pd_deployer_settings *settings, const char *name,
                     struct pd_arena *arena, const char **ret, struct pd_err *err)
{
        const char *place;

        if (pd_place_open(settings->data_dir, arena, &place, err) < 0)
                return -1;
        *ret = pd_place_file(arena, place, name);
        return *ret != NULL ? 0 : pd_fail_memory(err, name);
}

int pd_keeping_catalog(const struct pd_deployer_settings *settings, struct pd_arena *arena,
                       struct pd_catalog *ret, struct pd_err *err)
{
        const struct pd_local_seed examples = {pd_asset_examples, pd_asset_examples_len};
        const char *path;

        if (find_file(settings, PD_PLACE_CATALOG, arena, &path, err) < 0)
                return -1;
        return pd_catalog_local(path, &examples, ret, err);
}

int pd_keeping_token_key(const struct pd_deployer_settings *settings, struct pd_arena *arena,
                         struct pd_secret **ret, struct pd_err *err)
{
        const char *path;

        if (find_file(settings, PD_PLACE_TOKEN_KEY, arena, &path, err) < 0)
                return -1;
        return pd_token_key_file(path, true, ret, err);
}
