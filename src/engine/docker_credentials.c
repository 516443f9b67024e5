/* docker_credentials.c - the user's credentials for registries, out of docker's config.json. */
#include "docker_credentials.h"

#include <fcntl.h>
#include <string.h>

#include "base/base64.h"
#include "base/buf.h"
#include "base/file.h"
#include "base/own.h"
#include "json/get.h"
#include "json/json.h"
#include "solution/image.h"

/* Most bytes of config.json, and of a header line. */
#define MAX_CONFIG (1024 * 1024)
#define MAX_HEADER 65536

#define HUB "docker.io"

/* The host of a key: it may be an address with scheme and path, or the host alone. */
static struct pd_span host_of(const char *key)
{
        const char *scheme = strstr(key, "://");
        const char *start = scheme != NULL ? scheme + 3 : key;

        return (struct pd_span){.at = start, .len = strcspn(start, "/")};
}

static bool is_span(struct pd_span span, const char *text, size_t len)
{
        return span.len == len && memcmp(span.at, text, len) == 0;
}

static bool is_hub(struct pd_span host)
{
        static const char *const names[] = {HUB, "index." HUB, "registry-1." HUB};

        for (size_t i = 0; i < PD_COUNT(names); i++)
                if (is_span(host, names[i], strlen(names[i])))
                        return true;
        return false;
}

/* Whether a key of the file is for the registry of the image. */
static bool is_for(const char *key, const struct pd_image *image)
{
        struct pd_span host = host_of(key);

        if (image->domain.at == NULL || image->domain.len == 0 || is_hub(image->domain))
                return is_hub(host);
        return is_span(host, image->domain.at, image->domain.len);
}

/* The member of an object whose key is for that registry. */
static const json_t *find(const json_t *object, const struct pd_image *image, const char **ret_key)
{
        json_t *value;
        const char *key;

        if (!json_is_object(object))
                return NULL;
        json_object_foreach (pd_json_unconst(object), key, value) {
                if (!is_for(key, image))
                        continue;
                if (ret_key != NULL)
                        *ret_key = key;
                return value;
        }
        return NULL;
}

/* "user:password" in base64, as the engine wants it; *ret stays NULL where it is none. */
static int read_password(const char *auth, const char *key, json_t **ret, struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *plain = calloc(1, strlen(auth) + 4);
        size_t len = 0;
        char *colon;

        if (plain == NULL)
                return pd_fail_memory(err, "the registry's credentials");
        colon = pd_base64_decode(auth, strlen(auth), plain, &len) ? memchr(plain, ':', len) : NULL;
        if (colon == NULL)
                return 0;
        *colon = '\0';
        *ret = json_pack("{s:s, s:s, s:s}", "username", plain, "password", colon + 1,
                         "serveraddress", key);
        explicit_bzero(plain, len);
        return *ret != NULL ? 0 : pd_fail_memory(err, "the registry's credentials");
}

/* An entry of `auths`: a token counts before a password; *ret stays NULL where it has neither. */
static int read_auth(const json_t *entry, const char *key, json_t **ret, struct pd_err *err)
{
        const char *token = pd_json_get_string(entry, "identitytoken");
        const char *auth = pd_json_get_string(entry, "auth");

        if (token != NULL && token[0] != '\0') {
                *ret = json_pack("{s:s, s:s}", "identitytoken", token, "serveraddress", key);
                return *ret != NULL ? 0 : pd_fail_memory(err, "the registry's credentials");
        }
        return auth != NULL ? read_password(auth, key, ret, err) : 0;
}

/* The header wants the alphabet for addresses. */
static const char *make_header(const json_t *auth, struct pd_arena *arena, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(MAX_HEADER);
        pd_auto(pd_buf_done) struct pd_buf header = PD_BUF_INIT(MAX_HEADER);
        char *line;

        pd_json_write(&text, auth, PD_JSON_COMPACT);
        pd_buf_puts(&header, "X-Registry-Auth: ");
        pd_base64_put(&header, text.data, text.len);
        line = text.failed == 0 && header.failed == 0 ? pd_arena_string(arena, header.data) : NULL;
        if (line == NULL) {
                (void)pd_fail_memory(err, "the registry's credentials");
                return NULL;
        }
        for (char *at = line; *at != '\0'; at++)
                *at = *at == '+' ? '-' : *at == '/' ? '_' : *at;
        return line;
}

const json_t *pd_docker_config_auth(const json_t *config, const struct pd_image *image,
                                    const char **ret_key)
{
        return find(pd_json_get(config, "auths"), image, ret_key);
}

const char *pd_docker_config_helper(const json_t *config, const struct pd_image *image)
{
        const json_t *helper = find(pd_json_get(config, "credHelpers"), image, NULL);
        const char *name = json_string_value(helper);

        return name != NULL ? name : pd_json_get_string(config, "credsStore");
}

int pd_docker_credentials_read(const json_t *config, const char *image, struct pd_arena *arena,
                               struct pd_docker_credentials *ret, struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *auth = NULL;
        struct pd_docker_credentials credentials = {0};
        struct pd_image parts;
        const char *key = "", *helper;
        const json_t *entry;

        if (pd_image_parse(image, &parts, err) < 0)
                return -1;
        entry = pd_docker_config_auth(config, &parts, &key);
        if (read_auth(entry, key, &auth, err) < 0)
                return -1;
        if (auth != NULL) {
                credentials.header = make_header(auth, arena, err);
                if (credentials.header == NULL)
                        return -1;
        } else if ((helper = pd_docker_config_helper(config, &parts)) != NULL) {
                credentials.helper = pd_arena_string(arena, helper);
                if (credentials.helper == NULL)
                        return pd_fail_memory(err, "the registry's credentials");
        }
        *ret = credentials;
        return 0;
}

int pd_docker_config_load(const char *path, json_t **ret, struct pd_err *err)
{
        pd_auto(pd_free_ptr) char *text = NULL;
        size_t len;
        int result;

        if (pd_file_read_at(AT_FDCWD, path, MAX_CONFIG, &text, &len, err) < 0)
                return -1;
        result = pd_json_parse(text, len, &pd_json_default_limits, ret, err);
        explicit_bzero(text, len);
        return result < 0 ? pd_wrap(err, "'%s'", path) : 0;
}

int pd_docker_credentials_find(const char *config_folder, const char *image, struct pd_arena *arena,
                               struct pd_docker_credentials *ret, struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *config = NULL;
        struct pd_err why = {0};
        const char *path;

        *ret = (struct pd_docker_credentials){0};
        if (config_folder == NULL)
                return 0;
        path = pd_arena_printf(arena, "%s/config.json", config_folder);
        if (path == NULL)
                return pd_fail_memory(err, "a path");
        if (pd_docker_config_load(path, &config, &why) < 0) {
                if (why.code == PD_E_NOT_FOUND)
                        return 0;
                if (err != NULL)
                        *err = why;
                return -1;
        }
        return pd_docker_credentials_read(config, image, arena, ret, err);
}
