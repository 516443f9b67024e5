/* events.c - the ring of events, and those who read it. */
#include "events.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "filter.h"
#include "plan.h"
#include "proto/text.h"

/** Room for a number as text. */
#define NUMBER_SIZE 24
#define MAX_DETAILS 6

/** What an event is about. */
enum about { ABOUT_LANE, ABOUT_QUEUE, ABOUT_WHOLE };

static const struct {
        const char *name;
        enum about about;
} kinds[] = {
#define KIND_ROW(id, name_, of) [PD_EVENT_##id] = {.name = (name_), .about = ABOUT_##of},
        PD_EVENT_KINDS(KIND_ROW)
#undef KIND_ROW
};

/** The label of a run, for as long as events speak of it. */
struct label {
        size_t holders;
        char text[];
};

/** An event in the ring. Its detail is ours. */
struct kept {
        struct pd_event event;
        struct label *label;
};

struct pd_events {
        struct kept *ring; /**< made when the first one observes */
        size_t capacity;
        uint64_t next;     /**< number of the next event; they are counted from 0 */
        uint64_t oldest;   /**< number of the oldest that is kept */
        uint64_t stripped; /**< those before it hold no message */
        size_t held_bytes;
        struct label *label; /**< of the run that is, or was last */
        struct pd_observer *observers;
        size_t observer_count;
        size_t wanting_messages;
};

struct pd_observer {
        struct pd_events *events;
        struct pd_observer *next;
        struct pd_observer_options options;
        struct pd_filter names;
        struct pd_filter components; /**< its texts are those of `judged` */
        struct pd_plan *judged;      /**< held; NULL: none yet */
        uint64_t at;                 /**< number of the event to read next */
        uint64_t end;                /**< number at which it ends; UINT64_MAX: none yet */
        uint64_t missed;
        bool sleeps; /**< has read everything, wants to be woken */
        struct pd_text_pair details[MAX_DETAILS];
        size_t detail_count;
        char size[NUMBER_SIZE];
        char count[NUMBER_SIZE];
        struct pd_buf text;
};

static struct kept *event_at(const struct pd_events *events, uint64_t number)
{
        return &events->ring[number % events->capacity];
}

/* Keeping. */

static struct label *label_new(const char *text)
{
        size_t size = strlen(text) + 1;
        struct label *label = malloc(sizeof(*label) + size);

        if (label == NULL)
                return NULL;
        label->holders = 1;
        memcpy(label->text, text, size);
        return label;
}

static void label_release(struct label *label)
{
        if (label != NULL && --label->holders == 0)
                free(label);
}

static void let_go(struct pd_events *events, struct pd_event *event)
{
        if (event->message != NULL)
                events->held_bytes -= event->message->len;
        pd_grpc_message_release(event->message);
        event->message = NULL;
}

static void forget_oldest(struct pd_events *events)
{
        struct kept *kept = event_at(events, events->oldest++);

        let_go(events, &kept->event);
        free((char *)(uintptr_t)kept->event.detail);
        pd_plan_free(kept->event.plan);
        label_release(kept->label);
        *kept = (struct kept){.label = NULL};
}

/* What all have read is not kept. */
static void forget_read(struct pd_events *events)
{
        uint64_t read = events->next;

        for (const struct pd_observer *observer = events->observers; observer != NULL;
             observer = observer->next) {
                if (observer->at < read)
                        read = observer->at;
        }
        while (events->oldest < read)
                forget_oldest(events);
}

/* Contents of the oldest events go before the events themselves. */
static void keep_within_bytes(struct pd_events *events)
{
        if (events->stripped < events->oldest)
                events->stripped = events->oldest;
        while (events->held_bytes > PD_EVENTS_MAX_HELD_BYTES)
                let_go(events, &event_at(events, events->stripped++)->event);
}

static void wake(struct pd_observer *observer)
{
        observer->sleeps = false;
        observer->options.wake(observer->options.user);
}

/* Who sleeps and does not want it has read it at once: so it cannot be missed. */
static void announce(struct pd_events *events, enum pd_event_kind kind)
{
        for (struct pd_observer *observer = events->observers; observer != NULL;
             observer = observer->next) {
                if (!observer->sleeps)
                        continue;
                if (pd_filter_passes(&observer->names, kinds[kind].name))
                        wake(observer);
                else
                        observer->at = events->next;
        }
}

