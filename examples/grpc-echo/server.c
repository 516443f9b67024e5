/* server.c - a server of gRPC: /Echo/Say answers with what it was asked. */
#include <stdio.h>

#include "base/own.h"
#include "grpc/grpc.h"

static void on_message(struct pd_grpc_call *call, struct pd_grpc_message *message, void *user)
{
        struct pd_err err = {0};
        struct pd_grpc_status status = {.code = PD_GRPC_OK};

        (void)user;
        if (pd_grpc_call_send(call, message, &err) < 0)
                status = (struct pd_grpc_status){.code = PD_GRPC_INTERNAL, .message = err.msg};
        pd_grpc_call_reply(call, &status);
}

static void on_ended(struct pd_grpc_call *call, const struct pd_grpc_status *status, void *user)
{
        (void)user;
        printf("%s %s\n", pd_grpc_call_peer(call), pd_grpc_code_name(status->code));
        (void)fflush(stdout);
}

static void begin(struct pd_grpc_call *call, void *app)
{
        static const struct pd_grpc_events events = {.message = on_message, .ended = on_ended};

        pd_grpc_call_on(call, &events, app);
}

static int serve(const char *address, struct pd_err *err)
{
        static const struct pd_grpc_method say = {.path = "/Echo/Say", .begin = begin};
        const struct pd_grpc_methods methods = {.at = &say, .count = 1};
        pd_auto(pd_loop_free_ptr) struct pd_loop *loop = NULL;
        pd_auto(pd_grpc_server_free_ptr) struct pd_grpc_server *server = NULL;

        if (pd_loop_new(&loop, err) < 0 ||
            pd_grpc_server_new(loop, NULL, &methods, &server, err) < 0 ||
            pd_grpc_server_listen(server, address, err) < 0)
                return -1;
        printf("%u\n", (unsigned)pd_grpc_server_port(server));
        (void)fflush(stdout);
        return pd_loop_run(loop, err);
}

int main(int argc, char **argv)
{
        struct pd_err err = {0};

        if (serve(argc > 1 ? argv[1] : "127.0.0.1:8061", &err) == 0)
                return 0;
        (void)fprintf(stderr, "server: %s\n", err.msg);
        return 1;
}
