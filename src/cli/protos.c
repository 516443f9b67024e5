/* protos.c - protoc for every proto, a few at a time. */
#include "protos.h"

#include <pthread.h>
#include <stdatomic.h>
#include <unistd.h>

#include "proto/proto.h"

/* What the workers share: they take the next text until there is none. */
struct work {
        struct pd_node_proto *at;
        size_t count;
        atomic_size_t next;
};

struct worker {
        pthread_t thread;
        struct work *work;
        struct pd_arena *arena;
        struct pd_err err; /* what is nobody's fault: no memory, no protoc */
};

/* -1: the work cannot go on. A proto that is none is a result. */
static int check_one(struct worker *worker, struct pd_node_proto *proto)
{
        struct pd_err fault = {0};

        if (pd_proto_services(proto->text, proto->size, worker->arena, &proto->rpcs, &fault) == 0) {
                proto->is_checked = true;
                return 0;
        }
        if (fault.code == PD_E_INTERNAL || fault.code == PD_E_UNAVAILABLE) {
                worker->err = fault;
                return -1;
        }
        proto->fault = pd_arena_string(worker->arena, fault.msg);
        proto->is_checked = true;
        return proto->fault != NULL ? 0 : pd_fail_memory(&worker->err, "protos");
}

static void *run_worker(void *argument)
{
        struct worker *worker = argument;
        struct work *work = worker->work;
        size_t i;

        while ((i = atomic_fetch_add(&work->next, 1)) < work->count)
                if (work->at[i].text != NULL && check_one(worker, &work->at[i]) < 0)
                        break;
        return NULL;
}

/* As many as there are texts, cores, and places. */
static size_t count_workers(const struct pd_node_proto *at, size_t count)
{
        long cores = sysconf(_SC_NPROCESSORS_ONLN);
        size_t most =
                cores > 0 && cores < PD_PROTOS_MAX_WORKERS ? (size_t)cores : PD_PROTOS_MAX_WORKERS;
        size_t texts = 0;

        for (size_t i = 0; i < count; i++)
                texts += at[i].text != NULL;
        return texts < most ? texts : most;
}

/* Let all workers run to their end. The last one is this thread; one that cannot start is missed by
 * nobody. */
static void run_all(struct worker *workers, size_t count)
{
        bool has_thread[PD_PROTOS_MAX_WORKERS] = {0};

        for (size_t i = 0; i + 1 < count; i++)
                has_thread[i] =
                        pthread_create(&workers[i].thread, NULL, run_worker, &workers[i]) == 0;
        run_worker(&workers[count - 1]);
        for (size_t i = 0; i + 1 < count; i++)
                if (has_thread[i])
                        (void)pthread_join(workers[i].thread, NULL); /* joinable, and not us */
}

void pd_protos_done(struct pd_protos *protos)
{
        for (size_t i = 0; i < PD_PROTOS_MAX_WORKERS; i++)
                pd_arena_done(&protos->arenas[i]);
}

int pd_protos_check(struct pd_protos *protos, struct pd_node_proto *at, size_t count,
                    struct pd_findings *findings, struct pd_err *err)
{
        struct work work = {.at = at, .count = count};
        struct worker workers[PD_PROTOS_MAX_WORKERS] = {0};
        const struct pd_err *missing = NULL;
        size_t worker_count = count_workers(at, count);

        if (worker_count == 0)
                return 0;

        for (size_t i = 0; i < worker_count; i++)
                workers[i] = (struct worker){.work = &work, .arena = &protos->arenas[i]};
        run_all(workers, worker_count);

        for (size_t i = 0; i < worker_count; i++) {
                if (workers[i].err.code == PD_E_INTERNAL) {
                        *err = workers[i].err;
                        return -1;
                }
                if (workers[i].err.code == PD_E_UNAVAILABLE)
                        missing = &workers[i].err;
        }
        if (missing != NULL)
                pd_findings_add(findings, PD_SEVERITY_WARNING, "", "protos were not checked: %s",
                                missing->msg);
        return 0;
}
