/* status.h - how a deployment is, after how its workloads are. Pure. */
#ifndef PD_ENGINE_STATUS_H
#define PD_ENGINE_STATUS_H

#include <stddef.h>

#include "engine/engine.h"

/* The worst state that one of them is in; PD_STATE_ABSENT: there are none. */
enum pd_state pd_status_worst(const struct pd_workload_status *workloads, size_t count);

#endif
