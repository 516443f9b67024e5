/* cmd_observe.c - observe: see the messages of a run go. */
#include "command.h"

#include <poll.h>
#include <stdio.h>

#include "base/clock.h"
#include "base/format.h"
#include "base/own.h"
#include "live.h"
#include "observe.h"
#include "output.h"
#include "run_status.h"
#include "solution/findings.h"

/* Pauses before an orchestrator that does not answer is asked again: at first and at most; and how
 * often, which takes about a minute and a half. */
#define PAUSE_MS     250
#define PAUSE_MAX_MS 5000
#define MAX_TRIES    20

#define MAX_NOTE 1024

/* A line for people, beside what is observed. */
static int note(const struct pd_observing *observing, const char *text, struct pd_err *err)
{
        const struct pd_cli *cli = observing->call->cli;
        pd_auto(pd_buf_done) struct pd_buf line = PD_BUF_INIT(MAX_NOTE);

        pd_output_put_severity(&line, PD_SEVERITY_NOTE, pd_output_has_color(cli, cli->err));
        pd_buf_printf(&line, ": %s\n", text);
        return pd_output_write_aside(cli, &line, err);
}

/* --- Time --- */

int64_t pd_observe_left_ms(const struct pd_observing *observing)
{
        int64_t left_us;

        if (observing->end_us == INT64_MAX)
                return PD_FETCH_NO_DEADLINE;
        left_us = observing->end_us - pd_clock_mono_us();
        return left_us > 0 ? (left_us + 999) / 1000 : 0;
}

void pd_observe_pause(const struct pd_observing *observing, int64_t ms)
{
        struct pollfd cancel = {.fd = observing->talk.session.cancel_fd, .events = POLLIN};
        int64_t left_ms = pd_observe_left_ms(observing);

        (void)poll(&cancel, 1, (int)(ms < left_ms ? ms : left_ms));
}

int pd_observe_check(const struct pd_observing *observing, struct pd_err *err)
{
        if (pd_engine_is_canceled(&observing->talk.session.cancel_fd))
                return pd_fail(err, PD_E_UNAVAILABLE, 0, "canceled");
        if (pd_observe_left_ms(observing) == 0)
                return pd_fail(err, PD_E_TIMEOUT, 0,
                               "the run of '%s' has not ended in that time; it goes on",
                               observing->talk.deployment);
        return 0;
}

/* --- What becomes of the run --- */

static int tell_wait(struct pd_observing *observing, struct pd_err *err)
{
        char text[MAX_NOTE / 2];

        if (observing->has_told_wait || observing->is_table)
                return 0;
        observing->has_told_wait = true;
        pd_format(text, sizeof(text), "waiting for a run; 'playgroundctl run -d %s' starts one",
                  observing->talk.deployment);
        return note(observing, text, err);
}

int pd_observe_judge(struct pd_observing *observing, const json_t *status, enum pd_observed *ret,
                     struct pd_err *err)
{
        bool wants_next = observing->call->options.next && !observing->has_run;

        *ret = PD_OBSERVED_MORE;
        switch (pd_run_status_phase(status)) {
        case PD_RUN_PHASE_RUNS:
                observing->has_run = true;
                return 0;
        case PD_RUN_PHASE_WAITS:
                return tell_wait(observing, err);
        case PD_RUN_PHASE_ENDED:
                if (wants_next)
                        return tell_wait(observing, err);
                *ret = PD_OBSERVED_END;
                pd_format(observing->end, sizeof(observing->end), "%s",
                          pd_show(pd_run_status_message(status)).text);
                return 0;
        default:
                return pd_fail(err, PD_E_UNPROCESSABLE, 0, "the pipeline of '%s': %s",
                               observing->talk.deployment, pd_run_status_message(status));
        }
}

/* --- An orchestrator that does not answer --- */

static bool may_come_back(enum pd_err_code code)
{
        return code == PD_E_CONFLICT || code == PD_E_BAD_GATEWAY || code == PD_E_UNAVAILABLE ||
               code == PD_E_TIMEOUT;
}

int pd_observe_endure(struct pd_observing *observing, const struct pd_err *why, struct pd_err *err)
{
        char text[MAX_NOTE / 2];

        if (pd_observe_check(observing, err) < 0)
                return -1;
        if (!observing->has_answered || !may_come_back(why->code) ||
            observing->tries == MAX_TRIES) {
                if (err != NULL)
                        *err = *why;
                return -1;
        }
        if (observing->lost_us == 0) {
                observing->lost_us = pd_clock_mono_us();
                observing->pause_ms = PAUSE_MS / 2;
                pd_format(text, sizeof(text), "%s; trying again", pd_show(why->msg).text);
                if (note(observing, text, err) < 0)
                        return -1;
        }
        observing->tries++;
        observing->pause_ms *= 2;
        if (observing->pause_ms > PAUSE_MAX_MS)
                observing->pause_ms = PAUSE_MAX_MS;
        pd_observe_pause(observing, observing->pause_ms);
        return pd_observe_check(observing, err);
}

int pd_observe_recover(struct pd_observing *observing, struct pd_err *err)
{
        double seconds = (double)(pd_clock_mono_us() - observing->lost_us) / 1e6;
        bool was_lost = observing->lost_us != 0;
        char text[MAX_NOTE / 2];

        observing->has_answered = true;
        observing->lost_us = 0;
        observing->tries = 0;
        if (!was_lost)
                return 0;
        observing->has_told_wait = false;
        pd_format(text, sizeof(text),
                  "it answers again; what happened in %.1f s is not shown, the sums are in "
                  "'playgroundctl status'",
                  seconds);
        return note(observing, text, err);
}

/* --- The command --- */

static int say_end(const struct pd_observing *observing, struct pd_err *err)
{
        char text[MAX_NOTE / 2];

        pd_format(text, sizeof(text), "the run of '%s' has ended: %s", observing->talk.deployment,
                  observing->end);
        return note(observing, text, err);
}

static void observing_done(struct pd_observing *observing)
{
        pd_talk_done(&observing->talk);
}

int pd_cmd_observe(struct pd_call *call, struct pd_err *err)
{
        const struct pd_options *options = &call->options;
        pd_auto(observing_done) struct pd_observing observing = {
                .call = call,
                .talk = PD_TALK_INIT,
                .is_table = options->output == PD_OUTPUT_TEXT && !options->messages &&
                            pd_live_can(call->cli),
                .end_us = INT64_MAX,
        };

        if (options->timeout > 0)
                observing.end_us = pd_clock_mono_us() + options->timeout * 1000;
        if (pd_talk_open(call, &observing.talk, err) < 0)
                return -1;
        if ((observing.is_table ? pd_observe_table : pd_observe_events)(&observing, err) == 0)
                return say_end(&observing, err);
        if (!pd_engine_is_canceled(&observing.talk.session.cancel_fd))
                return -1;
        return note(&observing, "what runs goes on", err);
}
