/* fuzz_grpc_client.c - what a server may answer to a client that has calls open. */
#include <stdint.h>
#include <string.h>

#include "grpc_role.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const uint8_t settings[] = {0, 0, 0, NGHTTP2_SETTINGS, 0, 0, 0, 0, 0};

/* The streams 1, 3, 5 and 7. */
static const struct {
        struct pd_grpc_request request;
        const struct pd_grpc_events *events;
} calls[] = {
        {{.path = "/T/One", .sends_one = true, .takes_one = true}, &role_echoes},
        {{.path = "/T/Many", .deadline_ms = 3600000}, &role_echoes},
        {{.path = "/T/Stop", .waits_for_ready = true}, &role_stops},
        {{.path = "/T/Cancel", .takes_one = true}, &role_cancels},
};

static void start(struct role *role, size_t i)
{
        pd_auto(pd_grpc_message_release_ptr) struct pd_grpc_message *message =
                pd_grpc_message_of("hello", 5);
        struct pd_grpc_call *call;

        if (message == NULL ||
            pd_grpc_call_prepare(role->loop, &calls[i].request, ROLE_MAX_MESSAGE, &call, NULL) < 0)
                return;
        role->begun++;
        pd_grpc_call_on(call, calls[i].events, role);
        if (pd_grpc_session_open(role->session, call, NULL) < 0) {
                pd_grpc_call_end(call, PD_GRPC_UNAVAILABLE, "no stream", true);
                return;
        }
        (void)!pd_grpc_call_send(call, message, NULL);
        if (calls[i].request.sends_one)
                pd_grpc_call_close(call);
}

/* The server's first SETTINGS, without which no call begins, are not the fuzzer's to find. */
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
        struct role role = {0};

        if (!role_open(&role, false))
                return 0;
        if (role_feed(&role, settings, sizeof(settings))) {
                for (size_t i = 0; i < PD_COUNT(calls); i++)
                        start(&role, i);
                role_run(&role, data, size);
        }
        role_close(&role);
        return 0;
}
