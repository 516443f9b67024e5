/* bench_deployer.c - the deployer service among neighbours that answer as fast as they can. */
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/format.h"
#include "base/own.h"
#include "base/secret.h"
#include "bench.h"
#include "load.h"
#include "service.h"
#include "token/token.h"

/* 48 bytes, in base64 */
#define SECRET   "YmVuY2gtZGVwbG95ZXItYmVuY2gtZGVwbG95ZXItYmVuY2gtZGVwbG95ZXItMTI="
#define CELL_MS  2000
#define WARM_MS  300
#define STARTS   20
#define IDLE_MS  10
#define TEXT_MAX 200

static const size_t node_counts[] = {3, 11};
static const size_t client_counts[] = {1, 8, 32, 256};

/* What a cell should come to; the others are shown alone. */
static const struct {
        size_t nodes, clients;
        int delay_ms;
        double per_second, cpu_ms, p50_ms; /* PD_BENCH_NO_TARGET: none */
} targets[] = {
        {3, 32, 0, 1300, 1, PD_BENCH_NO_TARGET},
        {11, 1, 5, PD_BENCH_NO_TARGET, PD_BENCH_NO_TARGET, 30},
};

/* With how many clients memory is looked at. */
#define LOADED_CLIENTS 32

#define TARGET_START_MS       25
#define TARGET_IDLE_RSS_KIB   (4 * 1024)
#define TARGET_LOADED_RSS_KIB (32 * 1024)

struct world {
        struct pd_service neighbours, deployer;
        int delay_ms;
        char *token;
};

struct cell {
        size_t nodes, clients;
};

/* --- What there is --- */

static int make_token(char **ret, struct pd_err *err)
{
        const struct pd_token_user user = {.email = (char[]){"a@b.example"},
                                           .expires_s = pd_clock_unix_ms() / 1000 + 3600};
        pd_auto(pd_secret_free_ptr) struct pd_secret *secret = NULL;

        if (pd_secret_new(SECRET, strlen(SECRET), &secret, err) < 0)
                return -1;
        return pd_token_make(secret, &user, ret, err);
}

static int start_neighbours(int delay_ms, struct pd_service *ret, struct pd_err *err)
{
        char port[16], delay[16];
        char *argv[] = {NULL, port, delay, NULL};
        uint16_t number = pd_service_free_port();

        pd_format(port, sizeof(port), "%u", number);
        pd_format(delay, sizeof(delay), "%d", delay_ms);
        return pd_service_start("deployer-neighbours", argv, number, ret, err);
}

static int start_deployer(const struct pd_service *neighbours, struct pd_service *ret,
                          struct pd_err *err)
{
        char port[16], cds[TEXT_MAX], nexus[TEXT_MAX], playground[TEXT_MAX];
        char *argv[] = {NULL, (char[]){"--port"}, port, cds, nexus, playground, NULL};
        uint16_t number = pd_service_free_port();

        pd_format(port, sizeof(port), "%u", number);
        pd_format(cds, sizeof(cds), "--cds-url=http://127.0.0.1:%u/ccds", neighbours->port);
        pd_format(nexus, sizeof(nexus), "--nexus-url=http://127.0.0.1:%u/nexus", neighbours->port);
        pd_format(playground, sizeof(playground),
                  "--playground-url=http://127.0.0.1:%u/deploy_solution", neighbours->port);
        return pd_service_start("playground-deployer", argv, number, ret, err);
}

/* --- What is measured --- */

static int ask_health(uint16_t port, struct pd_err *err)
{
        static const char request[] = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
        char answer[1024] = "";
        int fd = pd_service_connect(port);
        bool is_well = fd >= 0 && write(fd, request, sizeof(request) - 1) > 0 &&
                       read(fd, answer, sizeof(answer) - 1) > 0 && strstr(answer, " 200 ") != NULL;

        if (fd >= 0)
                (void)close(fd);
        return is_well ? 0 : pd_fail(err, PD_E_BAD_GATEWAY, 0, "the deployer is not well");
}

static int by_size(const void *a, const void *b)
{
        int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

        return (left > right) - (left < right);
}

/* One start: how long until it answers, and how much memory it has when nobody asks it more. */
static int start_once(const struct world *world, int64_t *ret_us, double *ret_rss_kib,
                      struct pd_err *err)
{
        pd_auto(pd_service_stop) struct pd_service deployer = {0};
        int64_t began_us = pd_clock_mono_us();

        if (start_deployer(&world->neighbours, &deployer, err) < 0 ||
            ask_health(deployer.port, err) < 0)
                return -1;
        *ret_us = pd_clock_mono_us() - began_us;
        (void)poll(NULL, 0, IDLE_MS);
        *ret_rss_kib = pd_bench_rss_anon_kib(deployer.pid);
        return 0;
}

