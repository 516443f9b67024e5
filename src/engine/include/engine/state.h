/* state.h - how far a workload is, why it is no further, and what to do about it. */
#ifndef PD_ENGINE_STATE_H
#define PD_ENGINE_STATE_H

#include <stdbool.h>

/* id, name on the wire, whether nothing changes by waiting alone */
#define PD_STATES(X)                                                                               \
        X(ABSENT, "absent", true)      /* wanted, but there is no such container */                \
        X(WAITING, "waiting", false)   /* its turn has not come, or it waits for a place to run */ \
        X(PULLING, "pulling", false)   /* its image is on its way */                               \
        X(CREATED, "created", false)   /* made, not started: an `up` was cut short */              \
        X(STARTING, "starting", false) /* runs, and does not answer at its port yet */             \
        X(READY, "ready", true)        /* observed: it runs and answers */                         \
        X(RESTARTING, "restarting", false) /* has ended and is started again */                    \
        X(FAILED, "failed", true)          /* cannot start; the reason says why */                 \
        X(STOPPED, "stopped", true)        /* has ended, or was stopped, and stays so */           \
        X(REMOVING, "removing", false)                                                             \
        X(GONE, "gone", true) /* was removed */

enum pd_state {
#define PD_STATE_ENUM(id, name, is_final) PD_STATE_##id,
        PD_STATES(PD_STATE_ENUM)
#undef PD_STATE_ENUM
};

/* id, name on the wire, what to do; engines add what they know beyond that */
#define PD_REASONS(X)                                                                              \
        X(NONE, "", "")                                                                            \
        X(IMAGE_ABSENT, "image_absent",                                                            \
          "look for a mistake in its name and tag; build it or load it here, or push it to its "   \
          "registry")                                                                              \
        X(IMAGE_FORBIDDEN, "image_forbidden",                                                      \
          "log in to its registry with an account that may read it, or look for a mistake in its " \
          "name")                                                                                  \
        X(IMAGE_UNREACHABLE, "image_unreachable",                                                  \
          "the registry cannot be reached from there: look at network, name and certificate, or "  \
          "load the image by hand")                                                                \
        X(IMAGE_INVALID, "image_invalid", "write the image as [registry/]path[:tag]")              \
        X(IMAGE_OTHER, "image_other", "pull it by hand to see more")                               \
        X(COMMAND_ABSENT, "command_absent",                                                        \
          "the image has no such program, or it is not for this machine: look at command and "     \
          "args, "                                                                                 \
          "and at the image's own entry point")                                                    \
        X(EXITED, "exited", "read its last lines; `logs` shows them all")                          \
        X(OUT_OF_MEMORY, "out_of_memory", "raise its memory limit, or free memory on the machine") \
        X(PORT_TAKEN, "port_taken", "free the port, or publish on another address")                \
        X(UNHEALTHY, "unhealthy", "read its last lines; `logs` shows them all")                    \
        X(NOT_ANSWERING, "not_answering",                                                          \
          "look at the port that the program listens on, and whether it listens on all addresses") \
        X(UNSCHEDULABLE, "unschedulable",                                                          \
          "free resources, ask for less, or look at its nodeSelector and tolerations")             \
        X(MOUNT, "mount", "look at the volume behind the shared folder")                           \
        X(QUOTA, "quota", "raise the quota, or ask for less")                                      \
        X(REFUSED, "refused", "read what the engine says")

enum pd_reason {
#define PD_REASON_ENUM(id, name, advice) PD_REASON_##id,
        PD_REASONS(PD_REASON_ENUM)
#undef PD_REASON_ENUM
};

const char *pd_state_name(enum pd_state state);

/** Whether waiting alone changes nothing. */
bool pd_state_is_final(enum pd_state state);

const char *pd_reason_name(enum pd_reason reason);   /**< "" for PD_REASON_NONE */
const char *pd_reason_advice(enum pd_reason reason); /**< "" for PD_REASON_NONE */

#endif
