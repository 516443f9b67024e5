/* kubernetes_registries.c - the credentials that a cluster pulls the images of a solution with. */
#include "kubernetes_registries.h"

#include <string.h>

#include "base/buf.h"
#include "base/own.h"
#include "docker_credentials.h"
#include "json/build.h"
#include "json/get.h"
#include "json/json.h"

/* The members that a kubelet reads. */
static const char *const members[] = {"auth", "username", "password"};

static bool has_text(const json_t *entry, const char *name)
{
        const char *text = pd_json_get_string(entry, name);

        return text != NULL && text[0] != '\0';
}

static bool is_of_use(const json_t *entry)
{
        return has_text(entry, "auth") ||
               (has_text(entry, "username") && has_text(entry, "password"));
}

/* NULL: no memory. */
static json_t *copy_entry(const json_t *entry)
{
        json_t *copy = json_object();

        for (size_t i = 0; i < PD_COUNT(members); i++)
                if (has_text(entry, members[i]))
                        pd_json_put(&copy, members[i],
                                    json_string(pd_json_get_string(entry, members[i])));
        return copy;
}

static void warn(const json_t *entry, const char *helper, const char *workload,
                 struct pd_findings *findings)
{
        if (helper != NULL)
                pd_findings_add(findings, PD_SEVERITY_WARNING, workload,
                                "the credentials of its registry are with the program "
                                "'docker-credential-%s', which is not asked: write them into a "
                                "file, by `docker --config FOLDER login`",
                                pd_show(helper).text);
        else if (has_text(entry, "identitytoken"))
                pd_findings_add(findings, PD_SEVERITY_WARNING, workload,
                                "a cluster cannot use a registry's identity token: log in with a "
                                "user and a password");
}

static int add_workload(const json_t *config, const struct pd_workload *workload, json_t **auths,
                        struct pd_findings *findings, struct pd_err *err)
{
        struct pd_image image;
        const char *key;
        const json_t *entry;

        if (pd_image_parse(workload->image, &image, err) < 0)
                return pd_wrap(err, "'%s'", workload->name);
        entry = pd_docker_config_auth(config, &image, &key);
        if (!is_of_use(entry))
                warn(entry, pd_docker_config_helper(config, &image), workload->name, findings);
        else if (json_object_get(*auths, key) == NULL)
                pd_json_put(auths, key, copy_entry(entry));
        return *auths != NULL ? 0 : pd_fail_memory(err, "the registries' credentials");
}

/* {"auths": ...} as a secret; takes the tree. */
static int make_secret(json_t *auths, struct pd_secret **ret, struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_SECRET_MAX_BYTES);
        pd_auto(pd_json_free_ptr) json_t *file = json_pack("{s:o}", "auths", auths);
        int result;

        if (file == NULL)
                return pd_fail_memory(err, "the registries' credentials");
        pd_json_write(&text, file, PD_JSON_COMPACT);
        if (pd_buf_check(&text, "the registries' credentials", err) < 0)
                return -1;
        result = pd_secret_new(text.data, text.len, ret, err);
        explicit_bzero(text.data, text.len);
        return result;
}

int pd_kubernetes_registries_read(const json_t *config, const struct pd_solution *solution,
                                  struct pd_findings *findings, struct pd_secret **ret,
                                  struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *auths = json_object();

        *ret = NULL;
        if (auths == NULL)
                return pd_fail_memory(err, "the registries' credentials");
        for (size_t i = 0; i < solution->workload_count; i++)
                if (add_workload(config, &solution->workloads[i], &auths, findings, err) < 0)
                        return -1;
        return json_object_size(auths) > 0 ? make_secret(pd_steal(&auths), ret, err) : 0;
}
