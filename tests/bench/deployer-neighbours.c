/*
 * deployer-neighbours.c - a catalogue of Acumos and a playground server for bench-deployer.
 *
 *     deployer-neighbours PORT DELAY_MS
 *
 * Solution and revision N are a pipeline of N nodes. Every answer of the catalogue comes DELAY_MS
 * late; the playground server's comes at once.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/num.h"
#include "httpd/httpd.h"
#include "pipeline.h"

#define MAX_ZIP_BYTES (64 * 1024 * 1024)
#define MAX_NODES     256
#define PICTURE_BYTES 5000
/* Enough for all that the deployer has under way at a time. */
#define WORKERS 512

struct neighbours {
        int64_t delay_ms;
        struct pd_httpd *httpd;
};

static void wait_for(const struct neighbours *neighbours)
{
        if (neighbours->delay_ms > 0)
                (void)poll(NULL, 0, (int)neighbours->delay_ms);
}

static size_t number(const struct pd_http_exchange *exchange, const char *name)
{
        int64_t value = 0;

        return pd_parse_int(pd_http_parameter(exchange, name), 0, MAX_NODES, &value, NULL) == 0
                       ? (size_t)value
                       : 0;
}

static void solution(struct pd_http_exchange *exchange, void *app)
{
        wait_for(app);
        pd_http_reply_json(exchange, 200,
                           json_pack("{s:s, s:s, s:s}", "solutionId",
                                     pd_http_parameter(exchange, "id"), "name", "news",
                                     "toolkitTypeCode", "CP"));
}

static void artifacts(struct pd_http_exchange *exchange, void *app)
{
        wait_for(app);
        pd_http_reply_json(
                exchange, 200,
                json_pack("[{s:s, s:o}]", "artifactTypeCode", "BP", "uri",
                          json_sprintf("blueprint/%s", pd_http_parameter(exchange, "id"))));
}

static void picture(struct pd_http_exchange *exchange, void *app)
{
        char *bytes = calloc(1, PICTURE_BYTES);

        wait_for(app);
        pd_http_reply_bytes(exchange, 200, "application/octet-stream", bytes,
                            bytes != NULL ? PICTURE_BYTES : 0);
}

static void catalogs(struct pd_http_exchange *exchange, void *app)
{
        wait_for(app);
        pd_http_reply_text(exchange, 200, "application/json", "[{\"catalogId\": \"public\"}]");
}

static void description(struct pd_http_exchange *exchange, void *app)
{
        wait_for(app);
        pd_http_reply_text(exchange, 200, "application/json",
                           "{\"description\": \"<p>What is new?</p>\"}");
}

static void reply_buffer(struct pd_http_exchange *exchange, struct pd_buf *text)
{
        size_t len = 0;
        char *bytes = pd_buf_take(text, &len);

        pd_http_reply_bytes(exchange, 200, "application/octet-stream", bytes, len);
}

static void blueprint(struct pd_http_exchange *exchange, void *app)
{
        struct pd_buf text = PD_BUF_INIT(SIZE_MAX);

        wait_for(app);
        pd_bench_put_blueprint(&text, number(exchange, "id"));
        reply_buffer(exchange, &text);
}

static void proto(struct pd_http_exchange *exchange, void *app)
{
        struct pd_buf text = PD_BUF_INIT(SIZE_MAX);

        wait_for(app);
        pd_bench_put_proto(&text, number(exchange, "node"));
        reply_buffer(exchange, &text);
}

static void deploy(struct pd_http_exchange *exchange, void *app)
{
        (void)app;
        pd_http_reply_text(exchange, 200, "text/plain", "/dashboard?selected_deployment_id=1");
}

static struct pd_http_route routes[] = {
        {"GET", "/ccds/solution/{id}", solution, 0, false},
        {"GET", "/ccds/revision/{id}/artifact", artifacts, 0, false},
        {"GET", "/ccds/solution/{id}/pic", picture, 0, false},
        {"GET", "/ccds/catalog/solution/{id}", catalogs, 0, false},
        {"GET", "/ccds/revision/{id}/catalog/{catalog}/descr", description, 0, false},
        {"GET", "/nexus/blueprint/{id}", blueprint, 0, false},
        {"GET", "/nexus/org/acumos/{node}/news/1.0.0/news-1.0.0.proto", proto, 0, false},
        {"POST", "/deploy_solution", deploy, MAX_ZIP_BYTES, false},
};

static int start(struct neighbours *neighbours, int64_t port, struct pd_err *err)
{
        const struct pd_httpd_options options = {
                .address = "127.0.0.1",
                .port = (uint16_t)port,
                .workers = WORKERS,
                .backlog = 4096,
                .max_connections = 4096,
                .idle_ms = 60000,
                .receive_ms = 60000,
                .server_name = "deployer-neighbours",
        };

        /* without a delay nothing blocks, and the threads of connections answer: that is faster */
        for (size_t i = 0; i < PD_COUNT(routes); i++)
                routes[i].is_quick = neighbours->delay_ms == 0;
        return pd_httpd_start(&options, routes, PD_COUNT(routes), neighbours, &neighbours->httpd,
                              err);
}

int main(int argc, char **argv)
{
        struct neighbours neighbours = {0};
        int64_t port = 0;
        struct pd_err err = {0};

        if (pd_parse_int(argc > 1 ? argv[1] : "", 1, UINT16_MAX, &port, &err) < 0 ||
            pd_parse_int(argc > 2 ? argv[2] : "", 0, 60000, &neighbours.delay_ms, &err) < 0 ||
            start(&neighbours, port, &err) < 0) {
                (void)fprintf(stderr, "deployer-neighbours: %s\n", err.msg);
                return EXIT_FAILURE;
        }
        (void)pause(); /* bench-deployer ends it */
        return EXIT_SUCCESS;
}
