/* visit_document.c - the second step: blueprint, or image and proto of a model; and description. */
#include "visit.h"

#include <string.h>

#include "json/get.h"
#include "json/json.h"
#include "uri.h"

/* The `uri` of the first artifact of a type; NULL: there is none. */
static const char *artifact_uri(const struct pd_visit *visit, const char *type)
{
        const json_t *list = pd_visit_list(visit->artifacts);
        json_t *artifact;
        size_t i;

        json_array_foreach (list, i, artifact) {
                const char *code = pd_json_get_string(artifact, "artifactTypeCode");

                if (code != NULL && strcmp(code, type) == 0)
                        return pd_json_get_string(artifact, "uri");
        }
        return NULL;
}

/* The uri of an artifact that must be there, and that Nexus may be asked for. */
static int need_uri(const struct pd_visit *visit, const char *type, const char *what,
                    const char **ret, struct pd_err *err)
{
        const char *uri = artifact_uri(visit, type);

        if (uri == NULL)
                return pd_fail(err, PD_E_NOT_FOUND, 0, "revision '%s' of solution '%s' has no %s",
                               visit->query->revision_id, visit->query->solution_id, what);
        if (pd_uri_fault(uri) != NULL)
                return pd_fail(err, PD_E_UNPROCESSABLE, 0, "the catalogue's address of the %s %s",
                               what, pd_uri_fault(uri));
        *ret = uri;
        return 0;
}

/* The path of the description in catalogue number i; NULL: there is no such catalogue. */
static const char *description_path(const struct pd_visit *visit, size_t i)
{
        const json_t *catalog = json_array_get(pd_visit_list(visit->catalogs), i);
        const char *id = pd_json_get_string(catalog, "catalogId");

        if (id == NULL || !pd_catalog_id_valid(id))
                return NULL;
        return pd_arena_printf(&visit->solution->arena, "revision/%s/catalog/%s/descr",
                               visit->query->revision_id, id);
}

/* Whether there was a description in the answer. */
static bool read_description(struct pd_visit *visit, const struct pd_batch *batch, size_t i)
{
        struct pd_err why;
        pd_auto(pd_json_free_ptr) json_t *json = pd_batch_want_json(batch, i, &why);
        const char *text = pd_json_get_string(json, "description");

        if (json == NULL)
                pd_visit_tell_left_out(visit, "a description", &why);
        if (text == NULL || text[0] == '\0')
                return false;

        visit->solution->description = (struct pd_file){
                .name = "description",
                .data = pd_arena_string(&visit->solution->arena, text),
                .size = strlen(text),
        };
        return true;
}

/* Ask one catalogue after another, until one has a description. */
static int ask_further_catalogs(struct pd_visit *visit, struct pd_err *err)
{
        for (size_t i = 1; i < PD_ACUMOS_MAX_CATALOGS; i++) {
                pd_auto(pd_batch_done) struct pd_batch batch;
                const char *path = description_path(visit, i);

                pd_batch_init(&batch, &visit->solution->arena, 1);
                if (path == NULL)
                        break;
                (void)pd_visit_wish_cds(visit, &batch, path, 2 * PD_CATALOG_MAX_DESCRIPTION);
                if (pd_visit_run(visit, &batch, err) < 0)
                        return -1;
                if (read_description(visit, &batch, 0))
                        break;
        }
        return 0;
}

static int read_blueprint(struct pd_visit *visit, const struct pd_fetch_answer *answer,
                          struct pd_err *err)
{
        if (pd_blueprint_read(answer->body, answer->len, visit->findings,
                              &visit->solution->blueprint, err) == 0)
                return 0;

        /* what came out of the catalogue is not the caller's fault (contract, section 8) */
        if (err != NULL && (err->code == PD_E_INVALID || err->code == PD_E_TOO_LARGE))
                err->code = PD_E_UNPROCESSABLE;
        return pd_wrap(err, "the blueprint");
}

static int read_document(struct pd_visit *visit, const struct pd_batch *batch, size_t i,
                         struct pd_err *err)
{
        const struct pd_fetch_answer *answer;
        bool is_pipeline = visit->solution->is_pipeline;

        if (pd_batch_need(batch, i, is_pipeline ? "blueprint" : "proto", &answer, err) < 0)
                return -1;
        if (is_pipeline)
                return read_blueprint(visit, answer, err);
        return pd_visit_keep(visit, answer, "proto", &visit->solution->proto, err);
}

/* A model needs its image; a proto it may lack. */
static int read_model(struct pd_visit *visit, struct pd_err *err)
{
        const char *image = artifact_uri(visit, "DI");

        if (image == NULL)
                return pd_fail(err, PD_E_NOT_FOUND, 0,
                               "revision '%s' of solution '%s' has no docker image",
                               visit->query->revision_id, visit->query->solution_id);
        visit->solution->image = pd_arena_string(&visit->solution->arena, image);
        return visit->solution->image != NULL ? 0 : pd_fail_memory(err, "a model");
}

/* What to get from Nexus in the second step; *ret NULL: nothing. */
static int document_uri(struct pd_visit *visit, const char **ret, struct pd_err *err)
{
        *ret = NULL;
        if (visit->solution->is_pipeline)
                return need_uri(visit, "BP", "blueprint", ret, err);
        if (read_model(visit, err) < 0)
                return -1;
        return artifact_uri(visit, "MI") != NULL ? need_uri(visit, "MI", "proto", ret, err) : 0;
}

int pd_visit_document(struct pd_visit *visit, struct pd_err *err)
{
        pd_auto(pd_batch_done) struct pd_batch batch;
        const char *description = description_path(visit, 0);
        const char *uri = NULL;
        size_t max_bytes =
                visit->solution->is_pipeline ? PD_BLUEPRINT_MAX_BYTES : PD_CATALOG_MAX_PROTO;
        size_t document = 0, described = 0;
        bool has_description = false;

        pd_batch_init(&batch, &visit->solution->arena, 2);
        if (document_uri(visit, &uri, err) < 0)
                return -1;
        if (uri != NULL)
                document = pd_batch_add(&batch, &visit->acumos->nexus, uri, max_bytes);
        if (description != NULL)
                described = pd_visit_wish_cds(visit, &batch, description,
                                              2 * PD_CATALOG_MAX_DESCRIPTION);
        if (pd_visit_run(visit, &batch, err) < 0)
                return -1;

        if (uri != NULL && read_document(visit, &batch, document, err) < 0)
                return -1;
        if (description != NULL)
                has_description = read_description(visit, &batch, described);
        return has_description ? 0 : ask_further_catalogs(visit, err);
}
