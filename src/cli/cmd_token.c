/* cmd_token.c - token: who may ask the deployer. */
#include "command.h"

#include <string.h>

#include "base/clock.h"
#include "base/own.h"
#include "config/place.h"
#include "output.h"
#include "token/key_file.h"
#include "token/token.h"

/* The key that a deployer without configuration makes; whoever comes first. */
static int read_own_key(const struct pd_call *call, struct pd_secret **ret, struct pd_err *err)
{
        pd_auto(pd_arena_done) struct pd_arena arena = {0};
        const char *place, *path;

        if (pd_place_open(call->options.data_dir, &arena, &place, err) < 0)
                return -1;
        path = pd_place_file(&arena, place, PD_PLACE_TOKEN_KEY);
        if (path == NULL)
                return pd_fail_memory(err, "the key");
        return pd_token_key_file(path, true, ret, err);
}

static int write_token(const struct pd_call *call, const struct pd_secret *secret,
                       const struct pd_token_user *user, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_TOKEN_MAX_BYTES);
        pd_auto(pd_free_ptr) char *token = NULL;

        if (pd_token_make(secret, user, &token, err) < 0)
                return -1;
        pd_buf_printf(&text, "%s\n", token);
        return pd_output_write(call->cli, &text, err);
}

static int make_token(const struct pd_call *call, const struct pd_secret *secret,
                      struct pd_err *err)
{
        pd_auto(pd_token_user_done) struct pd_token_user user = {
                .email = strdup(call->options.user),
                .expires_s = (pd_clock_unix_ms() + call->options.lifetime) / 1000,
        };

        if (user.email == NULL)
                return pd_fail_memory(err, "a token");
        return write_token(call, secret, &user, err);
}

int pd_cmd_token(struct pd_call *call, struct pd_err *err)
{
        pd_auto(pd_secret_free_ptr) struct pd_secret *own = NULL;

        if (call->options.user == NULL || call->options.user[0] == '\0')
                return pd_fail(err, PD_E_USAGE, 0, "whose token? name the user with --user EMAIL");
        if (call->options.token_secret != NULL)
                return make_token(call, call->options.token_secret, err);
        if (read_own_key(call, &own, err) < 0)
                return -1;
        return make_token(call, own, err);
}
