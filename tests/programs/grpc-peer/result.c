/* result.c - counting calls, and telling. */
#include "result.h"

#include <stdlib.h>

#include "base/attr.h"
#include "base/clock.h"
#include "peer.h"

void result_keep(json_t **place, json_t *value)
{
        json_decref(*place);
        *place = value;
}

/* Without memory there are fewer of them. */
static void add_latency(struct result *result, int64_t latency_us)
{
        if (result->measured == result->room) {
                size_t room = result->room == 0 ? 1024 : 2 * result->room;
                int64_t *more = realloc(result->latencies_us, room * sizeof(*more));

                if (more == NULL)
                        return;
                result->latencies_us = more;
                result->room = room;
        }
        result->latencies_us[result->measured++] = latency_us;
}

void result_add(struct result *result, const struct pd_grpc_status *status, int64_t latency_us)
{
        result->calls++;
        add_latency(result, latency_us);
        result->status[status->code]++;
        result_keep(&result->trailers, peer_entries(&status->metadata));
        result_keep(&result->text, json_string(status->message));
}

static int by_size(const void *a, const void *b)
{
        int64_t left = *(const int64_t *)a, right = *(const int64_t *)b;

        return (left > right) - (left < right);
}

static double percentile(struct result *result, size_t part)
{
        size_t at = result->measured > 0 ? (result->measured - 1) * part / 100 : 0;

        if (result->measured == 0)
                return 0;
        qsort(result->latencies_us, result->measured, sizeof(int64_t), by_size);
        return (double)result->latencies_us[at];
}

void result_print(struct result *result)
{
        const struct {
                const char *name;
                json_t *value;
        } members[] = {
                {"calls", json_integer(result->calls)},
                {"status", peer_by_status(result->status)},
                {"unprocessed", json_integer(result->unprocessed)},
                {"messages", json_integer(result->messages)},
                {"bytes", json_integer(result->bytes)},
                {"wrong", json_integer(result->wrong)},
                {"text", json_incref(result->text)},
                {"last", json_incref(result->last)},
                {"headers", json_incref(result->headers)},
                {"trailers", json_incref(result->trailers)},
                {"seconds", json_real((double)(pd_clock_mono_us() - result->began_us) / 1e6)},
                {"p50_us", json_real(percentile(result, 50))},
                {"p99_us", json_real(percentile(result, 99))},
                {"cpu_us", json_integer(peer_cpu_us() - result->began_cpu_us)},
        };
        json_t *object = json_object();

        for (size_t i = 0; i < PD_COUNT(members); i++)
                (void)json_object_set_new(object, members[i].name, members[i].value);
        peer_print(object);
}

void result_done(struct result *result)
{
        free(result->latencies_us);
        json_decref(result->headers);
        json_decref(result->trailers);
        json_decref(result->text);
        json_decref(result->last);
}
