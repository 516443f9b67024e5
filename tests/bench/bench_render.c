/* bench_render.c - from the text of a blueprint to the bytes of its solution.zip. */
#include <assert.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/format.h"
#include "base/own.h"
#include "bench.h"
#include "blueprint/blueprint.h"
#include "package/package.h"
#include "pipeline.h"

/* What a pipeline of a usual size may take. */
#define USUAL_NODES    11
#define TARGET_US      1000
#define TARGET_RSS_KIB (8 * 1024)

#define MOST_NODES 256
#define TIMES      2000

/* A pipeline: a source and what follows it, one behind the other. */
struct pipeline {
        size_t count;
        struct pd_buf blueprint;
        struct pd_buf proto_texts[MOST_NODES];
        struct pd_node_proto protos[MOST_NODES];
        size_t zip_len; /* of the last one made */
};

static void make_pipeline(struct pipeline *pipeline, size_t count)
{
        *pipeline = (struct pipeline){.count = count, .blueprint = PD_BUF_INIT(SIZE_MAX)};
        pd_bench_put_blueprint(&pipeline->blueprint, count);
        for (size_t i = 0; i < count; i++) {
                struct pd_buf *text = &pipeline->proto_texts[i];

                *text = (struct pd_buf)PD_BUF_INIT(SIZE_MAX);
                pd_bench_put_proto(text, i);
                pipeline->protos[i] = (struct pd_node_proto){.text = text->data, .size = text->len};
        }
}

static void pipeline_done(struct pipeline *pipeline)
{
        pd_buf_done(&pipeline->blueprint);
        for (size_t i = 0; i < pipeline->count; i++)
                pd_buf_done(&pipeline->proto_texts[i]);
}

static int render(void *context)
{
        struct pipeline *pipeline = context;
        struct pd_blueprint_parts parts = {.protos = pipeline->protos};
        pd_auto(pd_findings_done) struct pd_findings findings = {0};
        pd_auto(pd_blueprint_free_ptr) struct pd_blueprint *blueprint = NULL;
        pd_auto(pd_solution_free_ptr) struct pd_solution *solution = NULL;
        pd_auto(pd_free_ptr) void *zip = NULL;

        if (pd_blueprint_read(pipeline->blueprint.data, pipeline->blueprint.len, &findings,
                              &blueprint, NULL) < 0 ||
            pd_findings_check(&findings, NULL) < 0 ||
            pd_blueprint_solution(blueprint, &parts, &pd_solution_default_options, &solution,
                                  NULL) < 0)
                return -1;
        return pd_package_pack(solution, &pd_manifest_default_options, &zip, &pipeline->zip_len,
                               NULL);
}

static void bench_usual(struct pipeline *pipeline)
{
        struct pd_bench_times times;

        make_pipeline(pipeline, USUAL_NODES);
        times = pd_bench_measure(render, pipeline, TIMES);
        pd_bench_row("11 nodes, median", times.median_us, "us", TARGET_US);
        pd_bench_row("11 nodes, 99 of 100", times.p99_us, "us", PD_BENCH_NO_TARGET);
        pd_bench_row("11 nodes, zip", (double)pipeline->zip_len / 1000, "kB", PD_BENCH_NO_TARGET);
        pd_bench_row("memory of its own (RssAnon)", pd_bench_rss_anon_kib(getpid()), "KiB",
                     TARGET_RSS_KIB);
        pipeline_done(pipeline);
}

/* The same for each node where the growth is linear. */
static void bench_growth(struct pipeline *pipeline)
{
        for (size_t count = 16; count <= MOST_NODES; count *= 2) {
                char what[40];

                make_pipeline(pipeline, count);
                pd_format(what, sizeof(what), "%zu nodes, median for each", count);
                pd_bench_row(
                        what,
                        pd_bench_measure(render, pipeline, TIMES * USUAL_NODES / count).median_us /
                                (double)count,
                        "us", PD_BENCH_NO_TARGET);
                pipeline_done(pipeline);
        }
}

int main(void)
{
        pd_auto(pd_free_ptr) struct pipeline *pipeline = malloc(sizeof(*pipeline));

        assert(pipeline != NULL);
        bench_usual(pipeline);
        bench_growth(pipeline);
        return 0;
}
