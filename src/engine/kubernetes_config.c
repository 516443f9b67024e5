/* kubernetes_config.c - which cluster, and as whom: what kubeconfig files say. */
#include "kubernetes_config.h"

#include <string.h>
#include <strings.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/format.h"
#include "base/own.h"
#include "json/get.h"
#include "solution/findings.h"

/* Most bytes of the names in a message. */
#define MAX_NAMES 300

struct reading {
        const struct pd_kubeconfig_file *files;
        size_t count;
        struct pd_arena *arena;
};

/* --- Entries with names --- */

/* The entry of that name in a list of one file; NULL: there is none. */
static const json_t *entry_in(const json_t *file, const char *list, const char *name)
{
        json_t *entry;
        size_t i;

        json_array_foreach (pd_json_get_array(file, list), i, entry) {
                const char *given = pd_json_get_string(entry, "name");

                if (given != NULL && strcmp(given, name) == 0)
                        return entry;
        }
        return NULL;
}

/* The member `what` of the first entry of that name; *ret_file is where it stands. */
static const json_t *find(const struct reading *reading, const char *list, const char *name,
                          const char *what, const struct pd_kubeconfig_file **ret_file)
{
        for (size_t i = 0; i < reading->count; i++) {
                const json_t *entry = entry_in(reading->files[i].json, list, name);

                if (entry != NULL) {
                        *ret_file = &reading->files[i];
                        return pd_json_get(entry, what);
                }
        }
        return NULL;
}

static const char *current_context(const struct reading *reading)
{
        for (size_t i = 0; i < reading->count; i++) {
                const char *name = pd_json_get_string(reading->files[i].json, "current-context");

                if (name != NULL && name[0] != '\0')
                        return name;
        }
        return NULL;
}

/* "'a', 'b'" */
static void list_contexts(const struct reading *reading, struct pd_buf *out)
{
        for (size_t i = 0; i < reading->count; i++) {
                json_t *entry;
                size_t at;

                json_array_foreach (pd_json_get_array(reading->files[i].json, "contexts"), at,
                                    entry) {
                        const char *name = pd_json_get_string(entry, "name");

                        if (name != NULL)
                                pd_buf_printf(out, "%s'%s'", out->len > 0 ? ", " : "",
                                              pd_show(name).text);
                }
        }
}

static int fail_context(const struct reading *reading, const char *name, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf names = PD_BUF_INIT(MAX_NAMES);

        list_contexts(reading, &names);
        if (name == NULL)
                return pd_fail(err, PD_E_NOT_FOUND, 0,
                               "the kubeconfig has no current context; name one of: %s",
                               names.len > 0 ? names.data : "(it has none)");
        return pd_fail(err, PD_E_NOT_FOUND, 0, "the kubeconfig has no context '%s', but: %s",
                       pd_show(name).text, names.len > 0 ? names.data : "none at all");
}

/* --- Values --- */

/* A path as it stands in a file; NULL: no memory. */
static const char *resolve(const struct reading *reading, const struct pd_kubeconfig_file *file,
                           const char *path)
{
        const char *slash = strrchr(file->path, '/');

        if (path[0] == '/' || slash == NULL)
                return path;
        return pd_arena_printf(reading->arena, "%.*s%s", (int)(slash + 1 - file->path), file->path,
                               path);
}

static int decode(const struct reading *reading, const char *what, const char *text,
                  const char **ret, struct pd_err *err)
{
        size_t len = strlen(text);
        char *out;

        if (len > PD_KUBERNETES_MAX_PEM)
                return pd_fail(err, PD_E_TOO_LARGE, 0, "'%s' of the kubeconfig is over %d bytes",
                               what, PD_KUBERNETES_MAX_PEM);
        out = pd_arena_alloc(reading->arena, len + 3, 1);
        if (out == NULL)
                return pd_fail_memory(err, "the kubeconfig");
        if (!pd_base64_decode(text, len, out, &len))
                return pd_fail(err, PD_E_INVALID, 0, "'%s' of the kubeconfig is no base64", what);
        out[len] = '\0';
        *ret = out;
        return 0;
}

/* `name`-data, or else the file `name`. */
static int read_pem(const struct reading *reading, const struct pd_kubeconfig_file *file,
                    const json_t *object, const char *name, struct pd_kubeconfig_pem *ret,
                    struct pd_err *err)
{
        char data_name[64];
        const char *data;
        const char *path = pd_json_get_string(object, name);

        pd_format(data_name, sizeof(data_name), "%s-data", name);
        data = pd_json_get_string(object, data_name);
        if (data != NULL && data[0] != '\0')
                return decode(reading, data_name, data, &ret->text, err);
        if (path != NULL && path[0] != '\0') {
                ret->file = resolve(reading, file, path);
                if (ret->file == NULL)
                        return pd_fail_memory(err, "the kubeconfig");
        }
        return 0;
}

/* --- Cluster and user --- */

