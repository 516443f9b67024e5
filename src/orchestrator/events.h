/*
 * events.h - what happens in a run, for those who look (contract, section 6).
 *
 * A ring of the newest events; every observer has a place of its own in it, and is told how many it
 * has missed. While nobody observes nothing is kept, and while nobody wants contents no message is
 * held. An event is a few numbers until an observer reads it.
 */
#ifndef PD_ORCHESTRATOR_EVENTS_H
#define PD_ORCHESTRATOR_EVENTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "base/attr.h"
#include "base/err.h"
#include "base/own.h"
#include "grpc/message.h"
#include "proto/descriptors.h"
#include "proto/orchestrator.h"

/** Most observers at once. */
#define PD_EVENTS_MAX_OBSERVERS 64
/** Most bytes of messages that events hold for observers who want contents; the oldest go first. */
#define PD_EVENTS_MAX_HELD_BYTES (64 * 1024 * 1024)
/** Longest text of one message in an event; what is longer is cut, and says so. */
#define PD_EVENTS_MAX_TEXT_BYTES (256 * 1024)
/** Names, and of what they tell: a lane's calls, its queue, or the orchestrator as a whole. */
#define PD_EVENT_KINDS(X)                                                                          \
        X(THREAD_START, "thread.start", LANE)                                                      \
        X(THREAD_TERMINATE, "thread.terminate", LANE)                                              \
        X(RPC_CALL, "RPC.call", LANE)                                                              \
        X(RPC_FINISHED, "RPC.finished", LANE)                                                      \
        X(OUTPUT, "distributing output message", LANE)                                             \
        X(STREAM_OUTPUT, "distributing streaming output", LANE)                                    \
        X(QUEUE_ADDED, "queue.added", QUEUE)                                                       \
        X(QUEUE_CONSUMED, "queue.consumed", QUEUE)                                                 \
        X(QUEUE_POLLED_EMPTY, "queue.polled_empty", QUEUE)                                         \
        X(QUEUE_DISCARDED, "queue.discarded", QUEUE)                                               \
        X(EXCEPTION, "exception", LANE)                                                            \
        X(DROPPED, "dropped", LANE)                                                                \
        X(CREATE_CORE, "create_core", WHOLE)                                                       \
        X(CREATE_MANAGER, "create_manager", WHOLE)                                                 \
        X(CREATE_THREADS, "create_threads", WHOLE)                                                 \
        X(REGISTER_QUEUES, "register_queues", WHOLE)                                               \
        X(INITIALIZED, "initialized", WHOLE)                                                       \
        X(TERMINATE, "terminate_orchestration", WHOLE)                                             \
        X(DELETE_THREADS, "delete_threads", WHOLE)                                                 \
        X(DELETE_QUEUES, "delete_queues", WHOLE)                                                   \
        X(FINISHED, "finished", WHOLE)                                                             \
        X(STALLED, "stalled", WHOLE)

enum pd_event_kind {
#define PD_EVENT_ENUM(id, name, of) PD_EVENT_##id,
        PD_EVENT_KINDS(PD_EVENT_ENUM)
#undef PD_EVENT_ENUM
};

struct pd_plan;
struct pd_plan_lane;

/** What the ring keeps. */
struct pd_event {
        enum pd_event_kind kind;
        struct pd_plan *plan;                /**< of the lane; held while the event is kept */
        const struct pd_plan_lane *lane;     /**< NULL: the orchestrator as a whole */
        const struct pd_proto_message *type; /**< of the message */
        struct pd_grpc_message *message;     /**< NULL: none, or nobody wants contents */
        size_t size;                         /**< bytes of the message; */
        bool has_size;                       /**< or none is spoken of */
        const char *detail_name;             /**< a further detail; NULL: none. Constant */
        const char *detail;                  /**< its text; copied when the event is kept */
};

struct pd_events;
struct pd_observer;

/** The ring takes `capacity` events. */
int pd_events_new(size_t capacity, struct pd_events **ret, struct pd_err *err) PD_MUST_CHECK;

/** Observers must be gone. NULL is fine. */
void pd_events_free(struct pd_events *events);

/** Whether anybody observes: if not, there is no need to tell. */
bool pd_events_are_observed(const struct pd_events *events);

/** Keep an event for observers, and wake those that wait. `event` may be on the stack. */
void pd_events_tell(struct pd_events *events, const struct pd_event *event);

/** What `run` means in events from now on: the label of the run. Copied. */
void pd_events_set_run(struct pd_events *events, const char *label);

/** The run has finished: observers end when they have read everything up to now. */
void pd_events_finish(struct pd_events *events);

/* Observers. */

/** What an observer wants. */
struct pd_observer_options {
        const char *name_pattern;      /**< as pattern/pattern.h has it; NULL or "": all */
        const char *component_pattern; /**< likewise */
        bool wants_messages;
        void (*wake)(void *user); /**< there is something to read; not from within a read */
        void *user;
};

/** PD_E_INVALID: no regular expression, with where and why; PD_E_UNAVAILABLE: too many observe. */
int pd_observer_new(struct pd_events *events, const struct pd_observer_options *options,
                    struct pd_observer **ret, struct pd_err *err) PD_MUST_CHECK;
void pd_observer_free(struct pd_observer *observer); /**< NULL is fine */

enum pd_observed { PD_OBSERVED_NOTHING, PD_OBSERVED_EVENT, PD_OBSERVED_END };

/**
 * The next event that the filters let pass, in *ret; its texts are borrowed until events are read
 * or told again. NOTHING: wait to be woken. END: the run has finished; everything has been read.
 * What was overwritten before it was read is told as an event `dropped` with their number.
 */
enum pd_observed pd_observer_next(struct pd_observer *observer, struct pd_orchestration_event *ret);

PD_DEFINE_AUTO(struct pd_events, pd_events_free)
PD_DEFINE_AUTO(struct pd_observer, pd_observer_free)

#endif
