/* batch.c - requests of one step, made together. */
#include "batch.h"

#include <string.h>

#include "base/clock.h"
#include "json/json.h"
#include "uri.h"

void pd_batch_init(struct pd_batch *batch, struct pd_arena *arena, size_t capacity)
{
        *batch = (struct pd_batch){
                .arena = arena,
                .requests = pd_arena_alloc(arena, capacity, sizeof(*batch->requests)),
                .answers = pd_arena_alloc(arena, capacity, sizeof(*batch->answers)),
                .errs = pd_arena_alloc(arena, capacity, sizeof(*batch->errs)),
                .neighbours = pd_arena_alloc(arena, capacity, sizeof(const struct pd_neighbour *)),
                .is_wish = pd_arena_alloc(arena, capacity, sizeof(*batch->is_wish)),
                .capacity = capacity,
        };
        batch->failed = batch->requests == NULL || batch->answers == NULL || batch->errs == NULL ||
                        batch->neighbours == NULL || batch->is_wish == NULL;
}

void pd_batch_done(struct pd_batch *batch)
{
        for (size_t i = 0; i < batch->count; i++)
                pd_fetch_answer_done(&batch->answers[i]);
        batch->count = 0;
}

size_t pd_batch_add(struct pd_batch *batch, const struct pd_neighbour *neighbour, const char *path,
                    size_t max_bytes)
{
        const char *url;

        if (batch->failed)
                return 0;
        url = pd_uri_join(batch->arena, neighbour->url, path);
        if (url == NULL) {
                batch->failed = true;
                return 0;
        }
        batch->requests[batch->count] = (struct pd_fetch_request){
                .url = url, .identity = neighbour->identity, .max_bytes = max_bytes};
        batch->neighbours[batch->count] = neighbour;
        return batch->count++;
}

void pd_batch_wish(struct pd_batch *batch, size_t i)
{
        if (!batch->failed)
                batch->is_wish[i] = true;
}

int pd_batch_run(struct pd_batch *batch, struct pd_fetch *fetch, unsigned retries, int64_t ends_us,
                 struct pd_err *err)
{
        int64_t left_ms = (ends_us - pd_clock_mono_us()) / 1000;

        if (batch->failed)
                return pd_fail_memory(err, "requests to the catalogue");
        if (left_ms <= 0)
                return pd_fail(err, PD_E_TIMEOUT, 0, "the catalogue took too long");

        for (size_t i = 0; i < batch->count; i++) {
                batch->requests[i].deadline_ms = batch->is_wish[i] ? (left_ms + 1) / 2 : left_ms;
                batch->requests[i].retries = retries;
        }
        pd_fetch_all(fetch, batch->requests, batch->count, batch->answers, batch->errs);
        return 0;
}

static bool is_blank(const struct pd_fetch_answer *answer)
{
        return strspn(answer->body, " \t\r\n") == answer->len;
}

/* 400 is what some versions say of an id that is none. */
static bool says_not_found(const struct pd_fetch_answer *answer)
{
        return answer->status == 404 || answer->status == 400 || answer->status == 204 ||
               (answer->status == 200 && is_blank(answer));
}

int pd_batch_need(const struct pd_batch *batch, size_t i, const char *what,
                  const struct pd_fetch_answer **ret, struct pd_err *err)
{
        const struct pd_fetch_answer *answer = &batch->answers[i];
        const char *name = batch->neighbours[i]->name;

        if (batch->errs[i].code != PD_OK) {
                if (err != NULL)
                        *err = batch->errs[i];
                return pd_wrap(err, "%s", what);
        }
        if (says_not_found(answer))
                return pd_fail(err, PD_E_NOT_FOUND, 0, "no such %s: %s has none", what, name);
        if (answer->status == 401 || answer->status == 403)
                return pd_fail(err, PD_E_BAD_GATEWAY, 0,
                               "%s: %s refuses our user and password (HTTP %d)", what, name,
                               answer->status);
        if (answer->status != 200)
                return pd_fail(err, PD_E_BAD_GATEWAY, 0, "%s: %s answered HTTP %d", what, name,
                               answer->status);
        *ret = answer;
        return 0;
}

int pd_batch_need_json(const struct pd_batch *batch, size_t i, const char *what, json_t **ret,
                       struct pd_err *err)
{
        const struct pd_fetch_answer *answer;
        struct pd_err why;

        if (pd_batch_need(batch, i, what, &answer, err) < 0)
                return -1;
        if (pd_json_parse(answer->body, answer->len, &pd_json_default_limits, ret, &why) < 0)
                return pd_fail(err, PD_E_BAD_GATEWAY, 0, "%s: the answer of %s: %s", what,
                               batch->neighbours[i]->name, why.msg);
        return 0;
}

const struct pd_fetch_answer *pd_batch_want(const struct pd_batch *batch, size_t i,
                                            struct pd_err *ret_why)
{
        const struct pd_fetch_answer *answer;

        return pd_batch_need(batch, i, "left out", &answer, ret_why) == 0 ? answer : NULL;
}

json_t *pd_batch_want_json(const struct pd_batch *batch, size_t i, struct pd_err *ret_why)
{
        json_t *json;

        return pd_batch_need_json(batch, i, "left out", &json, ret_why) == 0 ? json : NULL;
}