bool pd_events_are_observed(const struct pd_events *events)
{
        return events->observer_count > 0;
}

static void keep_message(struct pd_events *events, struct pd_event *event,
                         struct pd_grpc_message *message)
{
        if (events->wanting_messages == 0 || message == NULL)
                return;
        event->message = pd_grpc_message_hold(message);
        events->held_bytes += message->len;
        keep_within_bytes(events);
}

void pd_events_tell(struct pd_events *events, const struct pd_event *event)
{
        struct kept *kept;

        if (events->observer_count == 0)
                return;

        if (events->next - events->oldest == events->capacity)
                forget_oldest(events);
        kept = event_at(events, events->next++);
        kept->event = *event;
        kept->event.plan = event->plan != NULL ? pd_plan_hold(event->plan) : NULL;
        kept->event.message = NULL;
        kept->event.detail =
                event->detail != NULL ? strdup(event->detail) : NULL; /* or goes without */
        kept->label = events->label;
        kept->label->holders++;
        keep_message(events, &kept->event, event->message);
        announce(events, event->kind);
}

void pd_events_set_run(struct pd_events *events, const char *label)
{
        struct label *kept = label_new(label);

        if (kept == NULL)
                return; /* events go on under the old one */
        label_release(events->label);
        events->label = kept;
}

void pd_events_finish(struct pd_events *events)
{
        for (struct pd_observer *observer = events->observers; observer != NULL;
             observer = observer->next) {
                if (observer->end > events->next)
                        observer->end = events->next;
                if (observer->sleeps)
                        wake(observer);
        }
}

int pd_events_new(size_t capacity, struct pd_events **ret, struct pd_err *err)
{
        struct pd_events *events = calloc(1, sizeof(*events));

        if (events == NULL)
                return pd_fail_memory(err, "events");
        events->capacity = capacity;
        events->label = label_new("");
        if (events->label == NULL) {
                free(events);
                return pd_fail_memory(err, "events");
        }
        *ret = events;
        return 0;
}

void pd_events_free(struct pd_events *events)
{
        if (events == NULL)
                return;
        forget_read(events);
        free(events->ring);
        label_release(events->label);
        free(events);
}

/* Observers. */

static int make_ring(struct pd_events *events, struct pd_err *err)
{
        if (events->ring == NULL)
                events->ring = calloc(events->capacity, sizeof(*events->ring));
        return events->ring != NULL ? 0 : pd_fail_memory(err, "events");
}

int pd_observer_new(struct pd_events *events, const struct pd_observer_options *options,
                    struct pd_observer **ret, struct pd_err *err)
{
        pd_auto(pd_observer_free_ptr) struct pd_observer *observer = NULL;

        if (events->observer_count >= PD_EVENTS_MAX_OBSERVERS)
                return pd_fail(err, PD_E_UNAVAILABLE, 0, "%d observe already; that is the limit",
                               PD_EVENTS_MAX_OBSERVERS);
        if (make_ring(events, err) < 0)
                return -1;
        observer = calloc(1, sizeof(*observer));
        if (observer == NULL)
                return pd_fail_memory(err, "an observer");
        observer->options = *options;
        observer->text = (struct pd_buf)PD_BUF_INIT(PD_EVENTS_MAX_TEXT_BYTES);
        if (pd_filter_init(&observer->names, options->name_pattern, err) < 0 ||
            pd_filter_init(&observer->components, options->component_pattern, err) < 0)
                return -1;

        observer->events = events;
        observer->at = events->next;
        observer->end = UINT64_MAX;
        observer->sleeps = true;
        observer->next = events->observers;
        events->observers = observer;
        events->observer_count++;
        events->wanting_messages += options->wants_messages;
        *ret = pd_steal(&observer);
        return 0;
}

static void leave(struct pd_observer *observer)
{
        struct pd_events *events = observer->events;
        struct pd_observer **place = &events->observers;

        while (*place != observer)
                place = &(*place)->next;
        *place = observer->next;
        events->observer_count--;
        events->wanting_messages -= observer->options.wants_messages;
        forget_read(events);
}

