/* kubernetes_access.c - how a cluster is reached, and as whom. */
#include "kubernetes_access.h"

#include <fcntl.h>
#include <string.h>

#include "base/file.h"
#include "base/own.h"
#include "json/json.h"
#include "kubernetes_config.h"
#include "yaml/yaml.h"

/* --- Files --- */

/* In the arena. */
static int read_text(struct pd_arena *arena, const char *path, const char **ret, struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *text = NULL;
        size_t len;

        if (pd_file_read_at(AT_FDCWD, path, PD_KUBERNETES_MAX_PEM, &text, &len, err) < 0)
                return -1;
        *ret = pd_arena_copy(arena, text, len);
        return *ret != NULL ? 0 : pd_fail_memory(err, path);
}

/* Without the line end that people leave behind a token. */
static int read_secret(const char *path, struct pd_secret **ret, struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *text = NULL;
        size_t len;
        int result;

        if (pd_file_read_at(AT_FDCWD, path, PD_SECRET_MAX_BYTES, &text, &len, err) < 0)
                return -1;
        while (len > 0 && strchr("\r\n ", text[len - 1]) != NULL)
                text[--len] = '\0';
        result = pd_secret_new(text, len, ret, err);
        explicit_bzero(text, len);
        return result;
}

static int keep_secret(const char *text, struct pd_secret **ret, struct pd_err *err)
{
        return text != NULL ? pd_secret_new(text, strlen(text), ret, err) : 0;
}

static int read_pem(struct pd_arena *arena, const struct pd_kubeconfig_pem *pem, const char **ret,
                    struct pd_err *err)
{
        *ret = pem->text;
        return pem->text == NULL && pem->file != NULL ? read_text(arena, pem->file, ret, err) : 0;
}

static int read_key(const struct pd_kubeconfig_pem *pem, struct pd_secret **ret, struct pd_err *err)
{
        if (pem->text == NULL && pem->file != NULL)
                return read_secret(pem->file, ret, err);
        return keep_secret(pem->text, ret, err);
}

/* --- By kubeconfig --- */

struct files {
        struct pd_kubeconfig_file at[PD_KUBERNETES_MAX_FILES];
        size_t count;
};

static void files_done(struct files *files)
{
        for (size_t i = 0; i < files->count; i++)
                json_decref(files->at[i].json);
}

/* One that is not there is no error. */
static int add_file(struct files *files, const char *path, struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *text = NULL;
        struct pd_err why = {0};
        size_t len;
        json_t *json;

        if (files->count == PD_KUBERNETES_MAX_FILES)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "KUBECONFIG names over %d files",
                               PD_KUBERNETES_MAX_FILES);
        if (pd_file_read_at(AT_FDCWD, path, PD_KUBERNETES_MAX_CONFIG, &text, &len, &why) < 0) {
                if (why.code == PD_E_NOT_FOUND)
                        return 0;
                return pd_fail(err, why.code, 0, "%s", why.msg);
        }
        if (pd_yaml_parse(text, len, &json, err) < 0)
                return pd_wrap(err, "the kubeconfig '%s'", path);
        files->at[files->count++] = (struct pd_kubeconfig_file){.path = path, .json = json};
        return 0;
}

static int read_files(struct pd_arena *arena, const char *paths, struct files *files,
                      struct pd_err *err)
{
        char *copy = pd_arena_string(arena, paths);
        char *rest = copy;

        if (copy == NULL)
                return pd_fail_memory(err, "KUBECONFIG");
        for (char *path; (path = strsep(&rest, ":")) != NULL;) {
                if (path[0] != '\0' && add_file(files, path, err) < 0)
                        return -1;
        }
        if (files->count == 0)
                return pd_fail(err, PD_E_NOT_FOUND, 0,
                               "no kubeconfig at '%s': set KUBECONFIG, or make one for kubectl",
                               paths);
        return 0;
}

/* The trees end with the call, so what is borrowed from them is copied. */
static int keep(struct pd_arena *arena, const char *text, const char **ret)
{
        *ret = text != NULL ? pd_arena_string(arena, text) : NULL;
        return text == NULL || *ret != NULL ? 0 : -1;
}

