/* visit_solution.c - the first step: what the solution is, and whether this user may see it. */
#include "visit.h"

#include <string.h>

#include "json/get.h"
#include "json/json.h"

#define MAX_ANSWER_BYTES (4 * 1024 * 1024)
#define PIPELINE_TOOLKIT "CP"

struct first_step {
        size_t solution, artifacts, icon, catalogs;
        size_t access, revision; /* where access is checked */
};

static void ask_first(const struct pd_visit *visit, struct pd_batch *batch, struct first_step *step)
{
        const struct pd_catalog_query *query = visit->query;
        struct pd_arena *arena = batch->arena;

        step->solution = pd_visit_ask_cds(visit, batch,
                                          pd_arena_printf(arena, "solution/%s", query->solution_id),
                                          MAX_ANSWER_BYTES);
        step->artifacts = pd_visit_ask_cds(
                visit, batch, pd_arena_printf(arena, "revision/%s/artifact", query->revision_id),
                MAX_ANSWER_BYTES);
        step->icon = pd_visit_wish_cds(
                visit, batch, pd_arena_printf(arena, "solution/%s/pic", query->solution_id),
                PD_CATALOG_MAX_ICON);
        step->catalogs = pd_visit_wish_cds(
                visit, batch, pd_arena_printf(arena, "catalog/solution/%s", query->solution_id),
                MAX_ANSWER_BYTES);
        if (!visit->acumos->options->checks_access)
                return;

        step->access = pd_visit_ask_cds(visit, batch,
                                        pd_arena_printf(arena, "access/user/%s/solution/%s",
                                                        query->user_id, query->solution_id),
                                        MAX_ANSWER_BYTES);
        step->revision = pd_visit_ask_cds(visit, batch,
                                          pd_arena_printf(arena, "solution/%s/revision/%s",
                                                          query->solution_id, query->revision_id),
                                          MAX_ANSWER_BYTES);
}

static int read_solution(struct pd_visit *visit, const struct pd_batch *batch, size_t i,
                         struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *json = NULL;
        const char *name, *toolkit;

        if (pd_batch_need_json(batch, i, "solution", &json, err) < 0)
                return -1;
        name = pd_json_get_string(json, "name");
        toolkit = pd_json_get_string(json, "toolkitTypeCode");
        if (name == NULL)
                return pd_fail(err, PD_E_BAD_GATEWAY, 0,
                               "the catalogue's answer for solution '%s' has no name",
                               visit->query->solution_id);

        visit->solution->is_pipeline = toolkit != NULL && strcmp(toolkit, PIPELINE_TOOLKIT) == 0;
        visit->solution->name = pd_arena_string(&visit->solution->arena, name);
        return visit->solution->name != NULL ? 0 : pd_fail_memory(err, "a solution");
}

static int read_icon(struct pd_visit *visit, const struct pd_batch *batch, size_t i,
                     struct pd_err *err)
{
        struct pd_err why;
        const struct pd_fetch_answer *answer = pd_batch_want(batch, i, &why);

        if (answer == NULL) {
                pd_visit_tell_left_out(visit, "the picture", &why);
                return 0;
        }
        return pd_visit_keep(visit, answer, "icon", &visit->solution->icon, err);
}

/* A solution that is in a catalogue is for everybody; any other for those it is shared with. */
static int check_access(const struct pd_visit *visit, const struct pd_batch *batch,
                        const struct first_step *step, struct pd_err *err)
{
        pd_auto(pd_json_free_ptr) json_t *revision = NULL;
        pd_auto(pd_json_free_ptr) json_t *access = NULL;
        const char *solution_id;

        if (pd_batch_need_json(batch, step->revision, "revision of this solution", &revision, err) <
            0)
                return -1;
        solution_id = pd_json_get_string(revision, "solutionId");
        if (solution_id == NULL || strcmp(solution_id, visit->query->solution_id) != 0)
                return pd_fail(err, PD_E_NOT_FOUND, 0, "no such revision of solution '%s'",
                               visit->query->solution_id);
        if (json_array_size(pd_visit_list(visit->catalogs)) > 0)
                return 0;

        if (pd_batch_need_json(batch, step->access, "the user's right to see the solution", &access,
                               err) < 0)
                return -1;
        if (pd_json_get_int(access, "count") > 0)
                return 0;
        return pd_fail(err, PD_E_FORBIDDEN, 0,
                       "solution '%s' is in no catalogue and not shared with this user",
                       visit->query->solution_id);
}

static int read_first(struct pd_visit *visit, const struct pd_batch *batch,
                      const struct first_step *step, struct pd_err *err)
{
        struct pd_err why;

        if (read_solution(visit, batch, step->solution, err) < 0 ||
            pd_batch_need_json(batch, step->artifacts, "revision", &visit->artifacts, err) < 0)
                return -1;

        visit->catalogs = pd_batch_want_json(batch, step->catalogs, &why);
        if (visit->catalogs == NULL)
                pd_visit_tell_left_out(visit, "the list of catalogues", &why);
        if (visit->acumos->options->checks_access && check_access(visit, batch, step, err) < 0)
                return -1;
        return read_icon(visit, batch, step->icon, err);
}

int pd_visit_solution(struct pd_visit *visit, struct pd_err *err)
{
        pd_auto(pd_batch_done) struct pd_batch batch;
        struct first_step step = {0};

        pd_batch_init(&batch, &visit->solution->arena, 6);
        ask_first(visit, &batch, &step);
        if (pd_visit_run(visit, &batch, err) < 0)
                return -1;
        return read_first(visit, &batch, &step, err);
}
