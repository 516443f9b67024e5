/* observe_events.c - what happens in a run, a line an event. */
#include "observe.h"

#include <string.h>

#include "base/clock.h"
#include "base/format.h"
#include "base/own.h"
#include "event_line.h"
#include "json/get.h"
#include "json/json.h"
#include "output.h"
#include "sse.h"

#define EVENTS "/api/v1/events"
/* Each message once, as it leaves its operation; and what becomes of the run. `|` is written as
 * %7C. */
#define NAMES_WITH_MESSAGES                                                                        \
        "distributing%7Cexception%7Cdropped%7Cstalled%7Cfinished%7Cthread%7Cterminate"

struct watching {
        struct pd_observing *observing;
        struct pd_sse sse;
        struct pd_buf out;     /* of the bytes that came at once */
        bool wants_look;       /* at the status */
        enum pd_observed next; /* END: the run is over */
        struct pd_err err;     /* why the stream was left; PD_OK: it was not, or is over */
};

/* --- Events --- */

static void heed(struct watching *watching, const char *name)
{
        if (strcmp(name, "finished") == 0) {
                watching->next = PD_OBSERVED_END;
                pd_format(watching->observing->end, sizeof(watching->observing->end), "%s", name);
        } else if (strcmp(name, "thread.start") == 0) {
                watching->observing->has_run = true;
        } else if (strcmp(name, "terminate_orchestration") == 0) {
                watching->wants_look = true; /* it was stopped, or another pipeline comes */
        }
}

static int take_event(void *context, const char *data, size_t len, struct pd_err *err)
{
        struct watching *watching = context;
        const struct pd_observing *observing = watching->observing;
        pd_auto(pd_json_free_ptr) json_t *event = NULL;
        struct pd_err why = {0};

        if (pd_json_parse(data, len, &pd_json_default_limits, &event, &why) < 0)
                return pd_talk_blame(&observing->talk, why.msg, err);
        if (observing->call->options.output == PD_OUTPUT_JSON) {
                pd_json_write(&watching->out, event, PD_JSON_COMPACT);
                pd_buf_putc(&watching->out, '\n');
        } else {
                pd_event_line_put(event, pd_clock_unix_ms(), &watching->out);
        }
        if (pd_json_get_string(event, "name") != NULL)
                heed(watching, pd_json_get_string(event, "name"));
        return 0;
}

static int flush(struct watching *watching, struct pd_err *err)
{
        int result = 0;

        if (watching->out.len > 0 || watching->out.failed != 0)
                result = pd_output_write(watching->observing->call->cli, &watching->out, err);
        pd_buf_clear(&watching->out);
        return result;
}

static int look(struct watching *watching, struct pd_err *err)
{
        struct pd_observing *observing = watching->observing;
        pd_auto(pd_json_free_ptr) json_t *status = NULL;

        if (pd_talk_ask(&observing->talk, PD_TALK_STATUS, &status, err) < 0 ||
            pd_observe_recover(observing, err) < 0)
                return -1;
        watching->wants_look = false;
        return pd_observe_judge(observing, status, &watching->next, err);
}

/* Of the stream's sink. A run that ended before the stream had begun is found by the look at its
 * first bytes. */
static bool take_bytes(void *context, const char *bytes, size_t len)
{
        struct watching *watching = context;

        if (pd_sse_feed(&watching->sse, bytes, len, &watching->err) < 0 ||
            flush(watching, &watching->err) < 0)
                return false;
        if (watching->wants_look && watching->next == PD_OBSERVED_MORE &&
            look(watching, &watching->err) < 0)
                return false;
        return watching->next == PD_OBSERVED_MORE;
}

/* One stream, until it is over, it is cut or it is left. -1: for *err nothing more comes of it. */
static int follow(struct watching *watching, struct pd_err *err)
{
        const struct pd_options *options = &watching->observing->call->options;
        const char *path = !options->messages                  ? EVENTS
                           : options->output == PD_OUTPUT_JSON ? EVENTS "?messages=1"
                                                               : EVENTS
                                   "?messages=1&name=" NAMES_WITH_MESSAGES;
        const struct pd_fetch_sink sink = {.take = take_bytes, .context = watching};

        watching->wants_look = true;
        watching->err = (struct pd_err){0};
        pd_sse_restart(&watching->sse);
        if (pd_talk_listen(&watching->observing->talk, path, &sink,
                           pd_observe_left_ms(watching->observing), err) < 0)
                return -1;
        if (watching->err.code != PD_OK) {
                *err = watching->err;
                return -1;
        }
        if (watching->next == PD_OBSERVED_MORE)
                return pd_fail(err, PD_E_BAD_GATEWAY, 0,
                               "the orchestrator of '%s' has ended the stream of events",
                               watching->observing->talk.deployment);
        return 0;
}

static void watching_done(struct watching *watching)
{
        pd_sse_done(&watching->sse);
        pd_buf_done(&watching->out);
}

int pd_observe_events(struct pd_observing *observing, struct pd_err *err)
{
        pd_auto(watching_done) struct watching watching = {
                .observing = observing,
                .out = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES),
        };
        struct pd_err why = {0};

        watching.sse = (struct pd_sse)PD_SSE_INIT(take_event, &watching);
        while (follow(&watching, &why) < 0)
                if (pd_observe_endure(observing, &why, err) < 0)
                        return -1;
        return 0;
}