static int bench_start(const struct world *world, struct pd_err *err)
{
        int64_t took_us[STARTS];
        size_t middle = STARTS / 2;
        double rss_kib = 0;

        for (size_t i = 0; i < STARTS; i++) {
                if (start_once(world, &took_us[i], &rss_kib, err) < 0)
                        return -1;
        }
        qsort(took_us, STARTS, sizeof(took_us[0]), by_size);
        pd_bench_row("start to first answer, median", (double)took_us[middle] / 1e3, "ms",
                     TARGET_START_MS);
        pd_bench_row("memory of its own (RssAnon), idle", rss_kib, "KiB", TARGET_IDLE_RSS_KIB);
        return 0;
}

static int run_load(const struct world *world, const struct cell *cell, int64_t ms,
                    struct pd_load_result *ret, struct pd_err *err)
{
        char request[2048];
        const struct pd_load load = {
                .port = world->deployer.port,
                .request = request,
                .status = 302,
                .clients = cell->clients,
                .ms = ms,
        };

        pd_format(request, sizeof(request),
                  "GET /deploy/%zu/%zu HTTP/1.1\r\nHost: localhost\r\njwtToken: %s\r\n\r\n",
                  cell->nodes, cell->nodes, world->token);
        return pd_load_run(&load, ret, err);
}

static void tell(const struct world *world, const struct cell *cell,
                 const struct pd_load_result *result, double cpu_ms)
{
        char what[TEXT_MAX], name[TEXT_MAX];
        double per_second = PD_BENCH_NO_TARGET, cpu = PD_BENCH_NO_TARGET, p50 = PD_BENCH_NO_TARGET;

        for (size_t i = 0; i < PD_COUNT(targets); i++) {
                if (targets[i].nodes != cell->nodes || targets[i].clients != cell->clients ||
                    targets[i].delay_ms != world->delay_ms)
                        continue;
                per_second = targets[i].per_second;
                cpu = targets[i].cpu_ms;
                p50 = targets[i].p50_ms;
        }
        pd_format(name, sizeof(name), "%zu nodes, %d ms, %zu clients", cell->nodes, world->delay_ms,
                  cell->clients);
        pd_format(what, sizeof(what), "%s: deployments", name);
        pd_bench_row_least(what, (double)result->answers / result->seconds, "/s", per_second);
        pd_format(what, sizeof(what), "%s: p50", name);
        pd_bench_row(what, result->p50_ms, "ms", p50);
        pd_format(what, sizeof(what), "%s: p99", name);
        pd_bench_row(what, result->p99_ms, "ms", PD_BENCH_NO_TARGET);
        pd_format(what, sizeof(what), "%s: CPU", name);
        pd_bench_row(what, cpu_ms, "ms", cpu);
}

static int bench_cell(const struct world *world, const struct cell *cell, struct pd_err *err)
{
        struct pd_load_result result;
        int64_t cpu_us;

        if (run_load(world, cell, WARM_MS, &result, err) < 0)
                return -1;
        cpu_us = pd_service_cpu_us(&world->deployer);
        if (run_load(world, cell, CELL_MS, &result, err) < 0)
                return -1;
        cpu_us = pd_service_cpu_us(&world->deployer) - cpu_us;

        tell(world, cell, &result, (double)cpu_us / 1e3 / (double)result.answers);
        if (cell->clients == LOADED_CLIENTS)
                pd_bench_row("    memory of its own (RssAnon) after it",
                             pd_bench_rss_anon_kib(world->deployer.pid), "KiB",
                             TARGET_LOADED_RSS_KIB);
        return 0;
}

static int bench_cells(const struct world *world, struct pd_err *err)
{
        for (size_t i = 0; i < PD_COUNT(node_counts) * PD_COUNT(client_counts); i++) {
                const struct cell cell = {node_counts[i / PD_COUNT(client_counts)],
                                          client_counts[i % PD_COUNT(client_counts)]};

                if (bench_cell(world, &cell, err) < 0)
                        return -1;
        }
        return 0;
}

static int bench_delay(struct world *world, int delay_ms, struct pd_err *err)
{
        world->delay_ms = delay_ms;
        if (start_neighbours(delay_ms, &world->neighbours, err) < 0 ||
            (delay_ms == 0 && bench_start(world, err) < 0) ||
            start_deployer(&world->neighbours, &world->deployer, err) < 0 ||
            bench_cells(world, err) < 0)
                return -1;
        pd_service_stop(&world->deployer);
        pd_service_stop(&world->neighbours);
        return 0;
}

static void world_done(struct world *world)
{
        pd_service_stop(&world->deployer);
        pd_service_stop(&world->neighbours);
        free(world->token);
}

int main(void)
{
        pd_auto(world_done) struct world world = {0};
        struct pd_err err = {0};

        (void)signal(SIGPIPE, SIG_IGN); /* the services are stopped where nobody reads on, too */
        if (setenv("PD_TOKEN_SECRET", SECRET, 1) == 0 && make_token(&world.token, &err) == 0 &&
            bench_delay(&world, 0, &err) == 0 && bench_delay(&world, 5, &err) == 0)
                return EXIT_SUCCESS;
        (void)fprintf(stderr, "bench-deployer: %s\n", err.msg);
        return EXIT_FAILURE;
}
