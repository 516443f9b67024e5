/* client.c - a client of gRPC: asks /Echo/Say, and prints the answer. */
#include <stdio.h>
#include <string.h>

#include "base/own.h"
#include "grpc/grpc.h"

static void on_message(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        (void)call;
        (void)user;
        printf("%.*s\n", (int)message->len, (const char *)pd_grpc_message_data(message));
}

static void on_ended(struct pd_grpc_call *call, const struct pd_grpc_status *status, void *user)
{
        (void)call;
        if (status->code != PD_GRPC_OK)
                (void)fprintf(stderr, "%s: %s\n", pd_grpc_code_name(status->code), status->message);
        pd_loop_stop(user);
}

static int ask(const char *target, const char *text, struct pd_err *err)
{
        static const struct pd_grpc_events events = {.message = on_message, .ended = on_ended};
        const struct pd_grpc_request request = {
                .path = "/Echo/Say", .deadline_ms = 5000, .sends_one = true, .takes_one = true};
        pd_auto(pd_grpc_message_release_ptr) struct pd_grpc_message *message =
                pd_grpc_message_of(text, strlen(text));
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = NULL;
        pd_auto(pd_grpc_channel_free_ptr) struct pd_grpc_channel *channel = NULL;
        struct pd_grpc_call *call;

        if (message == NULL)
                return pd_fail_memory(err, "a message");
        if (pd_loop_new(&loop, err) < 0 ||
            pd_grpc_channel_new(loop, target, NULL, &channel, err) < 0 ||
            pd_grpc_call_start(channel, &request, &events, loop, &call, err) < 0 ||
            pd_grpc_call_send(call, message, err) < 0)
                return -1;
        pd_grpc_call_close(call);
        return pd_loop_run(loop, err);
}

int main(int argc, char **argv)
{
        struct pd_err err = {0};

        if (argc == 3 && ask(argv[1], argv[2], &err) == 0)
                return 0;
        (void)fprintf(stderr, "client: %s\n", argc == 3 ? err.msg : "usage: HOST:PORT TEXT");
        return 1;
}
