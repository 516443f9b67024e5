/* visit.c - what the steps of a visit share. */
#include "visit.h"

#include "base/log.h"
#include "json/get.h"

int pd_visit_run(const struct pd_visit *visit, struct pd_batch *batch, struct pd_err *err)
{
        return pd_batch_run(batch, visit->acumos->fetch, visit->acumos->options->retries,
                            visit->ends_us, err);
}

size_t pd_visit_ask_cds(const struct pd_visit *visit, struct pd_batch *batch, const char *path,
                        size_t max_bytes)
{
        batch->failed |= path == NULL;
        return path != NULL ? pd_batch_add(batch, &visit->acumos->cds, path, max_bytes) : 0;
}

size_t pd_visit_wish_cds(const struct pd_visit *visit, struct pd_batch *batch, const char *path,
                         size_t max_bytes)
{
        size_t i = pd_visit_ask_cds(visit, batch, path, max_bytes);

        pd_batch_wish(batch, i);
        return i;
}

int pd_visit_keep(struct pd_visit *visit, const struct pd_fetch_answer *answer, const char *name,
                  struct pd_file *ret, struct pd_err *err)
{
        *ret = (struct pd_file){
                .name = name,
                .data = pd_arena_copy(&visit->solution->arena, answer->body, answer->len),
                .size = answer->len,
        };
        return ret->data != NULL ? 0 : pd_fail_memory(err, name);
}

void pd_visit_tell_left_out(const struct pd_visit *visit, const char *what,
                            const struct pd_err *why)
{
        if (why->code != PD_E_NOT_FOUND)
                pd_log(visit->acumos->options->log, PD_LOG_WARN, "catalog", NULL,
                       "%s of solution '%s' %s", what, visit->query->solution_id, why->msg);
}

const json_t *pd_visit_list(const json_t *answer)
{
        return json_is_array(answer) ? answer : pd_json_get_array(answer, "content");
}