void pd_observer_free(struct pd_observer *observer)
{
        if (observer == NULL)
                return;
        if (observer->events != NULL)
                leave(observer);
        pd_filter_done(&observer->names);
        pd_filter_done(&observer->components);
        pd_plan_free(observer->judged);
        pd_buf_done(&observer->text);
        free(observer);
}

/* Reading. */

static const char *component_of(const struct pd_event *event)
{
        if (event->lane == NULL || kinds[event->kind].about == ABOUT_WHOLE)
                return "orchestrator";
        return kinds[event->kind].about == ABOUT_QUEUE ? event->lane->queue
                                                       : event->lane->component;
}

static void add_detail(struct pd_observer *observer, const char *key, const char *value)
{
        if (observer->detail_count < MAX_DETAILS)
                observer->details[observer->detail_count++] =
                        (struct pd_text_pair){.key = key, .value = value};
}

static void add_contents(struct pd_observer *observer, const struct pd_event *event)
{
        if (!observer->options.wants_messages || event->message == NULL || event->type == NULL)
                return;
        pd_buf_clear(&observer->text);
        if (pd_proto_text(event->type, pd_grpc_message_data(event->message), event->message->len,
                          &observer->text, NULL) == 0)
                add_detail(observer, "message", observer->text.data);
}

static void describe(struct pd_observer *observer, const struct kept *kept,
                     struct pd_orchestration_event *ret)
{
        const struct pd_event *event = &kept->event;

        observer->detail_count = 0;
        if (event->lane != NULL && kinds[event->kind].about == ABOUT_QUEUE)
                add_detail(observer, "queue", event->lane->queue);
        if (event->lane != NULL && kinds[event->kind].about == ABOUT_LANE)
                add_detail(observer, event->kind == PD_EVENT_EXCEPTION ? "method" : "rpc",
                           event->lane->rpc);
        if (event->has_size) {
                (void)snprintf(observer->size, sizeof(observer->size), "%zu", event->size);
                add_detail(observer, "size", observer->size);
        }
        if (event->detail != NULL)
                add_detail(observer, event->detail_name, event->detail);
        add_contents(observer, event);
        *ret = (struct pd_orchestration_event){
                .run = kept->label->text,
                .name = kinds[event->kind].name,
                .component = component_of(event),
                .detail = {.at = observer->details, .count = observer->detail_count},
        };
}

/* What was overwritten before it was read. */
static void tell_missed(struct pd_observer *observer, struct pd_orchestration_event *ret)
{
        (void)snprintf(observer->count, sizeof(observer->count), "%llu",
                       (unsigned long long)observer->missed);
        observer->missed = 0;
        observer->detail_count = 0;
        add_detail(observer, "events", observer->count);
        *ret = (struct pd_orchestration_event){
                .run = observer->events->label->text,
                .name = kinds[PD_EVENT_DROPPED].name,
                .component = "orchestrator",
                .detail = {.at = observer->details, .count = observer->detail_count},
        };
}

/* Verdicts are of the texts of one plan: those of the last one may be gone. */
static void judge_by(struct pd_observer *observer, struct pd_plan *plan)
{
        if (plan == NULL || plan == observer->judged)
                return;
        pd_filter_forget(&observer->components);
        pd_plan_free(observer->judged);
        observer->judged = pd_plan_hold(plan);
}

static bool passes(struct pd_observer *observer, const struct pd_event *event)
{
        judge_by(observer, event->plan);
        return pd_filter_passes(&observer->names, kinds[event->kind].name) &&
               pd_filter_passes(&observer->components, component_of(event));
}

enum pd_observed pd_observer_next(struct pd_observer *observer, struct pd_orchestration_event *ret)
{
        struct pd_events *events = observer->events;

        if (observer->at < events->oldest) {
                observer->missed += events->oldest - observer->at;
                observer->at = events->oldest;
        }
        forget_read(events);
        if (observer->missed > 0) {
                tell_missed(observer, ret);
                return PD_OBSERVED_EVENT;
        }
        while (observer->at < events->next && observer->at < observer->end) {
                const struct kept *kept = event_at(events, observer->at++);

                if (!passes(observer, &kept->event))
                        continue;
                describe(observer, kept, ret);
                return PD_OBSERVED_EVENT;
        }
        if (observer->at >= observer->end)
                return PD_OBSERVED_END;
        observer->sleeps = true;
        return PD_OBSERVED_NOTHING;
}