/* What is not done, and what to do instead. */
struct refusal {
        const char *member;
        const char *advice;
};

static int refuse(const json_t *object, const struct refusal *rows, size_t count,
                  struct pd_err *err)
{
        for (size_t i = 0; i < count; i++) {
                const json_t *member = pd_json_get(object, rows[i].member);

                if (member != NULL && !json_is_false(member))
                        return pd_fail(err, PD_E_UNPROCESSABLE, 0,
                                       "the kubeconfig has '%s', which is not obeyed: %s",
                                       rows[i].member, rows[i].advice);
        }
        return 0;
}

static int read_server(const struct reading *reading, const json_t *cluster,
                       struct pd_kubeconfig *ret, struct pd_err *err)
{
        const char *server = pd_json_get_string(cluster, "server");
        size_t len;

        if (server == NULL || strncasecmp(server, "https://", 8) != 0)
                return pd_fail(err, PD_E_INVALID, 0,
                               "the server '%s' of the kubeconfig is no https address",
                               pd_show(server != NULL ? server : "").text);
        for (len = strlen(server); server[len - 1] == '/';)
                len--;
        ret->server = pd_arena_copy(reading->arena, server, len);
        return ret->server != NULL ? 0 : pd_fail_memory(err, "the kubeconfig");
}

static int read_cluster(const struct reading *reading, const char *name, struct pd_kubeconfig *ret,
                        struct pd_err *err)
{
        static const struct refusal rows[] = {
                {"insecure-skip-tls-verify", "give the server's certificate-authority"},
                {"tls-server-name", "give the server the name that its certificate has"},
                {"proxy-url", "give the server an address that is reached without a proxy"},
        };
        const struct pd_kubeconfig_file *file = NULL;
        const json_t *cluster = find(reading, "clusters", name, "cluster", &file);

        if (cluster == NULL)
                return pd_fail(err, PD_E_INVALID, 0, "the kubeconfig has no cluster '%s'",
                               pd_show(name).text);
        if (refuse(cluster, rows, PD_COUNT(rows), err) < 0 ||
            read_server(reading, cluster, ret, err) < 0)
                return -1;
        return read_pem(reading, file, cluster, "certificate-authority", &ret->ca, err);
}

static int read_user(const struct reading *reading, const char *name, struct pd_kubeconfig *ret,
                     struct pd_err *err)
{
        static const struct refusal rows[] = {
                {"exec", "programs of a kubeconfig are never run; make a token for a service "
                         "account (kubectl create token) and write it there"},
                {"auth-provider", "make a token for a service account (kubectl create token) and "
                                  "write it there"},
                {"as", "log in as the one who may"},
        };
        const struct pd_kubeconfig_file *file = NULL;
        const json_t *user = find(reading, "users", name, "user", &file);
        const char *path = pd_json_get_string(user, "tokenFile");

        if (file == NULL)
                return pd_fail(err, PD_E_INVALID, 0, "the kubeconfig has no user '%s'",
                               pd_show(name).text);
        if (refuse(user, rows, PD_COUNT(rows), err) < 0 ||
            read_pem(reading, file, user, "client-certificate", &ret->certificate, err) < 0 ||
            read_pem(reading, file, user, "client-key", &ret->key, err) < 0)
                return -1;
        if (path != NULL) {
                ret->token_file = resolve(reading, file, path);
                if (ret->token_file == NULL)
                        return pd_fail_memory(err, "the kubeconfig");
        }
        ret->token = pd_json_get_string(user, "token");
        ret->user = pd_json_get_string(user, "username");
        ret->password = pd_json_get_string(user, "password");
        return 0;
}

int pd_kubeconfig_read(const struct pd_kubeconfig_file *files, size_t count, const char *context,
                       struct pd_arena *arena, struct pd_kubeconfig *ret, struct pd_err *err)
{
        const struct reading reading = {.files = files, .count = count, .arena = arena};
        const struct pd_kubeconfig_file *file = NULL;
        struct pd_kubeconfig config = {.context = context};
        const json_t *entry;
        const char *cluster;
        const char *user;

        if (context == NULL || context[0] == '\0')
                config.context = current_context(&reading);
        if (config.context == NULL)
                return fail_context(&reading, NULL, err);
        entry = find(&reading, "contexts", config.context, "context", &file);
        cluster = pd_json_get_string(entry, "cluster");
        user = pd_json_get_string(entry, "user");
        if (file == NULL)
                return fail_context(&reading, config.context, err);
        if (cluster == NULL || user == NULL)
                return pd_fail(err, PD_E_INVALID, 0,
                               "the context '%s' of the kubeconfig lacks its %s",
                               pd_show(config.context).text, cluster == NULL ? "cluster" : "user");
        config.namespace_name = pd_json_get_string(entry, "namespace");
        if (read_cluster(&reading, cluster, &config, err) < 0 ||
            read_user(&reading, user, &config, err) < 0)
                return -1;
        *ret = config;
        return 0;
}
