/* send.c - what goes out on a call: messages, the end of the client's side, the server's reply. */
#include <assert.h>

#include "call.h"
#include "session.h"

int pd_grpc_call_send(struct pd_grpc_call *call, struct pd_grpc_message *message,
                      struct pd_err *err)
{
        if (call->is_final)
                return 0;
        assert(call->local == PD_GRPC_LOCAL_OPEN);
        if (!pd_grpc_unsent_has_room(&call->unsent))
                return pd_fail(err, PD_E_UNAVAILABLE, 0, "'%s' is not writable now", call->path);
        if (pd_grpc_unsent_add(&call->unsent, message, err) < 0)
                return -1;

        call->was_full = !pd_grpc_unsent_has_room(&call->unsent);
        if (call->session == NULL)
                return 0;
        if (call->is_server && !call->has_sent_headers)
                pd_grpc_session_answer(call->session, call, false);
        else
                pd_grpc_session_resume(call->session, call);
        return 0;
}

bool pd_grpc_call_is_writable(const struct pd_grpc_call *call)
{
        return !call->is_final && call->local == PD_GRPC_LOCAL_OPEN &&
               pd_grpc_unsent_has_room(&call->unsent);
}

struct pd_grpc_message *pd_grpc_call_take_unsent(struct pd_grpc_call *call)
{
        return pd_grpc_unsent_take_back(&call->unsent);
}

void pd_grpc_call_close(struct pd_grpc_call *call)
{
        assert(!call->is_server);
        if (call->is_final || call->local != PD_GRPC_LOCAL_OPEN)
                return;

        call->local = PD_GRPC_LOCAL_CLOSING;
        if (call->session != NULL)
                pd_grpc_session_resume(call->session, call);
}

int pd_grpc_call_send_headers(struct pd_grpc_call *call, const struct pd_grpc_metadata *metadata,
                              struct pd_err *err)
{
        assert(call->is_server && !call->has_sent_headers);
        if (call->is_final)
                return 0;
        if (pd_grpc_entries_to_wire(metadata, &call->arena, &call->out, err) < 0)
                return -1;

        pd_grpc_session_answer(call->session, call, false);
        return 0;
}

void pd_grpc_call_submit_reply(struct pd_grpc_call *call)
{
        if (call->has_sent_headers) {
                pd_grpc_session_resume(call->session, call);
                return;
        }
        call->local = PD_GRPC_LOCAL_CLOSED;
        pd_grpc_session_answer(call->session, call, true);
}

void pd_grpc_call_reply(struct pd_grpc_call *call, const struct pd_grpc_status *status)
{
        const char *message = status->message != NULL ? status->message : "";

        assert(call->is_server);
        if (call->is_final)
                return;
        assert(call->local == PD_GRPC_LOCAL_OPEN);

        call->local = PD_GRPC_LOCAL_CLOSING;
        call->reply.code = status->code;
        call->reply.message = pd_arena_string(&call->arena, message);
        if (call->reply.message == NULL ||
            pd_grpc_entries_to_wire(&status->metadata, &call->arena, &call->out, NULL) < 0)
                call->reply = (struct pd_grpc_status){.code = PD_GRPC_RESOURCE_EXHAUSTED,
                                                      .message = "no memory for the status"};
        pd_grpc_call_submit_reply(call);
}
