/* call.c - where the loop and a caller meet. */
#include "call.h"

#include "base/own.h"

enum pd_offer pd_call_offer(struct pd_inbox *inbox, const char *bytes, size_t len)
{
        enum pd_offer result = PD_OFFER_TAKEN;

        (void)pthread_mutex_lock(inbox->call->lock);
        if (inbox->is_unwanted) {
                /* the loop is about to end it */
        } else if (inbox->bytes.len > 0 && inbox->bytes.len + len > PD_FETCH_MAX_UNREAD) {
                inbox->is_paused = true;
                result = PD_OFFER_FULL;
        } else {
                pd_buf_put(&inbox->bytes, bytes, len);
                result = inbox->bytes.failed == 0 ? PD_OFFER_TAKEN : PD_OFFER_FAILED;
                (void)pthread_cond_signal(&inbox->call->changed);
        }
        (void)pthread_mutex_unlock(inbox->call->lock);
        return result;
}

bool pd_call_resumes(struct pd_inbox *inbox, bool *ret_unwanted)
{
        bool resumes;

        (void)pthread_mutex_lock(inbox->call->lock);
        resumes = inbox->is_paused && inbox->bytes.len == 0;
        if (resumes)
                inbox->is_paused = false;
        *ret_unwanted = inbox->is_unwanted;
        (void)pthread_mutex_unlock(inbox->call->lock);
        return resumes;
}

void pd_call_conclude(struct pd_call *call, struct pd_inbox *inbox)
{
        (void)pthread_mutex_lock(call->lock);
        inbox->is_over = inbox->sink != NULL && inbox->sink->end != NULL;
        if (--call->left == 0 || inbox->is_over)
                (void)pthread_cond_signal(&call->changed);
        (void)pthread_mutex_unlock(call->lock);
}

static struct pd_inbox *find_unread(struct pd_call *call)
{
        struct pd_inbox *inbox;

        SLIST_FOREACH(inbox, &call->inboxes, place)
        if (inbox->bytes.len > 0 && !inbox->is_unwanted)
                return inbox;
        return NULL;
}

static struct pd_inbox *find_over(struct pd_call *call)
{
        struct pd_inbox *inbox;

        SLIST_FOREACH(inbox, &call->inboxes, place)
        if (inbox->is_over)
                return inbox;
        return NULL;
}

/* The lock is held before and after, not while the sink works, here and in the next. */
static void hand_over(struct pd_inbox *inbox)
{
        struct pd_call *call = inbox->call;
        pd_auto(pd_buf_done) struct pd_buf bytes = inbox->bytes;
        bool was_full = inbox->is_paused;
        bool is_enough;

        inbox->bytes = (struct pd_buf)PD_BUF_INIT(bytes.max);
        (void)pthread_mutex_unlock(call->lock);
        is_enough = !inbox->sink->take(inbox->sink->context, bytes.data, bytes.len);
        (void)pthread_mutex_lock(call->lock);

        inbox->is_unwanted = is_enough;
        if (was_full || is_enough)
                call->wake(call->context);
}

static void tell_end(struct pd_inbox *inbox)
{
        inbox->is_over = false;
        (void)pthread_mutex_unlock(inbox->call->lock);
        inbox->sink->end(inbox->sink->context);
        (void)pthread_mutex_lock(inbox->call->lock);
}

/* False: there is nothing to hand over. */
static bool hand_over_one(struct pd_call *call)
{
        struct pd_inbox *inbox = find_unread(call);

        if (inbox != NULL) {
                hand_over(inbox);
                return true;
        }
        inbox = find_over(call);
        if (inbox != NULL)
                tell_end(inbox);
        return inbox != NULL;
}

void pd_call_await(struct pd_call *call)
{
        struct pd_inbox *inbox;

        (void)pthread_mutex_lock(call->lock);
        for (;;) {
                if (hand_over_one(call))
                        continue;
                if (call->left == 0)
                        break;
                (void)pthread_cond_wait(&call->changed, call->lock);
        }
        (void)pthread_mutex_unlock(call->lock);

        SLIST_FOREACH(inbox, &call->inboxes, place)
        pd_buf_done(&inbox->bytes);
}
