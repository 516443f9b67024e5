/* docker_batch.c - several requests to the engine at the same time, each with its own end. */
#include "docker_batch.h"

#include <assert.h>

int pd_docker_batch_init(struct pd_docker_batch *batch, const struct pd_docker *docker, size_t room,
                         struct pd_err *err)
{
        struct pd_arena *arena = &batch->arena;

        *batch = (struct pd_docker_batch){.docker = docker, .room = room};
        batch->subjects = pd_arena_alloc(arena, room + 1, sizeof(*batch->subjects));
        batch->requests = pd_arena_alloc(arena, room + 1, sizeof(*batch->requests));
        batch->answers = pd_arena_alloc(arena, room + 1, sizeof(*batch->answers));
        batch->errs = pd_arena_alloc(arena, room + 1, sizeof(*batch->errs));
        if (batch->subjects != NULL && batch->requests != NULL && batch->answers != NULL &&
            batch->errs != NULL)
                return 0;
        pd_arena_done(arena);
        return pd_fail_memory(err, "requests to the engine");
}

int pd_docker_batch_add(struct pd_docker_batch *batch, void *subject, const char *method,
                        const char *url, struct pd_fetch_request **ret, struct pd_err *err)
{
        assert(batch->count < batch->room);
        if (pd_docker_request(batch->docker, method, url, &batch->requests[batch->count], err) < 0)
                return -1;
        batch->subjects[batch->count] = subject;
        if (ret != NULL)
                *ret = &batch->requests[batch->count];
        batch->count++;
        return 0;
}

void pd_docker_batch_send(struct pd_docker_batch *batch)
{
        pd_fetch_all(batch->docker->fetch, batch->requests, batch->count, batch->answers,
                     batch->errs);
        for (size_t i = 0; i < batch->count; i++)
                if (batch->errs[i].code == PD_OK)
                        (void)!pd_docker_check(&batch->answers[i], &batch->errs[i]);
}

int pd_docker_batch_check(const struct pd_docker_batch *batch, struct pd_err *err)
{
        for (size_t i = 0; i < batch->count; i++) {
                if (batch->errs[i].code == PD_OK || batch->errs[i].code == PD_E_NOT_FOUND)
                        continue;
                if (err != NULL)
                        *err = batch->errs[i];
                return -1;
        }
        return 0;
}

void pd_docker_batch_done(struct pd_docker_batch *batch)
{
        for (size_t i = 0; i < batch->count; i++)
                pd_fetch_answer_done(&batch->answers[i]);
        pd_arena_done(&batch->arena);
        *batch = (struct pd_docker_batch){0};
}
