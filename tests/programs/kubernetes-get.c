/*
 * kubernetes-get.c - asks a cluster for a path, as whom the engine would.
 *
 *     kubernetes-get config PATHS CONTEXT PATH
 *     kubernetes-get pod FOLDER HOST PORT PATH
 *
 * Writes the status and the body that came.
 */
#include <stdio.h>
#include <string.h>

#include "kubernetes_access.h"

#define DEADLINE_MS 10000
#define MAX_BYTES   (1 << 20)

static int open_access(int argc, char **argv, struct pd_kubernetes_access *ret, struct pd_err *err)
{
        if (argc == 5 && strcmp(argv[1], "config") == 0)
                return pd_kubernetes_access_by_config(argv[2], argv[3], ret, err);
        if (argc == 6 && strcmp(argv[1], "pod") == 0)
                return pd_kubernetes_access_in_cluster(argv[2], argv[3], argv[4], ret, err);
        return pd_fail(err, PD_E_USAGE, 0,
                       "config PATHS CONTEXT PATH, or pod FOLDER HOST PORT PATH");
}

static int run(int argc, char **argv, struct pd_err *err)
{
        pd_auto(pd_kubernetes_access_done) struct pd_kubernetes_access access = {0};
        pd_auto(pd_secret_free_ptr) struct pd_secret *token = NULL;
        pd_auto(pd_fetch_free_ptr) struct pd_fetch *fetch = NULL;
        pd_auto(pd_fetch_answer_done) struct pd_fetch_answer answer = {0};
        struct pd_fetch_identity identity;
        struct pd_fetch_request request = {
                .identity = &identity, .deadline_ms = DEADLINE_MS, .max_bytes = MAX_BYTES};

        if (open_access(argc, argv, &access, err) < 0 ||
            pd_kubernetes_access_identity(&access, &token, &identity, err) < 0 ||
            pd_fetch_new("kubernetes-get/1", &fetch, err) < 0)
                return -1;
        request.url = pd_arena_printf(&access.arena, "%s%s", access.server, argv[argc - 1]);
        if (request.url == NULL)
                return pd_fail_memory(err, "an address");
        if (pd_fetch(fetch, &request, &answer, err) < 0)
                return -1;
        (void)printf("%d\n%s\n", answer.status, answer.body);
        return 0;
}

int main(int argc, char **argv)
{
        struct pd_err err = {0};

        if (run(argc, argv, &err) == 0)
                return 0;
        (void)fprintf(stderr, "kubernetes-get: %s\n", err.msg);
        return pd_err_exit(err.code);
}