static int take_config(const struct pd_kubeconfig *config, struct pd_kubernetes_access *access,
                       struct pd_err *err)
{
        struct pd_arena *arena = &access->arena;

        if (keep(arena, config->server, &access->server) < 0 ||
            keep(arena, config->namespace_name, &access->namespace_name) < 0 ||
            keep(arena, config->token_file, &access->token_file) < 0 ||
            keep(arena, config->user, &access->user) < 0)
                return pd_fail_memory(err, "the kubeconfig");
        if (read_pem(arena, &config->ca, &access->ca_pem, err) < 0 ||
            read_pem(arena, &config->certificate, &access->certificate_pem, err) < 0 ||
            read_key(&config->key, &access->key, err) < 0 ||
            keep_secret(config->token, &access->token, err) < 0 ||
            keep_secret(config->password, &access->password, err) < 0)
                return -1;
        if ((access->certificate_pem != NULL) != (access->key != NULL))
                return pd_fail(err, PD_E_INVALID, 0,
                               "the kubeconfig has a client's %s without its %s",
                               access->key != NULL ? "key" : "certificate",
                               access->key != NULL ? "certificate" : "key");
        return 0;
}

int pd_kubernetes_access_by_config(const char *paths, const char *context,
                                   struct pd_kubernetes_access *ret, struct pd_err *err)
{
        pd_auto(pd_kubernetes_access_done) struct pd_kubernetes_access access = {0};
        pd_auto(files_done) struct files files = {0};
        struct pd_kubeconfig config;

        if (read_files(&access.arena, paths, &files, err) < 0 ||
            pd_kubeconfig_read(files.at, files.count, context, &access.arena, &config, err) < 0 ||
            take_config(&config, &access, err) < 0)
                return -1;
        *ret = access;
        access = (struct pd_kubernetes_access){0};
        return 0;
}

/* --- In a cluster --- */

int pd_kubernetes_access_in_cluster(const char *folder, const char *host, const char *port,
                                    struct pd_kubernetes_access *ret, struct pd_err *err)
{
        pd_auto(pd_kubernetes_access_done) struct pd_kubernetes_access access = {0};
        struct pd_arena *arena = &access.arena;
        bool is_ip6 = strchr(host, ':') != NULL;
        const char *ca = pd_arena_printf(arena, "%s/ca.crt", folder);
        const char *name = pd_arena_printf(arena, "%s/namespace", folder);

        access.server =
                pd_arena_printf(arena, is_ip6 ? "https://[%s]:%s" : "https://%s:%s", host, port);
        access.token_file = pd_arena_printf(arena, "%s/token", folder);
        if (ca == NULL || name == NULL || access.server == NULL || access.token_file == NULL)
                return pd_fail_memory(err, "the account of the pod");
        if (read_text(arena, ca, &access.ca_pem, err) < 0 ||
            read_text(arena, name, &access.namespace_name, err) < 0)
                return pd_wrap(err, "the account of the pod");
        *ret = access;
        access = (struct pd_kubernetes_access){0};
        return 0;
}

void pd_kubernetes_access_done(struct pd_kubernetes_access *access)
{
        pd_secret_free(access->key);
        pd_secret_free(access->token);
        pd_secret_free(access->password);
        pd_arena_done(&access->arena);
        *access = (struct pd_kubernetes_access){0};
}

int pd_kubernetes_access_identity(const struct pd_kubernetes_access *access,
                                  struct pd_secret **ret_token, struct pd_fetch_identity *ret,
                                  struct pd_err *err)
{
        struct pd_secret *token = NULL;

        if (access->token_file != NULL && read_secret(access->token_file, &token, err) < 0)
                return pd_wrap(err, "the token for the cluster");
        *ret = (struct pd_fetch_identity){
                .user = access->user,
                .password = access->password,
                .bearer = token != NULL ? token : access->token,
                .certificate_pem = access->certificate_pem,
                .key_pem = access->key,
                .ca_pem = access->ca_pem,
        };
        *ret_token = token;
        return 0;
}
