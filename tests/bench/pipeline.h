/* pipeline.h - what benchmarks work on: a source and what follows it, one behind the other. */
#ifndef PD_TESTS_BENCH_PIPELINE_H
#define PD_TESTS_BENCH_PIPELINE_H

#include <stddef.h>

#include "base/buf.h"

/** A blueprint.json of so many nodes; the proto_uri of node i is PD_BENCH_PROTO_URI of i. */
void pd_bench_put_blueprint(struct pd_buf *out, size_t count);

#define PD_BENCH_PROTO_URI "org/acumos/%zu/news/1.0.0/news-1.0.0.proto"

/** The proto of a node: about 1 kB, different for every node. */
void pd_bench_put_proto(struct pd_buf *out, size_t node);

#endif
