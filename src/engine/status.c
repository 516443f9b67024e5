/* status.c - how a deployment is, after how its workloads are. */
#include "status.h"

#include "base/attr.h"

enum pd_state pd_status_worst(const struct pd_workload_status *workloads, size_t count)
{
        static const enum pd_state order[] = {
                PD_STATE_FAILED,  PD_STATE_RESTARTING, PD_STATE_CREATED,
                PD_STATE_STOPPED, PD_STATE_REMOVING,   PD_STATE_WAITING,
                PD_STATE_PULLING, PD_STATE_STARTING,   PD_STATE_READY,
        };

        for (size_t k = 0; k < PD_COUNT(order); k++)
                for (size_t i = 0; i < count; i++)
                        if (workloads[i].state == order[k])
                                return order[k];
        return PD_STATE_ABSENT;
}
