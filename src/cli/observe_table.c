/* observe_table.c - operations and edges on a terminal, as they are now. */
#include "observe.h"

#include "base/own.h"
#include "json/json.h"
#include "live.h"
#include "output.h"
#include "run_status.h"

/* How often the table is made anew. */
#define PERIOD_MS 1000

static int draw(const struct pd_observing *observing, const json_t *status, struct pd_live *live,
                struct pd_err *err)
{
        pd_auto(pd_buf_done) struct pd_buf text = PD_BUF_INIT(PD_OUTPUT_MAX_BYTES);

        if (pd_run_status_put(status, observing->talk.deployment, &text, err) < 0 ||
            pd_buf_check(&text, "output", err) < 0)
                return -1;
        return pd_live_draw(live, text.data, err);
}

int pd_observe_table(struct pd_observing *observing, struct pd_err *err)
{
        struct pd_live live = {.cli = observing->call->cli};
        enum pd_observed next = PD_OBSERVED_MORE;

        while (next == PD_OBSERVED_MORE) {
                pd_auto(pd_json_free_ptr) json_t *status = NULL;
                struct pd_err why = {0};

                if (pd_talk_ask(&observing->talk, PD_TALK_STATUS, &status, &why) < 0) {
                        live.drawn = 0; /* the notes stay where they are */
                        if (pd_observe_endure(observing, &why, err) < 0)
                                return -1;
                        continue;
                }
                if (pd_observe_recover(observing, err) < 0 ||
                    pd_observe_judge(observing, status, &next, err) < 0 ||
                    draw(observing, status, &live, err) < 0)
                        return -1;
                if (next == PD_OBSERVED_MORE)
                        pd_observe_pause(observing, PERIOD_MS);
                if (next == PD_OBSERVED_MORE && pd_observe_check(observing, err) < 0)
                        return -1;
        }
        return 0;
}
