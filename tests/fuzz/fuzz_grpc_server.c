/* fuzz_grpc_server.c - what a client may send to a server. */
#include <stdint.h>
#include <string.h>

#include "grpc_role.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void take(struct pd_grpc_call *call, void *app, const struct pd_grpc_events *events)
{
        struct role *role = app;

        role->begun++;
        pd_grpc_call_on(call, events, role);
}

static void begin_echo(struct pd_grpc_call *call, void *app)
{
        take(call, app, &role_echoes);
        (void)!pd_grpc_call_send_headers(call, pd_grpc_call_metadata(call), NULL);
}

static void begin_stop(struct pd_grpc_call *call, void *app)
{
        take(call, app, &role_stops);
}

static void begin_cancel(struct pd_grpc_call *call, void *app)
{
        take(call, app, &role_cancels);
}

static void begin_reply(struct pd_grpc_call *call, void *app)
{
        take(call, app, &role_waits);
        pd_grpc_call_reply(call, &(struct pd_grpc_status){.code = PD_GRPC_NOT_FOUND});
}

static void begin_drop(struct pd_grpc_call *call, void *app)
{
        (void)app;
        pd_grpc_call_drop(call);
}

static void begin_nothing(struct pd_grpc_call *call, void *app)
{
        (void)call;
        (void)app;
}

static const struct pd_grpc_method methods[] = {
        {.path = "/T/One", .begin = begin_echo},
        {.path = "/T/Many", .begin = begin_echo, .client_streams = true},
        {.path = "/T/Stop", .begin = begin_stop, .client_streams = true},
        {.path = "/T/Cancel", .begin = begin_cancel, .client_streams = true},
        {.path = "/T/Reply", .begin = begin_reply},
        {.path = "/T/Drop", .begin = begin_drop},
        {.path = "/T/Nobody", .begin = begin_nothing},
};

/* The preface of HTTP/2, of which nothing can be left out, is not the fuzzer's to find. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct role role = {.methods = methods, .method_count = PD_COUNT(methods)};

        if (!role_open(&role, true))
                return 0;
        if (role_feed(&role, (const uint8_t *)NGHTTP2_CLIENT_MAGIC, NGHTTP2_CLIENT_MAGIC_LEN))
                role_run(&role, data, size);
        role_close(&role);
        return 0;
}
